// Where a thread is: abi::markers::Marker, from the hardware's registers.
#include "../types.h"

#define POSITION(AXIS)                                                                                                 \
  DEVICE uint32_t __outboard_dev_thread_id_##AXIS(void) { return __gpu_thread_id_##AXIS(); }                           \
  DEVICE uint32_t __outboard_dev_block_id_##AXIS(void) { return __gpu_block_id_##AXIS(); }                             \
  DEVICE uint32_t __outboard_dev_block_size_##AXIS(void) { return __gpu_num_threads_##AXIS(); }                        \
  DEVICE uint32_t __outboard_dev_grid_size_##AXIS(void) { return __gpu_num_blocks_##AXIS(); }                          \
  DEVICE uint64_t __outboard_dev_global_id_##AXIS(void) {                                                              \
    return (uint64_t)__gpu_block_id_##AXIS() * __gpu_num_threads_##AXIS() + __gpu_thread_id_##AXIS();                  \
  }

POSITION(x)
POSITION(y)
POSITION(z)
