//! Devices, and launches on them.

use crate::error::DEVICE_VARIABLE;
use crate::launch::arguments::Argument;
use crate::launch::capture::Body;
use crate::launch::item::{BlockItem, Extent, Item};
use crate::launch::{self, Shared};
use crate::stats::{Counters, Stats};
use crate::{DeviceInfo, Error, KernelInfo, Pending, scope};
use std::env;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::thread::Scope;

/// Where a handle's launches go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// To the runtime's default device, or to the CPU.
    Default,
    /// To the device of that number.
    Number(u32),
    /// To the CPU.
    Cpu,
    /// Nowhere: the environment names no device that could be.
    Misnamed,
}

/// A device, or the CPU where there is none. Handles are cheap; a clone counts with its original, two handles each
/// count for themselves.
///
/// `OUTBOARD_DEVICE` says what the default is: `cpu`, or a device's number. `OUTBOARD_REQUIRE=1` makes it an error
/// when no device runs a launch; so does [`require`](Self::require) for one handle.
///
/// ```
/// use outboard::prelude::*;
///
/// let device = Device::default();
/// let x: Vec<f32> = (0..1000).map(|i| i as f32).collect();
/// let mut y = vec![1.0f32; 1000];
/// device.over(1000).run((each(&mut y), &x, 2.0f32), |it, (y, x, a)| *y.of(it) += a * x[it.index()])?;
/// assert_eq!(y[10], 21.0);
/// # Ok::<(), outboard::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Device(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    place: Place,
    required: bool,
    counters: Counters,
}

impl Default for Device {
    fn default() -> Self {
        Self::new(default_place(), required_by_default())
    }
}

/// Read once: a program that changes its own environment later is not followed.
fn default_place() -> Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    *PLACE.get_or_init(|| match env::var_os(DEVICE_VARIABLE) {
        None => Place::Default,
        Some(value) if value.is_empty() => Place::Default,
        Some(value) if value == "cpu" => Place::Cpu,
        Some(value) => {
            let number = value.to_str().and_then(|value| value.parse().ok());
            number.map_or(Place::Misnamed, Place::Number)
        }
    })
}

fn required_by_default() -> bool {
    static REQUIRED: OnceLock<bool> = OnceLock::new();
    *REQUIRED.get_or_init(|| {
        env::var_os("OUTBOARD_REQUIRE").is_some_and(|value| !value.is_empty() && value != "0")
    })
}

impl Device {
    fn new(place: Place, required: bool) -> Self {
        Self(Arc::new(Handle { place, required, counters: Counters::default() }))
    }

    /// The CPU: kernels run as ordinary Rust on its threads, and nothing is copied.
    ///
    /// ```
    /// assert!(outboard::Device::cpu().is_cpu());
    /// ```
    pub fn cpu() -> Self {
        Self::new(Place::Cpu, false)
    }

    /// The device of that number.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchDevice`] if there are fewer.
    ///
    /// ```
    /// let error = outboard::Device::number(1000).unwrap_err();
    /// assert!(error.to_string().starts_with("there is no device 1000"));
    /// ```
    #[inline]
    pub fn number(number: u32) -> Result<Self, Error> {
        match launch::device_number(Place::Number(number), launch::ask::<()>)? {
            Some(_) => Ok(Self::new(Place::Number(number), required_by_default())),
            None => Err(Error::NoSuchDevice { number, count: 0 }),
        }
    }

    /// All devices that this program has code for; empty where it runs on the CPU.
    ///
    /// ```
    /// let per_device = 100 / outboard::Device::all().len().max(1);
    /// # assert!(per_device > 0);
    /// ```
    #[inline]
    pub fn all() -> Vec<Self> {
        let count = match launch::device_number(Place::Default, launch::ask::<()>) {
            Ok(Some((_, runtime))) => runtime.devices(),
            _ => 0,
        };
        (0..count).map(|number| Self::new(Place::Number(number), required_by_default())).collect()
    }

