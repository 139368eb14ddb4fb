// All pointers of one address space become pointers of another: types, constants, signatures, intrinsics.
#include "shim.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;

namespace {
class SpaceRemapper : public ValueMapTypeRemapper {
  unsigned from, to;
  DenseMap<Type *, Type *> known;

  Type *remapStruct(StructType *type) {
    SmallVector<Type *> elements;
    for (Type *element : type->elements())
      elements.push_back(remapType(element));
    if (type->isOpaque() || ArrayRef<Type *>(elements) == type->elements())
      return type;
    if (type->isLiteral())
      return StructType::get(type->getContext(), elements, type->isPacked());
    return StructType::create(type->getContext(), elements, type->getName(), type->isPacked());
  }

  Type *compute(Type *type) {
    if (auto *pointer = dyn_cast<PointerType>(type))
      return pointer->getAddressSpace() == from ? PointerType::get(type->getContext(), to) : type;
    if (auto *array = dyn_cast<ArrayType>(type))
      return ArrayType::get(remapType(array->getElementType()), array->getNumElements());
    if (auto *vector = dyn_cast<VectorType>(type))
      return VectorType::get(remapType(vector->getElementType()), vector->getElementCount());
    if (auto *structure = dyn_cast<StructType>(type))
      return remapStruct(structure);
    if (auto *function = dyn_cast<FunctionType>(type)) {
      SmallVector<Type *> parameters;
      for (Type *parameter : function->params())
        parameters.push_back(remapType(parameter));
      return FunctionType::get(remapType(function->getReturnType()), parameters, function->isVarArg());
    }
    return type;
  }

public:
  SpaceRemapper(unsigned from, unsigned to) : from(from), to(to) {}

  Type *remapType(Type *type) override {
    if (auto found = known.find(type); found != known.end())
      return found->second;
    Type *result = compute(type);
    known[type] = result;
    return result;
  }
};

/// One run over a module.
class Remap {
  Module &module;
  unsigned from, globals;
  SpaceRemapper types;
  PointerType *pointer;
  ValueToValueMapTy values;
  SmallVector<Function *> oldFunctions;
  SmallVector<GlobalVariable *> oldVariables;
  SmallVector<std::pair<GlobalVariable *, Constant *>> initializers;

  // Metadata refers to no pointer types once debug info is gone.
  const RemapFlags flags = RF_NoModuleLevelChanges | RF_IgnoreMissingLocals;

  void declareVariable(GlobalVariable &old) {
    Type *type = types.remapType(old.getValueType());
    bool moves = old.getAddressSpace() == from;
    if (!moves && type == old.getValueType()) {
      if (old.hasInitializer())
        initializers.push_back({&old, old.getInitializer()});
      return;
    }
    auto *made = new GlobalVariable(module, type, old.isConstant(), old.getLinkage(), nullptr, "", &old,
                                    old.getThreadLocalMode(), moves ? globals : old.getAddressSpace());
    made->copyAttributesFrom(&old);
    made->takeName(&old);
    if (old.hasInitializer())
      initializers.push_back({made, old.getInitializer()});
    values[&old] = moves ? ConstantExpr::getAddrSpaceCast(made, pointer) : static_cast<Constant *>(made);
    oldVariables.push_back(&old);
  }

  Function *declareIntrinsic(Function &old, FunctionType *type) {
    SmallVector<Type *> overloads;
    if (!Intrinsic::getIntrinsicSignature(old.getIntrinsicID(), type, overloads))
      return nullptr;
    return Intrinsic::getOrInsertDeclaration(&module, old.getIntrinsicID(), overloads);
  }

  /// Calls refer to the function itself, data to its address as a pointer like all others.
  void mapFunction(Function &old, Function *made) {
    values[&old] = made->isIntrinsic() ? static_cast<Constant *>(made) : ConstantExpr::getAddrSpaceCast(made, pointer);
  }

  void declareFunction(Function &old) {
    auto *type = cast<FunctionType>(types.remapType(old.getFunctionType()));
    if (type == old.getFunctionType())
      return mapFunction(old, &old);
    Function *made = old.isIntrinsic() ? declareIntrinsic(old, type) : nullptr;
    if (!made) {
      made = Function::Create(type, old.getLinkage(), old.getAddressSpace(), "", &module);
      if (old.isIntrinsic()) {
        // It has no form for these pointers, so it is a function that nobody defines.
        made->setName(old.getName().drop_front(StringRef("llvm.").size()));
      } else {
        made->copyAttributesFrom(&old);
        made->takeName(&old);
      }
      made->splice(made->begin(), &old);
      for (auto [before, after] : zip(old.args(), made->args())) {
        after.takeName(&before);
        values[&before] = &after;
      }
    }
    mapFunction(old, made);
    oldFunctions.push_back(&old);
  }

  /// The slot's address stays what it is; its users see it cast.
  void remapAlloca(AllocaInst *slot) {
    slot->setAllocatedType(types.remapType(slot->getAllocatedType()));
    if (slot->getAddressSpace() != from || slot->use_empty())
      return;
    auto next = std::next(slot->getIterator());
    auto *cast = new AddrSpaceCastInst(slot, pointer, slot->getName() + ".generic", next);
    for (Use &use : make_early_inc_range(slot->uses()))
      if (use.getUser() != cast)
        use.set(cast);
  }

  void remapBody(Function &function) {
    SmallVector<AllocaInst *> slots;
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      if (isa<LifetimeIntrinsic>(&instruction)) {
        instruction.eraseFromParent();
        continue;
      }
      if (auto *slot = dyn_cast<AllocaInst>(&instruction)) {
        slots.push_back(slot);
        continue;
      }
      RemapInstruction(&instruction, values, flags, &types);
      if (auto *call = dyn_cast<CallBase>(&instruction))
        if (auto *callee = dyn_cast<Function>(call->getCalledOperand()->stripPointerCasts()))
          call->setCalledOperand(callee);
    }
    for (AllocaInst *slot : slots)
      remapAlloca(slot);
  }

public:
  Remap(Module &module, unsigned from, unsigned to, unsigned globals)
      : module(module), from(from), globals(globals), types(from, to),
        pointer(PointerType::get(module.getContext(), to)) {}

  void run() {
    StripDebugInfo(module);
    for (GlobalVariable &variable : make_early_inc_range(module.globals()))
      declareVariable(variable);
    SmallVector<Function *> functions;
    for (Function &function : module)
      functions.push_back(&function);
    for (Function *function : functions)
      declareFunction(*function);
    for (auto [variable, initializer] : initializers)
      variable->setInitializer(MapValue(initializer, values, flags, &types));
    for (Function &function : module)
      remapBody(function);
    for (GlobalVariable *variable : oldVariables)
      variable->dropAllReferences();
    for (Function *function : oldFunctions) {
      function->removeDeadConstantUsers();
      function->eraseFromParent();
    }
    for (GlobalVariable *variable : oldVariables) {
      variable->removeDeadConstantUsers();
      variable->eraseFromParent();
    }
  }
};
} // namespace

/// Pointers of address space `from` become pointers of `to`, variables of `from` move to `globals`, and stack
/// slots and functions stay. Debug info and lifetimes go.
extern "C" void outboard_remap_pointers(LLVMModuleRef module, unsigned from, unsigned to, unsigned globals) {
  Remap(*unwrap(module), from, to, globals).run();
}
