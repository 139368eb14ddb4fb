// Kernels whose items part by their place in the block: up to some item one way, from there on the other.
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);
uint64_t __outboard_dev_global_id_y(void);
uint32_t __outboard_dev_thread_id_x(void);
uint32_t __outboard_dev_thread_id_y(void);
uint32_t __outboard_dev_block_size_x(void);
uint32_t __outboard_dev_grid_size_x(void);
__attribute__((convergent)) void __outboard_dev_barrier(void);
void *__outboard_dev_static_shared(uint64_t key, uint64_t size, uint64_t alignment);
_Noreturn void __outboard_dev_panic(const char *message, uint64_t length, const void *location);

enum { MOST = 512 };

#define CHECK(CONDITION) \
  if (!(CONDITION)) __outboard_dev_panic("out of bounds", 13, 0)

// Those for which it is true add 1000 to what is there.
#define SPLIT(NAME, TYPE, OPERATOR)                                   \
  void NAME(uint64_t limit, uint64_t *out) {                          \
    uint64_t *cells = __outboard_dev_static_shared(0, 8 * MOST, 8);   \
    uint32_t thread = __outboard_dev_thread_id_x();                   \
    cells[thread] = thread;                                           \
    __outboard_dev_barrier();                                         \
    if ((TYPE)thread OPERATOR (TYPE)limit) cells[thread] += 1000;     \
    __outboard_dev_barrier();                                         \
    out[__outboard_dev_global_id_x()] = cells[thread];                \
  }

SPLIT(below, uint32_t, <)
SPLIT(up_to, uint32_t, <=)
SPLIT(above, uint32_t, >)
SPLIT(from, uint32_t, >=)
SPLIT(below_with_sign, int32_t, <)
SPLIT(up_to_with_sign, int32_t, <=)
SPLIT(above_with_sign, int32_t, >)
SPLIT(from_with_sign, int32_t, >=)
SPLIT(at, uint32_t, ==)
SPLIT(but, uint32_t, !=)

// A step of a tree: only those below the step come to the check, which fails for those that read from `length` on.
void tree(uint64_t step, uint64_t length, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(1, 8 * MOST, 8);
  uint32_t thread = __outboard_dev_thread_id_x();
  cells[thread] = thread;
  __outboard_dev_barrier();
  if (thread < step) {
    CHECK(thread + step < length);
    cells[thread] += cells[thread + step];
  }
  out[__outboard_dev_global_id_x()] = cells[thread];
  __outboard_dev_barrier();
}

// A step of a scan: those from the step on read what is before them, and the check fails for those that read from
// `length` on.
void scan(uint64_t step, uint64_t length, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(2, 8 * MOST, 8);
  uint32_t thread = __outboard_dev_thread_id_x();
  cells[thread] = thread;
  __outboard_dev_barrier();
  uint64_t before = 0;
  if (thread >= step) {
    CHECK(thread - step < length);
    before = cells[thread - step];
  }
  out[__outboard_dev_global_id_x()] = before + 1;
  __outboard_dev_barrier();
}

// In two dimensions: rows that are inside, and one that isn't.
void plane(uint64_t length, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(3, 8 * MOST, 8);
  uint32_t x = __outboard_dev_thread_id_x(), width = __outboard_dev_block_size_x();
  uint64_t columns = (uint64_t)width * __outboard_dev_grid_size_x();
  uint64_t i = __outboard_dev_global_id_y() * columns + __outboard_dev_global_id_x();
  cells[__outboard_dev_thread_id_y() * width + x] = i;
  __outboard_dev_barrier();
  CHECK(i < length);
  out[i] = cells[__outboard_dev_thread_id_y() * width + width - 1 - x] + 1;
  __outboard_dev_barrier();
}

// How many items of the block are at the same place of a row, or of a plane: kernels that don't ask for more axes.
void in_rows(uint64_t limit, uint64_t *out) {
  uint32_t *cells = __outboard_dev_static_shared(5, 4 * MOST, 4);
  uint32_t thread = __outboard_dev_thread_id_x();
  CHECK(thread < limit);
  cells[thread] = 0;
  __outboard_dev_barrier();
  __atomic_fetch_add(&cells[thread], 1, __ATOMIC_RELAXED);
  __outboard_dev_barrier();
  out[__outboard_dev_global_id_x()] = cells[thread];
}

void in_planes(uint64_t limit, uint64_t *out) {
  uint32_t *cells = __outboard_dev_static_shared(6, 4 * MOST, 4);
  uint32_t thread = __outboard_dev_thread_id_y() * __outboard_dev_block_size_x() + __outboard_dev_thread_id_x();
  CHECK(thread < limit);
  cells[thread] = 0;
  __outboard_dev_barrier();
  __atomic_fetch_add(&cells[thread], 1, __ATOMIC_RELAXED);
  __outboard_dev_barrier();
  out[thread] = cells[thread];
}
