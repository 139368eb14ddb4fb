// What the shim's files share: LLVM's C++ objects behind llvm-c's handles, and strings as (data, length).
#pragma once

#include "llvm-c/Types.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Module.h"
#include <cstddef>
#include <cstdint>

extern "C" {
/// Text from Rust: not NUL-terminated, valid during the call.
struct OutboardStr {
  const char *data;
  size_t length;
};

/// Takes text from C++: appends to a Rust `String`.
typedef void (*OutboardSink)(void *string, const char *data, size_t length);
}

inline llvm::StringRef toStringRef(OutboardStr text) {
  return llvm::StringRef(text.data, text.length);
}
