// Appending to the module's special arrays.
#include "shim.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

/// `key` may be null; else the constructor goes when the linker drops the key's comdat group.
extern "C" void outboard_append_global_ctor(LLVMModuleRef module, LLVMValueRef function, int priority,
                                            LLVMValueRef key) {
  appendToGlobalCtors(*unwrap(module), unwrap<Function>(function), priority,
                      key ? unwrap<Constant>(key) : nullptr);
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
