// The plain run: calls a kernel of a shared library as an ordinary function, one thread of the system for each
// work item of a block, block after block. It defines what kernels call on a device.
#include "request.h"
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

// x86-64's C convention: six whole numbers and eight floats in registers, everything else in order on the stack.
enum { REGISTERS = 6, FLOATS = 4, STACK = 24 };
struct stack {
  uint64_t words[STACK];
};
typedef void kernel(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, double, double, double, double,
                    struct stack);

static struct request request;
static kernel *entry;
static uint32_t block[3];
static pthread_barrier_t barrier;
static _Thread_local uint32_t thread[3];

#define AXIS(name, axis)                                                                                             \
  uint64_t __outboard_dev_global_id_##name(void) {                                                                   \
    return (uint64_t)block[axis] * request.block[axis] + thread[axis];                                               \
  }                                                                                                                  \
  uint32_t __outboard_dev_thread_id_##name(void) { return thread[axis]; }                                            \
  uint32_t __outboard_dev_block_id_##name(void) { return block[axis]; }                                              \
  uint32_t __outboard_dev_block_size_##name(void) { return request.block[axis]; }                                    \
  uint32_t __outboard_dev_grid_size_##name(void) { return request.grid[axis]; }
AXIS(x, 0)
AXIS(y, 1)
AXIS(z, 2)

void __outboard_dev_barrier(void) { pthread_barrier_wait(&barrier); }

// Shared memory of one block after the other: by key, and zeroed at the start of each.
enum { KEYS = 8, BYTES = 16384 };
static _Alignas(16) char shared[KEYS][BYTES];
void *__outboard_dev_static_shared(uint64_t key, uint64_t size, uint64_t alignment) {
  if (key >= KEYS || size > BYTES || alignment > 16) fail("more shared memory than there is");
  return shared[key];
}
static _Alignas(16) char dynamic[BYTES];
void *__outboard_dev_dynamic_shared(void) { return dynamic; }

// Threads in lockstep: 32 of them, which all take part.
enum { LANES = 32, THREADS = 1024 };
static uint64_t exchanged[THREADS];
uint32_t __outboard_dev_lane_id(void) { return thread[0] % LANES; }
uint32_t __outboard_dev_lane_count(void) { return LANES; }
uint64_t __outboard_dev_shuffle_64(uint64_t value, uint32_t lane) {
  exchanged[thread[0]] = value;
  __outboard_dev_barrier();
  uint64_t found = exchanged[thread[0] / LANES * LANES + lane % LANES];
  __outboard_dev_barrier();
  return found;
}
uint32_t __outboard_dev_shuffle_32(uint32_t value, uint32_t lane) { return __outboard_dev_shuffle_64(value, lane); }
uint64_t __outboard_dev_ballot(uint32_t condition) {
  uint64_t votes = 0;
  for (uint32_t lane = 0; lane < LANES; lane++) votes |= __outboard_dev_shuffle_64(condition != 0, lane) << lane;
  return votes;
}

#define FETCH(TYPE, NAME, OPERATION)                                                                                 \
  TYPE __outboard_dev_atomic_##OPERATION##_##NAME(TYPE *at, TYPE value) {                                            \
    return __atomic_fetch_##OPERATION(at, value, __ATOMIC_RELAXED);                                                  \
  }
#define ATOMICS(TYPE, NAME)                                                                                          \
  FETCH(TYPE, NAME, add)                                                                                             \
  FETCH(TYPE, NAME, and)                                                                                             \
  FETCH(TYPE, NAME, or)                                                                                              \
  FETCH(TYPE, NAME, xor)                                                                                             \
  FETCH(TYPE, NAME, min)                                                                                             \
  FETCH(TYPE, NAME, max)                                                                                             \
  TYPE __outboard_dev_atomic_exchange_##NAME(TYPE *at, TYPE value) {                                                 \
    return __atomic_exchange_n(at, value, __ATOMIC_RELAXED);                                                         \
  }                                                                                                                  \
  TYPE __outboard_dev_atomic_compare_exchange_##NAME(TYPE *at, TYPE expected, TYPE value) {                          \
    __atomic_compare_exchange_n(at, &expected, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);                        \
    return expected;                                                                                                 \
  }
ATOMICS(uint32_t, 32_block)
ATOMICS(uint32_t, 32_device)
ATOMICS(uint64_t, 64_block)
ATOMICS(uint64_t, 64_device)
void __outboard_dev_fence_block(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __outboard_dev_fence_device(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __outboard_dev_fence_system(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

static void *work_item(void *number) {
  uint64_t at = (uintptr_t)number, whole[REGISTERS] = {0};
  double real[FLOATS] = {0};
  struct stack stack = {0};
  int wholes = 0, reals = 0, words = 0;
  thread[0] = at % request.block[0];
  thread[1] = at / request.block[0] % request.block[1];
  thread[2] = at / request.block[0] / request.block[1];
  for (int i = 0; i < request.count; i++) {
    if (request.kinds[i] == 's') {
      memcpy(&stack.words[words], (void *)(uintptr_t)request.values[i], request.sizes[i]);
      words += (request.sizes[i] + 7) / 8;
    } else if (request.kinds[i] == 'f') {
      memcpy(&real[reals++], &request.values[i], sizeof(double));
    } else if (wholes < REGISTERS) {
      whole[wholes++] = request.values[i];
    } else {
      stack.words[words++] = request.values[i];
    }
  }
  entry(whole[0], whole[1], whole[2], whole[3], whole[4], whole[5], real[0], real[1], real[2], real[3], stack);
  return 0;
}

int main(int argc, char **argv) {
  request = read_request(argc, argv);
  void *library = dlopen(request.image, RTLD_NOW | RTLD_LOCAL);
  if (!library || !(entry = (kernel *)dlsym(library, request.kernel))) fail(dlerror());
  if (request.shared > BYTES) fail("more shared memory than there is");
  size_t items = (size_t)request.block[0] * request.block[1] * request.block[2];
  pthread_t *threads = calloc(items, sizeof *threads);
  pthread_barrier_init(&barrier, 0, items);
  for (block[2] = 0; block[2] < request.grid[2]; block[2]++)
    for (block[1] = 0; block[1] < request.grid[1]; block[1]++)
      for (block[0] = 0; block[0] < request.grid[0]; block[0]++) {
        memset(shared, 0, sizeof shared), memset(dynamic, 0, sizeof dynamic);
        for (uintptr_t item = 0; item < items; item++)
          if (pthread_create(&threads[item], 0, work_item, (void *)item)) fail("no thread to be had");
        for (size_t item = 0; item < items; item++) pthread_join(threads[item], 0);
      }
  return write_memory(&request);
}
