// What the threads that run in lockstep do together. All lanes that are active take part.
#include "../types.h"

DEVICE uint32_t __outboard_dev_lane_id(void) { return __gpu_lane_id(); }
DEVICE uint32_t __outboard_dev_lane_count(void) { return __gpu_num_lanes(); }

DEVICE uint32_t __outboard_dev_shuffle_32(uint32_t value, uint32_t lane) {
  return __gpu_shuffle_idx_u32(__gpu_lane_mask(), lane, value, __gpu_num_lanes());
}
DEVICE uint64_t __outboard_dev_shuffle_64(uint64_t value, uint32_t lane) {
  return __gpu_shuffle_idx_u64(__gpu_lane_mask(), lane, value, __gpu_num_lanes());
}
DEVICE uint64_t __outboard_dev_ballot(uint32_t condition) { return __gpu_ballot(__gpu_lane_mask(), condition != 0); }
