/* What headers of a kernel are made of: inline functions over structs, lists, locks and reference counts. */
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef _Bool bool;

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define offset_of(type, member) __builtin_offsetof(type, member)
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offset_of(type, member)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define MAX_ERRNO 4095

struct list_head {
  struct list_head *next, *prev;
};

typedef struct {
  int counter;
} atomic_t;

typedef struct {
  atomic_t refs;
} refcount_t;

typedef struct {
  atomic_t value;
} spinlock_t;

struct item {
  u64 key;
  refcount_t refs;
  u32 flags;
  spinlock_t lock;
  struct list_head node;
};

extern int warnings;
void report_warning(const char *what);

/* State of its own for each place that warns. */
#define WARN_ONCE(condition, what)                                                                                     \
  ({                                                                                                                   \
    static bool __attribute__((section(".data.once"))) already;                                                        \
    bool it_is = !!(condition);                                                                                          \
    if (unlikely(it_is && !already)) {                                                                                   \
      already = 1;                                                                                                     \
      report_warning(what);                                                                                            \
    }                                                                                                                  \
    unlikely(it_is);                                                                                                     \
  })

static inline __attribute__((always_inline)) int atomic_read(const atomic_t *v) { return READ_ONCE(v->counter); }

static inline __attribute__((always_inline)) int atomic_add_return(int i, atomic_t *v) {
  int old = i;
  __asm__ volatile("lock xaddl %0, %1" : "+r"(old), "+m"(v->counter) : : "memory", "cc");
  return old + i;
}

static inline bool atomic_try_set(atomic_t *v, int old, int value) {
  bool done;
  __asm__ volatile("lock cmpxchgl %3, %1"
                   : "=@ccz"(done), "+m"(v->counter), "+a"(old)
                   : "r"(value)
                   : "memory");
  return done;
}

static inline void refcount_get(refcount_t *r) {
  int now = atomic_add_return(1, &r->refs);
  WARN_ONCE(now <= 1, "reference to what is gone");
}

static inline bool refcount_put(refcount_t *r) { return atomic_add_return(-1, &r->refs) == 0; }

static inline void spin_lock(spinlock_t *lock) {
  while (!atomic_try_set(&lock->value, 0, 1))
    __asm__ volatile("pause");
}

static inline void spin_unlock(spinlock_t *lock) { __atomic_store_n(&lock->value.counter, 0, __ATOMIC_RELEASE); }

static inline void list_init(struct list_head *list) {
  WRITE_ONCE(list->next, list);
  list->prev = list;
}

static inline void list_add(struct list_head *new, struct list_head *head) {
  struct list_head *next = head->next;
  next->prev = new;
  new->next = next;
  new->prev = head;
  WRITE_ONCE(head->next, new);
}

static inline void list_del(struct list_head *entry) {
  entry->next->prev = entry->prev;
  WRITE_ONCE(entry->prev->next, entry->next);
  entry->next = (void *)0x100;
  entry->prev = (void *)0x122;
}

static inline bool list_empty(const struct list_head *head) { return READ_ONCE(head->next) == head; }

static inline void *ERR_PTR(long error) { return (void *)error; }
static inline bool IS_ERR(const void *p) { return unlikely((unsigned long)p >= (unsigned long)-MAX_ERRNO); }

static inline u64 rol64(u64 word, unsigned int shift) { return (word << (shift & 63)) | (word >> (-shift & 63)); }

static inline u32 hash_64(u64 value, unsigned int bits) { return (u32)(value * 0x61C8864680B583EBull >> (64 - bits)); }
