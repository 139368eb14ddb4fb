// driver IMAGE KERNEL BYTES SLOT...: loads an image as the runtime does, calls a kernel once, prints the buffer.
// A slot is a number, or `p` for the buffer. All slots are integers to the calling convention.
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void kernel(void *, size_t, size_t, size_t, size_t, size_t, size_t, size_t, size_t, size_t, size_t, size_t,
                    size_t, size_t, size_t, size_t);

int main(int count, char **arguments) {
    void *image = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!image)
        return fprintf(stderr, "%s\n", dlerror()), 2;
    kernel *entry = (kernel *)dlsym(image, arguments[2]);
    if (!entry)
        return fprintf(stderr, "%s\n", dlerror()), 3;
    size_t size = strtoull(arguments[3], 0, 0), slots[15] = {0}, environment = 0;
    unsigned char *buffer = calloc(size + 1, 1);
    for (int i = 4; i < count && i - 4 < 15; i++)
        slots[i - 4] = strcmp(arguments[i], "p") ? strtoull(arguments[i], 0, 0) : (size_t)buffer;
    entry(&environment, slots[0], slots[1], slots[2], slots[3], slots[4], slots[5], slots[6], slots[7], slots[8],
          slots[9], slots[10], slots[11], slots[12], slots[13], slots[14]);
    return fwrite(buffer, 1, size, stdout) == size ? 0 : 4;
}
