//! Ctrl-C: nothing half written stays, and nobody waits for jobs that are under way.

use bitcode_link::output::when_nothing_is_written;
use bitcode_link::thin::remove_all;

/// The status with which shells report programs that SIGINT ended.
const CANCELLED: i32 = 130;

/// From now on SIGINT and SIGTERM end the process when what is being written has been written, and what was for other
/// programs is removed.
pub(crate) fn clean_up_when_cancelled(json: bool) {
    // Without it they end the process too, and leave temporary files behind.
    let _ = ctrlc::set_handler(move || {
        when_nothing_is_written(|| {
            remove_all();
            crate::commands::tell("error", "cancelled", json);
            llvm_plugin::fatal::exit_now(CANCELLED);
        });
    });
}
