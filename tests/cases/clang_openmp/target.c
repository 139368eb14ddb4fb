// A target region in a function that is called in a loop, with a scalar and pointer sections.
// prints: 1 7 43
#include <stdio.h>

static void axpy(double a, const double *x, double *y, int n) {
#pragma omp target map(to : x[0 : n]) map(tofrom : y[0 : n])
  for (int i = 0; i < n; ++i) y[i] += a * x[i];
}

int main(void) {
  double x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, y[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  for (int turn = 0; turn < 3; ++turn) axpy(turn + (turn == 2), x, y, 8);
  printf("%g %g %g\n", y[0], y[1] + 2, y[7] + 14);
}
