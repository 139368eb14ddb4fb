// IMAGE KERNEL ITEMS BAD CAPACITY: has the image of libomptarget's host device report to a buffer of CAPACITY bytes,
// as a host does that knows the variable by name; launches KERNEL(BAD) on ITEMS work items in a process of its own,
// for a panic ends that; then writes the buffer to standard output.
#include "../kernels/drivers/libomptarget.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEADER = 32 };

// The host's copy of the image's variable, as `declare target` would make one.
static uint64_t reports;

static int launch(const char *path, const char *kernel, uint64_t items, uint64_t bad) {
  static char key;
  struct entry entries[] = {
      {.version = 1, .kind = OPENMP, .address = &key, .name = kernel},
      {.version = 1, .kind = OPENMP, .address = &reports, .name = "__outboard_reports", .size = sizeof reports},
  };
  struct image image = read_image(path);
  image.entries_begin = entries, image.entries_end = entries + 2;
  struct descriptor descriptor = {1, &image, entries, entries + 2};
  __tgt_register_lib(&descriptor);

  struct ident ident = {.flags = 2, .length = 8, .source = ";;;0;0;;"};
  void *variable[] = {&reports};
  int64_t size[] = {sizeof reports}, to[] = {TO};
  __tgt_target_data_update_mapper(&ident, -1, 1, variable, variable, size, to, 0, 0);

  void *slots[] = {(void *)(items | 1ul << 32), (void *)(1ul | 1ul << 32), (void *)(1ul | 1ul << 32), (void *)bad};
  int64_t sizes[] = {8, 8, 8, 8}, types[4];
  for (int i = 0; i < 4; i++) types[i] = LITERAL | PARAMETER;
  struct arguments arguments = {.version = 3,
                                .count = 4,
                                .bases = slots,
                                .pointers = slots,
                                .sizes = sizes,
                                .types = types,
                                .teams = {items, 1, 1},
                                .threads = {1, 1, 1}};
  return __tgt_target_kernel(&ident, -1, items, 1, &key, &arguments) ? 4 : 0;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  uint64_t capacity = strtoull(argv[5], 0, 10), size = HEADER + capacity;
  // The host device has the host's memory, and this part of it outlives the process.
  uint64_t *buffer = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  buffer[0] = capacity;
  reports = (uint64_t)(uintptr_t)buffer;
  pid_t child = fork();
  if (child == 0) return launch(argv[1], argv[2], strtoull(argv[3], 0, 10), strtoull(argv[4], 0, 10));
  int status;
  waitpid(child, &status, 0);
  // A trap is a signal; anything else that isn't success is a fault of this test.
  if (WIFEXITED(status) && WEXITSTATUS(status)) return WEXITSTATUS(status);
  return fwrite(buffer, 1, size, stdout) == size ? 0 : 5;
}
