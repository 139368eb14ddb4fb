// A property of the program has an entry of its own, which names no kernel.
// prints: 5
#include <stdio.h>

#pragma omp requires unified_address

int main(void) {
  int x = 4;
#pragma omp target map(tofrom : x)
  ++x;
  printf("%d\n", x);
}
