// What LLVM's inliner has to say about a call, asked without running it; and what decides whether code can be copied.
#include "shim.h"

#include "llvm-c/TargetMachine.h"

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/InlineCost.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/Internalize.h"
#include <map>
#include <memory>
#include <string>

using namespace llvm;

namespace {
/// The target of a module, as inlining sees it.
struct Advisor {
  const Target *target;
  Triple triple;
  std::unique_ptr<TargetMachine> machine;
  TargetLibraryInfoImpl libraries;

  Advisor(const Target *target, const Triple &triple, TargetMachine *machine)
      : target(target), triple(triple), machine(machine), libraries(triple) {}
};

/// What is analysed of functions for one question.
class Question {
  Advisor &advisor;
  std::map<const Function *, TargetLibraryInfo> libraries;
  std::map<const Function *, TargetTransformInfo> costs;
  std::map<const Function *, std::unique_ptr<AssumptionCache>> assumptions;

public:
  explicit Question(Advisor &advisor) : advisor(advisor) {}
  const TargetLibraryInfo &library(Function &function) {
    return libraries.try_emplace(&function, advisor.libraries, &function).first->second;
  }
  TargetTransformInfo &cost(Function &function) {
    return costs.try_emplace(&function, advisor.machine->getTargetTransformInfo(function)).first->second;
  }
  AssumptionCache &assumption(Function &function) {
    std::unique_ptr<AssumptionCache> &cache = assumptions[&function];
    if (!cache)
      cache = std::make_unique<AssumptionCache>(function, &cost(function));
    return *cache;
  }
};

void say(OutboardSink sink, void *string, StringRef text) {
  sink(string, text.data(), text.size());
}
} // namespace

/// Null where libLLVM has no code generator for the module's triple, and `sink` gets the reason.
extern "C" void *outboard_inline_advisor(LLVMModuleRef module, OutboardSink sink, void *string) {
  const Triple &triple = unwrap(module)->getTargetTriple();
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  TargetMachine *machine =
      target ? target->createTargetMachine(triple, "", "", TargetOptions(), std::nullopt) : nullptr;
  if (machine)
    return new Advisor(target, triple, machine);
  say(sink, string, error.empty() ? "it has no code generator" : error);
  return nullptr;
}

extern "C" void outboard_inline_advisor_drop(void *advisor) {
  delete static_cast<Advisor *>(advisor);
}

/// What the attributes of `callee` and of the caller say against inlining; nothing where they say nothing.
extern "C" void outboard_inline_blocker(void *advisor, LLVMValueRef call, LLVMValueRef callee, OutboardSink sink,
                                        void *string) {
  Question question(*static_cast<Advisor *>(advisor));
  auto *function = unwrap<Function>(callee);
  auto library = [&](Function &one) -> const TargetLibraryInfo & { return question.library(one); };
  std::optional<InlineResult> decision =
      getAttributeBasedInliningDecision(*unwrap<CallBase>(call), function, question.cost(*function), library);
  if (decision && !decision->isSuccess())
    say(sink, string, decision->getFailureReason());
}

/// Whether code for the processor of `callee` can stand in the caller's.
extern "C" bool outboard_inline_processors_agree(void *advisor, LLVMValueRef call, LLVMValueRef callee) {
  Question question(*static_cast<Advisor *>(advisor));
  auto *function = unwrap<Function>(callee);
  return question.cost(*function).areInlineCompatible(unwrap<CallBase>(call)->getFunction(), function);
}

/// Why the inliner of -O2 doesn't inline a call; nothing where it would.
extern "C" void outboard_inline_verdict(void *advisor, LLVMValueRef call, LLVMValueRef callee, OutboardSink sink,
                                        void *string) {
  Question question(*static_cast<Advisor *>(advisor));
  auto *function = unwrap<Function>(callee);
  auto library = [&](Function &one) -> const TargetLibraryInfo & { return question.library(one); };
  auto assumption = [&](Function &one) -> AssumptionCache & { return question.assumption(one); };
  InlineCost cost = getInlineCost(*unwrap<CallBase>(call), function, getInlineParams(2, 0), question.cost(*function),
                                  assumption, library);
  if (cost)
    return;
  if (cost.isNever())
    return say(sink, string, cost.getReason() ? cost.getReason() : "never inline");
  say(sink, string,
      "cost " + std::to_string(cost.getCost()) + " over the threshold " + std::to_string(cost.getThreshold()));
}

