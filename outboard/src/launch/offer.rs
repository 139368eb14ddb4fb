//! Offers a launch to a device, and keeps account of what moves.

use super::buffers::{Buffer, Buffers, Memory, Moves, Residency};
use super::item::Item;
use super::kernel::{Geometry, Kernel, Over, Packed, operands};
use super::program::{Ask, Devices, ask};
use super::reports::{self, Reported, Reports};
use super::runtime::{self, Runtime, runtime};
use super::shapes::{self, MAX_BUFFERS, Operand};
use super::{markers, resident};
use crate::device::{Device, Place};
use crate::{Error, error};
use std::sync::OnceLock;

/// The runtime, if a device takes what this program gives it. Its images come first: the runtime decides at its first
/// use, once and for all, whether there is a device.
fn working_runtime(ask: Ask) -> Option<&'static Runtime> {
    static WORKS: OnceLock<bool> = OnceLock::new();
    let runtime = runtime::open(ask)?;
    WORKS.get_or_init(|| runtime.works()).then_some(runtime)
}

/// The crate's own kernel: gives the device runtime the buffer for reports.
fn attaching(_item: Item<'_>, buffer: u64) {
    markers::set_reports(std::ptr::with_exposed_provenance_mut(buffer as usize));
}

/// Runs that on a device. Generic as [`ask`] is: the kernel belongs to what launches others.
#[expect(clippy::extra_unused_type_parameters, reason = "it decides in which crate the code is made")]
fn attach<Here>(device: u32, buffer: u64) {
    fn launch<F>(device: i64, buffer: u64, body: F)
    where
        Over<usize, u64, F>: Kernel<Packed = Packed<usize, u64, F>>,
    {
        let none = Operand { base: std::ptr::null_mut(), size: 0 };
        let geometry = Geometry { grid: [1; 3], block: [1; 3], shared_bytes: 0 };
        let packed = Packed { extent: 1, meta: buffer, body };
        let operands = operands::<Over<usize, u64, F>>(device, geometry, [none; MAX_BUFFERS], &packed);
        // SAFETY: the kernel takes no buffers.
        unsafe { shapes::launch::<Over<usize, u64, F>>(&operands) };
    }

    launch(device.into(), buffer, attaching);
}

/// What there is to run launches of what `ask` was compiled into.
pub(crate) fn known_devices(ask: Ask) -> Devices {
    match runtime::open(ask) {
        Some(runtime) => Devices::Known(runtime.devices()),
        None if ask(c"").is_null() => Devices::NoImages,
        None => Devices::NoRuntime,
    }
}

/// The number of the device, or nothing where launches run on the CPU.
pub(crate) fn device_number(place: Place, ask: Ask) -> Result<Option<(u32, &'static Runtime)>, Error> {
    match place {
        Place::Cpu => Ok(None),
        Place::Misnamed => Err(error::misnamed_device()),
        Place::Default => Ok(working_runtime(ask).map(|runtime| (runtime.default_device(), runtime))),
        Place::Number(number) => match working_runtime(ask) {
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
    let target = device_number(device.place(), ask::<()>)?;
    check_residency(buffers, target.map(|(number, _)| number))?;
    let on_cpu = buffers.all().iter().any(|buffer| buffer.residency == Residency::Cpu);
    let Some((number, runtime)) = target.filter(|_| !on_cpu) else {
        return if device.is_required() {
            Err(error::no_device(device.place(), ask::<()>))
        } else {
            Ok(false)
        };
    };
    let held = resident::hold(runtime, number, buffers.all())?;
    let geometry = geometry?;
    let operands = operands::<K>(number.into(), geometry, buffers.operands(), packed);
    let reports = reports::of_device(runtime, number, |buffer| attach::<()>(number, buffer));
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
            let Reported { message, location, .. } = panic;
            Err(Error::DevicePanic { kernel, message, location, item, thread: None })
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
