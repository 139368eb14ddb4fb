// Linked as an object: a function, data, and an entry of its author's.
typedef unsigned long long u64;
u64 object_data = 1000;
u64 from_object(u64 x) { return x * 11; }
void object_entry(void *environment, u64 n, u64 *out) {
    for (u64 i = 0; i < n; i++)
        out[i] = i * i;
}
