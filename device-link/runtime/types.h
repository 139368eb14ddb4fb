// What the runtime's sources share: pointers that kernels hand over, and how functions look to them.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __x86_64__
#define GENERIC
#else
#include <gpuintrin.h>
// On SPIR-V a plain pointer of C is one to a thread's own memory.
#define GENERIC __gpu_generic
#endif

// Inlined into every kernel that calls it, so that nothing is left of what it doesn't use.
#define DEVICE __attribute__((always_inline))
