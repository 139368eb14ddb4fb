// For which processors modules are, and what a target has.
#include "thin_lto.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <set>
#include <string>

using namespace llvm;

/// A function's processor; on AMD's GPUs with the features that images must agree on, as clang's -mcpu= takes it.
///
/// Source: "Target ID", llvm/docs/AMDGPUUsage.rst (LLVM 22.1).
static std::string targetId(const Function &function, bool isAmd) {
  std::string id = function.getFnAttribute("target-cpu").getValueAsString().str();
  if (!isAmd)
    return id;
  SmallVector<StringRef> words;
  function.getFnAttribute("target-features").getValueAsString().split(words, ',');
  for (StringRef feature : {"sramecc", "xnack"})
    for (StringRef word : words)
      if (SubtargetFeatures::hasFlag(word) && SubtargetFeatures::StripFlag(word) == feature)
        id += ":" + feature.str() + (SubtargetFeatures::isEnabled(word) ? "+" : "-");
  return id;
}

/// The processors that the module's functions name, with AMD's target features, each once and in order. Whether it
/// failed.
extern "C" bool outboard_function_cpus(OutboardNamed file, OutboardSymbolSink sink, void *object, OutboardSink error,
                                       void *string) {
  LLVMContext context;
  Expected<std::unique_ptr<Module>> module = getLazyBitcodeModule(
      MemoryBufferRef(toStringRef(file.bytes), toStringRef(file.name)), context, /*ShouldLazyLoadMetadata=*/true);
  if (!module)
    return reported(module.takeError(), error, string);
  std::set<std::string> ids;
  for (const Function &function : **module)
    if (!function.isDeclaration() && function.hasFnAttribute("target-cpu"))
      ids.insert(targetId(function, (*module)->getTargetTriple().isAMDGCN()));
  for (StringRef id : ids)
    sink(object, {str(id), str(""), str(""), 0, 0, 0});
  return false;
}

/// The first of `cpu` and `features` that the target has not, nothing where it has them all.
extern "C" void outboard_unknown_to_target(OutboardStr triple, OutboardStr cpu, OutboardStr features,
                                           OutboardSink sink, void *string) {
  Triple machine(toStringRef(triple));
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(machine, error);
  std::unique_ptr<MCSubtargetInfo> info(target ? target->createMCSubtargetInfo(machine, "", "") : nullptr);
  if (!info)
    return;
  StringRef name = toStringRef(cpu);
  if (!name.empty() && !info->isCPUStringValid(name))
    return sink(string, name.data(), name.size());
  SmallVector<StringRef> words;
  toStringRef(features).split(words, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef word : words) {
    bool isKnown = any_of(info->getAllProcessorFeatures(),
                          [&](const SubtargetFeatureKV &known) { return SubtargetFeatures::StripFlag(word) == known.Key; });
    if (!isKnown || !SubtargetFeatures::hasFlag(word))
      return sink(string, word.data(), word.size());
  }
}
