//! Could launch, and doesn't.

use outboard::prelude::*;

fn main() {
    if std::env::args().count() > 1 {
        let mut data = [1u64, 2, 3];
        data.offload_mut().for_each(|n| *n += 1).expect("it fits");
    }
    println!("done");
}
