// Atomic operations on 8 and 16 bits, made of those on the 32 bits around them.
#include "shim.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Transforms/Utils/LowerAtomic.h"

using namespace llvm;

/// The word in which a narrow number lies, and where.
struct Place {
  Value *word;
  Value *shift;
  Value *mask;
  Type *narrow;

  Place(IRBuilder<> &builder, Value *address, Type *type, const DataLayout &layout) : narrow(type) {
    Type *whole = builder.getInt32Ty();
    Value *bits = builder.CreatePtrToInt(address, layout.getIntPtrType(address->getType()));
    Value *offset = builder.CreateAnd(bits, 3);
    word = builder.CreateGEP(builder.getInt8Ty(), address, builder.CreateNeg(offset));
    shift = builder.CreateTrunc(builder.CreateShl(offset, 3), whole);
    Value *ones = ConstantInt::get(whole, (uint64_t(1) << type->getIntegerBitWidth()) - 1);
    mask = builder.CreateShl(ones, shift);
  }

  Value *extract(IRBuilder<> &builder, Value *whole) const {
    return builder.CreateTrunc(builder.CreateLShr(whole, shift), narrow);
  }

  Value *insert(IRBuilder<> &builder, Value *whole, Value *part) const {
    Value *shifted = builder.CreateShl(builder.CreateZExt(part, whole->getType()), shift);
    return builder.CreateOr(builder.CreateAnd(whole, builder.CreateNot(mask)), shifted);
  }

  LoadInst *load(IRBuilder<> &builder, AtomicOrdering ordering, SyncScope::ID scope) const {
    LoadInst *load = builder.CreateAlignedLoad(builder.getInt32Ty(), word, Align(4));
    load->setAtomic(ordering, scope);
    return load;
  }
};

/// A loop around a compare-and-exchange of `place`'s word, put in front of `instruction`.
struct Loop {
  BasicBlock *loop, *end;
  IRBuilder<> builder;
  PHINode *old;

  Loop(Instruction &instruction, const Place &place, SyncScope::ID scope)
      : end(instruction.getParent()->splitBasicBlock(&instruction, "atomic.end")), builder(instruction.getContext()) {
    BasicBlock *before = end->getSinglePredecessor();
    loop = BasicBlock::Create(instruction.getContext(), "atomic.loop", end->getParent(), end);
    before->getTerminator()->eraseFromParent();
    builder.SetInsertPoint(before);
    Value *first = place.load(builder, AtomicOrdering::Monotonic, scope);
    builder.CreateBr(loop);
    builder.SetInsertPoint(loop);
    old = builder.CreatePHI(builder.getInt32Ty(), 2);
    old->addIncoming(first, before);
  }

  /// Stores `whole`, or tries again with what somebody else has stored.
  void exchange(const Place &place, Value *whole, AtomicOrdering ordering, SyncScope::ID scope) {
    AtomicOrdering failure = AtomicCmpXchgInst::getStrongestFailureOrdering(ordering);
    Value *pair = builder.CreateAtomicCmpXchg(place.word, old, whole, Align(4), ordering, failure, scope);
    old->addIncoming(builder.CreateExtractValue(pair, 0), builder.GetInsertBlock());
    builder.CreateCondBr(builder.CreateExtractValue(pair, 1), end, loop);
  }
};

static void replace(Instruction &instruction, Value *by) {
  instruction.replaceAllUsesWith(by);
  instruction.eraseFromParent();
}

static void widen(AtomicRMWInst &operation, const DataLayout &layout) {
  IRBuilder<> builder(&operation);
  Place place(builder, operation.getPointerOperand(), operation.getType(), layout);
  Loop loop(operation, place, operation.getSyncScopeID());
  Value *part = place.extract(loop.builder, loop.old);
  Value *next = buildAtomicRMWValue(operation.getOperation(), loop.builder, part, operation.getValOperand());
  loop.exchange(place, place.insert(loop.builder, loop.old, next), operation.getOrdering(),
                operation.getSyncScopeID());
  replace(operation, part);
}

static void widen(AtomicCmpXchgInst &operation, const DataLayout &layout) {
  IRBuilder<> builder(&operation);
  Place place(builder, operation.getPointerOperand(), operation.getCompareOperand()->getType(), layout);
  Loop loop(operation, place, operation.getSyncScopeID());
  Value *part = place.extract(loop.builder, loop.old);
  Value *same = loop.builder.CreateICmpEQ(part, operation.getCompareOperand());
  // What somebody else did to the rest of the word is no reason to fail.
  Value *next = loop.builder.CreateSelect(same, operation.getNewValOperand(), part);
  loop.exchange(place, place.insert(loop.builder, loop.old, next), operation.getMergedOrdering(),
                operation.getSyncScopeID());
  builder.SetInsertPoint(&operation);
  Value *pair = builder.CreateInsertValue(PoisonValue::get(operation.getType()), part, 0);
  replace(operation, builder.CreateInsertValue(pair, same, 1));
}

static void widen(LoadInst &operation, const DataLayout &layout) {
  IRBuilder<> builder(&operation);
  Place place(builder, operation.getPointerOperand(), operation.getType(), layout);
  replace(operation, place.extract(builder, place.load(builder, operation.getOrdering(), operation.getSyncScopeID())));
}

static void widen(StoreInst &operation, const DataLayout &layout) {
  IRBuilder<> builder(&operation);
  auto *exchange = builder.CreateAtomicRMW(AtomicRMWInst::Xchg, operation.getPointerOperand(),
                                           operation.getValueOperand(), operation.getAlign(), operation.getOrdering(),
                                           operation.getSyncScopeID());
  operation.eraseFromParent();
  widen(*exchange, layout);
}

static bool isNarrow(Type *type) {
  return type->isIntegerTy() && type->getIntegerBitWidth() < 32;
}

/// No atomic operation on fewer than 32 bits is left.
extern "C" void outboard_widen_atomics(LLVMModuleRef module) {
  const DataLayout &layout = unwrap(module)->getDataLayout();
  for (Function &function : *unwrap(module)) {
    SmallVector<Instruction *> operations;
    for (Instruction &instruction : instructions(function)) {
      auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction);
      auto *store = dyn_cast<StoreInst>(&instruction);
      Type *type = exchange ? exchange->getCompareOperand()->getType()
                   : store  ? store->getValueOperand()->getType()
                            : instruction.getType();
      if (instruction.isAtomic() && isNarrow(type))
        operations.push_back(&instruction);
    }
    for (Instruction *operation : operations) {
      if (auto *rmw = dyn_cast<AtomicRMWInst>(operation))
        widen(*rmw, layout);
      else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(operation))
        widen(*exchange, layout);
      else if (auto *load = dyn_cast<LoadInst>(operation))
        widen(*load, layout);
      else if (auto *store = dyn_cast<StoreInst>(operation))
        widen(*store, layout);
    }
  }
}
