// Whether two data layouts agree on what a module has in memory.
#include "shim.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
/// The types that are in memory, each with the first that has it there: of variables, stack slots, loads, stores, and of what addresses are made with.
class MemoryTypes {
  MapVector<Type *, GlobalObject *> types;

  void add(Type *type, GlobalObject &user) {
    if (!type->isSized() || !types.insert({type, &user}).second)
      return;
    for (Type *contained : type->subtypes())
      add(contained, user);
  }

public:
  explicit MemoryTypes(Module &module) {
    for (GlobalVariable &variable : module.globals())
      add(variable.getValueType(), variable);
    for (Function &function : module)
      for (Instruction &instruction : instructions(function)) {
        if (auto *slot = dyn_cast<AllocaInst>(&instruction))
          add(slot->getAllocatedType(), function);
        else if (auto *address = dyn_cast<GetElementPtrInst>(&instruction))
          add(address->getSourceElementType(), function);
        else if (isa<LoadInst>(&instruction))
          add(instruction.getType(), function);
        else if (auto *store = dyn_cast<StoreInst>(&instruction))
          add(store->getValueOperand()->getType(), function);
      }
  }

  ArrayRef<std::pair<Type *, GlobalObject *>> list() const { return types.getArrayRef(); }
};
} // namespace

/// Floating-point numbers that only some processors have.
static bool isForeign(Type *type) {
  return type->isX86_FP80Ty() || type->isPPC_FP128Ty() || type->isX86_AMXTy() || type->isFP128Ty();
}

static bool agree(Type *type, const DataLayout &one, const DataLayout &other) {
  if (isForeign(type) || one.getTypeAllocSize(type) != other.getTypeAllocSize(type))
    return false;
  auto *structure = dyn_cast<StructType>(type);
  if (!structure)
    return true;
  const StructLayout *here = one.getStructLayout(structure), *there = other.getStructLayout(structure);
  for (unsigned index = 0; index < structure->getNumElements(); ++index)
    if (here->getElementOffset(index) != there->getElementOffset(index))
      return false;
  return true;
}

/// Gives the first type in memory that lies differently under the layout `text` to `sink`, and who has it, each with a
/// NUL behind it.
extern "C" void outboard_find_layout_mismatch(LLVMModuleRef module, OutboardStr text, OutboardSink sink,
                                              void *string) {
  Expected<DataLayout> other = DataLayout::parse(toStringRef(text));
  if (!other) {
    std::string message = toString(other.takeError()) + std::string(2, '\0');
    return sink(string, message.data(), message.size());
  }
  MemoryTypes types(*unwrap(module));
  for (auto [type, user] : types.list())
    if (!agree(type, unwrap(module)->getDataLayout(), *other)) {
      std::string name;
      raw_string_ostream(name) << *type << '\0' << user->getName() << '\0';
      return sink(string, name.data(), name.size());
    }
}
