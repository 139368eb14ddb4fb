"""Runs one kernel of a SPIR-V image on an OpenCL device: the requests of request.h."""

import sys

import numpy
import pyopencl


def main():
    image, kernel = sys.argv[1:3]
    grid, block = [int(n) for n in sys.argv[3:6]], [int(n) for n in sys.argv[6:9]]
    devices = [device for platform in pyopencl.get_platforms() for device in platform.get_devices()]
    context = pyopencl.Context(devices[:1])
    queue = pyopencl.CommandQueue(context)
    with open(image, "rb") as file:
        program = pyopencl.Program(context, file.read()).build()

    # The launch environment is null here; the geometry travels as on every target.
    slots = [None] + [numpy.uint64(low | high << 32) for low, high in
                      [(grid[0], grid[1]), (grid[2], block[0]), (block[1], block[2])]]
    flags = pyopencl.mem_flags.READ_WRITE | pyopencl.mem_flags.COPY_HOST_PTR
    memory = []
    for slot in sys.argv[10:]:
        number = int(slot[1:])
        if slot[0] in "bs":
            buffer = bytearray(sys.stdin.buffer.read(number))
            memory.append((pyopencl.Buffer(context, flags, hostbuf=buffer), buffer))
            slots.append(memory[-1][0])
        else:
            slots.append(numpy.uint64(number))

    threads = [blocks * size for blocks, size in zip(grid, block)]
    getattr(program, kernel)(queue, threads, block, *slots)
    for device, host in memory:
        pyopencl.enqueue_copy(queue, host, device)
    queue.finish()
    for _, host in memory:
        sys.stdout.buffer.write(host)


main()
