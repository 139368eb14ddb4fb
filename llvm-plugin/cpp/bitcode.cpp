// Reading bitcode that may be anything, and linking only what is needed: LLVM-C has neither.
#include "shim.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

using namespace llvm;

namespace {
/// Bytes of Rust's, and which module of them: `index` counts the modules of the stream.
MemoryBufferRef buffer(OutboardStr bytes, OutboardStr name) {
  return MemoryBufferRef(toStringRef(bytes), toStringRef(name));
}

Expected<std::unique_ptr<Module>> parse(LLVMContext &context, MemoryBufferRef bytes, size_t index, bool lazy) {
  Expected<std::vector<BitcodeModule>> modules = getBitcodeModuleList(bytes);
  if (!modules)
    return modules.takeError();
  if (index >= modules->size())
    return createStringError("there is no module " + std::to_string(index));
  BitcodeModule &module = (*modules)[index];
  return lazy ? module.getLazyModule(context, /*ShouldLazyLoadMetadata=*/true, /*IsImporting=*/false)
              : module.parseModule(context);
}

/// Says in `text` what is wrong with the module; whether something is.
bool checkModule(LLVMContext &context, MemoryBufferRef bytes, size_t index, std::string &text) {
  raw_string_ostream stream(text);
  Expected<std::unique_ptr<Module>> module = parse(context, bytes, index, /*lazy=*/false);
  if (!module) {
    stream << toString(module.takeError());
    return true;
  }
  return verifyModule(**module, &stream);
}

/// Without a handler, LLVM ends the process at the first error that it reports to the context.
struct Collect final : DiagnosticHandler {
  std::string *text;
  explicit Collect(std::string *text) : text(text) {}
  bool handleDiagnostics(const DiagnosticInfo &info) override {
    if (info.getSeverity() == DS_Error) {
      raw_string_ostream stream(*text);
      DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
    }
    return true;
  }
};
} // namespace

/// 0: the module is valid; 1: it isn't, and `sink` gets the text; 2: LLVM crashed reading it. Everything is
/// done in a context of its own, which is left behind after a crash: nothing in it can be relied on.
extern "C" int outboard_check_bitcode(OutboardStr bytes, OutboardStr name, size_t index, OutboardSink sink,
                                      void *string) {
  CrashRecoveryContext::Enable();
  auto *text = new std::string;
  auto *context = new LLVMContext;
  context->setDiagnosticHandler(std::make_unique<Collect>(text));
  bool wrong = false;
  CrashRecoveryContext guard;
  bool finished = guard.RunSafely([&] { wrong = checkModule(*context, buffer(bytes, name), index, *text); });
  if (!finished)
    return 2;
  wrong |= !text->empty();
  sink(string, text->data(), text->size());
  delete context;
  delete text;
  return wrong ? 1 : 0;
}

/// `sink` gets the bytes. As `WriteBitcodeToFile`, without its `writeSymtab`.
extern "C" void outboard_write_bitcode(LLVMModuleRef module, OutboardSink sink, void *bytes) {
  SmallVector<char, 0> buffer;
  BitcodeWriter writer(buffer);
  writer.writeModule(*unwrap(module));
  writer.writeStrtab();
  sink(bytes, buffer.data(), buffer.size());
}

/// Null where it can't be read, and `sink` gets the text. A lazy module reads the bytes as it is used.
extern "C" LLVMModuleRef outboard_parse_bitcode(LLVMContextRef context, OutboardStr bytes, OutboardStr name,
                                                size_t index, bool lazy, OutboardSink sink, void *string) {
  Expected<std::unique_ptr<Module>> module = parse(*unwrap(context), buffer(bytes, name), index, lazy);
  if (module)
    return wrap(module->release());
  std::string text = toString(module.takeError());
  sink(string, text.data(), text.size());
  return nullptr;
}

/// Links from `source` what `destination` declares and `source` defines, and destroys `source`. Its assembly,
/// its start-up lists and its module flags don't come along, but for the version of the debug info. Whether it
/// failed.
extern "C" bool outboard_link_symbols(LLVMModuleRef destination, LLVMModuleRef source) {
  std::unique_ptr<Module> owned(unwrap(source));
  owned->setModuleInlineAsm("");
  for (const char *list : {"llvm.used", "llvm.compiler.used", "llvm.global_ctors", "llvm.global_dtors"})
    if (GlobalVariable *variable = owned->getNamedGlobal(list))
      variable->eraseFromParent();
  if (NamedMDNode *flags = owned->getModuleFlagsMetadata()) {
    MDNode *version = nullptr;
    for (MDNode *flag : flags->operands())
      if (auto *key = dyn_cast_or_null<MDString>(flag->getOperand(1)); key && key->getString() == "Debug Info Version")
        version = flag;
    flags->clearOperands();
    if (version)
      flags->addOperand(version);
  }
  return Linker::linkModules(*unwrap(destination), std::move(owned), Linker::LinkOnlyNeeded);
}
