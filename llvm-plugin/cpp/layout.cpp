// Whether two data layouts agree on what a module has in memory.
#include "shim.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {
/// The types that are in memory: of variables, stack slots, loads, stores, and of what addresses are made with.
class MemoryTypes {
  SetVector<Type *> types;

  void add(Type *type) {
    if (!type->isSized() || !types.insert(type))
      return;
    for (Type *contained : type->subtypes())
      add(contained);
  }

public:
  explicit MemoryTypes(Module &module) {
    for (GlobalVariable &variable : module.globals())
      add(variable.getValueType());
    for (Function &function : module)
      for (Instruction &instruction : instructions(function)) {
        if (auto *slot = dyn_cast<AllocaInst>(&instruction))
          add(slot->getAllocatedType());
        else if (auto *address = dyn_cast<GetElementPtrInst>(&instruction))
          add(address->getSourceElementType());
        else if (isa<LoadInst>(&instruction))
          add(instruction.getType());
        else if (auto *store = dyn_cast<StoreInst>(&instruction))
          add(store->getValueOperand()->getType());
      }
  }

  ArrayRef<Type *> list() const { return types.getArrayRef(); }
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

/// Gives the first type in memory that lies differently under the layout `text` to `sink`.
extern "C" void outboard_find_layout_mismatch(LLVMModuleRef module, OutboardStr text, OutboardSink sink,
                                              void *string) {
  Expected<DataLayout> other = DataLayout::parse(toStringRef(text));
  if (!other) {
    std::string message = toString(other.takeError());
    return sink(string, message.data(), message.size());
  }
  MemoryTypes types(*unwrap(module));
  for (Type *type : types.list())
    if (!agree(type, unwrap(module)->getDataLayout(), *other)) {
      std::string name;
      raw_string_ostream(name) << *type;
      return sink(string, name.data(), name.size());
    }
}
