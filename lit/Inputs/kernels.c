// The kernels of the images that the tests embed. They are looked up, never run: each has only a name.
#define KERNEL(name) __attribute__((visibility("protected"))) void name(void *launch_environment) {}
KERNEL(axpy)
KERNEL(fill)
KERNEL(sum)
