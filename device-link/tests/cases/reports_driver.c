// Calls `reporting` of the image argv[1] on argv[2] items, the item argv[3] bad, with a buffer for reports of argv[4]
// bytes, in a process of its own; then writes the buffer to stdout.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  uint64_t capacity = strtoull(argv[4], 0, 10), size = 32 + capacity;
  uint64_t *buffer = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  buffer[0] = capacity;
  pid_t child = fork();
  if (child == 0) {
    void *image = dlopen(argv[1], RTLD_NOW);
    void (*kernel)(void *, uint64_t, uint64_t, uint64_t, uint32_t *, uint64_t) =
        (void (*)(void *, uint64_t, uint64_t, uint64_t, uint32_t *, uint64_t))dlsym(image, "reporting");
    uint64_t *reports = dlsym(image, "__outboard_reports");
    if (!kernel || !reports)
      return 3;
    *reports = (uint64_t)(uintptr_t)buffer;
    uint32_t counter = 0;
    kernel(0, strtoull(argv[2], 0, 10) | 1ul << 32, 1ul | 1ul << 32, 1ul | 1ul << 32, &counter,
           strtoull(argv[3], 0, 10));
    return 0;
  }
  int status;
  waitpid(child, &status, 0);
  fwrite(buffer, 1, size, stdout);
  // A trap is a signal; anything else that isn't success is a fault of this test.
  return WIFSIGNALED(status) ? 0 : WEXITSTATUS(status);
}
