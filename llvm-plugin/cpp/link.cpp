// Linking of libraries: only what is needed, and only that is read.
#include "shim.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

/// Links what `module` needs of the library in `bitcode`, which lives as long as this call. What is wrong goes to
/// `sink`.
extern "C" void outboard_link_needed(LLVMModuleRef module, OutboardStr bitcode, OutboardStr name, OutboardSink sink,
                                     void *string) {
  Module &destination = *unwrap(module);
  MemoryBufferRef buffer(toStringRef(bitcode), toStringRef(name));
  Expected<std::unique_ptr<Module>> library =
      getLazyBitcodeModule(buffer, destination.getContext(), /*ShouldLazyLoadMetadata=*/true);
  if (!library) {
    std::string message = toString(library.takeError());
    return sink(string, message.data(), message.size());
  }
  // Libraries are built for a family of targets; this one is the destination's.
  (*library)->setTargetTriple(destination.getTargetTriple());
  (*library)->setDataLayout(destination.getDataLayout());
  if (Linker::linkModules(destination, std::move(*library), Linker::Flags::LinkOnlyNeeded)) {
    constexpr StringLiteral message("its symbols conflict with those of the module");
    sink(string, message.data(), message.size());
  }
}
