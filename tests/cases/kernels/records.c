// C: structures by value, bit fields and packed layout.
//@ launch 2 32
//@ u64 40
//@ struct u8 24 wave
//@ inout u8 440 wave
#include "device.h"

struct rule {
  uint32_t add : 5, shift : 3, keep : 24;
  uint64_t mask;
  uint16_t steps[4];
};

#pragma pack(push, 1)
struct record {
  uint8_t kind;
  uint64_t value;
  uint16_t count;
};
#pragma pack(pop)

static struct record next(struct record record, const struct rule *rule) {
  record.value = (record.value << rule->shift) + rule->add;
  record.value ^= rule->mask & rule->keep;
  record.count += rule->steps[record.kind & 3];
  return record;
}

void records(size_t n, struct rule rule, struct record *records) {
  size_t i = __outboard_dev_global_id_x();
  if (i < n) records[i] = next(next(records[i], &rule), &rule);
}
