// Values of structure and array type taken apart, for back ends that only know them in memory and as results.
#include "shim.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

static unsigned fieldCount(Type *type) {
  if (auto *array = dyn_cast<ArrayType>(type))
    return array->getNumElements();
  return cast<StructType>(type)->getNumElements();
}

static Type *fieldType(Type *type, unsigned index) {
  return ExtractValueInst::getIndexedType(type, index);
}

/// What `make` gives for each field, together again, made where `builder` stands.
static Value *rebuild(IRBuilder<> &builder, Type *type, function_ref<Value *(unsigned)> make) {
  SmallVector<Value *> fields;
  for (unsigned index = 0; index < fieldCount(type); ++index)
    fields.push_back(make(index));
  Value *whole = PoisonValue::get(type);
  for (auto [index, field] : enumerate(fields))
    whole = builder.CreateInsertValue(whole, field, index);
  return whole;
}

/// Fields of incoming values are taken where these come from.
static Value *splitPhi(PHINode &phi) {
  IRBuilder<> builder(&phi);
  SmallVector<PHINode *> fields;
  for (unsigned index = 0; index < fieldCount(phi.getType()); ++index) {
    auto *field = builder.CreatePHI(fieldType(phi.getType(), index), phi.getNumIncomingValues());
    SmallDenseMap<BasicBlock *, Value *> taken;
    for (unsigned incoming = 0; incoming < phi.getNumIncomingValues(); ++incoming) {
      BasicBlock *block = phi.getIncomingBlock(incoming);
      Value *&value = taken[block];
      if (!value)
        value = IRBuilder<>(block->getTerminator()).CreateExtractValue(phi.getIncomingValue(incoming), index);
      field->addIncoming(value, block);
    }
    fields.push_back(field);
  }
  builder.SetInsertPoint(phi.getParent(), phi.getParent()->getFirstInsertionPt());
  return rebuild(builder, phi.getType(), [&](unsigned index) { return fields[index]; });
}

static Value *splitSelect(SelectInst &select) {
  IRBuilder<> builder(&select);
  return rebuild(builder, select.getType(), [&](unsigned index) {
    return builder.CreateSelect(select.getCondition(), builder.CreateExtractValue(select.getTrueValue(), index),
                                builder.CreateExtractValue(select.getFalseValue(), index));
  });
}

static Value *splitFreeze(FreezeInst &freeze) {
  IRBuilder<> builder(&freeze);
  return rebuild(builder, freeze.getType(), [&](unsigned index) {
    return builder.CreateFreeze(builder.CreateExtractValue(freeze.getOperand(0), index));
  });
}

static Value *splitLoad(LoadInst &load) {
  if (!load.isSimple())
    return nullptr;
  IRBuilder<> builder(&load);
  const DataLayout &layout = load.getDataLayout();
  Type *type = load.getType();
  return rebuild(builder, type, [&](unsigned index) {
    Value *indices[] = {builder.getInt32(0), builder.getInt32(index)};
    uint64_t offset = layout.getIndexedOffsetInType(type, indices);
    Value *address = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), load.getPointerOperand(), offset);
    return builder.CreateAlignedLoad(fieldType(type, index), address, commonAlignment(load.getAlign(), offset));
  });
}

static bool splitStore(StoreInst &store) {
  if (!store.isSimple())
    return false;
  IRBuilder<> builder(&store);
  const DataLayout &layout = store.getDataLayout();
  Type *type = store.getValueOperand()->getType();
  for (unsigned index = 0; index < fieldCount(type); ++index) {
    Value *indices[] = {builder.getInt32(0), builder.getInt32(index)};
    uint64_t offset = layout.getIndexedOffsetInType(type, indices);
    Value *address = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), store.getPointerOperand(), offset);
    Value *field = builder.CreateExtractValue(store.getValueOperand(), index);
    builder.CreateAlignedStore(field, address, commonAlignment(store.getAlign(), offset));
  }
  store.eraseFromParent();
  return true;
}

static bool split(Instruction &instruction) {
  if (auto *store = dyn_cast<StoreInst>(&instruction))
    return store->getValueOperand()->getType()->isAggregateType() && splitStore(*store);
  if (!instruction.getType()->isAggregateType())
    return false;
  Value *whole = nullptr;
  if (auto *phi = dyn_cast<PHINode>(&instruction))
    whole = splitPhi(*phi);
  else if (auto *select = dyn_cast<SelectInst>(&instruction))
    whole = splitSelect(*select);
  else if (auto *freeze = dyn_cast<FreezeInst>(&instruction))
    whole = splitFreeze(*freeze);
  else if (auto *load = dyn_cast<LoadInst>(&instruction))
    whole = splitLoad(*load);
  if (!whole)
    return false;
  instruction.replaceAllUsesWith(whole);
  instruction.eraseFromParent();
  return true;
}

/// No phi, select, freeze, plain load and plain store is of a structure or an array; fields of fields neither.
extern "C" void outboard_split_aggregates(LLVMModuleRef module) {
  for (Function &function : *unwrap(module))
    for (bool changed = true; changed;) {
      changed = false;
      SmallVector<Instruction *> all;
      for (Instruction &instruction : instructions(function))
        all.push_back(&instruction);
      for (Instruction *instruction : all)
        changed |= split(*instruction);
    }
}

/// Addresses are compared as integers.
extern "C" void outboard_compare_addresses(LLVMModuleRef module) {
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      auto *compare = dyn_cast<ICmpInst>(&instruction);
      if (!compare || !compare->getOperand(0)->getType()->isPointerTy())
        continue;
      IRBuilder<> builder(compare);
      Type *address = function.getDataLayout().getIntPtrType(compare->getOperand(0)->getType());
      Value *result = builder.CreateICmp(compare->getPredicate(),
                                         builder.CreatePtrToInt(compare->getOperand(0), address),
                                         builder.CreatePtrToInt(compare->getOperand(1), address));
      compare->replaceAllUsesWith(result);
      compare->eraseFromParent();
    }
}
