// A helper that wants to be inlined whatever the attributes say.
__attribute__((always_inline)) int get_value(int *p) { return *p; }
