//! An integration test.

#[test]
fn integration() {
    assert!(app::launch_all().iter().all(|(_, ran)| format!("{ran:?}") == app::expected()));
}