/// The features that code for `cpu` with `features` may use, each with a blank behind it. What only says how fast
/// something is doesn't count.
extern "C" void outboard_enabled_features(void *advisor, OutboardStr cpu, OutboardStr features, OutboardSink sink,
                                          void *string) {
  auto *self = static_cast<Advisor *>(advisor);
  std::unique_ptr<MCSubtargetInfo> info(
      self->target->createMCSubtargetInfo(self->triple, toStringRef(cpu), toStringRef(features)));
  if (!info)
    return;
  std::string all = info->getFeatureString().str();
  info->setDefaultFeatures(info->getCPU(), /*TuneCPU=*/"", all);
  std::string text;
  for (const SubtargetFeatureKV &feature : info->getEnabledProcessorFeatures())
    text += std::string(feature.Key) + " ";
  say(sink, string, text);
}

static bool isOnlyRead(const Value *pointer, SmallPtrSetImpl<const Value *> &seen) {
  for (const User *user : pointer->users()) {
    if (isa<LoadInst>(user))
      continue;
    if (isa<GEPOperator, PHINode, SelectInst, BitCastOperator, AddrSpaceCastOperator>(user)) {
      if (seen.insert(user).second && !isOnlyRead(user, seen))
        return false;
      continue;
    }
    auto *copy = dyn_cast<MemTransferInst>(user);
    if (!copy || copy->getRawDest() == pointer)
      return false;
  }
  return true;
}

/// Whether all that is done with a variable is to load from it: nobody keeps or compares its address.
extern "C" bool outboard_is_only_read(LLVMValueRef global) {
  SmallPtrSet<const Value *, 16> seen;
  return isOnlyRead(unwrap(global), seen);
}

/// Whether a local variable is only loaded and stored: optimized code has none. Of which type doesn't matter; rustc's
/// variables are arrays of bytes.
static bool isOnlyLoadedAndStored(const AllocaInst &variable) {
  return all_of(variable.users(), [&](const User *user) {
    if (auto *load = dyn_cast<LoadInst>(user))
      return load->isSimple();
    if (auto *store = dyn_cast<StoreInst>(user))
      return store->isSimple() && store->getValueOperand() != &variable;
    auto *intrinsic = dyn_cast<IntrinsicInst>(user);
    return intrinsic && intrinsic->isLifetimeStartOrEnd();
  });
}

/// Whether functions of `module` have variables that every optimization puts into registers first.
extern "C" bool outboard_has_plain_variables(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    if (function.isDeclaration())
      continue;
    for (Instruction &instruction : function.getEntryBlock())
      if (auto *variable = dyn_cast<AllocaInst>(&instruction); variable && isOnlyLoadedAndStored(*variable))
        return true;
  }
  return false;
}

/// Whether a call is of a function, not of what becomes instructions.
static bool isRealCall(const Instruction &instruction) {
  return isa<CallBase>(instruction) && !isa<IntrinsicInst>(instruction);
}

/// Whether the vectorizer and the unroller would look at a loop: it can be counted, and calls nobody.
static bool isForVectorizer(Loop *loop, ScalarEvolution &evolution) {
  return loop->isInnermost() && evolution.hasLoopInvariantBackedgeTakenCount(loop) &&
         none_of(loop->blocks(), [](BasicBlock *block) { return any_of(*block, isRealCall); });
}

