// Every function that libmvec has, on both widths.
#include <math.h>
#include <stdint.h>

uint64_t __outboard_dev_global_id_x(void);

// The same numbers in both widths.
#define ARGUMENT(TYPE, ITEM) ((TYPE)0.25 + (TYPE)0.03125 * (TYPE)(int)(ITEM))

#define KERNEL(NAME, TYPE, CALL) \
  void NAME(TYPE *out) { \
    uint64_t i = __outboard_dev_global_id_x(); \
    TYPE x = ARGUMENT(TYPE, i); \
    out[i] = CALL; \
  }

KERNEL(sin_f64, double, sin(x))
KERNEL(sin_f32, float, sinf(x))
KERNEL(cos_f64, double, cos(x))
KERNEL(cos_f32, float, cosf(x))
KERNEL(exp_f64, double, exp(x))
KERNEL(exp_f32, float, expf(x))
KERNEL(log_f64, double, log(x))
KERNEL(log_f32, float, logf(x))
KERNEL(pow_f64, double, pow(x, 1.5 - x))
KERNEL(pow_f32, float, powf(x, 1.5f - x))
