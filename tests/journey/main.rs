//! The scripted journey of `portico demo --check`, played with this build's programs: a phone joins,
//! is shown the portal, taps, is online, and stays so whatever happens to the daemons.
//!
//! Needs root or a kernel with user namespaces, and the Debian packages iproute2, nftables,
//! dnsmasq-base and busybox; fails without them.

use std::process::Command;

use serde_json::Value;

#[test]
fn every_step_of_the_journey_holds() {
    let output = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args([
            "demo",
            "--check",
            "--json",
            "--helper",
            env!("CARGO_BIN_EXE_portico-netd"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("no report ({error}), exit {}:\n{said}", output.status));
    let steps = report["steps"].as_array().unwrap();
    let failed: Vec<String> = steps
        .iter()
        .filter(|step| step["ok"] != true)
        .map(|step| {
            format!(
                "{}: expected {}; saw {}",
                step["step"], step["expected"], step["seen"]
            )
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(steps.len() > 20, "only {} steps were played", steps.len());
    assert!(output.status.success(), "exit {}:\n{said}", output.status);
}
