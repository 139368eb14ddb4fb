// C: `restrict` pointers and a static table of weights.
//@ launch 3x3 8x8
//@ u64 20
//@ u64 21
//@ in f32 420 wave
//@ out f32 420
//@ close 1e-6
#include "device.h"

static const float weights[3][3] = {{.0625f, .125f, .0625f}, {.125f, .25f, .125f}, {.0625f, .125f, .0625f}};

void blur(size_t width, size_t height, const float *restrict in, float *restrict out) {
  size_t x = __outboard_dev_global_id_x(), y = __outboard_dev_global_id_y();
  if (x >= width || y >= height) return;
  float sum = 0;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      size_t column = x + dx < width ? x + dx : x, row = y + dy < height ? y + dy : y;
      sum += weights[dy + 1][dx + 1] * in[row * width + column];
    }
  out[y * width + x] = sum;
}
