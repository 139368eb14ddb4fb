// Atomic operations and fences that only a block, or only the device, has to see. Those that everybody sees are
// instructions of the language.
#include "types.h"

#define SCOPES(OPERATION)                                                                                              \
  OPERATION(block, __MEMORY_SCOPE_WRKGRP)                                                                              \
  OPERATION(device, __MEMORY_SCOPE_DEVICE)

#define OPERATIONS(SCOPE, MEMORY_SCOPE)                                                                                \
  WIDTHS(SCOPE, MEMORY_SCOPE, 32, uint32_t)                                                                            \
  WIDTHS(SCOPE, MEMORY_SCOPE, 64, uint64_t)                                                                            \
  DEVICE void __outboard_dev_fence_##SCOPE(void) { __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, MEMORY_SCOPE); }

#define WIDTHS(SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                       \
  FETCH(add, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                         \
  FETCH(and, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                         \
  FETCH(or, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                          \
  FETCH(xor, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                         \
  FETCH(min, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                         \
  FETCH(max, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                         \
  DEVICE TYPE __outboard_dev_atomic_exchange_##WIDTH##_##SCOPE(TYPE GENERIC *at, TYPE value) {                         \
    return __scoped_atomic_exchange_n(at, value, __ATOMIC_RELAXED, MEMORY_SCOPE);                                      \
  }                                                                                                                    \
  DEVICE TYPE __outboard_dev_atomic_compare_exchange_##WIDTH##_##SCOPE(TYPE GENERIC *at, TYPE expected, TYPE value) {  \
    __scoped_atomic_compare_exchange_n(at, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED, MEMORY_SCOPE); \
    return expected;                                                                                                   \
  }

#define FETCH(NAME, SCOPE, MEMORY_SCOPE, WIDTH, TYPE)                                                                  \
  DEVICE TYPE __outboard_dev_atomic_##NAME##_##WIDTH##_##SCOPE(TYPE GENERIC *at, TYPE value) {                         \
    return __scoped_atomic_fetch_##NAME(at, value, __ATOMIC_RELAXED, MEMORY_SCOPE);                                    \
  }

SCOPES(OPERATIONS)

DEVICE void __outboard_dev_fence_system(void) {
  __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, __MEMORY_SCOPE_SYSTEM);
}
