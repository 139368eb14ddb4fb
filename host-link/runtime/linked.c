// The program is linked with the runtime, and registers its images before `main`.
//
// Names in capitals are given by the build script: they are abi's.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

extern char PROGRAM[];
extern const char PROGRAM_IMAGES[];
extern __attribute__((visibility("default"))) void REGISTER_LIB(void *program);
extern __attribute__((visibility("default"))) void UNREGISTER_LIB(void *program);

static void close_program(void) { UNREGISTER_LIB(PROGRAM); }

static void open_program(void) {
  REGISTER_LIB(PROGRAM);
  atexit(close_program);
}

// Not a constructor: LLVM's own interface for C would put it into `.ctors`, which nobody runs.
__attribute__((used, section(".init_array.00101"))) static void (*const at_start)(void) = open_program;

const void *PROGRAM_FUNCTION(const char *name) { return *name ? dlsym(RTLD_DEFAULT, name) : PROGRAM_IMAGES; }
