//! systemd takes the units.

use std::process::Command;

#[test]
fn systemd_takes_the_units_without_a_word() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/systemd/verify");
    let output = Command::new(script).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
