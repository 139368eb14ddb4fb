// What clang's OpenMP makes of the same work without a device: threads and vectors.
#include <stddef.h>

static const double scalar = 0.4;

#define LOOP _Pragma("omp parallel for simd") for (size_t i = 0; i < n; ++i)

void openmp_copy(double *restrict out, const double *restrict a, const double *restrict b, size_t n) {
  LOOP out[i] = a[i];
}

void openmp_mul(double *restrict out, const double *restrict a, const double *restrict b, size_t n) {
  LOOP out[i] = scalar * a[i];
}

void openmp_add(double *restrict out, const double *restrict a, const double *restrict b, size_t n) {
  LOOP out[i] = a[i] + b[i];
}

void openmp_triad(double *restrict out, const double *restrict a, const double *restrict b, size_t n) {
  LOOP out[i] = a[i] + scalar * b[i];
}

void openmp_dot(double *restrict out, const double *restrict a, const double *restrict b, size_t n) {
  double sum = 0;
#pragma omp parallel for simd reduction(+ : sum)
  for (size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  out[0] = sum;
}
