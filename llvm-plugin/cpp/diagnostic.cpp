// Diagnostics and remarks to the compiler's own handler: LLVM-C has neither.
#include "shim.h"

#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/Signals.h"
#include <string>

using namespace llvm;

/// `severity`: 0 error, 1 warning.
extern "C" void outboard_diagnose(LLVMModuleRef module, int severity, OutboardStr text) {
  LLVMContext &context = unwrap(module)->getContext();
  // The only kind that opt, clang and rustc all show, and that makes all of them fail: rustc swallows
  // DiagnosticInfoGeneric and LLVMContext::emitError.
  std::string message(text.data, text.length);
  DiagnosticInfoInlineAsm info(uint64_t(0), message, severity == 0 ? DS_Error : DS_Warning);
  if (severity == 0)
    if (auto *handler = const_cast<DiagnosticHandler *>(context.getDiagHandlerPtr())) {
      handler->HasErrors = true;
      if (handler->handleDiagnostics(info))
        return;
      // Nobody handles it, so LLVM prints it and exits, as in opt. Its output file, begun already, would stay:
      // this removes it, as report_fatal_error does.
      sys::RunInterruptHandlers();
    }
  context.diagnose(info);
}

/// `kind`: 0 passed, 1 missed, 2 analysis. `instruction` is where the remark points.
extern "C" void outboard_remark(LLVMValueRef instruction, int kind, const char *pass, OutboardStr name,
                                OutboardStr text) {
  auto *at = unwrap<Instruction>(instruction);
  LLVMContext &context = at->getContext();
  auto emit = [&](auto remark) {
    remark << toStringRef(text);
    context.diagnose(remark);
  };
  switch (kind) {
  case 0:
    return emit(OptimizationRemark(pass, toStringRef(name), at));
  case 1:
    return emit(OptimizationRemarkMissed(pass, toStringRef(name), at));
  default:
    return emit(OptimizationRemarkAnalysis(pass, toStringRef(name), at));
  }
}
