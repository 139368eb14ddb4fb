// A module's special arrays, and its flags.
#include "shim.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

/// `key` may be null; else the constructor goes when the linker drops the key's comdat group.
extern "C" void outboard_append_global_ctor(LLVMModuleRef module, LLVMValueRef function, int priority,
                                            LLVMValueRef key) {
  appendToGlobalCtors(*unwrap(module), unwrap<Function>(function), priority,
                      key ? unwrap<Constant>(key) : nullptr);
}

/// LLVM's setPIELevel would add a second flag.
extern "C" void outboard_make_shared(LLVMModuleRef module) {
  unwrap(module)->setModuleFlag(Module::Max, "PIE Level", static_cast<uint32_t>(PIELevel::Default));
}

extern "C" void outboard_append_compiler_used(LLVMModuleRef module, LLVMValueRef global) {
  appendToCompilerUsed(*unwrap(module), {unwrap<GlobalValue>(global)});
}

/// `global` is in neither of `llvm.used` and `llvm.compiler.used` any more.
extern "C" void outboard_remove_from_used(LLVMModuleRef module, LLVMValueRef global) {
  auto *gone = unwrap<Constant>(global);
  removeFromUsedLists(*unwrap(module), [gone](Constant *kept) { return kept == gone; });
  // The list as it was is a constant that nothing uses, and a user still.
  gone->removeDeadConstantUsers();
}

/// For each flag its behavior, key and value, each with a NUL behind it. llvm-c has no words for the behaviors `max`
/// and `min`, which every compiler's modules have.
extern "C" void outboard_module_flags(LLVMModuleRef module, OutboardSink sink, void *string) {
  SmallVector<Module::ModuleFlagEntry> flags;
  unwrap(module)->getModuleFlagsMetadata(flags);
  std::string text;
  raw_string_ostream out(text);
  for (const Module::ModuleFlagEntry &flag : flags) {
    out << static_cast<unsigned>(flag.Behavior) << '\0' << flag.Key->getString() << '\0';
    flag.Val->printAsOperand(out, unwrap(module));
    out << '\0';
  }
  sink(string, text.data(), text.size());
}
