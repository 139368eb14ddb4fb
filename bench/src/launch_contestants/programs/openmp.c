// Launches of clang's OpenMP, with pointer sections.
void launch_openmp_0(char **buffers) {
#pragma omp target
  {}
}

void launch_openmp_1(char **buffers) {
  char *a = buffers[0];
#pragma omp target map(tofrom : a[0 : 64])
  a[0]++;
}

void launch_openmp_4(char **buffers) {
  char *a = buffers[0], *b = buffers[1], *c = buffers[2], *d = buffers[3];
#pragma omp target map(tofrom : a[0 : 64], b[0 : 64], c[0 : 64], d[0 : 64])
  a[0]++, b[0]++, c[0]++, d[0]++;
}

void launch_openmp_16(char **buffers) {
  char *a = buffers[0], *b = buffers[1], *c = buffers[2], *d = buffers[3], *e = buffers[4], *f = buffers[5];
  char *g = buffers[6], *h = buffers[7], *i = buffers[8], *j = buffers[9], *k = buffers[10], *l = buffers[11];
  char *m = buffers[12], *n = buffers[13], *o = buffers[14], *p = buffers[15];
#pragma omp target map(tofrom : a[0 : 64], b[0 : 64], c[0 : 64], d[0 : 64], e[0 : 64], f[0 : 64], g[0 : 64])          \
    map(tofrom : h[0 : 64], i[0 : 64], j[0 : 64], k[0 : 64], l[0 : 64], m[0 : 64], n[0 : 64], o[0 : 64], p[0 : 64])
  a[0]++, b[0]++, c[0]++, d[0]++, e[0]++, f[0]++, g[0]++, h[0]++, i[0]++, j[0]++, k[0]++, l[0]++, m[0]++, n[0]++,
      o[0]++, p[0]++;
}
