// A panic in front of a barrier that the block's other threads come to.

#define KERNEL __attribute__((device_kernel))
#define GLOBAL __attribute__((address_space(1)))

unsigned __outboard_dev_thread_id_x(void);
void __outboard_dev_barrier(void);
_Noreturn void __outboard_dev_panic(const char *message, unsigned long length, const void *location);

KERNEL void panics(void GLOBAL *environment, unsigned GLOBAL *data) {
  (void)environment;
  unsigned i = __outboard_dev_thread_id_x();
  if (data[i] > 9)
    __outboard_dev_panic((const char *)0, 0, (const void *)0);
  __outboard_dev_barrier();
  data[i] = data[i ^ 1];
}
