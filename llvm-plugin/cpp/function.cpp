// Edits of functions that LLVM-C has no function for.
#include "shim.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;

/// `function` becomes a declaration.
extern "C" void outboard_delete_body(LLVMValueRef function) {
  unwrap<Function>(function)->deleteBody();
}

/// With `convergent`, no control flow may be put around `function`s and their calls, until LLVM finds that they do
/// nothing together with other threads; without, it may.
extern "C" void outboard_set_convergent(LLVMModuleRef module, bool convergent) {
  for (Function &function : *unwrap(module)) {
    if (function.isIntrinsic())
      continue;
    convergent ? function.setConvergent() : function.setNotConvergent();
    for (Instruction &instruction : instructions(function)) {
      auto *call = dyn_cast<CallBase>(&instruction);
      if (!call || (call->getCalledFunction() && call->getCalledFunction()->isIntrinsic()))
        continue;
      convergent ? call->setConvergent() : call->setNotConvergent();
    }
  }
}

/// Nothing unwinds: invokes become calls, and landing pads and personality functions go.
extern "C" void outboard_drop_unwinding(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    if (function.isDeclaration())
      continue;
    bool changed = false;
    for (BasicBlock &block : function)
      if (auto *invoke = dyn_cast<InvokeInst>(block.getTerminator())) {
        changeToCall(invoke);
        changed = true;
      }
    if (changed)
      removeUnreachableBlocks(function);
    function.setPersonalityFn(nullptr);
    function.setDoesNotThrow();
    function.setUWTableKind(UWTableKind::None);
  }
}

static constexpr Attribute::AttrKind againstInlining[] = {Attribute::NoInline, Attribute::OptimizeNone,
                                                          Attribute::MinSize, Attribute::OptimizeForSize,
                                                          Attribute::Cold};

/// No function says that it isn't to be inlined, or not to be made fast.
extern "C" void outboard_allow_inlining(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    for (Attribute::AttrKind kind : againstInlining)
      function.removeFnAttr(kind);
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<CallBase>(&instruction))
        for (Attribute::AttrKind kind : againstInlining)
          call->removeFnAttr(kind);
  }
}

/// No call of `function` says that it isn't to be inlined.
extern "C" void outboard_inline_in_callers(LLVMValueRef function) {
  for (User *user : unwrap<Function>(function)->users())
    if (auto *call = dyn_cast<CallBase>(user))
      for (Attribute::AttrKind kind : againstInlining)
        call->removeFnAttr(kind);
}

/// Assembly of no instructions, that gives nothing back, goes. It only hides its operands from the optimizer.
extern "C" void outboard_drop_empty_assembly(LLVMModuleRef module) {
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      auto *call = dyn_cast<CallInst>(&instruction);
      auto *assembly = call ? dyn_cast<InlineAsm>(call->getCalledOperand()) : nullptr;
      if (assembly && call->getType()->isVoidTy() && assembly->getAsmString().trim().empty())
        call->eraseFromParent();
    }
}

/// Every function has calling convention `convention`, but intrinsics and those of which `keep` is the own; and
/// every call has that of what it calls.
extern "C" void outboard_unify_conventions(LLVMModuleRef module, unsigned convention, unsigned keep) {
  for (Function &function : *unwrap(module))
    if (!function.isIntrinsic() && function.getCallingConv() != keep)
      function.setCallingConv(convention);
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : instructions(function)) {
      auto *call = dyn_cast<CallBase>(&instruction);
      if (!call || call->isInlineAsm())
        continue;
      Function *callee = call->getCalledFunction();
      call->setCallingConv(callee ? callee->getCallingConv() : convention);
    }
}

/// Gives the first function that is called with a calling convention which isn't its own to `sink`.
extern "C" void outboard_find_convention_mismatch(LLVMModuleRef module, OutboardSink sink, void *string) {
  for (Function &function : *unwrap(module))
    for (Instruction &instruction : instructions(function)) {
      auto *call = dyn_cast<CallBase>(&instruction);
      Function *callee = call ? dyn_cast<Function>(call->getCalledOperand()->stripPointerCasts()) : nullptr;
      if (callee && callee->getCallingConv() != call->getCallingConv()) {
        std::string text = (function.getName() + Twine('\0') + callee->getName()).str();
        return sink(string, text.data(), text.size());
      }
    }
}

static void copyByValue(Function &function, unsigned index) {
  Argument *argument = function.getArg(index);
  Type *type = argument->getParamByValType();
  const DataLayout &layout = function.getDataLayout();
  Align align = argument->getParamAlign().value_or(layout.getABITypeAlign(type));
  function.removeParamAttr(index, Attribute::ByVal);
  // What a caller knows of its memory is not known of the copy's attributes; readonly was of the copy.
  for (Attribute::AttrKind kind : {Attribute::ReadOnly, Attribute::ReadNone, Attribute::WriteOnly, Attribute::NoAlias})
    function.removeParamAttr(index, kind);
  IRBuilder<> builder(&*function.getEntryBlock().getFirstInsertionPt());
  auto *copy = builder.CreateAlloca(type, layout.getAllocaAddrSpace(), nullptr, argument->getName() + ".copy");
  copy->setAlignment(align);
  Value *address = copy;
  if (copy->getType() != argument->getType())
    address = builder.CreateAddrSpaceCast(copy, argument->getType());
  argument->replaceAllUsesWith(address);
  builder.CreateMemCpy(address, align, argument, align, layout.getTypeAllocSize(type));
}

/// Functions with `byval` parameters copy what they get themselves, and nothing says how structures are passed.
extern "C" void outboard_lower_memory_parameters(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    if (function.isIntrinsic())
      continue;
    for (unsigned index = 0; index < function.arg_size(); ++index) {
      if (function.hasParamAttribute(index, Attribute::ByVal) && !function.isDeclaration())
        copyByValue(function, index);
      for (Attribute::AttrKind kind : {Attribute::StructRet, Attribute::InReg, Attribute::ByRef, Attribute::SwiftSelf})
        function.removeParamAttr(index, kind);
    }
    for (Instruction &instruction : instructions(function)) {
      auto *call = dyn_cast<CallBase>(&instruction);
      if (!call || call->isInlineAsm())
        continue;
      if (Function *callee = call->getCalledFunction(); callee && callee->isIntrinsic())
        continue;
      for (unsigned index = 0; index < call->arg_size(); ++index)
        for (Attribute::AttrKind kind :
             {Attribute::ByVal, Attribute::StructRet, Attribute::InReg, Attribute::ByRef, Attribute::SwiftSelf})
          call->removeParamAttr(index, kind);
    }
  }
}

/// The instructions of `function`.
extern "C" size_t outboard_instruction_count(LLVMValueRef function) {
  return unwrap<Function>(function)->getInstructionCount();
}

/// Whether a function of `module` has a local variable in memory that the first passes of every optimization level put
/// into registers.
extern "C" bool outboard_has_promotable_variables(LLVMModuleRef module) {
  for (Function &function : *unwrap(module)) {
    if (function.isDeclaration())
      continue;
    for (Instruction &instruction : function.getEntryBlock())
      if (auto *variable = dyn_cast<AllocaInst>(&instruction); variable && isAllocaPromotable(variable))
        return true;
  }
  return false;
}
