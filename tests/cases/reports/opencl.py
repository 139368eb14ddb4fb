"""IMAGE KERNEL ITEMS BAD CAPACITY: as libomptarget.c, for a SPIR-V image on an OpenCL device, in blocks of one."""

import sys

import numpy
import pyopencl

HEADER = 32


def main():
    image, kernel = sys.argv[1:3]
    items, bad, capacity = [int(n) for n in sys.argv[3:6]]
    devices = [device for platform in pyopencl.get_platforms() for device in platform.get_devices()]
    context = pyopencl.Context(devices[:1])
    queue = pyopencl.CommandQueue(context)
    with open(image, "rb") as file:
        program = pyopencl.Program(context, file.read()).build()
    reports = bytearray(HEADER + capacity)
    reports[:8] = capacity.to_bytes(8, "little")
    flags = pyopencl.mem_flags.READ_WRITE | pyopencl.mem_flags.COPY_HOST_PTR
    buffer = pyopencl.Buffer(context, flags, hostbuf=reports)

    def launch(name, blocks, slot):
        geometry = [numpy.uint64(low | high << 32) for low, high in [(blocks, 1), (1, 1), (1, 1)]]
        getattr(program, name)(queue, [blocks], [1], None, *geometry, slot)

    # OpenCL has no way to set a variable of a program, but by a kernel.
    launch("attach", 1, buffer)
    launch(kernel, items, numpy.uint64(bad))
    pyopencl.enqueue_copy(queue, reports, buffer)
    queue.finish()
    sys.stdout.buffer.write(reports)


main()
