// Preloaded into a program: counts its calls of the registration functions, and forwards them.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>

static atomic_int registered, unregistered;

static void forward(const char *function, void *bin_desc) {
  ((void (*)(void *))dlsym(RTLD_NEXT, function))(bin_desc);
}

void __tgt_register_lib(void *bin_desc) {
  ++registered;
  forward("__tgt_register_lib", bin_desc);
}

void __tgt_unregister_lib(void *bin_desc) {
  ++unregistered;
  forward("__tgt_unregister_lib", bin_desc);
}

// The program's own atexit functions have run by now.
__attribute__((destructor)) static void report(void) {
  fprintf(stderr, "registered %d, unregistered %d\n", registered, unregistered);
}
