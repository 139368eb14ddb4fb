// LLVM's offload runtime as a program without a compiler's help calls it, and images read from files.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

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
void __tgt_target_data_update_mapper(struct ident *, int64_t, int32_t, void **bases, void **pointers, int64_t *sizes,
                                     int64_t *types, void **names, void **mappers);
int __tgt_target_kernel(struct ident *, int64_t, int32_t, int32_t, void *, struct arguments *);

enum { OPENMP = 1, GEOMETRY = 3, TO = 0x1, FROM = 0x2, PARAMETER = 0x20, LITERAL = 0x100 };

static struct image read_image(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) exit(3);
  long size = ftell(file);
  char *bytes = malloc(size);
  rewind(file);
  if (fread(bytes, 1, size, file) != (size_t)size) exit(3);
  fclose(file);
  return (struct image){.start = bytes, .end = bytes + size};
}
