// What a source location says beyond LLVM-C's line, column and file name.
#include "shim.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instruction.h"

using namespace llvm;

/// The function in which the source line stands, which is not the IR function where code was inlined.
extern "C" void outboard_debug_function_name(LLVMValueRef instruction, OutboardSink sink, void *string) {
  const DebugLoc &location = unwrap<Instruction>(instruction)->getDebugLoc();
  if (!location)
    return;
  if (const DISubprogram *subprogram = location->getScope()->getSubprogram()) {
    StringRef name = subprogram->getName();
    sink(string, name.data(), name.size());
  }
}
