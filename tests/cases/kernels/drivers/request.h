// What every driver of this folder is asked for:
//
//   DRIVER IMAGE KERNEL GX GY GZ BX BY BZ SHARED SLOT...
//
// SHARED is the size of dynamic shared memory, in bytes. A slot is a value of 64 bits, `v` for a whole number and `f` for the bits of a float; or the size of memory,
// `b` for a buffer and `s` for a structure that the kernel takes by value. The bytes of all memory come on
// standard input, one behind the other, and go to standard output in the same order when the kernel has run.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 12, FIRST_SLOT = 10 };

struct request {
  const char *image, *kernel;
  uint32_t grid[3], block[3], shared;
  int count;
  char kinds[SLOTS];
  uint64_t values[SLOTS]; // or the address of the memory
  size_t sizes[SLOTS];    // 0 for a value
};

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(2);
}

static struct request read_request(int argc, char **argv) {
  struct request request = {0};
  if (argc < FIRST_SLOT || argc > FIRST_SLOT + SLOTS) fail("wrong number of arguments");
  request.image = argv[1], request.kernel = argv[2];
  for (int axis = 0; axis < 3; axis++) {
    request.grid[axis] = strtoul(argv[3 + axis], 0, 10);
    request.block[axis] = strtoul(argv[6 + axis], 0, 10);
  }
  request.shared = strtoul(argv[9], 0, 10);
  for (int i = FIRST_SLOT; i < argc; i++, request.count++) {
    uint64_t number = strtoull(argv[i] + 1, 0, 10);
    request.kinds[request.count] = argv[i][0];
    request.values[request.count] = number;
    if (argv[i][0] != 'b' && argv[i][0] != 's') continue;
    char *memory = malloc(number + 1);
    if (fread(memory, 1, number, stdin) != number) fail("standard input is too short");
    request.values[request.count] = (uint64_t)(uintptr_t)memory;
    request.sizes[request.count] = number;
  }
  return request;
}

static int write_memory(const struct request *request) {
  for (int i = 0; i < request->count; i++) {
    size_t size = request->sizes[i];
    if (size && fwrite((void *)(uintptr_t)request->values[i], 1, size, stdout) != size) return 4;
  }
  return fflush(stdout) ? 4 : 0;
}
