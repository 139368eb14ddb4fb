// Registers an image with LLVM's offload runtime and launches one kernel of it on the default device.
#include "libomptarget.h"
#include "request.h"

int main(int argc, char **argv) {
  struct request request = read_request(argc, argv);
  static char key;
  struct entry entry = {.version = 1, .kind = OPENMP, .address = &key, .name = request.kernel};
  struct image image = read_image(request.image);
  image.entries_begin = &entry, image.entries_end = &entry + 1;
  struct descriptor descriptor = {1, &image, &entry, &entry + 1};

  const uint32_t *grid = request.grid, *block = request.block;
  void *bases[GEOMETRY + SLOTS] = {
      (void *)(grid[0] | (uint64_t)grid[1] << 32),
      (void *)(grid[2] | (uint64_t)block[0] << 32),
      (void *)(block[1] | (uint64_t)block[2] << 32),
  };
  int64_t sizes[GEOMETRY + SLOTS] = {8, 8, 8}, types[GEOMETRY + SLOTS];
  for (int i = 0; i < GEOMETRY; i++) types[i] = LITERAL | PARAMETER;
  for (int i = 0; i < request.count; i++) {
    bases[GEOMETRY + i] = (void *)(uintptr_t)request.values[i];
    sizes[GEOMETRY + i] = request.sizes[i] ? (int64_t)request.sizes[i] : 8;
    types[GEOMETRY + i] = PARAMETER | (request.sizes[i] ? TO | FROM : LITERAL);
  }
  struct arguments arguments = {.version = 3,
                                .count = GEOMETRY + request.count,
                                .bases = bases,
                                .pointers = bases,
                                .sizes = sizes,
                                .types = types,
                                .teams = {grid[0], grid[1], grid[2]},
                                .threads = {block[0], block[1], block[2]},
                                .shared_bytes = request.shared};
  struct ident ident = {.flags = 2, .length = 8, .source = ";;;0;0;;"};

  __tgt_register_lib(&descriptor);
  int status = __tgt_target_kernel(&ident, -1, grid[0], block[0], &key, &arguments);
  if (status) fail("the launch did not run on a device");
  int written = write_memory(&request);
  __tgt_unregister_lib(&descriptor);
  return written;
}
