// Kernels whose items meet, and some whose items end early, fail, or wait where others don't come.
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);
uint32_t __outboard_dev_thread_id_x(void);
uint32_t __outboard_dev_block_id_x(void);
uint32_t __outboard_dev_block_size_x(void);
__attribute__((convergent)) void __outboard_dev_barrier(void);
void *__outboard_dev_static_shared(uint64_t key, uint64_t size, uint64_t alignment);
_Noreturn void __outboard_dev_panic(const char *message, uint64_t length, const void *location);

enum { MOST = 512 };

// Items return after different numbers of rounds; the others count how many are left.
void leaving(uint64_t *out) {
  uint32_t *here = __outboard_dev_static_shared(0, 4 * MOST, 4);
  uint32_t thread = __outboard_dev_thread_id_x();
  for (uint32_t i = thread; i < MOST; i += __outboard_dev_block_size_x()) here[i] = 0;
  __outboard_dev_barrier();
  uint64_t sum = 0;
  for (uint32_t round = 0; round < 6; round++) {
    if (round == thread % 5 + 1) {
      out[__outboard_dev_global_id_x()] = sum;
      return;
    }
    __atomic_fetch_add(&here[round], 1, __ATOMIC_RELAXED);
    __outboard_dev_barrier();
    sum += here[round];
    __outboard_dev_barrier();
  }
}

// As programs of CUDA start: what is past the end returns, and nobody else waits for it.
void guarded(uint64_t n, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(1, 8 * MOST, 8);
  uint64_t i = __outboard_dev_global_id_x();
  uint32_t thread = __outboard_dev_thread_id_x();
  if (i >= n) return;
  cells[thread] = 3 * i + 1;
  __outboard_dev_barrier();
  uint64_t first = cells[0];
  __outboard_dev_barrier();
  if (thread == 0) cells[0] = first + n;
  __outboard_dev_barrier();
  out[i] = cells[thread] + cells[0];
}

// Where one item fails, it ends, its block ends at the next barrier, and the others go on.
void failing(uint64_t bad, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(2, 8 * MOST, 8);
  uint64_t i = __outboard_dev_global_id_x();
  uint32_t thread = __outboard_dev_thread_id_x(), size = __outboard_dev_block_size_x();
  out[i] = 1;
  cells[thread] = i;
  __outboard_dev_barrier();
  if (i == bad) __outboard_dev_panic("this one", 8, 0);
  out[i] = 2;
  __outboard_dev_barrier();
  out[i] = 3 + cells[size - 1 - thread];
}

// The same without barriers: the item ends, and nothing else.
void failing_alone(uint64_t bad, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  out[i] = 1;
  if (i == bad) __outboard_dev_panic("this one", 8, 0);
  out[i] = 2 + i;
}

// And where items know their block.
void failing_in_blocks(uint64_t bad, uint64_t *out) {
  uint64_t i = __outboard_dev_block_id_x() * (uint64_t)__outboard_dev_block_size_x() + __outboard_dev_thread_id_x();
  if (i == bad) __outboard_dev_panic("this one", 8, 0);
  out[i] = 2 + i;
}

// What the items of block 1 read has them wait at two barriers.
void apart(uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  uint64_t odd = out[i];
  if (odd) {
    out[i] = 10;
    __outboard_dev_barrier();
    out[i] = 11;
  } else {
    out[i] = 20;
    __outboard_dev_barrier();
    out[i] = 21;
  }
}
