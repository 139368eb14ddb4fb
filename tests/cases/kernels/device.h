// What C kernels call on a device.
#include <stddef.h>
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);
uint64_t __outboard_dev_global_id_y(void);
uint32_t __outboard_dev_thread_id_x(void);
uint32_t __outboard_dev_block_id_x(void);
uint32_t __outboard_dev_block_size_x(void);
uint32_t __outboard_dev_grid_size_x(void);
void __outboard_dev_barrier(void);
