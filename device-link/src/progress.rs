//! How far a link is, for who waits for it.

use std::fmt;
use std::sync::Arc;

/// What was done of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// The image that was worked on.
    pub image: &'a str,
    /// How many parts of images are compiled.
    pub done: usize,
    /// How many are to be compiled.
    pub all: usize,
}

/// Who is told, from any thread.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(&Step<'_>) + Send + Sync>);

impl Listener {
    /// Has `hear` called at each step.
    pub fn new(hear: impl Fn(&Step<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(crate) fn tell(&self, step: &Step<'_>) {
        (self.0)(step);
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
