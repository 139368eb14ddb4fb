// Kernels that write down where they run. `out` has a slot of six numbers for each work item.
typedef unsigned u32;
typedef unsigned long long u64;

#define MARKER(type, name) type __outboard_dev_##name##_x(void), __outboard_dev_##name##_y(void), __outboard_dev_##name##_z(void)
MARKER(u64, global_id);
MARKER(u32, thread_id);
MARKER(u32, block_id);
MARKER(u32, block_size);
MARKER(u32, grid_size);

static __attribute__((noinline)) u64 extent(int axis) {
    switch (axis) {
    case 0: return (u64)__outboard_dev_grid_size_x() * __outboard_dev_block_size_x();
    case 1: return (u64)__outboard_dev_grid_size_y() * __outboard_dev_block_size_y();
    default: return (u64)__outboard_dev_grid_size_z() * __outboard_dev_block_size_z();
    }
}

static __attribute__((noinline)) u64 linear_index(void) {
    u64 row = __outboard_dev_global_id_z() * extent(1) + __outboard_dev_global_id_y();
    return row * extent(0) + __outboard_dev_global_id_x();
}

void record(u32 *out) {
    u32 *slot = out + 6 * linear_index();
    slot[0] += __outboard_dev_block_id_x() + 1;
    slot[1] += __outboard_dev_block_id_y() + 1;
    slot[2] += __outboard_dev_block_id_z() + 1;
    slot[3] += __outboard_dev_thread_id_x() + 1;
    slot[4] += __outboard_dev_thread_id_y() + 1;
    slot[5] += __outboard_dev_thread_id_z() + 1;
}

// The shape of most kernels: a guard, since blocks times threads is more than there are elements.
void guarded(u64 n, u32 *out) {
    u64 i = __outboard_dev_global_id_x();
    if (i < n)
        out[i] += 3 * i + 1;
}

// A kernel that another one calls.
void twice(u64 n, u32 *out) {
    guarded(n, out);
    guarded(n, out);
}
