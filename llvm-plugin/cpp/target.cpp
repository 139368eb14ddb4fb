// What a code generator is for.
#include "shim.h"

#include "llvm-c/TargetMachine.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

/// Whether the processor of `machine` has `features`, as LLVM writes them: "+avx2".
extern "C" bool outboard_has_features(LLVMTargetMachineRef machine, OutboardStr features) {
  return reinterpret_cast<TargetMachine *>(machine)->getMCSubtargetInfo()->checkFeatures(toStringRef(features));
}
