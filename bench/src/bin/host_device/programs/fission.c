// Kernels with barriers as one writes them for a CPU: a loop over the items of a block for each part between two
// barriers, and the block's size a constant.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ITEMS = 256, TILE = 16, BINS = 64 };

#define EACH_ITEM for (size_t t = 0; t < ITEMS; ++t)
#define EACH_OF_TILE                   \
  for (size_t y = 0; y < TILE; ++y)    \
    for (size_t x = 0; x < TILE; ++x)

static size_t side_of(size_t elements) { return (size_t)sqrt((double)elements); }

void fission_matmul(float *restrict out, const float *restrict a, const float *restrict b, size_t n) {
  size_t side = side_of(n);
  float tile_a[TILE][TILE], tile_b[TILE][TILE], sum[TILE][TILE];
  for (size_t top = 0; top < side; top += TILE)
    for (size_t left = 0; left < side; left += TILE) {
      EACH_OF_TILE sum[y][x] = 0;
      for (size_t first = 0; first < side; first += TILE) {
        EACH_OF_TILE {
          tile_a[y][x] = a[(top + y) * side + first + x];
          tile_b[y][x] = b[(first + y) * side + left + x];
        }
        EACH_OF_TILE for (size_t k = 0; k < TILE; ++k) sum[y][x] += tile_a[y][k] * tile_b[k][x];
      }
      EACH_OF_TILE out[(top + y) * side + left + x] = sum[y][x];
    }
}

void fission_scan(float *restrict out, const float *restrict a, const float *restrict b, size_t n) {
  float cells[ITEMS], before[ITEMS];
  for (size_t first = 0; first < n; first += ITEMS) {
    EACH_ITEM cells[t] = a[first + t];
    for (size_t step = 1; step < ITEMS; step *= 2) {
      EACH_ITEM before[t] = t >= step ? cells[t - step] : 0;
      EACH_ITEM cells[t] += before[t];
    }
    EACH_ITEM out[first + t] = cells[t];
  }
}

void fission_reduce(float *restrict out, const float *restrict a, const float *restrict b, size_t n) {
  float cells[ITEMS];
  for (size_t first = 0; first < n; first += ITEMS) {
    EACH_ITEM cells[t] = a[first + t];
    for (size_t stride = ITEMS / 2; stride > 0; stride /= 2)
      for (size_t t = 0; t < stride; ++t) cells[t] += cells[t + stride];
    out[first] = cells[0];
  }
}

void fission_exchange(float *restrict out, const float *restrict a, const float *restrict b, size_t n) {
  float cells[ITEMS];
  for (size_t first = 0; first < n; first += ITEMS) {
    EACH_ITEM cells[t] = a[first + t] > 0.5f ? a[first + t] * 3 : a[first + t] + 1;
    EACH_ITEM {
      float other = cells[ITEMS - 1 - t];
      out[first + t] = a[first + t] > 0.5f ? other + b[first + t] : other * b[first + t];
    }
  }
}

void fission_histogram(uint32_t *restrict out, const uint32_t *restrict a, const uint32_t *restrict b, size_t n) {
  uint32_t bins[BINS];
  for (size_t first = 0; first < n; first += ITEMS) {
    memset(bins, 0, sizeof bins);
    EACH_ITEM bins[a[first + t] % BINS]++;
    EACH_ITEM out[first + t] = t < BINS ? bins[t] : 0;
  }
}

void fission_transpose(float *restrict out, const float *restrict a, const float *restrict b, size_t n) {
  size_t side = side_of(n);
  float tile[TILE][TILE + 1];
  for (size_t top = 0; top < side; top += TILE)
    for (size_t left = 0; left < side; left += TILE) {
      EACH_OF_TILE tile[y][x] = a[(left + y) * side + top + x];
      EACH_OF_TILE out[(top + y) * side + left + x] = tile[x][y];
    }
}
