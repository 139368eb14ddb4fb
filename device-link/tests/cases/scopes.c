// Atomic operations and fences that a block, the device or everybody has to see.
typedef unsigned u32;
typedef unsigned long u64;

u32 __outboard_dev_atomic_add_32_device(u32 *at, u32 value);
u64 __outboard_dev_atomic_max_64_block(u64 *at, u64 value);
u32 __outboard_dev_atomic_compare_exchange_32_block(u32 *at, u32 expected, u32 value);
void __outboard_dev_fence_device(void);
void __outboard_dev_fence_block(void);
void __outboard_dev_fence_system(void);

__attribute__((device_kernel)) void scopes(void *environment, u32 *narrow, u64 *wide) {
  (void)environment;
  narrow[1] = __outboard_dev_atomic_add_32_device(narrow, 1);
  __outboard_dev_fence_device();
  wide[1] = __outboard_dev_atomic_max_64_block(wide, 2);
  narrow[2] = __outboard_dev_atomic_compare_exchange_32_block(narrow, 3, 4);
  __outboard_dev_fence_block();
}

// What a language says of the order, and that everybody sees it.
__attribute__((device_kernel)) void orders(void *environment, u32 *narrow, u64 *wide, float *real) {
  (void)environment;
  narrow[1] = __atomic_fetch_add(narrow, 1, __ATOMIC_RELAXED);
  narrow[2] = __atomic_fetch_sub(narrow, 1, __ATOMIC_RELEASE);
  wide[1] = __atomic_fetch_or(wide, 6, __ATOMIC_ACQUIRE);
  wide[2] = __atomic_exchange_n(wide, 7, __ATOMIC_SEQ_CST);
  real[1] = __atomic_fetch_add(real, 0.5f, __ATOMIC_RELAXED);
  u32 expected = 3;
  __atomic_compare_exchange_n(narrow, &expected, 4, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
  __outboard_dev_fence_system();
}
