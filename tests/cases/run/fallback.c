// What runs without a device. The kernels' host bodies are those of kernels.c, built with -DBODIES.
#include "launch.h"

#define P void *

int __outboard_launch_0(FIXED) {
  function();
  return 1;
}

int __outboard_launch_1(FIXED, ARGUMENT(0)) {
  ((void (*)(P))function)(base_0);
  return 1;
}

int __outboard_launch_2(FIXED, ARGUMENT(0), ARGUMENT(1)) {
  ((void (*)(P, P))function)(base_0, base_1);
  return 1;
}

int __outboard_launch_3(FIXED, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2)) {
  ((void (*)(P, P, P))function)(base_0, base_1, base_2);
  return 1;
}

int __outboard_launch_4(FIXED, FOUR(0, 1, 2, 3)) {
  ((void (*)(P, P, P, P))function)(base_0, base_1, base_2, base_3);
  return 1;
}

int __outboard_launch_6(FIXED, FOUR(0, 1, 2, 3), ARGUMENT(4), ARGUMENT(5)) {
  ((void (*)(P, P, P, P, P, P))function)(base_0, base_1, base_2, base_3, base_4, base_5);
  return 1;
}

int __outboard_launch_16(FIXED, FOUR(0, 1, 2, 3), FOUR(4, 5, 6, 7), FOUR(8, 9, 10, 11), FOUR(12, 13, 14, 15)) {
  ((void (*)(P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P))function)(
      base_0, base_1, base_2, base_3, base_4, base_5, base_6, base_7, base_8, base_9, base_10, base_11, base_12,
      base_13, base_14, base_15);
  return 1;
}
