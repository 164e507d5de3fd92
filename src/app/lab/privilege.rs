//! The lab needs to make network namespaces: as root, or as root of a user namespace of its own.

use anyhow::{Context, Result, bail};

use super::isolation;

/// Becomes able to build a lab. Root stays as it is; anybody else moves into a user namespace.
/// To be called first of all, while the process has one thread.
///
/// # Errors
/// The kernel does not let users make namespaces; the message says what to do.
pub fn acquire() -> Result<()> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    isolation::enter_user_namespace().with_context(help)
}

/// Whether a lab can be built now.
///
/// # Errors
/// It cannot; the message says what to do.
pub fn check() -> Result<()> {
    if rustix::process::geteuid().is_root() {
        return Ok(());
    }
    bail!("the lab needs root, or a user namespace entered before its first thread")
}

/// Whether other users exist here, so that a program can run as one: in a user namespace of the
/// lab they do not.
#[must_use]
pub fn maps_users() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let count = map.split_whitespace().nth(2);
    count
        .and_then(|count| count.parse::<u64>().ok())
        .is_some_and(|count| count > 65_534)
}

fn help() -> String {
    let mut text = "this kernel does not let you make a user namespace; run as root (sudo)".to_owned();
    for (file, blocked, cure) in [
        (
            "/proc/sys/kernel/unprivileged_userns_clone",
            "0",
            "sysctl kernel.unprivileged_userns_clone=1",
        ),
        (
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            "/proc/sys/user/max_user_namespaces",
            "0",
            "sysctl user.max_user_namespaces=1000",
        ),
    ] {
        if std::fs::read_to_string(file).is_ok_and(|value| value.trim() == blocked) {
            text.push_str(", or let root allow it by: ");
            text.push_str(cure);
        }
    }
    text
}
