// Atomic operations for NVIDIA's GPUs, where LLVM's back end forgets who has to see them, and in which order.
#include "shim.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"

using namespace llvm;

/// Source: NVPTX::AddressSpace, llvm/Support/NVPTXAddrSpace.h (LLVM 22.1).
enum { GENERIC = 0, GLOBAL = 1 };

/// Fences around `operation` take over what `ordering` says of other accesses. They are those that PTX's memory
/// consistency model has for C++'s orders.
static void fence(Instruction &operation, AtomicOrdering ordering, SyncScope::ID scope) {
  bool isSequential = ordering == AtomicOrdering::SequentiallyConsistent;
  IRBuilder<> before(&operation), after(operation.getNextNode());
  if (isReleaseOrStronger(ordering))
    before.CreateFence(isSequential ? ordering : AtomicOrdering::Release, scope);
  if (isAcquireOrStronger(ordering))
    after.CreateFence(AtomicOrdering::Acquire, scope);
}

/// LLVM 22 writes `atom` without a word of its order, and so of the weakest kind.
///
/// Source: ATOMIC_LOAD_* in llvm/lib/Target/NVPTX/NVPTXIntrinsics.td (LLVM 22.1).
static void relax(AtomicRMWInst &operation) {
  fence(operation, operation.getOrdering(), operation.getSyncScopeID());
  operation.setOrdering(AtomicOrdering::Monotonic);
}

/// Of compare-and-exchange it does so where PTX has no such words, before sm_70.
static void relax(AtomicCmpXchgInst &operation) {
  fence(operation, operation.getMergedOrdering(), operation.getSyncScopeID());
  operation.setSuccessOrdering(AtomicOrdering::Monotonic);
  operation.setFailureOrdering(AtomicOrdering::Monotonic);
}

/// Name and type of `operation` in PTX, such as `add.u32`. Empty for others than languages have: a loop of
/// compare-and-exchange becomes of most of them, which has their scope.
static std::string nameInPtx(AtomicRMWInst &operation) {
  Type *type = operation.getType();
  if (operation.getOperation() == AtomicRMWInst::Xchg && (type->isFloatTy() || type->isDoubleTy()))
    return type->isFloatTy() ? "exch.b32" : "exch.b64";
  if (operation.getOperation() == AtomicRMWInst::Xchg && type->isPointerTy())
    return "exch.b64";
  if (operation.getOperation() == AtomicRMWInst::FAdd)
    return type->isFloatTy() ? "add.f32" : type->isDoubleTy() ? "add.f64" : "";
  if (!type->isIntegerTy(32) && !type->isIntegerTy(64))
    return "";
  auto typed = [&](const char *name) { return name + std::to_string(type->getIntegerBitWidth()); };
  switch (operation.getOperation()) {
  case AtomicRMWInst::Xchg:
    return typed("exch.b");
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
    return typed("add.u");
  case AtomicRMWInst::And:
    return typed("and.b");
  case AtomicRMWInst::Or:
    return typed("or.b");
  case AtomicRMWInst::Xor:
    return typed("xor.b");
  case AtomicRMWInst::Max:
    return typed("max.s");
  case AtomicRMWInst::Min:
    return typed("min.s");
  case AtomicRMWInst::UMax:
    return typed("max.u");
  case AtomicRMWInst::UMin:
    return typed("min.u");
  default:
    return "";
  }
}

/// Writes `operation` as PTX where it isn't for the device, the scope of an `atom` without one. What is in shared
/// memory, only those see that share it.
static void writeScope(AtomicRMWInst &operation, SyncScope::ID block) {
  SyncScope::ID scope = operation.getSyncScopeID();
  unsigned space = operation.getPointerAddressSpace();
  std::string name = nameInPtx(operation);
  if ((scope != block && scope != SyncScope::System) || (space != GENERIC && space != GLOBAL) || name.empty())
    return;
  IRBuilder<> builder(&operation);
  Value *operand = operation.getValOperand();
  if (operation.getOperation() == AtomicRMWInst::Sub)
    operand = builder.CreateNeg(operand);
  Type *type = operand->getType();
  std::string kind = type->isFloatTy() ? "f" : type->isDoubleTy() ? "d" : type->isIntegerTy(32) ? "r" : "l";
  std::string text = std::string("atom.") + (scope == block ? "cta." : "sys.") + (space == GLOBAL ? "global." : "") +
                     name + " $0, [$1], $2;";
  auto *signature = FunctionType::get(type, {operation.getPointerOperand()->getType(), type}, false);
  auto *assembly = InlineAsm::get(signature, text, "=" + kind + ",l," + kind + ",~{memory}", /*hasSideEffects=*/true);
  CallInst *call = builder.CreateCall(assembly, {operation.getPointerOperand(), operand});
  call->setDoesNotThrow();
  operation.replaceAllUsesWith(call);
  operation.eraseFromParent();
}

/// Every atomic operation has the order that it asks for, and where PTX has scopes (`scoped`), that scope. Where it
/// has orders (`ordered`), LLVM writes those of compare-and-exchange.
extern "C" void outboard_write_ptx_atomics(LLVMModuleRef module, bool scoped, bool ordered) {
  SyncScope::ID block = unwrap(module)->getContext().getOrInsertSyncScopeID("block");
  for (Function &function : *unwrap(module)) {
    SmallVector<Instruction *> operations;
    for (Instruction &instruction : instructions(function))
      if (isa<AtomicRMWInst, AtomicCmpXchgInst>(instruction))
        operations.push_back(&instruction);
    for (Instruction *operation : operations) {
      auto *exchange = dyn_cast<AtomicCmpXchgInst>(operation);
      if (exchange && !ordered)
        relax(*exchange);
      auto *change = dyn_cast<AtomicRMWInst>(operation);
      if (!change)
        continue;
      relax(*change);
      if (scoped)
        writeScope(*change, block);
    }
  }
}
