// C: a small interpreter, with `switch`, `goto` and a union.
//@ launch 2 32
//@ u64 64
//@ in u8 512 wave
//@ inout f32 64 wave
//@ close 1e-5
#include "device.h"

typedef union {
  float real;
  uint32_t bits;
} word;

void switches(size_t n, const uint8_t *program, float *x) {
  size_t i = __outboard_dev_global_id_x();
  if (i >= n) return;
  word top = {.real = x[i]};
  int left = 20;
  for (int at = 0; at < 8 && left > 0; at++, left--) {
    switch (program[8 * i + at] % 7) {
    case 0: top.real += 1.5f; break;
    case 1: top.real *= -0.5f; break;
    case 2: top.bits ^= 0x80000000; break;
    case 3:
      if (top.real > 1) goto done;
    case 4: top.real -= 0.25f; break;
    case 5: at = at > 4 ? 0 : at; break;
    default: top.bits &= ~0xffu;
    }
  }
done:
  x[i] = top.real;
}
