// Copies of functions, and values in memory, that LLVM-C has no function for.
#include "shim.h"

#include "llvm/IR/Function.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

/// Gives `destination`, which is a declaration, the body of `source`: its first parameters stand for those of `source`.
/// Blocks and instructions keep their order.
extern "C" void outboard_clone_body(LLVMValueRef destination, LLVMValueRef source) {
  auto *from = unwrap<Function>(source), *to = unwrap<Function>(destination);
  ValueToValueMapTy map;
  for (Argument &argument : from->args()) {
    Argument *own = to->getArg(argument.getArgNo());
    own->setName(argument.getName());
    map[&argument] = own;
  }
  AttributeList attributes = to->getAttributes();
  SmallVector<ReturnInst *, 4> returns;
  CloneFunctionInto(to, from, map, CloneFunctionChangeType::LocalChangesOnly, returns);
  to->setAttributes(attributes.addFnAttributes(
      to->getContext(), AttrBuilder(to->getContext(), from->getAttributes().getFnAttrs())));
}

/// Keeps what `instruction` computes in a local variable, which is returned: a store behind it, a load before each use.
extern "C" LLVMValueRef outboard_demote_to_stack(LLVMValueRef instruction) {
  return wrap(DemoteRegToStack(*unwrap<Instruction>(instruction)));
}

/// Drops the blocks of `function` that nothing leads to.
extern "C" void outboard_remove_unreachable_blocks(LLVMValueRef function) {
  removeUnreachableBlocks(*unwrap<Function>(function));
}

/// Takes away the flags and metadata of `instruction` that may make its result poison.
extern "C" void outboard_drop_poison_flags(LLVMValueRef instruction) {
  unwrap<Instruction>(instruction)->dropPoisonGeneratingAnnotations();
}
