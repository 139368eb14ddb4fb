//! LLVM's offload runtime, opened at the first use and never linked: a program starts without it, and runs on the
//! CPU where it is not.

use super::buffers::Memory;
use abi::entry_points::{ALLOC_HOST, DATA_BEGIN, DATA_END, DATA_UPDATE, NUM_DEVICES, RUNTIME_LIBRARIES};
use abi::{MapFlags, names::SHORT_IDENT};
use libloading::Library;
use std::ffi::{c_int, c_void};
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
    alloc_host: unsafe extern "C" fn(bytes: usize, device: c_int) -> *mut c_void,
}

/// The runtime, if this machine has it.
pub(crate) fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(open).as_ref()
}

/// What is in the program already comes first: there must be one runtime in a process.
fn open() -> Option<Runtime> {
    if cfg!(miri) {
        return None;
    }
    let program: Library = libloading::os::unix::Library::this().into();
    load(&program).or_else(|| {
        RUNTIME_LIBRARIES.iter().find_map(|name| {
            // SAFETY: LLVM's runtime, whose constructors any program may run.
            let library = unsafe { Library::new(*name) }.ok()?;
            let runtime = load(&library)?;
            // It has threads and exit handlers of its own: never unloaded.
            std::mem::forget(library);
            Some(runtime)
        })
    })
}

fn load(library: &Library) -> Option<Runtime> {
    // SAFETY: the types are those that LLVM 22.1 declares in offload/include/omptarget.h.
    unsafe {
        Some(Runtime {
            begin: *library.get(DATA_BEGIN).ok()?,
            end: *library.get(DATA_END).ok()?,
            update: *library.get(DATA_UPDATE).ok()?,
            devices: *library.get(NUM_DEVICES).ok()?,
            alloc_host: *library.get(ALLOC_HOST).ok()?,
            default_device: *library.get(abi::entry_points::DEFAULT_DEVICE).ok()?,
        })
    }
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
        unsafe { call(self.begin, device, memory, flags) }
    }

    /// Ends a mapping, with `FROM` after a copy from the device.
    ///
    /// # Safety
    ///
    /// [`begin`](Self::begin) has started it; with `FROM`, the memory may be written.
    pub(crate) unsafe fn end(&self, device: u32, memory: Memory, flags: MapFlags) {
        // SAFETY: the caller's promise.
        unsafe { call(self.end, device, memory, flags) }
    }

    /// Copies mapped memory to or from the device.
    ///
    /// # Safety
    ///
    /// It is mapped; with `FROM`, the memory may be written.
    pub(crate) unsafe fn update(&self, device: u32, memory: Memory, flags: MapFlags) {
        // SAFETY: the caller's promise.
        unsafe { call(self.update, device, memory, flags) }
    }
}

/// # Safety
///
/// That of the functions above.
unsafe fn call(function: Mapper, device: u32, memory: Memory, flags: MapFlags) {
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
        function(
            &ident,
            device.into(),
            1,
            &address,
            &address,
            &size,
            &kind,
            std::ptr::null(),
            std::ptr::null(),
        );
    }
}
