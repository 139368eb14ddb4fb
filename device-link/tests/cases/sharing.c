// Calls kernels of checks.c from one host thread, and with `two` from two: built with a thread sanitizer, and with the
// image's code, which has one too. With `racing`, that kernel alone.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void kernel(void *, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t *);
kernel less, narrow, backwards, meeting, returning, sides, long_sides, racing;
static kernel *const kernels[] = {less, narrow, backwards, meeting, returning, sides, long_sides};

extern uint64_t __outboard_reports;
static struct {
  uint64_t capacity, used, panicked, round;
  uint32_t size, kind, block[3], thread[3];
  char rest[8000];
} reports;

enum { GRID = 1600, BLOCK = 64, COUNT = GRID * BLOCK, FIRST = 5 };

static void call(kernel *called, uint64_t length, uint64_t *out) {
  const uint64_t one = 1;
  called(0, GRID | one << 32, 1 | (uint64_t)BLOCK << 32, 1 | one << 32, length, out);
}

static void *run(void *unused) {
  (void)unused;
  uint64_t *out = calloc(COUNT, sizeof *out);
  for (int times = 0; times < 3; ++times)
    for (size_t at = 0; at < sizeof kernels / sizeof *kernels; ++at)
      call(kernels[at], times == 1 ? COUNT : FIRST, out);
  free(out);
  return 0;
}

int main(int count, char **arguments) {
  reports.capacity = sizeof reports - 4 * sizeof(uint64_t);
  __outboard_reports = (uint64_t)&reports;
  uint64_t place = 0;
  if (count > 1 && !strcmp(arguments[1], "racing"))
    return call(racing, COUNT, &place), 0;
  pthread_t other;
  if (count > 1)
    pthread_create(&other, 0, run, 0);
  run(0);
  if (count > 1)
    pthread_join(other, 0);
  printf("%llu panicked: thread %u of block %u\n", (unsigned long long)reports.panicked, reports.thread[0],
         reports.block[0]);
  return 0;
}
