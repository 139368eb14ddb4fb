// Kernels compiled for their target already: entries of their own, and every kind of function that the
// device runtime has.

typedef unsigned u32;
typedef unsigned long u64;

#ifdef __SPIRV__
#define GENERIC __attribute__((address_space(4)))
#else
#define GENERIC
#endif
#ifdef __x86_64__
#define KERNEL
#define GLOBAL
#else
#define KERNEL __attribute__((device_kernel))
#define GLOBAL __attribute__((address_space(1)))
#endif

u64 __outboard_dev_global_id_x(void);
u32 __outboard_dev_thread_id_x(void);
u32 __outboard_dev_block_size_x(void);
void __outboard_dev_barrier(void);
void GENERIC *__outboard_dev_static_shared(u64 key, u64 size, u64 alignment);
void GENERIC *__outboard_dev_dynamic_shared(void);
u32 __outboard_dev_lane_id(void);
u32 __outboard_dev_shuffle_32(u32 value, u32 lane);
u64 __outboard_dev_shuffle_64(u64 value, u32 lane);
u64 __outboard_dev_ballot(u32 condition);
u32 __outboard_dev_atomic_add_32_device(u32 GENERIC *at, u32 value);
u64 __outboard_dev_atomic_max_64_block(u64 GENERIC *at, u64 value);
u32 __outboard_dev_atomic_compare_exchange_32_block(u32 GENERIC *at, u32 expected, u32 value);
void __outboard_dev_fence_device(void);
_Noreturn void __outboard_dev_panic(const char GENERIC *message, u64 length, const void GENERIC *location);
void __outboard_dev_print(const char GENERIC *text, u64 length, const u64 GENERIC *values, u64 count);

KERNEL void scale(void GLOBAL *environment, u64 n, u32 GLOBAL *data) {
  (void)environment;
  u64 i = __outboard_dev_global_id_x();
  if (i < n)
    data[i] *= 3;
}

KERNEL void checked(void GLOBAL *environment, u64 n, u32 GLOBAL *data) {
  (void)environment;
  u64 i = __outboard_dev_global_id_x();
  if (i >= n)
    __outboard_dev_panic((const char GENERIC *)0, 0, (const void GENERIC *)0);
  data[i] = __outboard_dev_atomic_add_32_device((u32 GENERIC *)data, 1);
  __outboard_dev_fence_device();
}

#ifndef __x86_64__
KERNEL void reverse(void GLOBAL *environment, u32 GLOBAL *data) {
  (void)environment;
  u32 GENERIC *shared = (u32 GENERIC *)__outboard_dev_static_shared(7, 1024, 4);
  u32 i = __outboard_dev_thread_id_x();
  shared[i] = data[i];
  __outboard_dev_barrier();
  data[i] = shared[__outboard_dev_block_size_x() - 1 - i];
}

#ifndef __SPIRV__
KERNEL void dynamic(void GLOBAL *environment, u32 GLOBAL *data) {
  (void)environment;
  u32 GENERIC *shared = (u32 GENERIC *)__outboard_dev_dynamic_shared();
  u32 i = __outboard_dev_thread_id_x();
  shared[i] = data[i];
  __outboard_dev_barrier();
  data[i] = shared[__outboard_dev_block_size_x() - 1 - i];
}
#endif

KERNEL void lanes(void GLOBAL *environment, u64 GLOBAL *data) {
  (void)environment;
  u64 i = __outboard_dev_global_id_x();
  u64 value = data[i];
  u32 low = __outboard_dev_shuffle_32((u32)value, __outboard_dev_lane_id() ^ 1);
  data[i] = __outboard_dev_shuffle_64(value + low, 0) + __outboard_dev_ballot(value > 5);
}
#endif
