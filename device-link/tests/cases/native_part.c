// Compiled for the device; mixed.c, compiled for the host, calls it.
unsigned twice_on_device(unsigned value) { return 2 * value; }
