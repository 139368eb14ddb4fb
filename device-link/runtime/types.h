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

// A function of the operating system that the runtime calls and kernels must not: device-link gives it its name when it
// has looked at what kernels call.
#define SYSTEM(NAME) __asm__("outboard.system." #NAME)

// Inlined into every kernel that calls it, so that nothing is left of what it doesn't use.
#define DEVICE __attribute__((always_inline))
