// Panics and printed text: appended to a buffer of bounded size, if the host provides one. Its layout is
// abi::reports.
#include "types.h"

struct location {
  const char GENERIC *file;
  uint64_t file_length;
  uint32_t line, column;
};

struct reports {
  uint64_t capacity; // of what follows this header, in bytes
  uint64_t used;     // more than the capacity: that much was lost
  uint64_t panicked; // 1 when a thread has panicked
  uint64_t round;    // of launches: each has a first panic
};

struct record {
  uint32_t size; // of all of it, a multiple of 8
  uint32_t kind;
  uint32_t block[3], thread[3];
  uint32_t line, column;
  uint32_t kernel_length, file_length, text_length, value_count;
};

enum { NOTHING = 0, PRINTED = 1, PANIC = 2 };

#ifdef __x86_64__
#define SHARED
#else
#define SHARED __gpu_global
#endif

// The host sets it to the address of a buffer in device memory. Not a pointer: LLVM's SPIR-V can't start one with null.
__attribute__((weak, visibility("protected"))) SHARED uint64_t __outboard_reports;

// One more than the round whose panic is written. Not in the buffer, which may be memory of the host: not every machine
// lets a device do atomic operations there.
static SHARED uint64_t panicked_in;

#ifdef __x86_64__
// Which part of the launch this thread runs, in the launch's order.
static uint32_t own_part(void);

// The panic that is written: its part, where its record is, and how long that may be.
static uint32_t panicked_part;
static struct record *panic_record;
static uint64_t panic_room;
static int panic_lock;

static void lock_panic(void) {
  while (__atomic_exchange_n(&panic_lock, 1, __ATOMIC_ACQUIRE))
    __builtin_ia32_pause();
}

static void unlock_panic(void) { __atomic_store_n(&panic_lock, 0, __ATOMIC_RELEASE); }
#endif

// The kernel that this is inlined into; device-link answers.
extern const char GENERIC *__outboard_dev_kernel_name(void);

// Plain parameters: LLVM's SPIR-V is invalid where a constant structure has a pointer in it.
#define TEXT(NAME) const char GENERIC *NAME, uint32_t NAME##_length

static uint32_t length_of(const char GENERIC *text) {
  uint32_t length = 0;
  while (text && text[length])
    ++length;
  return length;
}

static char SHARED *append(char SHARED *to, const char GENERIC *text, uint32_t length) {
  for (uint32_t at = 0; at < length; ++at)
    to[at] = text[at];
  return to + length;
}

static uint32_t shorten(uint64_t length) {
  const uint32_t longest = 1024;
  return length < longest ? (uint32_t)length : longest;
}

#ifdef __x86_64__
// Block and thread of the work item that this is inlined into, the block in the low half; all ones where that isn't
// known. device-link answers.
extern uint64_t __outboard_dev_item_x(void), __outboard_dev_item_y(void), __outboard_dev_item_z(void);
#define ITEM , uint64_t item_x, uint64_t item_y, uint64_t item_z
#define SAME_ITEM , item_x, item_y, item_z
#define THIS_ITEM , __outboard_dev_item_x(), __outboard_dev_item_y(), __outboard_dev_item_z()
#else
#define ITEM
#define SAME_ITEM
#define THIS_ITEM
#endif

// Room behind what the buffer has; null where there is none.
static __attribute__((always_inline)) struct record SHARED *new_record(struct reports SHARED *reports, uint32_t size) {
  uint64_t at = __scoped_atomic_fetch_add(&reports->used, size, __ATOMIC_RELAXED, __MEMORY_SCOPE_SYSTEM);
  return at + size > reports->capacity ? 0 : (struct record SHARED *)((char SHARED *)(reports + 1) + at);
}

// Where a panic goes; null where another one is told.
static __attribute__((always_inline)) struct record SHARED *panic_place(struct reports SHARED *reports, uint32_t *size) {
  uint64_t round = reports->round + 1;
#ifdef __x86_64__
  // Each thread runs a part of the launch in order, so that the first panic of the lowest part is the launch's first.
  // Told is that one, whichever thread was faster.
  int known = panicked_in == round;
  uint32_t part = own_part();
  if (known && part >= panicked_part)
    return 0;
  struct record *place = panic_record;
  if (known && place && *size <= panic_room) {
    *size = (uint32_t)panic_room;
  } else {
    place = new_record(reports, *size);
    if (known && place && panic_record)
      panic_record->kind = NOTHING;
    panic_room = *size;
  }
  panicked_in = round;
  panicked_part = part;
  panic_record = place;
#else
  if (__scoped_atomic_exchange_n(&panicked_in, round, __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE) == round)
    return 0;
  struct record SHARED *place = new_record(reports, *size);
#endif
  reports->panicked = 1;
  return place;
}

