// Two kernels that share a data region.
// prints: 12
#include <stdio.h>

int main(void) {
  double x[4] = {1, 2, 3, 4};
#pragma omp target data map(tofrom : x)
  {
#pragma omp target
    x[0] += 5;
#pragma omp target
    x[0] *= 2;
  }
  printf("%g\n", x[0]);
}
