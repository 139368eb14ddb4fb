// The launch contract for C programs.
#include <stdint.h>

typedef void kernel(void);

#define FIXED kernel *function, int64_t device, int32_t options, int32_t grid_x, int32_t grid_y, int32_t grid_z, \
              int32_t block_x, int32_t block_y, int32_t block_z, int32_t shared
#define ARGUMENT(n) int64_t flags_##n, void *base_##n, int64_t size_##n
#define FOUR(a, b, c, d) ARGUMENT(a), ARGUMENT(b), ARGUMENT(c), ARGUMENT(d)

int __outboard_launch_0(FIXED);
int __outboard_launch_1(FIXED, ARGUMENT(0));
int __outboard_launch_2(FIXED, ARGUMENT(0), ARGUMENT(1));
int __outboard_launch_3(FIXED, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2));
int __outboard_launch_4(FIXED, FOUR(0, 1, 2, 3));
int __outboard_launch_6(FIXED, FOUR(0, 1, 2, 3), ARGUMENT(4), ARGUMENT(5));
int __outboard_launch_16(FIXED, FOUR(0, 1, 2, 3), FOUR(4, 5, 6, 7), FOUR(8, 9, 10, 11), FOUR(12, 13, 14, 15));

#define ONE_THREAD 1, 1, 1, 1, 1, 1, 0
#define TO(base, size) 0x1, (void *)(base), size
#define FROM(base, size) 0x2, base, size
#define TOFROM(base, size) 0x3, base, size
#define VALUE(slot) 0x100, slot, 8