// What isn't inlined is one call in code that is otherwise full of it.
static __attribute__((noinline)) void report(uint32_t kind, const char GENERIC *kernel, TEXT(file), TEXT(text),
                                             uint32_t line, uint32_t column, const uint64_t GENERIC *values,
                                             uint32_t value_count ITEM) {
  struct reports SHARED *reports = (struct reports SHARED *)__outboard_reports;
  if (!reports)
    return;
  uint32_t kernel_length = length_of(kernel);
  uint32_t texts = kernel_length + file_length + text_length;
  uint32_t size = sizeof(struct record) + (texts + 7) / 8 * 8 + 8 * value_count;
#ifdef __x86_64__
  if (kind == PANIC)
    lock_panic();
#endif
  struct record SHARED *record = kind == PANIC ? panic_place(reports, &size) : new_record(reports, size);
  if (record) {
    record->size = size;
    record->kind = kind;
#ifdef __x86_64__
    const uint64_t item[] = {item_x, item_y, item_z};
    for (int axis = 0; axis < 3; ++axis) {
      record->block[axis] = (uint32_t)item[axis];
      record->thread[axis] = (uint32_t)(item[axis] >> 32);
    }
#else
    for (int axis = 0; axis < 3; ++axis) {
      record->block[axis] = __gpu_block_id(axis);
      record->thread[axis] = __gpu_thread_id(axis);
    }
#endif
    record->line = line;
    record->column = column;
    record->kernel_length = kernel_length;
    record->file_length = file_length;
    record->text_length = text_length;
    record->value_count = value_count;
    char SHARED *to = (char SHARED *)(record + 1);
    uint64_t SHARED *numbers = (uint64_t SHARED *)(to + (texts + 7) / 8 * 8);
    to = append(to, kernel, kernel_length);
    to = append(to, file, file_length);
    append(to, text, text_length);
    for (uint32_t index = 0; index < value_count; ++index)
      numbers[index] = values[index];
  }
#ifdef __x86_64__
  if (kind == PANIC)
    unlock_panic();
#endif
}

// Gives the image the buffer: for a host that doesn't know the variable by name.
DEVICE void __outboard_dev_set_reports(void GENERIC *buffer) { __outboard_reports = (uint64_t)buffer; }

#ifdef __x86_64__
// Where the kernel goes on that this thread runs; the entry sets it.
__attribute__((visibility("hidden"))) _Thread_local void **__outboard_way_out;

// The work item that panicked ends; device-link has it return behind the call. A panic that nobody reads must not go
// unseen.
static __attribute__((noinline, cold)) void __outboard_end_item(void) {
  if (!__outboard_reports)
    __builtin_trap();
}

// A panic in a function that wasn't inlined ends the kernel.
static __attribute__((noinline, cold)) _Noreturn void __outboard_leave_kernel(void) {
  __outboard_end_item();
  if (__outboard_way_out)
    __builtin_longjmp(__outboard_way_out, 1);
  __builtin_trap();
}
#elif defined(__SPIRV__)
// device-link has the work item return there, for SPIR-V has no trap.
#define __outboard_leave_kernel __builtin_trap
#else
#ifdef __AMDGPU__
// No instruction ends a lane: device-link has the kernel return here.
extern _Noreturn void __outboard_dev_leave_item(void);
#endif

// A panic that the host will read ends its thread, and no other: blocks wait at barriers for those that are left.
//
// Source: `exit`, PTX ISA 8.8; `S_BARRIER`, "RDNA3" and "Vega" Instruction Set Architecture.
static DEVICE _Noreturn void __outboard_leave_kernel(void) {
  if (!__outboard_reports)
    __builtin_trap();
#ifdef __NVPTX__
  __nvvm_exit();
  __builtin_unreachable();
#else
  __outboard_dev_leave_item();
#endif
}
#endif

// The same, of a panic with up to two numbers in its message.
static __attribute__((noinline)) void report_panic(const char GENERIC *kernel, TEXT(file), TEXT(text), uint32_t line,
                                                   uint32_t column, uint64_t first, uint64_t second,
                                                   uint32_t value_count ITEM) {
  const uint64_t values[] = {first, second};
  report(PANIC, kernel, file, file_length, text, text_length, line, column, (const uint64_t GENERIC *)values,
         value_count SAME_ITEM);
}

static DEVICE _Noreturn void end_in_panic(const char GENERIC *message, uint64_t length,
                                          const struct location GENERIC *location, uint64_t first, uint64_t second,
                                          uint32_t value_count) {
  const char GENERIC *file = 0;
  uint32_t file_length = 0, line = 0, column = 0;
  if (location) {
    file = location->file;
    file_length = shorten(location->file_length);
    line = location->line;
    column = location->column;
  }
  report_panic(__outboard_dev_kernel_name(), file, file_length, message, shorten(length), line, column, first, second,
               value_count THIS_ITEM);
  __outboard_leave_kernel();
}

DEVICE _Noreturn void __outboard_dev_panic(const char GENERIC *message, uint64_t length,
                                           const struct location GENERIC *location) {
  end_in_panic(message, length, location, 0, 0, 0);
}

DEVICE _Noreturn void __outboard_dev_panic_with_numbers(const char GENERIC *message, uint64_t length,
                                                        const struct location GENERIC *location, uint64_t first,
                                                        uint64_t second) {
  end_in_panic(message, length, location, first, second, 2);
}

// What takes their places in images that don't record panics: the smallest code.
DEVICE _Noreturn void __outboard_panic_trap(const char GENERIC *message, uint64_t length,
                                            const struct location GENERIC *location) {
  (void)message, (void)length, (void)location;
  __builtin_trap();
}
DEVICE _Noreturn void __outboard_panic_trap_with_numbers(const char GENERIC *message, uint64_t length,
                                                         const struct location GENERIC *location, uint64_t first,
                                                         uint64_t second) {
  (void)message, (void)length, (void)location, (void)first, (void)second;
  __builtin_trap();
}

DEVICE void __outboard_dev_print(const char GENERIC *text, uint64_t length, const uint64_t GENERIC *values,
                                 uint64_t count) {
  uint32_t value_count = count < 16 ? (uint32_t)count : 16;
  report(PRINTED, __outboard_dev_kernel_name(), 0, 0, text, shorten(length), 0, 0, values, value_count THIS_ITEM);
}
