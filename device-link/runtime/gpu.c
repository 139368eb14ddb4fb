// The device runtime of a GPU: everything that a kernel there may call.
#include "gpu/block.c"
#include "gpu/lanes.c"
#include "gpu/position.c"

#include "atomics.c"
#include "reports.c"
