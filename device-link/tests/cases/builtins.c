// Compares the functions that compilers call on their own account with the host compiler's: prints what differs.
#define memcmp own_memcmp
#define bcmp own_bcmp
#define strlen own_strlen
#define __floatuntidf own_floatuntidf
#define __floattidf own_floattidf
#define __floatuntisf own_floatuntisf
#define __floattisf own_floattisf
#define __fixunsdfti own_fixunsdfti
#define __fixdfti own_fixdfti
#define __fixunssfti own_fixunssfti
#define __fixsfti own_fixsfti
#include "../../runtime/compiler_builtins.c"
#include <stdio.h>

static int checked, wrong;

static void check(int same, const char *what, u128 value) {
  ++checked;
  if (!same && ++wrong < 10)
    printf("%s of %016lx %016lx\n", what, (u64)(value >> 64), (u64)value);
}

static void check_integer(u128 value) {
  check(own_floatuntidf(value) == (double)value, "u128 to f64", value);
  check(own_floattidf(value) == (double)(i128)value, "i128 to f64", value);
  check(own_floatuntisf(value) == (float)value, "u128 to f32", value);
  check(own_floattisf(value) == (float)(i128)value, "i128 to f32", value);
  double wide = (double)value;
  // What C leaves undefined is checked below.
  if (wide < 0x1p127) {
    check(own_fixunsdfti(wide) == (u128)wide, "f64 to u128", value);
    check(own_fixdfti(wide) == (i128)wide, "f64 to i128", value);
    check(own_fixdfti(-wide) == (i128)-wide, "f64 to negative i128", value);
    check(own_fixsfti(-(float)wide) == (i128)-(float)wide || (float)wide == 0x1p127f, "f32 to i128", value);
  }
}

int main(void) {
  u128 random = 88172645463325252ull;
  for (int bits = 0; bits <= 128; ++bits) {
    u128 power = bits == 128 ? 0 : (u128)1 << bits;
    // Around every power of two, and around what lies in the middle of two floating-point numbers.
    for (int shift = 0; shift < 128; ++shift)
      for (int delta = -2; delta <= 2; ++delta) {
        check_integer(power + ((u128)1 << shift) + delta);
        check_integer(power - ((u128)1 << shift) + delta);
      }
    for (int round = 0; round < 200; ++round) {
      random = random * 6364136223846793005ull + 1442695040888963407ull + (random >> 71);
      check_integer(bits == 0 ? random : random >> (128 - bits));
    }
  }
  for (int step = -200; step < 200; ++step) {
    double small = step / 64.0;
    check(own_fixdfti(small) == (i128)small, "small f64 to i128", step);
    check(own_fixunsdfti(small) == (small < 0 ? 0 : (u128)small), "small f64 to u128", step);
  }
  const u128 top = (u128)1 << 127;
  check(own_fixunsdfti(0x1p128) == ~(u128)0 && own_fixunsdfti(__builtin_inf()) == ~(u128)0, "too big a u128", 0);
  check(own_fixdfti(0x1p127) == (i128)(top - 1) && own_fixdfti(-0x1p127) == (i128)top, "too big an i128", 0);
  check(own_fixdfti(__builtin_nan("")) == 0 && own_fixunsdfti(__builtin_nan("")) == 0, "NaN", 0);
  check(own_memcmp("abc", "abd", 3) < 0 && own_memcmp("b", "a\xff", 1) > 0 && own_memcmp("ab", "ac", 1) == 0, "memcmp", 0);
  check(own_memcmp("\xff", "\x01", 1) > 0, "memcmp of bytes", 0);
  check(own_bcmp("ab", "ab", 2) == 0 && own_bcmp("ab", "ac", 2) != 0, "bcmp", 0);
  check(own_strlen("") == 0 && own_strlen("four") == 4, "strlen", 0);
  printf("%d of %d differ\n", wrong, checked);
  return wrong != 0;
}
