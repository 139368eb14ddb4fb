// One launch right, two wrong: a kernel that no image has, and map flags that no launch may give.
#include "launch.h"

void add_one(void), add_two(void);

int main(void) {
  int64_t x = 1;
  int right = __outboard_launch_1(add_one, -1, 0, ONE_THREAD, TOFROM(&x, sizeof x));
  int missing = __outboard_launch_1(add_two, -1, 0, ONE_THREAD, TOFROM(&x, sizeof x));
  int flags = __outboard_launch_1(add_one, -1, 0, ONE_THREAD, 0x803, &x, sizeof x);
  return right | missing | flags;
}
