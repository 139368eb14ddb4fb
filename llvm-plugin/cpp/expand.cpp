// Intrinsics written out in plain instructions, for back ends that lack them.
#include "shim.h"

#include "llvm/CodeGen/AtomicExpandUtils.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace llvm;

/// The overflow bit of `sum`, which `call` computes of its operands.
static Value *overflowBit(IRBuilder<> &builder, WithOverflowInst &call, Value *result) {
  Value *left = call.getLHS(), *right = call.getRHS();
  Value *zero = ConstantInt::get(left->getType(), 0);
  switch (call.getIntrinsicID()) {
  case Intrinsic::uadd_with_overflow:
    return builder.CreateICmpULT(result, left);
  case Intrinsic::usub_with_overflow:
    return builder.CreateICmpULT(left, right);
  case Intrinsic::sadd_with_overflow: {
    // Both operands have a sign that the sum doesn't have.
    Value *flipped = builder.CreateAnd(builder.CreateXor(left, result), builder.CreateXor(right, result));
    return builder.CreateICmpSLT(flipped, zero);
  }
  default: {
    Value *flipped = builder.CreateAnd(builder.CreateXor(left, right), builder.CreateXor(left, result));
    return builder.CreateICmpSLT(flipped, zero);
  }
  }
}

/// A product overflows when its high half isn't what its low half says.
static std::pair<Value *, Value *> widenedProduct(IRBuilder<> &builder, WithOverflowInst &call) {
  bool isSigned = call.getIntrinsicID() == Intrinsic::smul_with_overflow;
  Type *narrow = call.getLHS()->getType();
  unsigned bits = narrow->getScalarSizeInBits();
  Type *wide = narrow->getWithNewBitWidth(2 * bits);
  auto widen = [&](Value *value) {
    return isSigned ? builder.CreateSExt(value, wide) : builder.CreateZExt(value, wide);
  };
  Value *product = builder.CreateMul(widen(call.getLHS()), widen(call.getRHS()));
  Value *low = builder.CreateTrunc(product, narrow);
  return {low, builder.CreateICmpNE(product, widen(low))};
}

static Value *quotientFits(IRBuilder<> &builder, Value *left, Value *right, Value *product) {
  Value *zero = ConstantInt::get(left->getType(), 0), *one = ConstantInt::get(left->getType(), 1);
  Value *isZero = builder.CreateICmpEQ(right, zero);
  // Nothing is divided by zero, and nothing overflows with zero.
  Value *quotient = builder.CreateUDiv(product, builder.CreateSelect(isZero, one, right));
  return builder.CreateAnd(builder.CreateNot(isZero), builder.CreateICmpNE(quotient, left));
}

/// Magnitudes are multiplied, so that 64 bits need no 128.
static std::pair<Value *, Value *> product64(IRBuilder<> &builder, WithOverflowInst &call) {
  Value *left = call.getLHS(), *right = call.getRHS();
  if (call.getIntrinsicID() == Intrinsic::umul_with_overflow) {
    Value *product = builder.CreateMul(left, right);
    return {product, quotientFits(builder, left, right, product)};
  }
  Type *type = left->getType();
  Value *zero = ConstantInt::get(type, 0);
  auto magnitude = [&](Value *value) {
    return builder.CreateSelect(builder.CreateICmpSLT(value, zero), builder.CreateNeg(value), value);
  };
  Value *one = magnitude(left), *other = magnitude(right);
  Value *unsignedProduct = builder.CreateMul(one, other);
  Value *tooBig = quotientFits(builder, one, other, unsignedProduct);
  Value *negative = builder.CreateICmpSLT(builder.CreateXor(left, right), zero);
  APInt smallest = APInt::getSignedMinValue(type->getScalarSizeInBits());
  Value *limit = builder.CreateSelect(negative, ConstantInt::get(type, smallest), ConstantInt::get(type, smallest - 1));
  Value *overflow = builder.CreateOr(tooBig, builder.CreateICmpUGT(unsignedProduct, limit));
  return {builder.CreateMul(left, right), overflow};
}

