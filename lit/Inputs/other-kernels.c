// An image that shares one kernel with kernels.c.
__attribute__((visibility("protected"))) void axpy(void *launch_environment) {}
__attribute__((visibility("protected"))) void other(void *launch_environment) {}
