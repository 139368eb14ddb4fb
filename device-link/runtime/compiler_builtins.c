// What compilers call on their own account and devices have no library for. Compiled for the host, and retargeted
// like everything else; only what is needed is linked.

typedef unsigned __int128 u128;
typedef __int128 i128;
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

int memcmp(const void *left, const void *right, u64 size) {
  const u8 *l = left, *r = right;
  for (u64 at = 0; at < size; ++at)
    if (l[at] != r[at])
      return l[at] < r[at] ? -1 : 1;
  return 0;
}

int bcmp(const void *left, const void *right, u64 size) {
  const u8 *l = left, *r = right;
  for (u64 at = 0; at < size; ++at)
    if (l[at] != r[at])
      return 1;
  return 0;
}

u64 strlen(const char *text) {
  u64 length = 0;
  while (text[length])
    ++length;
  return length;
}

static int leading_zeros(u128 value) {
  u64 high = value >> 64, low = value;
  return high ? __builtin_clzl(high) : low ? 64 + __builtin_clzl(low) : 128;
}

// The top 64 bits of a number that is not zero, of which the lowest says whether anything below was set: one
// rounding of that is the rounding of the whole.
static u64 significant_bits(u128 value, int shift) {
  u128 aligned = value << shift;
  return (u64)(aligned >> 64) | ((u64)aligned != 0);
}

static double scale_f64(double value, int exponent) {
  union { u64 bits; double value; } power = {.bits = (u64)(exponent + 1023) << 52};
  return value * power.value;
}

double __floatuntidf(u128 value) {
  if ((value >> 64) == 0)
    return (double)(u64)value;
  int shift = leading_zeros(value);
  return scale_f64((double)significant_bits(value, shift), 64 - shift);
}

double __floattidf(i128 value) {
  return value < 0 ? -__floatuntidf(-(u128)value) : __floatuntidf(value);
}

float __floatuntisf(u128 value) {
  if ((value >> 64) == 0)
    return (float)(u64)value;
  int shift = leading_zeros(value);
  float top = (float)significant_bits(value, shift);
  // 2^63 * 2^64 is the largest power of two that a float has, so the scale is applied as a double. A number that
  // rounds to 2^128 becomes infinite, as it must.
  return (float)scale_f64(top, 64 - shift);
}

float __floattisf(i128 value) {
  return value < 0 ? -__floatuntisf(-(u128)value) : __floatuntisf(value);
}

// Rust's casts and LLVM's saturating conversions: NaN is 0, and what is out of range is the nearest there is. What
// C leaves undefined is this too.
u128 __fixunsdfti(double value) {
  if (!(value >= 1.0))
    return 0;
  if (value >= 0x1p128)
    return ~(u128)0;
  union { double value; u64 bits; } split = {.value = value};
  int exponent = (int)(split.bits >> 52) - 1023;
  u64 fraction = (split.bits & 0xfffffffffffffull) | 0x10000000000000ull;
  return exponent >= 52 ? (u128)fraction << (exponent - 52) : (u128)(fraction >> (52 - exponent));
}

i128 __fixdfti(double value) {
  const u128 limit = (u128)1 << 127;
  if (value != value)
    return 0;
  u128 magnitude = __fixunsdfti(value < 0 ? -value : value);
  if (value < 0)
    return magnitude >= limit ? (i128)limit : -(i128)magnitude;
  return magnitude >= limit ? (i128)(limit - 1) : (i128)magnitude;
}

u128 __fixunssfti(float value) { return __fixunsdfti(value); }

i128 __fixsfti(float value) { return __fixdfti(value); }
