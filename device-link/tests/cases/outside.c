// Calls into libm, the C library and libgcc, and into other inputs.
typedef unsigned long long u64;
double sin(double);
float powf(float, float);
void *memmove(void *, const void *, u64);
u64 from_module(u64);
u64 from_object(u64);
extern u64 object_data;

void outside(u64 size, u64 *out) {
    ((double *)out)[0] = sin(1.0 * size);
    ((double *)out)[1] = powf(2.0f, size);
    out[2] = (u64)(((unsigned __int128)size << 64) / (out[7] + 3));
    out[3] = from_module(size);
    out[4] = from_object(size) + object_data;
    memmove(out + 5, out + 3, size);
}
