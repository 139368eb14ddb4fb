// Kernels whose items go through loops together: the same rounds for all, with a sum of each item's own.
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);
uint32_t __outboard_dev_thread_id_x(void);
_Noreturn void __outboard_dev_panic(const char *message, uint64_t length, const void *location);

#define CHECK(CONDITION) \
  if (!(CONDITION)) __outboard_dev_panic("out of bounds", 13, 0)

// A check in each round, that grows with the item and with the round.
void rounds(uint64_t count, uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  float sum = i;
  for (uint64_t k = 0; k < count; ++k) {
    CHECK(i + k < length);
    sum = sum * 0.5f + (float)(int32_t)(i + k);
  }
  out[i] = (uint64_t)(int64_t)(sum * 256);
}

// A check that is the same for all.
void common(uint64_t count, uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  float sum = i;
  for (uint64_t k = 0; k < count; ++k) {
    CHECK(k < length);
    sum = sum * 0.5f + (float)(int32_t)(i + k);
  }
  out[i] = (uint64_t)(int64_t)(sum * 256);
}

// Some return before.
void guarded(uint64_t count, uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  if (i >= length) return;
  float sum = i;
  for (uint64_t k = 0; k < count; ++k) sum = sum * 0.5f + (float)(int32_t)(i + k);
  out[i] = (uint64_t)(int64_t)(sum * 256);
}

// Rows of blocks.
void of_threads(uint64_t count, uint64_t length, uint64_t *out) {
  uint64_t i = __outboard_dev_thread_id_x();
  if (i >= length) return;
  float sum = i;
  for (uint64_t k = 0; k < count; ++k) sum = sum * 0.5f + (float)(int32_t)(i + k);
  out[__outboard_dev_global_id_x()] = (uint64_t)(int64_t)(sum * 256);
}
