// Edits of control flow that LLVM-C has no function for.
#include "shim.h"

#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

/// Moves `instruction` and all after it to a new block; the old one ends in a branch to it.
extern "C" LLVMBasicBlockRef outboard_split_block(LLVMValueRef instruction, const char *name) {
  auto *at = unwrap<Instruction>(instruction);
  return wrap(at->getParent()->splitBasicBlock(at->getIterator(), name));
}

/// The phis of `block` that had a value from `from` now have it from `to`.
extern "C" void outboard_replace_phi_uses(LLVMBasicBlockRef block, LLVMBasicBlockRef from, LLVMBasicBlockRef to) {
  unwrap(block)->replacePhiUsesWith(unwrap(from), unwrap(to));
}

/// An invoke becomes a call and a branch to its normal destination; the call is returned.
extern "C" LLVMValueRef outboard_invoke_to_call(LLVMValueRef invoke) {
  return wrap(changeToCall(unwrap<InvokeInst>(invoke)));
}
