//! LLVM's offload runtime, as what registers the images has opened it: a program starts without it, and runs on the
//! CPU where it is not.

use super::buffers::Memory;
use super::program::Ask;
use abi::entry_points::{
    ALLOC_HOST, DATA_BEGIN, DATA_END, DATA_UPDATE, DEFAULT_DEVICE, IS_PRESENT, NUM_DEVICES,
};
use abi::{MapFlags, names::SHORT_IDENT};
use std::ffi::{CStr, c_int, c_void};
use std::sync::OnceLock;

type Mapper = unsafe extern "C" fn(
    ident: *const Ident,
    device: i64,
    count: i32,
    bases: *const *mut c_void,
    begins: *const *mut c_void,
    sizes: *const i64,
    types: *const i64,
    names: *const *mut c_void,
    mappers: *const *mut c_void,
);

/// The default device, in calls of the runtime.
const DEFAULT: i64 = -1;

/// `ident_t` of the runtime.
#[repr(C)]
struct Ident {
    reserved_1: i32,
    flags: u32,
    reserved_2: i32,
    length: i32,
    source: *const u8,
}

/// What the crate calls of the runtime.
pub(crate) struct Runtime {
    begin: Mapper,
    end: Mapper,
    update: Mapper,
    devices: unsafe extern "C" fn() -> c_int,
    default_device: unsafe extern "C" fn() -> c_int,
    is_present: unsafe extern "C" fn(address: *const c_void, device: c_int) -> c_int,
    alloc_host: unsafe extern "C" fn(bytes: usize, device: c_int) -> *mut c_void,
}

static RUNTIME: OnceLock<Runtime> = OnceLock::new();

/// The runtime, if [`open`] has found it.
pub(crate) fn runtime() -> Option<&'static Runtime> {
    RUNTIME.get()
}

/// The runtime that images are registered with. There is one in a process, whoever asks first.
pub(crate) fn open(ask: Ask) -> Option<&'static Runtime> {
    if RUNTIME.get().is_none() {
        // Two threads find the same.
        let _ = RUNTIME.set(load(ask)?);
    }
    RUNTIME.get()
}

fn load(ask: Ask) -> Option<Runtime> {
    // SAFETY: the types are those that LLVM 22.1 declares in offload/include/omptarget.h and omp.h.
    unsafe {
        Some(Runtime {
            begin: function(ask, DATA_BEGIN)?,
            end: function(ask, DATA_END)?,
            update: function(ask, DATA_UPDATE)?,
            devices: function(ask, NUM_DEVICES)?,
            default_device: function(ask, DEFAULT_DEVICE)?,
            is_present: function(ask, IS_PRESENT)?,
            alloc_host: function(ask, ALLOC_HOST)?,
        })
    }
}

/// # Safety
///
/// `F` is a pointer to a function of the type that the runtime's function `name` has.
unsafe fn function<F: Copy>(ask: Ask, name: &CStr) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*const c_void>()) };
    let address = ask(name);
    // SAFETY: a function's address, by the caller's promise of that type.
    (!address.is_null()).then(|| unsafe { std::mem::transmute_copy(&address) })
}

impl Runtime {
    /// How many devices there are.
    pub(crate) fn devices(&self) -> u32 {
        // SAFETY: takes nothing and may be called at any time.
        unsafe { (self.devices)() }.try_into().unwrap_or(0)
    }

    /// The device that launches go to unless they say otherwise.
    pub(crate) fn default_device(&self) -> u32 {
        // SAFETY: takes nothing and may be called at any time.
        unsafe { (self.default_device)() }.try_into().unwrap_or(0)
    }

    /// Whether the default device takes what it is given, as launches for it are taken then: with
    /// `OMP_TARGET_OFFLOAD=DISABLED`, or without an image for it, there may be devices, and calls do nothing.
    pub(crate) fn works(&self) -> bool {
        let number = self.default_device();
        let probe = 0u64;
        let (pointer, bytes) = ((&raw const probe).cast_mut().cast(), size_of_val(&probe));
        let memory = Memory { address: pointer, bytes, len: 1, device: Some(number), conflict: false };
        // SAFETY: memory of this function's own, mapped and unmapped in it, of which nothing is copied.
        unsafe {
            call(self.begin, DEFAULT, memory, MapFlags::empty());
            // Without devices, the host itself is the default one, and has everything.
            let works = number < self.devices() && (self.is_present)(pointer.cast(), number as c_int) != 0;
            call(self.end, DEFAULT, memory, MapFlags::empty());
            works
        }
    }

    /// Memory of the host that the device can reach; nothing where there is none.
    pub(crate) fn alloc_host(&self, bytes: usize, device: u32) -> Option<*mut u8> {
        // SAFETY: the device exists, and the memory is never given back.
        let memory = unsafe { (self.alloc_host)(bytes, device.try_into().ok()?) };
        (!memory.is_null()).then_some(memory.cast())
    }

    /// Starts a mapping: memory on the device, and with `TO` a copy to it.
    ///
    /// # Safety
    ///
    /// The memory is there until [`end`](Self::end), and no mapping overlaps it in part.
    pub(crate) unsafe fn begin(&self, device: u32, memory: Memory, flags: MapFlags) {
        // SAFETY: the caller's promise.
        unsafe { call(self.begin, device.into(), memory, flags) }
    }

    /// Ends a mapping, with `FROM` after a copy from the device.
    ///
    /// # Safety
    ///
    /// [`begin`](Self::begin) has started it; with `FROM`, the memory may be written.
    pub(crate) unsafe fn end(&self, device: u32, memory: Memory, flags: MapFlags) {
        // SAFETY: the caller's promise.
        unsafe { call(self.end, device.into(), memory, flags) }
    }

    /// Copies mapped memory to or from the device.
    ///
    /// # Safety
    ///
    /// It is mapped; with `FROM`, the memory may be written.
    pub(crate) unsafe fn update(&self, device: u32, memory: Memory, flags: MapFlags) {
        // SAFETY: the caller's promise.
        unsafe { call(self.update, device.into(), memory, flags) }
    }
}

/// # Safety
///
/// That of the functions above.
unsafe fn call(function: Mapper, device: i64, memory: Memory, flags: MapFlags) {
    // The runtime reads the text with its terminator.
    static SOURCE: OnceLock<Vec<u8>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| [SHORT_IDENT.as_bytes(), b"\0"].concat());
    let ident = Ident {
        reserved_1: 0,
        flags: abi::IDENT_FLAGS,
        reserved_2: 0,
        length: SHORT_IDENT.len() as i32,
        source: source.as_ptr(),
    };
    let (address, size, kind) = (memory.address.cast(), memory.bytes as i64, flags.bits() as i64);
    // SAFETY: arrays of one element each, and the caller's promise.
    unsafe {
        function(&ident, device, 1, &address, &address, &size, &kind, std::ptr::null(), std::ptr::null());
    }
}
