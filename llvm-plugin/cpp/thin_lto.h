// What the thin link and the back ends of ThinLTO share: how code is made, and LLVM's diagnostics.
#pragma once

#include "shim.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/LTO/Config.h"
#include "llvm/Support/Error.h"

extern "C" {
/// How code is made. `outboard_thin_link` and `outboard_thin_backend` must get the same.
struct OutboardThinConfig {
  OutboardStr cpu;
  /// With commas between them.
  OutboardStr features;
  /// 0 static, 1 position-independent, anything else: as the module's flags say.
  int relocation;
  /// 0 small, 1 kernel, 2 medium, 3 large, anything else: as the module's flags say.
  int codeModel;
  unsigned level;
  bool assembly;
};

/// Bytes that stand for a file, and the name that an index knows them by.
struct OutboardNamed {
  OutboardStr name;
  OutboardStr bytes;
};

/// A symbol of a module. `flags`: 1 undefined, 2 weak, 4 common, 8 may be left out of symbol tables, 16 in a
/// comdat. `visibility`: 0 default, 1 hidden, 2 protected.
struct OutboardSymbol {
  OutboardStr name;
  OutboardStr section;
  OutboardStr comdat;
  unsigned flags;
  unsigned visibility;
  uint64_t commonSize;
};
typedef void (*OutboardSymbolSink)(void *object, OutboardSymbol symbol);

/// Takes a diagnostic: 0 an error, 1 a warning, 2 a remark or a note. May be called from several threads.
typedef void (*OutboardDiagnostic)(void *object, int severity, const char *data, size_t length);
}

inline OutboardStr str(llvm::StringRef text) { return {text.data(), text.size()}; }

/// LLVM's configuration, as ld.lld makes it for the same options.
llvm::lto::Config thinConfig(const OutboardThinConfig &from, OutboardDiagnostic diagnostic, void *object);

/// Hands an error to a sink; whether there was one.
bool reported(llvm::Error error, OutboardSink sink, void *string);
