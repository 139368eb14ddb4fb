// Prints `type size` and `type.index offset` of the offload structs as LLVM itself has them: the header's struct,
// the types that OpenMPIRBuilder and the offload wrapper make, and the types of the module in argv[1].
#include "llvm/Frontend/Offloading/OffloadWrapper.h"
#include "llvm/Frontend/Offloading/Utility.h"
#include "llvm/Frontend/OpenMP/OMPIRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"
#include <cstddef>

using namespace llvm;

static void printType(StringRef who, const Module &module, StructType *type) {
  const DataLayout &layout = module.getDataLayout();
  const StructLayout *fields = layout.getStructLayout(type);
  outs() << who << " " << type->getName() << " " << layout.getTypeAllocSize(type).getFixedValue() << "\n";
  for (unsigned i = 0; i < type->getNumElements(); ++i)
    outs() << who << " " << type->getName() << "." << i << " " << fields->getElementOffset(i).getFixedValue() << "\n";
}

int main(int argc, char **argv) {
  LLVMContext context;
  SMDiagnostic error;
  std::unique_ptr<Module> emitted = parseIRFile(argv[1], error, context);
  if (!emitted) {
    error.print(argv[0], errs());
    return 1;
  }
  for (StructType *type : emitted->getIdentifiedStructTypes())
    printType("emitted", *emitted, type);

  using Entry = offloading::EntryTy;
  outs() << "header struct.__tgt_offload_entry " << sizeof(Entry) << "\n";
  const size_t offsets[] = {offsetof(Entry, Reserved), offsetof(Entry, Version), offsetof(Entry, Kind),
                            offsetof(Entry, Flags),    offsetof(Entry, Address), offsetof(Entry, SymbolName),
                            offsetof(Entry, Size),     offsetof(Entry, Data),    offsetof(Entry, AuxAddr)};
  for (size_t i = 0; i < std::size(offsets); ++i)
    outs() << "header struct.__tgt_offload_entry." << i << " " << offsets[i] << "\n";

  LLVMContext other;
  Module module("llvm", other);
  module.setDataLayout(emitted->getDataLayout());
  module.setTargetTriple(emitted->getTargetTriple());
  OpenMPIRBuilder openmp(module);
  openmp.initialize();
  printType("llvm", module, openmp.Ident);
  printType("llvm", module, openmp.KernelArgs);
  const char image[] = "image";
  auto entries = offloading::getOffloadEntryArray(module);
  if (Error wrong = offloading::wrapOpenMPBinaries(module, {ArrayRef<char>(image, sizeof image)}, entries)) {
    errs() << toString(std::move(wrong)) << "\n";
    return 1;
  }
  for (StructType *type : module.getIdentifiedStructTypes())
    if (type->getName().starts_with("__tgt") || type->getName() == "struct.__tgt_offload_entry")
      printType("llvm", module, type);
}
