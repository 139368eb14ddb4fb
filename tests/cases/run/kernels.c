// The kernels of the programs beside this file. A value takes a whole 8-byte slot, as in docs/launch-contract.md.
//
// As it is, the file holds the entries of an image. With -DBODIES it holds functions without geometry slots:
// what device-link makes entries for, and what a program's fallback calls.
#include <stdint.h>
#include <string.h>

#ifdef BODIES
#define KERNEL(name, ...) void name(__VA_ARGS__)
#define KERNEL_WITHOUT_ARGUMENTS(name) void name(void)
#else
#define GEOMETRY void *launch_environment, uint64_t grid_xy, uint64_t grid_z_block_x, uint64_t block_yz
#define KERNEL(name, ...) void name(GEOMETRY, __VA_ARGS__)
#define KERNEL_WITHOUT_ARGUMENTS(name) void name(GEOMETRY)
#endif

static double f64(uint64_t slot) {
  double value;
  memcpy(&value, &slot, sizeof value);
  return value;
}

static float f32(uint64_t slot) {
  uint32_t low = (uint32_t)slot;
  float value;
  memcpy(&value, &low, sizeof value);
  return value;
}

KERNEL(axpy, uint64_t n, uint64_t a, const double *x, double *y) {
  for (uint64_t i = 0; i < n; ++i)
    y[i] += f64(a) * x[i];
}

KERNEL(fill, uint64_t n, uint64_t value, double *x) {
  for (uint64_t i = 0; i < n; ++i)
    x[i] = f64(value);
}

KERNEL(add_one, int64_t *x) { *x += 1; }

KERNEL(add, uint64_t value, int64_t *x) { *x += (int64_t)value; }

// Zero-extended slots: a kernel takes the low bits that its type has.
KERNEL(literals, uint64_t small, uint64_t large, uint64_t single, uint64_t wide, uint64_t yes, double *out) {
  out[0] = (int32_t)small;
  out[1] = (double)(int64_t)large;
  out[2] = f32(single);
  out[3] = f64(wide);
  out[4] = (uint8_t)yes;
  out[5] = (double)(small >> 32);
}

struct point {
  double x, y, z;
  int32_t scale;
};

KERNEL(from_struct, const struct point *p, double *out) { *out = (p->x + p->y + p->z) * p->scale; }

KERNEL(square_into, uint64_t n, const double *x, double *scratch) {
  for (uint64_t i = 0; i < n; ++i)
    scratch[i] = x[i] * x[i];
}

KERNEL(sum_of, uint64_t n, const double *scratch, double *sum) {
  *sum = 0;
  for (uint64_t i = 0; i < n; ++i)
    *sum += scratch[i];
}

KERNEL(sixteen, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h,
       uint64_t i, uint64_t j, uint64_t k, uint64_t l, uint64_t m, uint64_t n, const uint64_t *o, uint64_t *out) {
  const uint64_t values[] = {a, b, c, d, e, f, g, h, i, j, k, l, m, n, *o};
  *out = 0;
  for (uint64_t at = 0; at < 15; ++at)
    *out = *out * 3 + values[at];
}

static int64_t bumps;

KERNEL_WITHOUT_ARGUMENTS(bump) { ++bumps; }

KERNEL(read_bumps, int64_t *out) { *out = bumps; }
