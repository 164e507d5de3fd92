//! The state directory: there, closed to others, writable, with room.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Group;
use crate::config::Gateway;

/// Below this the database will not live long.
const LEAST_FREE: u64 = 8 << 20;
/// Below this somebody should look.
const SCARCE: u64 = 64 << 20;

/// Permissions of group and others.
const OTHERS: u32 = 0o077;

/// Examines it.
pub(super) fn examine(group: &mut Group<'_>, gateway: &Gateway) {
    let directory = &gateway.state_dir;
    let shown = directory.display();
    let metadata = match std::fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => {
            group.fail(
                format!("{shown} is not a directory"),
                "remove the file of that name",
            );
            return;
        }
        Err(error) => {
            group.fail(
                format!("{shown}: {error}"),
                format!("install -d -o {0} -g {0} -m 700 {shown}", gateway.user),
            );
            return;
        }
    };
    if metadata.permissions().mode() & OTHERS == 0 {
        group.ok(format!("{shown} is closed to other users"));
    } else {
        group.fail(
            format!("{shown} is open to other users, and it holds MAC addresses"),
            format!("chmod 700 {shown}"),
        );
    }
    examine_writing(
        group,
        directory,
        "without it a restart forgets every session that the kernel lost",
    );
    examine_room(group, directory);
}

/// Whether files can be made in it; `otherwise` is what comes of it if not.
pub(super) fn examine_writing(group: &mut Group<'_>, directory: &Path, otherwise: &str) {
    let probe = directory.join(".portico-doctor");
    let written = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => group.ok(format!("{} can be written", directory.display())),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => group.warn(
            format!("{} cannot be written by this user", directory.display()),
            "run portico doctor as root or as the service's user",
        ),
        Err(error) => group.fail(
            format!("{} cannot be written: {error}", directory.display()),
            format!("mount it writable: {otherwise}"),
        ),
    }
}

fn examine_room(group: &mut Group<'_>, directory: &Path) {
    let Ok(filesystem) = rustix::fs::statvfs(directory) else {
        group.warn("free space cannot be told", "look with df");
        return;
    };
    let free = filesystem.f_bavail.saturating_mul(filesystem.f_frsize);
    let what = format!("{} MiB free", free >> 20);
    if free < LEAST_FREE {
        group.fail(what, "make room: sessions can no longer be kept");
    } else if free < SCARCE {
        group.warn(what, "make room");
    } else {
        group.ok(what);
    }
}
