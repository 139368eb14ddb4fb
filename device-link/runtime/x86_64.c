// The device runtime of x86_64, where positions are device-link's own affair and nothing runs in lockstep.
#include "atomics.c"
#include "reports.c"

#include "x86_64/blocks.c"
#include "x86_64/share.c"
