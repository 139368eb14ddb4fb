// Compiled for the host: calls what native_part.c defines, compiled for the device.
unsigned twice_on_device(unsigned value);
unsigned long __outboard_dev_global_id_x(void);

void mixed(unsigned *data) {
  unsigned long i = __outboard_dev_global_id_x();
  data[i] = twice_on_device(data[i]);
}
