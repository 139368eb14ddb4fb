// The process that holds all contestants. A line `CONTESTANT CASE` on standard input is a turn: so many launches
// are timed, and nanoseconds a launch are printed. Every launch adds 1 to the first byte of its buffers, which
// is checked.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LAUNCHES = 100, BUFFERS = 16, BYTES = 64 };

#define DECLARE(who)                                                                                                 \
  void launch_##who##_0(char **), launch_##who##_1(char **), launch_##who##_4(char **), launch_##who##_16(char **)
DECLARE(ours);
DECLARE(builtin);
DECLARE(openmp);

#define ROW(who) {launch_##who##_0, launch_##who##_1, launch_##who##_4, launch_##who##_16}
static void (*const launch[3][4])(char **) = {ROW(ours), ROW(builtin), ROW(openmp)};
static const int arguments[4] = {0, 1, 4, 16};

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(void) {
  char *buffers[BUFFERS];
  unsigned contestant, which;
  for (int i = 0; i < BUFFERS; ++i) buffers[i] = malloc(BYTES);
  while (scanf("%u %u", &contestant, &which) == 2 && contestant < 3 && which < 4) {
    for (int i = 0; i < BUFFERS; ++i) buffers[i][0] = 0;
    double start = nanoseconds();
    for (int i = 0; i < LAUNCHES; ++i) launch[contestant][which](buffers);
    double taken = nanoseconds() - start;
    for (int i = 0; i < BUFFERS; ++i)
      if (buffers[i][0] != (i < arguments[which] ? LAUNCHES : 0)) {
        fprintf(stderr, "contestant %u computed something else with %d arguments\n", contestant, arguments[which]);
        return 1;
      }
    printf("%f\n", taken / LAUNCHES);
    fflush(stdout);
  }
}
