// What kernels need whose items meet: the memory of a block, and reports of what goes wrong with it.
#include "../types.h"

// Of the C library. Source: POSIX.1-2024, and the values of Linux's <sys/mman.h> on x86_64.
void *aligned_alloc(uint64_t alignment, uint64_t size);
void free(void *memory);
void *mmap(void *address, uint64_t size, int protection, int flags, int file, int64_t offset) SYSTEM(mmap);
int munmap(void *address, uint64_t size) SYSTEM(munmap);
enum { READ_WRITE = 1 | 2, PRIVATE_ANONYMOUS_WITHOUT_RESERVE = 0x2 | 0x20 | 0x4000 };

// What the launch asks for isn't told: memory of every size that it can ask for. Pages that nobody touches cost nothing.
static const uint64_t dynamic_bytes = 1ull << 32;

// Tells the launch as a panic does, of a block and no thread.
static void fail(const char *kernel, const char *text, uint32_t x, uint32_t y, uint32_t z) {
  const uint64_t no_thread = (uint64_t)UINT32_MAX << 32;
  report(PANIC, kernel, 0, 0, text, length_of(text), 0, 0, 0, 0, x | no_thread, y | no_thread,
         z | no_thread);
  __outboard_end_item();
}

// `fixed` bytes and `per_item` for each item; null, and a report, where there is no such memory.
__attribute__((noinline)) void *__outboard_block_memory(const char *kernel, uint64_t x, uint64_t y, uint64_t z,
                                                        uint64_t per_item, uint64_t fixed, uint64_t alignment) {
  uint64_t items, bytes;
  void *memory = 0;
  if (!__builtin_mul_overflow(x, y, &items) && !__builtin_mul_overflow(items, z, &items) &&
      !__builtin_mul_overflow(items, per_item, &bytes) && !__builtin_add_overflow(bytes, fixed, &bytes) &&
      bytes <= INT64_MAX)
    memory = aligned_alloc(alignment, bytes / alignment * alignment + alignment);
  if (!memory)
    fail(kernel, "there is no memory for a block of this size", UINT32_MAX, UINT32_MAX, UINT32_MAX);
  return memory;
}

__attribute__((noinline)) void __outboard_free_block_memory(void *memory) { free(memory); }

__attribute__((noinline)) void *__outboard_dynamic_memory(const char *kernel) {
  void *memory = mmap(0, dynamic_bytes, READ_WRITE, PRIVATE_ANONYMOUS_WITHOUT_RESERVE, -1, 0);
  if (memory != (void *)-1)
    return memory;
  fail(kernel, "there is no memory for dynamic shared memory", UINT32_MAX, UINT32_MAX, UINT32_MAX);
  return 0;
}

__attribute__((noinline)) void __outboard_free_dynamic_memory(void *memory) { munmap(memory, dynamic_bytes); }

// Barriers are for all items of a block. What comes behind would work with what the others have not written.
__attribute__((noinline, cold)) void __outboard_items_apart(const char *kernel, uint32_t block_x, uint32_t block_y,
                                                            uint32_t block_z) {
  fail(kernel, "the items of a block wait at different barriers", block_x, block_y, block_z);
}
