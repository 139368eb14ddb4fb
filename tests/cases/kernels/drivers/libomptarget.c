// Registers an image with LLVM's offload runtime and launches one kernel of it on the default device.
#include "request.h"

struct entry {
  uint64_t reserved;
  uint16_t version, kind;
  uint32_t flags;
  void *address;
  const char *name;
  uint64_t size, data;
  void *auxiliary;
};
struct image {
  void *start, *end;
  struct entry *entries_begin, *entries_end;
};
struct descriptor {
  int32_t count;
  struct image *images;
  struct entry *entries_begin, *entries_end;
};
struct ident {
  uint32_t reserved_1, flags, reserved_2, length;
  const char *source;
};
struct arguments {
  uint32_t version, count;
  void **bases, **pointers;
  int64_t *sizes, *types;
  void **names, **mappers;
  uint64_t trip_count, flags;
  uint32_t teams[3], threads[3], shared_bytes;
};

void __tgt_register_lib(struct descriptor *);
void __tgt_unregister_lib(struct descriptor *);
int __tgt_target_kernel(struct ident *, int64_t, int32_t, int32_t, void *, struct arguments *);

enum { OPENMP = 1, GEOMETRY = 3, TO = 0x1, FROM = 0x2, PARAMETER = 0x20, LITERAL = 0x100 };

static struct image read_image(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail("no image");
  long size = ftell(file);
  char *bytes = malloc(size);
  rewind(file);
  if (fread(bytes, 1, size, file) != (size_t)size) fail("the image cannot be read");
  fclose(file);
  return (struct image){.start = bytes, .end = bytes + size};
}

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
