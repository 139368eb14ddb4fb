// What a source location says beyond LLVM-C's line, column and file name.
#include "shim.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Instruction.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

/// The function in which the source line stands, which is not the IR function where code was inlined.
extern "C" void outboard_debug_function_name(LLVMValueRef instruction, OutboardSink sink, void *string) {
  const DebugLoc &location = unwrap<Instruction>(instruction)->getDebugLoc();
  if (!location)
    return;
  if (const DISubprogram *subprogram = location->getScope()->getSubprogram()) {
    StringRef name = subprogram->getName();
    sink(string, name.data(), name.size());
  }
}

/// The lines at `instruction`, innermost first: that of inlined code, and of where it was inlined, and so on. Each is
/// four texts that end with NUL: the function's symbol or name, the file, line and column.
extern "C" void outboard_debug_frames(LLVMValueRef instruction, OutboardSink sink, void *string) {
  for (const DILocation *at = unwrap<Instruction>(instruction)->getDebugLoc(); at; at = at->getInlinedAt()) {
    std::string text;
    raw_string_ostream stream(text);
    if (const DISubprogram *subprogram = at->getScope()->getSubprogram())
      stream << (subprogram->getLinkageName().empty() ? subprogram->getName() : subprogram->getLinkageName());
    stream << '\0' << at->getFilename() << '\0' << at->getLine() << '\0' << at->getColumn() << '\0';
    sink(string, text.data(), text.size());
  }
}
