// C: atomics of C11, and a loop over the grid.
//@ launch 4 16
//@ u64 300
//@ in u32 300 wave
//@ inout u32 9 zero
#include "device.h"
#include <stdatomic.h>

void votes(size_t n, const uint32_t *in, _Atomic uint32_t *counts) {
  size_t stride = (size_t)__outboard_dev_block_size_x() * __outboard_dev_grid_size_x();
  for (size_t i = __outboard_dev_block_id_x() * __outboard_dev_block_size_x() + __outboard_dev_thread_id_x(); i < n;
       i += stride) {
    atomic_fetch_add_explicit(&counts[in[i] % 8], 1, memory_order_relaxed);
    atomic_fetch_or(&counts[8], 1u << in[i] % 31);
  }
}
