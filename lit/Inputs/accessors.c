// Helpers of another language: some that can be copied, one that has state.
struct item {
  int value;
  struct item *next;
};
static int twice(int x) { return x + x; }
int get_value(struct item *p) { return p->value; }
int get_twice(struct item *p) { return twice(p->value); }
int nobody_calls_this(void) { return 1; }
static int count;
int get_count(void) { return ++count; }
