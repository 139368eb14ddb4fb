// One unit of the workload: ten kernels, which call a function of this unit and one of the next. UNIT and NEXT are
// their numbers. OURS is host code, as device-link takes it; else it is device code, as clang-linker-wrapper does: on
// x86_64 with the loop that clang makes of an OpenMP loop. The kernels are as large as those of a measurement made
// before, in which clang-linker-wrapper took 4.6 s for 100 units on gfx90a and 7.8 s on x86_64.
#include <stddef.h>

#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)
#define JOINED3(a, b, c) JOINED(JOINED(a, b), c)

#define ARGUMENTS size_t n, float a, const float *restrict in, float *restrict out
#define ENTRY void *environment, size_t xy, size_t zx, size_t yz, ARGUMENTS
#if defined OURS
unsigned long __outboard_dev_global_id_x(void);
#define KERNEL(name) void name(ARGUMENTS)
#define ITEM size_t i = __outboard_dev_global_id_x();
#define END
#elif defined __AMDGCN__
#define KERNEL(name) __attribute__((amdgpu_kernel, visibility("protected"))) void name(ENTRY)
#define ITEM size_t i = __builtin_amdgcn_workgroup_id_x() * (zx >> 32) + __builtin_amdgcn_workitem_id_x();
#define END
#else
#define KERNEL(name) __attribute__((visibility("protected"))) void name(ENTRY)
#define ITEM                                                                                                         \
  size_t all = (xy & 0xffffffff) * (zx >> 32);                                                                       \
  for (size_t i = 0; i < (all < n ? all : n); i++) {
#define END }
#endif

#define HIDDEN __attribute__((visibility("hidden")))
HIDDEN float JOINED(mix, NEXT)(float, float);
HIDDEN float JOINED(mix, UNIT)(float x, float y) { return x * y + (float)(UNIT + CHANGE) / 7; }

#define BODY(number)                                                                                                 \
  KERNEL(JOINED3(kernel, UNIT, JOINED(_, number))) {                                                                 \
    ITEM if (i < n) {                                                                                                \
      float x = in[i], y = x * (number + 1) + a, z = a;                                                              \
      for (size_t k = 0; k < 6; k++) {                                                                               \
        z = z * x + JOINED(mix, NEXT)(y, x) * (number + 1.5f);                                                       \
        z = z > 100 ? z * 0.5f - y : z;                                                                              \
        y = y / (x + k) + (float)(k * (number + 3)) * x;                                                             \
      }                                                                                                              \
      out[i] = JOINED(mix, UNIT)(z, y);                                                                              \
    }                                                                                                                \
    END                                                                                                              \
  }
BODY(0) BODY(1) BODY(2) BODY(3) BODY(4) BODY(5) BODY(6) BODY(7) BODY(8) BODY(9)