static void expandOverflow(WithOverflowInst &call) {
  IRBuilder<> builder(&call);
  Value *result, *overflow;
  switch (call.getBinaryOp()) {
  case Instruction::Mul:
    std::tie(result, overflow) = call.getLHS()->getType()->getScalarSizeInBits() <= 32
                                     ? widenedProduct(builder, call)
                                     : product64(builder, call);
    break;
  default:
    result = builder.CreateBinOp(call.getBinaryOp(), call.getLHS(), call.getRHS());
    overflow = overflowBit(builder, call, result);
  }
  Value *pair = builder.CreateInsertValue(PoisonValue::get(call.getType()), result, 0);
  call.replaceAllUsesWith(builder.CreateInsertValue(pair, overflow, 1));
  call.eraseFromParent();
}

/// llvm.minimumnum and llvm.maximumnum ignore a NaN and order the zeros.
static void expandMinMaxNum(IntrinsicInst &call) {
  IRBuilder<> builder(&call);
  Value *left = call.getArgOperand(0), *right = call.getArgOperand(1);
  bool max = call.getIntrinsicID() == Intrinsic::maximumnum;
  Type *bits = left->getType()->getWithNewType(builder.getIntNTy(left->getType()->getScalarSizeInBits()));
  Value *leftBits = builder.CreateBitCast(left, bits), *rightBits = builder.CreateBitCast(right, bits);
  // Equal values differ at most in the zeros' signs.
  Value *merged = max ? builder.CreateAnd(leftBits, rightBits) : builder.CreateOr(leftBits, rightBits);
  Value *zero = builder.CreateBitCast(merged, left->getType());
  Value *ordered = builder.CreateSelect(max ? builder.CreateFCmpOGT(left, right) : builder.CreateFCmpOLT(left, right),
                                        left, right);
  Value *chosen = builder.CreateSelect(builder.CreateFCmpOEQ(left, right), zero, ordered);
  chosen = builder.CreateSelect(builder.CreateFCmpUNO(right, right), left, chosen);
  chosen = builder.CreateSelect(builder.CreateFCmpUNO(left, left), right, chosen);
  call.replaceAllUsesWith(chosen);
  call.eraseFromParent();
}

/// Halves are swapped, then the halves of those, down to single bits.
static void expandBitReverse(IntrinsicInst &call) {
  IRBuilder<> builder(&call);
  Value *value = call.getArgOperand(0);
  unsigned bits = value->getType()->getScalarSizeInBits();
  for (unsigned step = bits / 2; step > 0; step /= 2) {
    APInt low = APInt::getSplat(bits, APInt::getLowBitsSet(2 * step, step));
    Value *mask = ConstantInt::get(value->getType(), low);
    Value *up = builder.CreateShl(builder.CreateAnd(value, mask), step);
    value = builder.CreateOr(up, builder.CreateAnd(builder.CreateLShr(value, step), mask));
  }
  call.replaceAllUsesWith(value);
  call.eraseFromParent();
}

/// An integer made of a vector of bits, as comparisons of vectors are tested for any or all, lane by lane.
static void expandMask(BitCastInst &cast) {
  auto *lanes = dyn_cast<FixedVectorType>(cast.getSrcTy());
  auto *integer = dyn_cast<IntegerType>(cast.getDestTy());
  if (!lanes || !integer || !lanes->getElementType()->isIntegerTy(1))
    return;
  IRBuilder<> builder(&cast);
  Value *mask = ConstantInt::get(integer, 0);
  for (unsigned lane = 0; lane < lanes->getNumElements(); ++lane) {
    Value *bit = builder.CreateZExt(builder.CreateExtractElement(cast.getOperand(0), lane), integer);
    mask = builder.CreateOr(mask, builder.CreateShl(bit, lane));
  }
  cast.replaceAllUsesWith(mask);
  cast.eraseFromParent();
}

/// `constant` with zeros where nothing is said.
static Constant *withoutUndefined(Constant *constant) {
  if (isa<UndefValue>(constant))
    return Constant::getNullValue(constant->getType());
  if (!isa<ConstantAggregate>(constant))
    return constant;
  SmallVector<Constant *> elements;
  for (Use &element : constant->operands())
    elements.push_back(withoutUndefined(cast<Constant>(element.get())));
  if (auto *array = dyn_cast<ArrayType>(constant->getType()))
    return ConstantArray::get(array, elements);
  if (auto *structure = dyn_cast<StructType>(constant->getType()))
    return ConstantStruct::get(structure, elements);
  return ConstantVector::get(elements);
}

