// Launches from C: several kernels, in a loop, in a branch, in a function called from eight threads, by value, with
// 16 arguments. Links with fallback.c.
#include "launch.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

void axpy(void), fill(void), add_one(void), add(void), literals(void), sixteen(void), bump(void), read_bumps(void);

static atomic_int statuses[3];

static void note(int status) { ++statuses[status]; }

static void *bits(double value) {
  void *slot;
  memcpy(&slot, &value, sizeof slot);
  return slot;
}

static void *value(uint64_t slot) { return (void *)slot; }

static void *add_up(void *thread) {
  static int64_t sums[8];
  int64_t *sum = &sums[(size_t)thread];
  for (int i = 0; i < 50; ++i)
    note(__outboard_launch_2(add, (int64_t)thread % 4, 0, ONE_THREAD, VALUE(thread), TOFROM(sum, 8)));
  return sum;
}

int main(int argc, char **argv) {
  (void)argv;
  double x[3], y[3] = {1, 2, 3};
  note(__outboard_launch_3(fill, -1, 0, ONE_THREAD, VALUE(value(3)), VALUE(bits(2)), FROM(x, sizeof x)));
  note(__outboard_launch_4(axpy, -1, 0, ONE_THREAD, VALUE(value(3)), VALUE(bits(1.5)), TO(x, sizeof x),
                           TOFROM(y, sizeof y)));
  printf("several %g %g %g\n", y[0], y[1], y[2]);

  int64_t count = 0;
  for (int i = 0; i < 1000; ++i)
    note(__outboard_launch_1(add_one, -1, 0, ONE_THREAD, TOFROM(&count, sizeof count)));
  if (argc == 1)
    note(__outboard_launch_2(add, -1, 0, ONE_THREAD, VALUE(value(42)), TOFROM(&count, sizeof count)));
  else
    note(__outboard_launch_2(add, -1, 0, ONE_THREAD, VALUE(value(-42)), TOFROM(&count, sizeof count)));
  printf("loop and branch %lld\n", (long long)count);

  pthread_t threads[8];
  for (size_t i = 0; i < 8; ++i)
    pthread_create(&threads[i], 0, add_up, (void *)i);
  printf("threads");
  for (size_t i = 0; i < 8; ++i) {
    void *sum;
    pthread_join(threads[i], &sum);
    printf(" %lld", (long long)*(int64_t *)sum);
  }

  double out[6];
  float single = 0.5f;
  uint32_t single_bits;
  memcpy(&single_bits, &single, sizeof single_bits);
  note(__outboard_launch_6(literals, -1, 0, ONE_THREAD, VALUE(value((uint32_t)-5)), VALUE(value(-(1ll << 40))),
                           VALUE(value(single_bits)), VALUE(bits(-2.25)), VALUE(value(1)), FROM(out, sizeof out)));
  printf("\nliterals %g %g %g %g %g %g\n", out[0], out[1], out[2], out[3], out[4], out[5]);

  uint64_t last = 15, sum;
  note(__outboard_launch_16(sixteen, -1, 0, ONE_THREAD, VALUE(value(1)), VALUE(value(2)), VALUE(value(3)),
                            VALUE(value(4)), VALUE(value(5)), VALUE(value(6)), VALUE(value(7)), VALUE(value(8)),
                            VALUE(value(9)), VALUE(value(10)), VALUE(value(11)), VALUE(value(12)), VALUE(value(13)),
                            VALUE(value(14)), TO(&last, sizeof last), FROM(&sum, sizeof sum)));
  printf("sixteen %llu\n", (unsigned long long)sum);

  int64_t bumps;
  note(__outboard_launch_0(bump, -1, 0, ONE_THREAD));
  note(__outboard_launch_1(read_bumps, -1, 0, ONE_THREAD, FROM(&bumps, sizeof bumps)));
  printf("no arguments %lld\n", (long long)bumps);
  printf("%d on a device, %d on the host, %d nowhere\n", statuses[0], statuses[1], statuses[2]);
}
