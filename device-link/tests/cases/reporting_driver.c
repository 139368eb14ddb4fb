// reporting_driver IMAGE KERNEL COUNT SLOT...: calls a kernel as driver.c does, with a buffer for reports. Prints the
// first panic, and then the buffer of 64-bit numbers, which starts as 0, 1, 0, 1 for `a` and as zeros for `p`.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void kernel(void *, size_t, size_t, size_t, size_t, size_t, size_t);
struct reports {
  uint64_t capacity, used, panics, reserved;
  uint32_t size, kind;
  int32_t block[3], thread[3];
  uint32_t line, column, kernel_length, file_length, text_length, value_count;
  char texts[4096];
};

int main(int count, char **arguments) {
  void *image = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  kernel *entry = image ? (kernel *)dlsym(image, arguments[2]) : 0;
  if (!entry)
    return fprintf(stderr, "%s\n", dlerror()), 2;
  struct reports *reports = calloc(1, sizeof *reports);
  reports->capacity = sizeof *reports - 32;
  uint64_t *variable = dlsym(image, "__outboard_reports");
  if (variable)
    *variable = (uint64_t)reports;
  size_t size = strtoull(arguments[3], 0, 0), slots[6] = {0}, environment = 0;
  uint64_t *buffer = calloc(size + 1, 8);
  for (int i = 4; i < count && i - 4 < 6; i++) {
    int is_buffer = !strcmp(arguments[i], "p") || !strcmp(arguments[i], "a");
    slots[i - 4] = is_buffer ? (size_t)buffer : strtoull(arguments[i], 0, 0);
    for (size_t at = 0; arguments[i][0] == 'a' && at < size; at++)
      buffer[at] = at % 2;
  }
  entry(&environment, slots[0], slots[1], slots[2], slots[3], slots[4], slots[5]);
  if (reports->panics)
    printf("%llu: %.*s, block %d %d %d, thread %d %d %d\n", (unsigned long long)reports->panics,
           (int)(reports->kernel_length + reports->text_length), reports->texts, reports->block[0], reports->block[1],
           reports->block[2], reports->thread[0], reports->thread[1], reports->thread[2]);
  for (size_t at = 0; at < size; at++)
    printf("%llu%c", (unsigned long long)buffer[at], at + 1 == size ? '\n' : ' ');
  return 0;
}
