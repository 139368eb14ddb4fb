// Which level of x86_64 this machine is, for images that have code for several: asked once a process.
//
// Source: x86-64 psABI, "Micro-Architecture Levels"; Intel SDM, volume 2, CPUID, and volume 1, 13.3.

#include <cpuid.h>

static int has_all(unsigned found, unsigned wanted) { return (found & wanted) == wanted; }

// The registers that the system saves when it switches threads: bit 1 xmm, 2 ymm, 5 to 7 AVX-512's.
static unsigned saved_registers(void) {
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static int find_level(void) {
  unsigned a, b, c, d;
  unsigned ecx1 = 0, ebx7 = 0, ecx80000001 = 0;
  if (__get_cpuid(1, &a, &b, &c, &d))
    ecx1 = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
    ebx7 = b;
  if (__get_cpuid(0x80000001, &a, &b, &c, &d))
    ecx80000001 = c;

  const unsigned level2 = bit_CMPXCHG16B | bit_POPCNT | bit_SSE3 | bit_SSE41 | bit_SSE42 | bit_SSSE3;
  if (!has_all(ecx1, level2) || !has_all(ecx80000001, bit_LAHF_LM))
    return 1;
  const unsigned level3 = bit_AVX | bit_F16C | bit_FMA | bit_MOVBE | bit_OSXSAVE;
  const unsigned ymm = 0x6, zmm = 0xe6;
  if (!has_all(ecx1, level3) || !has_all(ebx7, bit_AVX2 | bit_BMI | bit_BMI2) ||
      !has_all(ecx80000001, bit_LZCNT) || !has_all(saved_registers(), ymm))
    return 2;
  const unsigned level4 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
  return has_all(ebx7, level4) && has_all(saved_registers(), zmm) ? 4 : 3;
}

int __outboard_x86_64_level(void) {
  // Two threads that ask at once find the same.
  static int known;
  int level = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (level == 0) {
    level = find_level();
    __atomic_store_n(&known, level, __ATOMIC_RELAXED);
  }
  return level;
}
