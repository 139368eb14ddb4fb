// The kernels of the bench: N buffers of 64 bytes, of which each launch touches the first byte. `ours_N` is an
// ordinary function that device-link makes an entry of, `builtin_N` an entry as libomptarget calls it.
#define FIRST_1 a[0]++
#define FIRST_4 FIRST_1, b[0]++, c[0]++, d[0]++
#define FIRST_16                                                                                                     \
  FIRST_4, e[0]++, f[0]++, g[0]++, h[0]++, i[0]++, j[0]++, k[0]++, l[0]++, m[0]++, n[0]++, o[0]++, p[0]++
#define ARGUMENTS_1 char *a
#define ARGUMENTS_4 ARGUMENTS_1, char *b, char *c, char *d
#define ARGUMENTS_16                                                                                                 \
  ARGUMENTS_4, char *e, char *f, char *g, char *h, char *i, char *j, char *k, char *l, char *m, char *n, char *o,   \
      char *p

static volatile int calls;

#ifdef OURS
void ours_0(void) { calls++; }
void ours_1(ARGUMENTS_1) { FIRST_1; }
void ours_4(ARGUMENTS_4) { FIRST_4; }
void ours_16(ARGUMENTS_16) { FIRST_16; }
#else
void builtin_0(void *env) { calls++; }
void builtin_1(void *env, ARGUMENTS_1) { FIRST_1; }
void builtin_4(void *env, ARGUMENTS_4) { FIRST_4; }
void builtin_16(void *env, ARGUMENTS_16) { FIRST_16; }
#endif
