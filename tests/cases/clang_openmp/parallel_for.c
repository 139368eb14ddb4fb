// A combined loop: teams and threads of libomp inside the image.
// prints: 499500
#include <stdio.h>

int main(void) {
  double x[1000];
#pragma omp target teams distribute parallel for map(from : x)
  for (int i = 0; i < 1000; ++i) x[i] = i;
  double sum = 0;
#pragma omp target teams distribute parallel for map(to : x) map(tofrom : sum) reduction(+ : sum)
  for (int i = 0; i < 1000; ++i) sum += x[i];
  printf("%g\n", sum);
}
