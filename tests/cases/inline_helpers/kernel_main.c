/* Runs the driver, and prints what it gives back. */
#include "kernel.h"
#include <stdio.h>

int warnings;
void report_warning(const char *what) {
  warnings++;
  printf("warning: %s\n", what);
}

void driver_add(struct list_head *list, struct item *items, unsigned long count);
void *driver_drain(struct list_head *list, u64 *sum);

int main(void) {
  static struct item items[40];
  static struct list_head list;
  u64 sum = 0;
  driver_add(&list, items, 40);
  void *result = driver_drain(&list, &sum);
  printf("%p %llu %d\n", result, sum, warnings);
}