/// Every byte of every variable that is there from the start has a value, paddings too.
extern "C" void outboard_define_initializers(LLVMModuleRef module) {
  for (GlobalVariable &variable : unwrap(module)->globals())
    if (variable.hasInitializer() && isa<ConstantAggregate>(variable.getInitializer()))
      variable.setInitializer(withoutUndefined(variable.getInitializer()));
}

/// Whether every device has an instruction for it.
static bool isCommon(AtomicRMWInst::BinOp operation) {
  switch (operation) {
  case AtomicRMWInst::Xchg:
  case AtomicRMWInst::Add:
  case AtomicRMWInst::Sub:
  case AtomicRMWInst::And:
  case AtomicRMWInst::Or:
  case AtomicRMWInst::Xor:
  case AtomicRMWInst::Max:
  case AtomicRMWInst::Min:
  case AtomicRMWInst::UMax:
  case AtomicRMWInst::UMin:
    return true;
  default:
    return false;
  }
}

/// Tries until nobody came between.
static void expandAtomic(AtomicRMWInst &operation) {
  expandAtomicRMWToCmpXchg(&operation, [](IRBuilderBase &builder, Value *address, Value *expected, Value *desired,
                                          Align align, AtomicOrdering ordering, SyncScope::ID scope, Value *&success,
                                          Value *&loaded, Instruction *) {
    Type *type = desired->getType();
    bool isFloat = type->isFloatingPointTy();
    if (isFloat) {
      Type *bits = builder.getIntNTy(type->getPrimitiveSizeInBits());
      expected = builder.CreateBitCast(expected, bits);
      desired = builder.CreateBitCast(desired, bits);
    }
    Value *pair = builder.CreateAtomicCmpXchg(address, expected, desired, align, ordering,
                                              AtomicCmpXchgInst::getStrongestFailureOrdering(ordering), scope);
    success = builder.CreateExtractValue(pair, 1);
    loaded = builder.CreateExtractValue(pair, 0);
    if (isFloat)
      loaded = builder.CreateBitCast(loaded, type);
  });
}

/// No atomic operation is left that not every device has an instruction for.
extern "C" void outboard_expand_atomics(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    SmallVector<AtomicRMWInst *> operations;
    for (Instruction &instruction : instructions(function))
      if (auto *operation = dyn_cast<AtomicRMWInst>(&instruction); operation && !isCommon(operation->getOperation()))
        operations.push_back(operation);
    for (AtomicRMWInst *operation : operations)
      expandAtomic(*operation);
  }
}

/// Widens a number cut short to a type that is still narrower than the one it had. LLVM 22 masks the uncut number
/// there, and gives the result the wrong type.
///
/// Source: G_ZEXT of G_TRUNC in llvm/lib/CodeGen/GlobalISel (LLVM 22.1), as spirv-val sees what becomes of it.
static void expandWidening(ZExtInst &widening) {
  auto *cut = dyn_cast<TruncInst>(widening.getOperand(0));
  unsigned bits = widening.getType()->getScalarSizeInBits();
  if (!cut || bits >= cut->getSrcTy()->getScalarSizeInBits())
    return;
  IRBuilder<> builder(&widening);
  uint64_t mask = (uint64_t(1) << cut->getType()->getScalarSizeInBits()) - 1;
  Value *wide = builder.CreateTrunc(cut->getOperand(0), widening.getType());
  widening.replaceAllUsesWith(builder.CreateAnd(wide, ConstantInt::get(widening.getType(), mask)));
  widening.eraseFromParent();
}

/// No `llvm.*.with.overflow`, `llvm.minimumnum`, `llvm.maximumnum` and `llvm.bitreverse` is left, and no vector of
/// bits that is taken for an integer.
extern "C" void outboard_expand_arithmetic(LLVMModuleRef module) {
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      if (auto *cast = dyn_cast<BitCastInst>(&instruction)) {
        expandMask(*cast);
        continue;
      }
      if (auto *widening = dyn_cast<ZExtInst>(&instruction)) {
        expandWidening(*widening);
        continue;
      }
      auto *call = dyn_cast<IntrinsicInst>(&instruction);
      if (!call)
        continue;
      if (auto *overflow = dyn_cast<WithOverflowInst>(call))
        expandOverflow(*overflow);
      else if (call->getIntrinsicID() == Intrinsic::minimumnum || call->getIntrinsicID() == Intrinsic::maximumnum)
        expandMinMaxNum(*call);
      else if (call->getIntrinsicID() == Intrinsic::bitreverse)
        expandBitReverse(*call);
    }
}