    /// A handle to the same device whose launches fail rather than run on the CPU.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut y = [0u8; 4];
    /// let result = Device::cpu().require().over(4).run(each(&mut y), |it, y| *y.of(it) = 1);
    /// assert!(matches!(result, Err(outboard::Error::NoDevice { .. })));
    /// assert_eq!(y, [0; 4]);
    /// ```
    #[must_use]
    pub fn require(&self) -> Self {
        Self::new(self.0.place, true)
    }

    /// Whether launches run on the CPU. The first question opens the runtime.
    ///
    /// ```
    /// let device = outboard::Device::default();
    /// println!("running on {}", if device.is_cpu() { "the CPU" } else { "a device" });
    /// ```
    #[inline]
    pub fn is_cpu(&self) -> bool {
        !matches!(launch::device_number(self.0.place, launch::ask::<()>), Ok(Some(_)))
    }

    /// What launches run on, and the images that the program has for devices.
    ///
    /// ```
    /// let info = outboard::Device::cpu().info();
    /// assert_eq!(info.number, None);
    /// ```
    pub fn info(&self) -> DeviceInfo {
        let found = launch::device_number(self.0.place, launch::ask::<()>).ok().flatten();
        DeviceInfo {
            number: found.map(|(number, _)| number),
            count: found.map_or(0, |(_, runtime)| runtime.devices()),
            images: launch::images(launch::ask::<()>),
        }
    }

    /// What this handle and its clones have done so far.
    ///
    /// ```
    /// let device = outboard::Device::default();
    /// assert_eq!(device.stats(), outboard::Stats::default());
    /// ```
    pub fn stats(&self) -> Stats {
        self.0.counters.read()
    }

    /// A launch with one item for every position of the extent. The crate chooses the blocks.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut table = vec![0u32; 12];
    /// Device::default().over((4, 3)).run(each(&mut table), |it, product| {
    ///     *product.of(it) = (it.x() * it.y()) as u32;
    /// })?;
    /// assert_eq!(table, [0, 0, 0, 0, 0, 1, 2, 3, 0, 2, 4, 6]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn over<D: Extent>(&self, extent: D) -> Launch<'_, D> {
        Launch { device: self, extent }
    }

    /// A launch of `grid` blocks of `block` items each, which can wait for each other and share memory.
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let x = [1u32; 1024];
    /// let mut sums = [0u32; 4];
    /// Device::cpu().blocks(4, 256).run((&x, atomic(&mut sums)), |it, (x, sums)| {
    ///     let part = outboard::shared!(it, [u32; 256]);
    ///     part.set(it.thread_x(), x[it.index()]);
    ///     let mut half = 128;
    ///     while half > 0 {
    ///         it.barrier();
    ///         if it.thread_x() < half {
    ///             part.add(it.thread_x(), part.get(it.thread_x() + half));
    ///         }
    ///         half /= 2;
    ///     }
    ///     if it.thread_x() == 0 {
    ///         sums.set(it.block_x(), part.get(0));
    ///     }
    /// })?;
    /// assert_eq!(sums, [256; 4]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn blocks<D: Extent>(&self, grid: D, block: D) -> InBlocks<'_, D> {
        InBlocks { device: self, grid, block, shared: 0, kind: PhantomData }
    }

    /// Keeps data on the device for as long as `body` runs, however many launches use it. See [`Scope`](crate::Scope).
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let x = vec![1.0f32; 100];
    /// let mut y = vec![0.0f32; 100];
    /// Device::default().scope(|d| {
    ///     let x = d.to(&x);
    ///     let mut y = d.tofrom(&mut y);
    ///     for _ in 0..10 {
    ///         d.over(100).run((each(&mut y), &x), |it, (y, x)| *y.of(it) += x[it.index()])?;
    ///     }
    ///     Ok::<(), outboard::Error>(())
    /// })?;
    /// assert_eq!(y, [10.0; 100]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn scope<'env, R>(
        &self,
        body: impl for<'scope> FnOnce(&'scope crate::Scope<'scope, 'env>) -> R,
    ) -> R {
        scope::run(self, body)
    }

    pub(crate) fn place(&self) -> Place {
        self.0.place
    }

    pub(crate) fn is_required(&self) -> bool {
        self.0.required
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }
}

/// A launch over an extent: [`Device::over`].
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing happens before `run`"]
pub struct Launch<'d, D> {
    device: &'d Device,
    extent: D,
}

