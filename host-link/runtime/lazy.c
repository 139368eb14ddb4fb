// The runtime is opened at the first launch: a program that never launches starts as one without images does,
// and one on a machine without the runtime goes on as if it had none.
//
// Names in capitals are given by the build script: they are abi's.
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(name) #name
#define NAME(name) TEXT(name)

typedef int32_t launcher(void *ident, int64_t device, int32_t teams, int32_t threads, void *region, void *arguments);
typedef void registrar(void *program);

// What is registered, and the names of files that may be the runtime, one after the other.
extern char PROGRAM[];
extern const char RUNTIME_FILES[], PROGRAM_IMAGES[];

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *runtime;
static launcher *launch;
static registrar *unregister;

static void close_program(void) { unregister(PROGRAM); }

static void *open_runtime(void) {
  for (const char *file = RUNTIME_FILES; *file; file += strlen(file) + 1) {
    // Images use what the runtime brings with it.
    void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
    if (library)
      return library;
  }
  return NULL;
}

static void open_program(void) {
  void *library = open_runtime();
  if (!library)
    return;
  registrar *reg = (registrar *)dlsym(library, NAME(REGISTER_LIB));
  unregister = (registrar *)dlsym(library, NAME(UNREGISTER_LIB));
  launch = (launcher *)dlsym(library, NAME(TARGET_KERNEL));
  if (!reg || !unregister || !launch)
    return;
  reg(PROGRAM);
  atexit(close_program);
  runtime = library;
  // From now on launches call the runtime themselves.
  const char *end = *(const char **)(PROGRAM + ENTRIES_END);
  for (const char *entry = *(const char **)(PROGRAM + ENTRIES_BEGIN); entry != end; entry += ENTRY_SIZE) {
    _Atomic(launcher *) *region = *(_Atomic(launcher *) *const *)(entry + ENTRY_ADDRESS);
    atomic_store_explicit(region, launch, memory_order_release);
  }
}

int32_t FIRST_LAUNCH(void *ident, int64_t device, int32_t teams, int32_t threads, void *region, void *arguments) {
  pthread_once(&once, open_program);
  return runtime ? launch(ident, device, teams, threads, region, arguments) : -1;
}

const void *PROGRAM_FUNCTION(const char *name) {
  if (!*name)
    return PROGRAM_IMAGES;
  pthread_once(&once, open_program);
  return runtime ? dlsym(runtime, name) : NULL;
}
