// A kernel that prints, and panics where it is told to.
typedef unsigned u32;
typedef unsigned long u64;

struct location {
  const char *file;
  u64 file_length;
  u32 line, column;
};

u64 __outboard_dev_global_id_x(void);
void __outboard_dev_print(const char *text, u64 length, const u64 *values, u64 count);
_Noreturn void __outboard_dev_panic(const char *message, u64 length, const struct location *location);
u32 __outboard_dev_atomic_add_32_device(u32 *at, u32 value);

void reporting(u32 *counter, u64 bad) {
  u64 i = __outboard_dev_global_id_x();
  u64 values[] = {i, i * i};
  __outboard_dev_print("item {} gives {}", 16, values, 2);
  __outboard_dev_atomic_add_32_device(counter, 1);
  if (i == bad) {
    static const struct location here = {"src/kernel.rs", 13, 7, 21};
    __outboard_dev_panic("too bad", 7, &here);
  }
}