impl<D: Extent> Launch<'_, D> {
    /// Runs `body` for every item, and comes back when all are done. The body is a closure or a function: it gets
    /// the item, and what the arguments are in a kernel (see [`Argument`]).
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// fn scale<'k>(it: Item<'k>, (y, factor): (Own<'k, f64>, f64)) {
    ///     *y.of(it) *= factor;
    /// }
    ///
    /// let mut y = [1.0, 2.0, 3.0];
    /// Device::default().over(3).run((each(&mut y), 10.0), scale)?;
    /// assert_eq!(y, [10.0, 20.0, 30.0]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error`] tells them. With a panic, what the kernel changes may be changed in part.
    pub fn run<A, F>(self, arguments: A, body: F) -> Result<(), Error>
    where
        A: Argument,
        F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
    {
        launch::run_over(self.device, self.extent, arguments, body)
    }

    /// Runs `body` for every item while the program goes on, on a thread of `scope`. See [`Pending`].
    pub fn spawn<'scope, A, F>(self, scope: &'scope Scope<'scope, '_>, arguments: A, body: F) -> Pending
    where
        A: Argument + Send + 'scope,
        F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
    {
        let (device, extent) = (self.device.clone(), self.extent);
        Pending::spawn(scope, move || launch::run_over(&device, extent, arguments, body))
    }

    /// What [`run`](Self::run) would pass for these arguments. See [`KernelInfo`].
    pub fn kernel_info<A, F>(&self, _arguments: &A, _body: &F) -> KernelInfo
    where
        A: Argument,
        F: Body + for<'k> Fn(Item<'k>, A::View<'k>),
    {
        launch::describe_over::<D, A, F>()
    }
}

/// A launch in blocks: [`Device::blocks`].
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing happens before `run`"]
pub struct InBlocks<'d, D, S = ()> {
    device: &'d Device,
    grid: D,
    block: D,
    shared: usize,
    kind: PhantomData<S>,
}

impl<'d, D: Extent, S: Shared> InBlocks<'d, D, S> {
    /// Gives every block `count` elements of shared memory: what
    /// [`launch_shared`](BlockItem::launch_shared) finds. For sizes that only the program's run tells; others are
    /// [`shared!`](crate::shared).
    ///
    /// ```
    /// use outboard::prelude::*;
    ///
    /// let mut lengths = [0u32; 2];
    /// Device::cpu().blocks(2, 4).shared::<f32>(10).run(atomic(&mut lengths), |it, lengths| {
    ///     lengths.set(it.block_x(), it.launch_shared().len() as u32);
    /// })?;
    /// assert_eq!(lengths, [10, 10]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn shared<T: Shared>(self, count: usize) -> InBlocks<'d, D, T> {
        InBlocks { device: self.device, grid: self.grid, block: self.block, shared: count, kind: PhantomData }
    }

    /// Runs `body` for every item of every block, and comes back when all are done.
    ///
    /// # Errors
    ///
    /// [`Error`] tells them. With a panic, what the kernel changes may be changed in part.
    pub fn run<A, F>(self, arguments: A, body: F) -> Result<(), Error>
    where
        A: Argument,
        F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
    {
        launch::run_blocks(self.device, (self.grid, self.block, self.shared), arguments, body)
    }

    /// Runs `body` for every item of every block while the program goes on, on a thread of `scope`. See [`Pending`].
    pub fn spawn<'scope, A, F>(self, scope: &'scope Scope<'scope, '_>, arguments: A, body: F) -> Pending
    where
        A: Argument + Send + 'scope,
        F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
    {
        let (device, geometry) = (self.device.clone(), (self.grid, self.block, self.shared));
        Pending::spawn(scope, move || launch::run_blocks(&device, geometry, arguments, body))
    }

    /// What [`run`](Self::run) would pass for these arguments. See [`KernelInfo`].
    pub fn kernel_info<A, F>(&self, _arguments: &A, _body: &F) -> KernelInfo
    where
        A: Argument,
        F: Body + for<'k> Fn(BlockItem<'k, S>, A::View<'k>),
    {
        launch::describe_blocks::<D, S, A, F>()
    }
}
