// The kernels of all cases, as libomptarget's host device calls them: the launch environment, then one 8-byte
// slot for each argument.
#include <stdint.h>

static float f32_of(uint64_t slot) { union { uint32_t bits; float value; } u = {(uint32_t)slot}; return u.value; }
static double f64_of(uint64_t slot) { union { uint64_t bits; double value; } u = {slot}; return u.value; }

void kernel_1(void *env, double *x) { x[0] = 21.0; }
void add_one(void *env, double *x) { for (int i = 0; i < 128; ++i) x[i] += 1; }
void double_it(void *env, double *x) { for (int i = 0; i < 128; ++i) x[i] *= 2; }
void sum_ref(void *env, const double *x, double *out) { *out = 0; for (int i = 0; i < 128; ++i) *out += x[i]; }
void fill_slice(void *env, double *x, uint64_t n) { for (uint64_t i = 0; i < n; ++i) x[i] = i + 1; }
void axpy_slices(void *env, const double *x, uint64_t n, double *y, uint64_t m, uint64_t a) {
  for (uint64_t i = 0; i < n && i < m; ++i) y[i] += f64_of(a) * x[i];
}
void scalars(void *env, double *out, uint64_t f32, uint64_t u32, uint64_t f64, uint64_t u64, uint64_t b, uint64_t i8,
             uint64_t u16) {
  out[0] = f32_of(f32); out[1] = (uint32_t)u32; out[2] = f64_of(f64); out[3] = u64; out[4] = b & 1;
  out[5] = (int8_t)i8; out[6] = (uint16_t)u16;
}
void pair(void *env, uint64_t x, uint64_t y, double *out) { out[0] = f64_of(x) + f64_of(y); }
struct state { double value[9]; };
void by_value(void *env, const struct state *s, double *out) { *out = s->value[0] + s->value[8]; }
void read_struct(void *env, const struct state *s, double *out) { *out = s->value[8]; }
void write_struct(void *env, struct state *s) { s->value[8] += s->value[0]; }
void array_by_value(void *env, const double *a, double *out) { *out = a[0] + a[7]; }
static int calls;
void count_call(void *env) { ++calls; }
void report_calls(void *env, double *out) { *out = calls; }
void const_and_mut(void *env, double *out, const double *in) { out[1] = in[0] + 1; }
