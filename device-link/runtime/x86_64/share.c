// Shares a launch out over the threads of libomp, which libomptarget has loaded already: one pool for the program.
#include "../types.h"

// Of the C library and of libomp. Source: <dlfcn.h>; kmp.h and omp.h (LLVM 22.1).
void *dlopen(const char *file, int mode) SYSTEM(dlopen);
void *dlsym(void *library, const char *symbol) SYSTEM(dlsym);
enum { RTLD_NOW = 2 };

struct ident {
  int32_t reserved_1, flags, reserved_2, reserved_3;
  const char *source;
};
enum { KMP_IDENT_KMPC = 2 };

// What runs the units of a launch from `begin` on.
typedef void run_range(uint64_t begin, uint64_t end, void *context);

struct share {
  run_range *run;
  void *context;
  uint64_t units, grain;
};
typedef void run_part(int32_t *global_thread, int32_t *bound_thread, struct share *share);
typedef void fork_call(struct ident *ident, int32_t arguments, run_part *run, ...);

typedef int get_number(void);

// Threads that ask at once write the same here, while others call what they have found: so all of it is atomic.
static fork_call *fork_threads;
static get_number *get_thread, *get_threads;

// Whether there is a libomp: 0 not known yet, 1 no, 2 yes.
static int libomp;

static int number(get_number **get) {
  return __atomic_load_n(get, __ATOMIC_RELAXED)();
}

static int find_number(void *library, const char *name, get_number **get) {
  get_number *function = (get_number *)dlsym(library, name);
  __atomic_store_n(get, function, __ATOMIC_RELAXED);
  return function != 0;
}

static int find_fork(void *library) {
  fork_call *function = (fork_call *)dlsym(library, "__kmpc_fork_call");
  __atomic_store_n(&fork_threads, function, __ATOMIC_RELAXED);
  return function != 0;
}

static int find_libomp(void) {
  int found = __atomic_load_n(&libomp, __ATOMIC_ACQUIRE);
  if (found)
    return found == 2;
  void *library = dlopen("libomp.so.5", RTLD_NOW);
  int all = library && find_number(library, "omp_get_thread_num", &get_thread) &&
            find_number(library, "omp_get_num_threads", &get_threads) && find_fork(library);
  found = all ? 2 : 1;
  __atomic_store_n(&libomp, found, __ATOMIC_RELEASE);
  return found == 2;
}

// Parts are numbered by their threads, and in the order of the launch.
static uint32_t own_part(void) {
  return __atomic_load_n(&libomp, __ATOMIC_ACQUIRE) == 2 ? (uint32_t)number(&get_thread) : 0;
}

// One part of the launch for each thread, in order: neighbours in memory stay with one thread.
static void run_own_part(int32_t *global_thread, int32_t *bound_thread, struct share *share) {
  (void)global_thread, (void)bound_thread;
  uint64_t threads = (uint64_t)number(&get_threads), thread = (uint64_t)number(&get_thread);
  uint64_t grains = (share->units + share->grain - 1) / share->grain;
  uint64_t size = (grains + threads - 1) / threads * share->grain;
  uint64_t begin = thread * size, end = begin + size;
  if (begin < share->units)
    share->run(begin, end < share->units ? end : share->units, share->context);
}

__attribute__((noinline)) void __outboard_share(run_range *run, void *context, uint64_t units, uint64_t grain) {
  if (!find_libomp()) {
    run(0, units, context);
    return;
  }
  static struct ident ident = {0, KMP_IDENT_KMPC, 0, 0, ";;;0;0;;"};
  struct share share = {run, context, units, grain};
  __atomic_load_n(&fork_threads, __ATOMIC_RELAXED)(&ident, 1, run_own_part, &share);
}
