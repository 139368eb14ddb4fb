// Edits of control flow that LLVM-C has no function for.
#include "shim.h"

#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
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

/// Ends `block` after a trap in an ordinary function, which can't end the thread: by an access to no memory, and where
/// that does nothing, in no way at all.
static void stop(BasicBlock &block) {
  LLVMContext &context = block.getContext();
  BasicBlock *stopped = BasicBlock::Create(context, "stopped", block.getParent());
  IRBuilder<> builder(&block);
  auto *nowhere = ConstantPointerNull::get(PointerType::get(context, /*AddressSpace=*/1));
  builder.CreateStore(builder.getInt32(0), nowhere, /*isVolatile=*/true);
  builder.CreateBr(stopped);
  builder.SetInsertPoint(stopped);
  builder.CreateBr(stopped);
}

/// No trap is left: functions of calling convention `entry`, which return nothing, return in its place.
extern "C" void outboard_return_at_traps(LLVMModuleRef module, unsigned entry) {
  for (Function &function : *unwrap(module))
    for (BasicBlock &block : make_early_inc_range(function)) {
      auto isTrap = [](Instruction &instruction) {
        auto *call = dyn_cast<IntrinsicInst>(&instruction);
        return call && (call->getIntrinsicID() == Intrinsic::trap || call->getIntrinsicID() == Intrinsic::ubsantrap);
      };
      auto trap = find_if(block, isTrap);
      if (trap == block.end())
        continue;
      changeToUnreachable(&*trap);
      block.getTerminator()->eraseFromParent();
      if (function.getCallingConv() == entry)
        ReturnInst::Create(block.getContext(), nullptr, &block);
      else
        stop(block);
    }
}
