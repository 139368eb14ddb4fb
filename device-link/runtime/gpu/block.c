// What the threads of a block do together: wait, and use the memory that they share.
#include "../types.h"

DEVICE void __outboard_dev_barrier(void) { __gpu_sync_threads(); }

#ifndef __SPIRV__
// The driver gives it the size that the launch asks for. SPIR-V has no such thing.
extern __gpu_local char __outboard_dev_dynamic_memory[] __attribute__((aligned(16)));

DEVICE void GENERIC *__outboard_dev_dynamic_shared(void) { return (void GENERIC *)__outboard_dev_dynamic_memory; }
#endif
