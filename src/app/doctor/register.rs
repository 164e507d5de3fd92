//! The access register's directory, and files that are there though they should not.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use jiff::Timestamp;

use super::Group;
use crate::config::Config;
use crate::model::figures::Day;
use crate::register;

/// Permissions of group and others.
const OTHERS: u32 = 0o077;

/// Examines it.
pub(super) fn examine(group: &mut Group<'_>, config: &Config, now: Timestamp) {
    let kept = &config.register;
    let days = match register::days(&kept.dir) {
        Ok(days) => days,
        Err(error) => {
            return group.warn(
                error.to_string(),
                "run portico doctor as root or as the service's user",
            );
        }
    };
    let today = Day::containing(now, &config.gateway.time_zone);
    examine_days(group, &days, today, kept.days);
    if !kept.is_on() {
        let rest = match days.len() {
            0 => "and nothing is left of it".to_owned(),
            left => format!("{left} days of it wait to be deleted"),
        };
        return group.ok(format!("no access register is kept, {rest}"));
    }
    group.ok(format!("an access register is kept for {} days", kept.days));
    examine_directory(group, &kept.dir, &config.gateway.user);
}

fn examine_days(group: &mut Group<'_>, days: &[Day], today: Day, kept: u16) {
    let first_kept = register::first_kept(today, kept);
    if days.iter().any(|day| *day < first_kept) {
        group.fail(
            "days of the access register are older than they may be",
            "portico register purge; the running service does it every ten minutes",
        );
    }
    if days.iter().any(|day| today.next() < *day) {
        group.warn(
            "the access register has days that are yet to come: a clock was wrong",
            "if the clock is right now, delete those files: their times tell nothing",
        );
    }
}

fn examine_directory(group: &mut Group<'_>, dir: &Path, user: &str) {
    let shown = dir.display();
    match std::fs::metadata(dir) {
        Ok(found) if !found.is_dir() => group.fail(
            format!("{shown} is not a directory"),
            "remove the file of that name",
        ),
        Ok(found) if found.permissions().mode() & OTHERS != 0 => group.fail(
            format!("{shown} is open to other users"),
            format!("chmod 700 {shown}"),
        ),
        Ok(_) => super::state::examine_writing(
            group,
            dir,
            "what came since waits in memory and is lost at a stop",
        ),
        Err(error) => group.fail(
            format!("{shown}: {error}"),
            format!("install -d -o {user} -g {user} -m 700 {shown}"),
        ),
    }
}
