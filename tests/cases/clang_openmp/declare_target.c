// A variable that host and device share: it is registered with the kernels of its module.
// warns: offload-embed[OB0109]: only the kernels of this module share the device's copy of `total`
// prints: 42
#include <stdio.h>

#pragma omp begin declare target
int total = 40;
#pragma omp end declare target

int main(void) {
#pragma omp target
  total += 1;
#pragma omp target update from(total)
  total += 1;
  printf("%d\n", total);
}
