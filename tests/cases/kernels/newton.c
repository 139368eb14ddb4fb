// C: libm and f64 loops that end by comparison.
//@ launch 2 32
//@ u64 64
//@ in f64 64 wave
//@ out f64 128
//@ close 1e-12
//@ libm
#include "device.h"
#include <math.h>

static double solve(double a) {
  double x = a > 1 ? a : 1;
  for (int step = 0; step < 60; step++) {
    double next = 0.5 * (x + a / x);
    if (fabs(next - x) < 1e-15 * x) return next;
    x = next;
  }
  return x;
}

void newton(size_t n, const double *in, double *out) {
  size_t i = __outboard_dev_global_id_x();
  if (i >= n) return;
  double a = 4 * fabs(in[i]) + 0.1;
  out[2 * i] = solve(a);
  out[2 * i + 1] = pow(a, 1.0 / 3) + cbrt(a) + fmod(9 * in[i], 0.7) + ldexp(a, 3) + copysign(atan(a), in[i]);
}
