// Code that one thread runs: accesses that need not be atomic, loops whose rounds know nothing of each other, and small
// loops to be unrolled.
#include "shim.h"

#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/LowerAtomic.h"

using namespace llvm;

/// What `instruction` does to memory is no longer atomic. One that isn't, or is volatile, stays as it is.
extern "C" void outboard_make_plain(LLVMValueRef instruction) {
  auto *access = unwrap<Instruction>(instruction);
  if (access->isVolatile())
    return;
  if (auto *load = dyn_cast<LoadInst>(access))
    load->setOrdering(AtomicOrdering::NotAtomic);
  else if (auto *store = dyn_cast<StoreInst>(access))
    store->setOrdering(AtomicOrdering::NotAtomic);
  else if (auto *modify = dyn_cast<AtomicRMWInst>(access))
    lowerAtomicRMWInst(modify);
  else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(access))
    lowerAtomicCmpXchgInst(exchange);
}

/// A group of accesses of memory.
extern "C" LLVMMetadataRef outboard_access_group(LLVMContextRef context) {
  return wrap(MDNode::getDistinct(*unwrap(context), {}));
}

/// Puts `access` into `group`.
extern "C" void outboard_add_access(LLVMValueRef access, LLVMMetadataRef group) {
  unwrap<Instruction>(access)->setMetadata(LLVMContext::MD_access_group, unwrap<MDNode>(group));
}

/// Tells of a loop, whose latch ends in `branch`, that the accesses of `group` in one round depend on no other round's, if
/// there is a group; whether it is so `narrow` that several rounds at once are more than it has; and that so many `lanes`
/// are to be one round, unless that is 0.
extern "C" void outboard_describe_loop(LLVMValueRef branch, LLVMMetadataRef group, bool narrow, unsigned lanes) {
  auto *latch = unwrap<Instruction>(branch);
  LLVMContext &context = latch->getContext();
  auto property = [&](const char *name, Metadata *value) -> Metadata * {
    return MDNode::get(context, {MDString::get(context, name), value});
  };
  SmallVector<Metadata *, 5> properties{nullptr};
  if (group)
    properties.push_back(property("llvm.loop.parallel_accesses", unwrap<MDNode>(group)));
  auto number = [&](IntegerType *type, unsigned value) -> Metadata * {
    return ConstantAsMetadata::get(ConstantInt::get(type, value));
  };
  if (narrow || lanes)
    properties.push_back(property("llvm.loop.interleave.count", number(Type::getInt32Ty(context), 1)));
  if (lanes) {
    properties.push_back(property("llvm.loop.vectorize.enable", number(Type::getInt1Ty(context), 1)));
    properties.push_back(property("llvm.loop.vectorize.width", number(Type::getInt32Ty(context), lanes)));
  }
  MDNode *loop = MDNode::getDistinct(context, properties);
  loop->replaceOperandWith(0, loop);
  latch->setMetadata(LLVMContext::MD_loop, loop);
}

/// How often the body of `loop` runs, if that is a small constant; else 0.
static unsigned rounds_of(Loop &loop, ScalarEvolution &evolution) {
  SmallVector<BasicBlock *, 4> exiting;
  loop.getExitingBlocks(exiting);
  unsigned rounds = 0;
  for (BasicBlock *block : exiting)
    if (unsigned found = evolution.getSmallConstantTripCount(&loop, block))
      rounds = rounds ? std::min(rounds, found) : found;
  return rounds;
}

/// Asks that the loops of `function` be unrolled which run at most `rounds` times, become no more than `instructions`,
/// and have nothing in them that mustn't be copied.
extern "C" void outboard_unroll_small_loops(LLVMValueRef function, unsigned rounds, unsigned instructions) {
  auto &body = *unwrap<Function>(function);
  DominatorTree dominators(body);
  LoopInfo loops(dominators);
  AssumptionCache assumptions(body);
  TargetLibraryInfoImpl libraryFacts(body.getParent()->getTargetTriple());
  TargetLibraryInfo library(libraryFacts);
  ScalarEvolution evolution(body, library, assumptions, dominators, loops);
  DenseMap<Loop *, uint64_t> sizes;
  auto outerFirst = loops.getLoopsInPreorder();
  for (Loop *loop : reverse(outerFirst)) {
    uint64_t size = 0;
    for (Loop *inner : loop->getSubLoops())
      size += sizes[inner];
    bool fixed = false;
    for (BasicBlock *block : loop->blocks())
      for (Instruction &instruction : *block) {
        auto *call = dyn_cast<CallBase>(&instruction);
        fixed |= call && call->cannotDuplicate();
        size += loops.getLoopFor(block) == loop;
      }
    unsigned found = fixed ? 0 : rounds_of(*loop, evolution);
    bool small = found && found <= rounds && size * found <= instructions;
    sizes[loop] = small ? size * found : uint64_t(instructions) + 1;
    if (small)
      addStringMetadataToLoop(loop, "llvm.loop.unroll.full");
  }
}
