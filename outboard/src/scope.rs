//! Data that stays on a device while a closure runs.

use crate::launch::buffers::{Memory, Moves};
use crate::launch::mappings::Mappings;
use crate::launch::plain::Element;
use crate::{Device, Error, each, launch};
use std::marker::PhantomData;
use std::ops::Deref;

/// What [`Device::scope`] gives its closure: the device, and ways to keep data on it until the closure is left,
/// however it is left.
///
/// Launches in the scope take what these give in place of slices, and move nothing. What is mapped for change is
/// borrowed by the scope, so that nobody looks at the host's copy meanwhile, which is old. A mapping that fails is told
/// by what uses it: [`Error::MapConflict`].
///
/// ```compile_fail,E0502
/// # use outboard::prelude::*;
/// # let mut y = vec![0.0f32; 100];
/// Device::default().scope(|d| {
///     let mut on_device = d.tofrom(&mut y);
///     println!("{}", y[0]); // cannot borrow `y` as immutable because it is also borrowed as mutable
///     d.over(100).run(each(&mut on_device), |it, y| *y.of(it) += 1.0)
/// });
/// ```
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    device: Device,
    mappings: Mappings,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

pub(crate) fn run<'env, R>(
    device: &Device,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
) -> R {
    let mappings = Mappings::new(device, launch::ask::<()>);
    body(&Scope { device: device.clone(), mappings, scope: PhantomData, env: PhantomData })
}

impl Deref for Scope<'_, '_> {
    type Target = Device;

    fn deref(&self) -> &Device {
        &self.device
    }
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// Data that kernels read: copied to the device now.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let x = [1u32, 2, 3];
    /// let sum = Device::default().scope(|d| d.to(&x).offload().sum())?;
    /// assert_eq!(sum, 6);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn to<T: Element>(&'scope self, slice: &'env [T]) -> Mapped<'scope, T> {
        let memory = self.mappings.read(slice);
        Mapped { memory, device: &self.device, data: PhantomData }
    }

    /// Data that kernels change: copied to the device now, and back when the scope ends.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let mut y = [1u32, 2, 3];
    /// Device::default().scope(|d| {
    ///     let mut y = d.tofrom(&mut y);
    ///     d.over(3).run(each(&mut y), |it, y| *y.of(it) += 10)
    /// })?;
    /// assert_eq!(y, [11, 12, 13]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn tofrom<T: Element>(&'scope self, slice: &'env mut [T]) -> MappedMut<'scope, T> {
        self.mut_of(self.mappings.change(slice, Moves::Both))
    }

    /// Data that kernels write: nothing is copied now, and what is there when the scope ends is copied back.
    ///
    /// Every element must be written: what no kernel writes has any value after.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let mut y = [0u32; 3];
    /// Device::default().scope(|d| {
    ///     let mut y = d.from(&mut y);
    ///     d.over(3).run(each(&mut y), |it, y| *y.of(it) = it.index() as u32)
    /// })?;
    /// assert_eq!(y, [0, 1, 2]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    pub fn from<T: Element>(&'scope self, slice: &'env mut [T]) -> MappedMut<'scope, T> {
        // What may not have any bits has to be there before.
        let moves = if T::ANY_BITS { Moves::From } else { Moves::Both };
        self.mut_of(self.mappings.change(slice, moves))
    }

    /// Memory of the device alone, `len` times `value` at first: filled by a kernel, and never copied.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let mut y = [0.0f32; 4];
    /// Device::default().scope(|d| {
    ///     let mut sums = d.alloc(4, 0.5f32)?;
    ///     let mut y = d.tofrom(&mut y);
    ///     d.over(4).run(each(&mut sums), |it, sum| *sum.of(it) += 1.0)?;
    ///     d.over(4).run((each(&mut y), &sums), |it, (y, sums)| *y.of(it) = sums[it.index()])
    /// })?;
    /// assert_eq!(y, [1.5; 4]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::OutOfMemory`], and what launches give.
    pub fn alloc<T: Element>(&'scope self, len: usize, value: T) -> Result<MappedMut<'scope, T>, Error> {
        let mut memory = self.mut_of(self.mappings.alloc(len, value)?);
        if memory.memory.device.is_some() {
            self.device.over(len).run(each(&mut memory), move |it, element| *element.of(it) = value)?;
        }
        Ok(memory)
    }

    fn mut_of<T: Element>(&'scope self, memory: Memory) -> MappedMut<'scope, T> {
        MappedMut { memory, device: &self.device, data: PhantomData }
    }
}

/// Data on a device that kernels read: [`Scope::to`].
#[derive(Debug)]
pub struct Mapped<'scope, T> {
    memory: Memory,
    device: &'scope Device,
    data: PhantomData<&'scope [T]>,
}

impl<T: Element> Mapped<'_, T> {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.memory.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.memory.len == 0
    }

    pub(crate) fn memory(&self) -> Memory {
        self.memory
    }

    pub(crate) fn device(&self) -> &Device {
        self.device
    }
}

/// Data on a device that kernels change: [`Scope::tofrom`], [`Scope::from`] and [`Scope::alloc`].
#[derive(Debug)]
pub struct MappedMut<'scope, T> {
    memory: Memory,
    device: &'scope Device,
    data: PhantomData<&'scope mut [T]>,
}

impl<T: Element> MappedMut<'_, T> {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.memory.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.memory.len == 0
    }

    /// Copies what is on the device to the host, and lends it. No kernel can change it while it is looked at.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let mut y = vec![1.0f32; 3];
    /// Device::default().scope(|d| {
    ///     let mut y = d.tofrom(&mut y);
    ///     d.over(3).run(each(&mut y), |it, y| *y.of(it) *= 2.0)?;
    ///     assert_eq!(y.sync_to_host()?, [2.0; 3]);
    ///     d.over(3).run(each(&mut y), |it, y| *y.of(it) *= 2.0)
    /// })?;
    /// assert_eq!(y, [4.0; 3]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::MapConflict`] if the mapping failed.
    pub fn sync_to_host(&mut self) -> Result<&[T], Error> {
        self.memory.lend(self.device)
    }

    /// Copies `slice` into it, on the host and on the device.
    ///
    /// ```
    /// # use outboard::prelude::*;
    /// let mut y = vec![0u32; 3];
    /// Device::default().scope(|d| {
    ///     let mut y = d.tofrom(&mut y);
    ///     y.copy_from_host(&[1, 2, 3])?;
    ///     d.over(3).run(each(&mut y), |it, y| *y.of(it) *= 2)
    /// })?;
    /// assert_eq!(y, [2, 4, 6]);
    /// # Ok::<(), outboard::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TooShort`] if the lengths differ, [`Error::MapConflict`] if the mapping failed.
    pub fn copy_from_host(&mut self, slice: &[T]) -> Result<(), Error> {
        self.memory.overwrite(slice, self.device)
    }

    pub(crate) fn memory(&self) -> Memory {
        self.memory
    }

    pub(crate) fn device(&self) -> &Device {
        self.device
    }
}
