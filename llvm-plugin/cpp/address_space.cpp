// Where memory is: stack slots and variables move to the address spaces that a target wants them in.
#include "shim.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

static void moveAlloca(AllocaInst *slot, unsigned space) {
  auto *moved = new AllocaInst(slot->getAllocatedType(), space, slot->getArraySize(), slot->getAlign(), "",
                               slot->getIterator());
  moved->takeName(slot);
  moved->setDebugLoc(slot->getDebugLoc());
  auto *cast = new AddrSpaceCastInst(moved, slot->getType(), moved->getName() + ".generic", slot->getIterator());
  for (User *user : make_early_inc_range(slot->users())) {
    auto *lifetime = dyn_cast<LifetimeIntrinsic>(user);
    if (!lifetime)
      continue;
    // Lifetimes are of the slot itself, not of a cast of its address.
    IRBuilder<> builder(lifetime);
    if (lifetime->getIntrinsicID() == Intrinsic::lifetime_start)
      builder.CreateLifetimeStart(moved);
    else
      builder.CreateLifetimeEnd(moved);
    lifetime->eraseFromParent();
  }
  slot->replaceAllUsesWith(cast);
  slot->eraseFromParent();
}

/// Stack slots are where the module's data layout wants them; their users see the address as before.
extern "C" void outboard_move_allocas(LLVMModuleRef module) {
  unsigned space = unwrap(module)->getDataLayout().getAllocaAddrSpace();
  for (Function &function : *unwrap(module)) {
    SmallVector<AllocaInst *> slots;
    for (Instruction &instruction : instructions(function))
      if (auto *slot = dyn_cast<AllocaInst>(&instruction); slot && slot->getAddressSpace() != space)
        slots.push_back(slot);
    for (AllocaInst *slot : slots)
      moveAlloca(slot, space);
  }
}

/// `global` is in address space `space`; its users see the address as before.
extern "C" void outboard_move_global(LLVMValueRef global, unsigned space) {
  auto *variable = unwrap<GlobalVariable>(global);
  auto *moved = new GlobalVariable(*variable->getParent(), variable->getValueType(), variable->isConstant(),
                                   variable->getLinkage(), nullptr, "", variable,
                                   variable->getThreadLocalMode(), space);
  moved->copyAttributesFrom(variable);
  moved->takeName(variable);
  if (variable->hasInitializer()) {
    moved->setInitializer(variable->getInitializer());
    variable->setInitializer(nullptr);
  }
  variable->replaceAllUsesWith(ConstantExpr::getAddrSpaceCast(moved, variable->getType()));
  variable->eraseFromParent();
}

/// No variable is of a thread any more; all threads share what each had.
extern "C" void outboard_share_thread_locals(LLVMModuleRef module) {
  for (GlobalVariable &variable : unwrap(module)->globals())
    variable.setThreadLocal(false);
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : make_early_inc_range(instructions(function)))
      if (auto *call = dyn_cast<IntrinsicInst>(&instruction);
          call && call->getIntrinsicID() == Intrinsic::threadlocal_address) {
        call->replaceAllUsesWith(call->getArgOperand(0));
        call->eraseFromParent();
      }
}

extern "C" unsigned outboard_global_address_space(LLVMValueRef global) {
  return unwrap<GlobalVariable>(global)->getAddressSpace();
}

/// The variable's memory starts with whatever is there.
extern "C" void outboard_drop_initializer(LLVMValueRef global) {
  auto *variable = unwrap<GlobalVariable>(global);
  variable->setInitializer(PoisonValue::get(variable->getValueType()));
}
