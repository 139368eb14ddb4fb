// Kernels with checks of many forms: each fails for the items from `length` on, or for one of them.
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);
uint32_t __outboard_dev_thread_id_x(void);
uint32_t __outboard_dev_block_id_x(void);
uint32_t __outboard_dev_block_size_x(void);
__attribute__((convergent)) void __outboard_dev_barrier(void);
void *__outboard_dev_static_shared(uint64_t key, uint64_t size, uint64_t alignment);
_Noreturn void __outboard_dev_panic(const char *message, uint64_t length, const void *location);

#define CHECK(CONDITION) \
  if (!(CONDITION)) __outboard_dev_panic("out of bounds", 13, 0)

// 64 bits, less.
void less(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  CHECK(i < length);
  out[i] = 1;
}

// The length on the other side, and a step.
void stepped(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  CHECK(3 * length > 3 * i + 2);
  out[i] = 1;
}

// 32 bits, which wrap around long before 64 do.
void narrow(uint64_t length, uint64_t *out) {
  uint32_t i = __outboard_dev_block_id_x() * __outboard_dev_block_size_x() + __outboard_dev_thread_id_x();
  uint32_t shifted = i + 0xfffffff0u;
  CHECK(i < (uint32_t)length);
  // Wraps around at the 16th item.
  out[i] = (shifted < 0xfffffff0u) == (i >= 16) ? 1 : 2;
}

// With a sign.
void with_sign(uint64_t length, uint64_t *out) {
  int32_t i = (int32_t)__outboard_dev_global_id_x() - 7;
  CHECK(i < (int32_t)length - 7);
  out[i + 7] = 1;
}

// Two conditions in one, of which one is the same for all.
void both(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  CHECK(i < length && out != 0);
  out[i] = 1;
}

// It falls where others grow: no check that holds for rows.
void backwards(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  CHECK(1000 - i > 1000 - length);
  out[i] = 1;
}

// Across a barrier, of the thread and of the whole.
void meeting(uint64_t length, uint64_t *out) {
  uint64_t *cells = __outboard_dev_static_shared(0, 8 * 512, 8);
  uint64_t i = __outboard_dev_global_id_x();
  uint32_t thread = __outboard_dev_thread_id_x();
  cells[thread] = i;
  __outboard_dev_barrier();
  CHECK(i < length);
  out[i] = 1;
}

// One that items leave by returning.
void returning(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  if (i >= length) return;
  out[i] = 1;
}

// Items at both ends go another way.
void sides(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  CHECK(i < length);
  if (i >= 3 && i + 3 < length) {
    out[i] = 1;
  } else {
    CHECK(i != 1000000);
    out[i] = 2;
  }
}

// The same without anything that fails, and with a way that is long.
void long_sides(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x(), number = 2;
  if (i >= 3 && i + 3 < length) {
    number = 1;
  } else {
    for (uint64_t times = i % 4; times > 0; --times)
      number = number * number / 2;
  }
  out[i] = number;
}

// Two items far from each other write to one place: what a thread sanitizer is to find.
void racing(uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  if (i < length) out[i / 1000000] = i;
}
