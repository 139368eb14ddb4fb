// Atomic operations and fences that not everybody has to see.
typedef unsigned u32;
typedef unsigned long u64;

u32 __outboard_dev_atomic_add_32_device(u32 *at, u32 value);
u64 __outboard_dev_atomic_max_64_block(u64 *at, u64 value);
void __outboard_dev_fence_device(void);
void __outboard_dev_fence_block(void);

__attribute__((device_kernel)) void scopes(void *environment, u32 *narrow, u64 *wide) {
  (void)environment;
  narrow[1] = __outboard_dev_atomic_add_32_device(narrow, 1);
  __outboard_dev_fence_device();
  wide[1] = __outboard_dev_atomic_max_64_block(wide, 2);
  __outboard_dev_fence_block();
}