/// Whether `module` has loops for the vectorizer and the unroller, which mark those that they change, and none is
/// marked: then both are yet to run.
extern "C" bool outboard_has_unfinished_loops(LLVMModuleRef module) {
  TargetLibraryInfoImpl libraryOfTarget(unwrap(module)->getTargetTriple());
  TargetLibraryInfo library(libraryOfTarget);
  bool unfinished = false;
  for (Function &function : *unwrap(module)) {
    if (function.isDeclaration())
      continue;
    DominatorTree dominators(function);
    LoopInfo loops(dominators);
    if (loops.empty())
      continue;
    AssumptionCache assumptions(function);
    ScalarEvolution evolution(function, library, assumptions, dominators, loops);
    for (Loop *loop : loops.getLoopsInPreorder()) {
      for (StringRef mark : {"llvm.loop.isvectorized", "llvm.loop.unroll.disable", "llvm.loop.unroll.runtime.disable"})
        if (findOptionMDForLoop(loop, mark))
          return false;
      unfinished |= isForVectorizer(loop, evolution);
    }
  }
  return unfinished;
}

/// A definition becomes a declaration of what another object defines.
extern "C" void outboard_declare(LLVMValueRef global) {
  auto *object = unwrap<GlobalObject>(global);
  if (auto *function = dyn_cast<Function>(object))
    function->deleteBody();
  else
    cast<GlobalVariable>(object)->setInitializer(nullptr);
  object->setComdat(nullptr);
  // Debug info and profiles are of bodies; what is known of the type holds for the declaration too.
  object->eraseMetadata(LLVMContext::MD_dbg);
  object->eraseMetadata(LLVMContext::MD_prof);
  object->setLinkage(GlobalValue::ExternalLinkage);
  object->setVisibility(GlobalValue::DefaultVisibility);
}

/// Names that stand for others become declarations of what another object defines, where others can see them; else
/// what they stand for takes their place.
extern "C" void outboard_declare_aliases(LLVMModuleRef module) {
  SmallVector<GlobalValue *> names;
  for (GlobalAlias &alias : unwrap(module)->aliases())
    names.push_back(&alias);
  for (GlobalIFunc &ifunc : unwrap(module)->ifuncs())
    names.push_back(&ifunc);
  for (GlobalValue *name : names) {
    Constant *instead = nullptr;
    auto *alias = dyn_cast<GlobalAlias>(name);
    if (alias && alias->hasLocalLinkage())
      instead = alias->getAliasee();
    else if (auto *type = dyn_cast<FunctionType>(name->getValueType()))
      instead = Function::Create(type, GlobalValue::ExternalLinkage, name->getAddressSpace(), "", unwrap(module));
    else
      instead = new GlobalVariable(*unwrap(module), name->getValueType(), /*isConstant=*/false,
                                   GlobalValue::ExternalLinkage, nullptr, "", nullptr, name->getThreadLocalMode(),
                                   name->getAddressSpace());
    if (!name->hasLocalLinkage())
      instead->takeName(name);
    name->replaceAllUsesWith(instead);
    name->eraseFromParent();
  }
}

/// Whether what is declared is known to be in the same program or library.
extern "C" void outboard_set_dso_local(LLVMValueRef global, bool local) {
  unwrap<GlobalValue>(global)->setDSOLocal(local);
}

/// Makes everything internal but `keep`, names with a NUL behind each, and what LLVM itself must keep.
extern "C" void outboard_internalize(LLVMModuleRef module, OutboardStr keep) {
  SmallVector<StringRef> names;
  toStringRef(keep).split(names, '\0', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  StringSet<> kept;
  for (StringRef name : names)
    kept.insert(name);
  internalizeModule(*unwrap(module), [&](const GlobalValue &global) { return kept.contains(global.getName()); });
}

/// Gives every function and variable a section of its own, as compilers do whose linkers drop what isn't used.
extern "C" void outboard_separate_sections(LLVMTargetMachineRef machine, bool functions, bool variables) {
  TargetMachine *target = reinterpret_cast<TargetMachine *>(machine);
  target->Options.FunctionSections = functions;
  target->Options.DataSections = variables;
}
