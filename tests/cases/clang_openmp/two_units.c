// Two translation units, each with target regions, and an image that both share: one registration, one copy of
// the image's statics. UNIT tells which one this is.
// units: 2
// prints: 4
#include <stdio.h>

int count(void);

#pragma omp begin declare target
int tick(void);
#pragma omp end declare target

#if UNIT == 0
#pragma omp begin declare target
int tick(void) {
  static int calls;
  return ++calls;
}
#pragma omp end declare target

int main(void) {
  int calls = 0;
#pragma omp target map(from : calls)
  calls = tick();
  count();
  count();
  printf("%d\n", count());
}
#else
int count(void) {
  int calls = 0;
#pragma omp target map(from : calls)
  calls = tick();
  return calls;
}
#endif
