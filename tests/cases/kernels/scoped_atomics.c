// C: every atomic operation of the device runtime, for the threads of a block and for all of the device.
//@ launch 4 32
//@ in u32 128 wave
//@ in u64 128 wave
//@ inout u32 30 wave
//@ inout u64 30 wave
//@ out u64 512
#include "device.h"

#define DECLARED(TYPE, NAME)                                                                                         \
  TYPE __outboard_dev_atomic_add_##NAME(TYPE *, TYPE);                                                               \
  TYPE __outboard_dev_atomic_and_##NAME(TYPE *, TYPE);                                                               \
  TYPE __outboard_dev_atomic_or_##NAME(TYPE *, TYPE);                                                                \
  TYPE __outboard_dev_atomic_xor_##NAME(TYPE *, TYPE);                                                               \
  TYPE __outboard_dev_atomic_min_##NAME(TYPE *, TYPE);                                                               \
  TYPE __outboard_dev_atomic_max_##NAME(TYPE *, TYPE);                                                               \
  TYPE __outboard_dev_atomic_exchange_##NAME(TYPE *, TYPE);                                                          \
  TYPE __outboard_dev_atomic_compare_exchange_##NAME(TYPE *, TYPE, TYPE);

// What commutes goes to six cells that others share, the rest to one of this thread's own.
#define DEFINED(TYPE, NAME)                                                                                          \
  DECLARED(TYPE, NAME)                                                                                               \
  static void all_##NAME(TYPE *shared, TYPE x) {                                                                 \
    __outboard_dev_atomic_add_##NAME(shared, x);                                                                     \
    __outboard_dev_atomic_and_##NAME(shared + 1, x | 0xff);                                                          \
    __outboard_dev_atomic_or_##NAME(shared + 2, x & 0xff);                                                           \
    __outboard_dev_atomic_xor_##NAME(shared + 3, x);                                                                 \
    __outboard_dev_atomic_min_##NAME(shared + 4, x);                                                                 \
    __outboard_dev_atomic_max_##NAME(shared + 5, x);                                                                 \
  }                                                                                                                  \
  static uint64_t own_##NAME(TYPE *own, TYPE x) {                                                                    \
    uint64_t first = __outboard_dev_atomic_exchange_##NAME(own, x);                                                  \
    uint64_t second = __outboard_dev_atomic_compare_exchange_##NAME(own, x, 5);                                      \
    uint64_t third = __outboard_dev_atomic_compare_exchange_##NAME(own, x, 6);                                       \
    return first + 3 * second + 5 * third;                                                                           \
  }

DEFINED(uint32_t, 32_block)
DEFINED(uint32_t, 32_device)
DEFINED(uint64_t, 64_block)
DEFINED(uint64_t, 64_device)

void scoped_atomics(const uint32_t *narrow_in, const uint64_t *wide_in, uint32_t *narrow, uint64_t *wide,
                    uint64_t *out) {
  uint64_t i = __outboard_dev_global_id_x();
  uint32_t block = __outboard_dev_block_id_x();
  uint32_t x = narrow_in[i];
  uint64_t y = wide_in[i];
  all_32_block(narrow + 6 * block, x);
  all_32_device(narrow + 24, x);
  all_64_block(wide + 6 * block, y);
  all_64_device(wide + 24, y);
  uint64_t *own = out + 4 * i;
  uint64_t cells[] = {own_32_block((uint32_t *)own, x), own_32_device((uint32_t *)(own + 1), x), own_64_block(own + 2, y),
                      own_64_device(own + 3, y)};
  for (int cell = 0; cell < 4; cell++) own[cell] = own[cell] * 31 + cells[cell];
}
