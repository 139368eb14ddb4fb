//! Offers a launch to a device, and keeps account of what moves.

use super::buffers::{Buffer, Buffers, Memory, Moves, Residency};
use super::item::Item;
use super::kernel::{Geometry, Kernel, Over, Packed, operands};
use super::reports::{self, Reports};
use super::runtime::{Runtime, runtime};
use super::shapes::{self, MAX_BUFFERS, Operand};
use super::views::Own;
use super::{arguments::Each, markers, resident};
use crate::device::{Device, Place};
use crate::{Error, error};
use std::sync::OnceLock;

/// What is there when no device has run the crate's own kernel.
const UNTOUCHED: u64 = 0;
/// What it leaves.
const TOUCHED: u64 = 0x6f75_7462_6f61_7264;
/// Nothing is reported.
const NO_BUFFER: u64 = 0;

/// The runtime, once a launch has shown that a device runs this program's kernels. The launch comes first: it
/// registers the images, and the runtime decides at its first use, once and for all, whether there is a device.
fn working_runtime() -> Option<&'static Runtime> {
    static WORKS: OnceLock<bool> = OnceLock::new();
    let works = *WORKS.get_or_init(|| touch(-1, NO_BUFFER) == TOUCHED);
    runtime().filter(|_| works)
}

/// Where panics on that device are reported.
fn reports_of(runtime: &Runtime, device: u32) -> Option<&'static Reports> {
    reports::of_device(runtime, device, |buffer| {
        touch(device.into(), buffer);
    })
}

/// The crate's own kernel: it shows that it ran, and gives the device runtime the buffer for reports.
fn touching<'k>(item: Item<'k>, (flag, buffer): (Own<'k, u64>, u64)) {
    *flag.of(item) = TOUCHED;
    markers::set_reports(std::ptr::with_exposed_provenance_mut(buffer as usize));
}

/// Runs that on a device, -1 being the default one. Gives what it leaves.
fn touch(device: i64, buffer: u64) -> u64 {
    type Touching<F> = Over<usize, (Each<&'static mut [u64]>, u64), F>;

    fn launch<F>(device: i64, buffer: u64, flag: &mut u64, body: F)
    where
        Touching<F>: Kernel<Packed = Packed<usize, ((), u64), F>>,
    {
        let none = Operand { base: std::ptr::null_mut(), size: 0 };
        let mut buffers = [none; MAX_BUFFERS];
        buffers[0] = Operand { base: std::ptr::from_mut(flag).cast(), size: size_of::<u64>() };
        let geometry = Geometry { grid: [1; 3], block: [1; 3], shared_bytes: 0 };
        let packed = Packed { extent: 1, meta: ((), buffer), body };
        // SAFETY: the kernel takes one buffer of one element.
        unsafe {
            shapes::launch::<Touching<F>>(&operands::<Touching<F>>(device, geometry, buffers, &packed))
        };
    }

    let mut flag = UNTOUCHED;
    launch(device, buffer, &mut flag, touching);
    flag
}

/// The number of devices that the runtime knows, whether they run this program's kernels or not; nothing where there
/// is no runtime.
pub(crate) fn known_devices() -> Option<u32> {
    runtime().map(Runtime::devices)
}

/// The number of the device, or nothing where launches run on the CPU.
pub(crate) fn device_number(place: Place) -> Result<Option<(u32, &'static Runtime)>, Error> {
    match place {
        Place::Cpu => Ok(None),
        Place::Misnamed => Err(error::misnamed_device()),
        Place::Default => Ok(working_runtime().map(|runtime| (runtime.default_device(), runtime))),
        Place::Number(number) => match working_runtime() {
            Some(runtime) if number < runtime.devices() => Ok(Some((number, runtime))),
            Some(runtime) => Err(Error::NoSuchDevice { number, count: runtime.devices() }),
            None => Ok(None),
        },
    }
}

/// Offers a launch to the device. Gives whether it ran there.
pub(super) fn offer<K: Kernel>(
    device: &Device,
    geometry: Result<Geometry, Error>,
    packed: &K::Packed,
    buffers: &Buffers,
    kernel: &'static str,
) -> Result<bool, Error> {
    let target = device_number(device.place())?;
    check_residency(buffers, target.map(|(number, _)| number))?;
    let on_cpu = buffers.all().iter().any(|buffer| buffer.residency == Residency::Cpu);
    let Some((number, runtime)) = target.filter(|_| !on_cpu) else {
        return if device.is_required() { Err(error::no_device(device.place())) } else { Ok(false) };
    };
    let held = resident::hold(runtime, number, buffers.all())?;
    let geometry = geometry?;
    let operands = operands::<K>(number.into(), geometry, buffers.operands(), packed);
    let reports = reports_of(runtime, number);
    reports.inspect(|reports| reports.enter());
    // SAFETY: the buffers are those that the kernel's arguments have lowered themselves to.
    let status = unsafe { shapes::launch::<K>(&operands) };
    let panic = reports.and_then(Reports::leave);
    if status as u64 != abi::launch::status::DEVICE {
        return if device.is_required() { Err(Error::NoKernel { kernel }) } else { Ok(false) };
    }
    let by_buffer = if K::POINTERS > buffers.all().len() { size_of::<K::Packed>() as u64 } else { 0 };
    device.counters().count_launch(held.moved.to + by_buffer, held.moved.from);
    match panic {
        None => Ok(true),
        Some(panic) => {
            let item = panic.item(&geometry);
            Err(Error::DevicePanic { kernel, message: panic.message, location: panic.location, item })
        }
    }
}

/// What a scope holds on one device is not on another.
fn check_residency(buffers: &Buffers, target: Option<u32>) -> Result<(), Error> {
    for buffer in buffers.all() {
        match buffer.residency {
            Residency::Device { number: holder, .. } if Some(holder) != target => {
                return Err(Error::OtherDevice { holder, target });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Runs `work` on the CPU, with what scopes hold on a device brought here before and taken back after.
pub(super) fn on_host<R>(device: &Device, buffers: &Buffers, work: impl FnOnce() -> R) -> R {
    let update = |moves: Moves| {
        for buffer in buffers.all() {
            let Residency::Device { number, without } = buffer.residency else { continue };
            let wanted = if moves == Moves::From { without.has_from() } else { without.has_to() };
            let (true, Some(runtime)) = (wanted, runtime()) else { continue };
            let Buffer { address, bytes, .. } = *buffer;
            let memory = Memory { address, bytes, len: bytes, device: Some(number), conflict: false };
            // SAFETY: a scope holds it, and the launch has borrowed it.
            unsafe { runtime.update(number, memory, moves.map_flags()) };
            device.counters().count_moved(moves, bytes as u64);
        }
    };
    update(Moves::From);
    let result = work();
    update(Moves::To);
    result
}
