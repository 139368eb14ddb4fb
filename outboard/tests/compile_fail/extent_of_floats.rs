//! An extent that is no size.

use outboard::prelude::*;

fn main() {
    Device::default().over(4.0).run((), |_, ()| ()).unwrap();
}
