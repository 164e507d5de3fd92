//! Whether midnight comes when it should: the clock and the time zone.

use std::path::Path;

use super::Group;
use super::tool::{self, Outcome};
use crate::app::clock as clocks;
use crate::config::Config;

/// No gateway ran before this year; a clock that says so has lost its battery.
const FIRST_YEAR: i16 = 2_025;
/// A clock beyond it is as wrong.
const LAST_YEAR: i16 = 2_100;
/// The mark that systemd-timesyncd leaves after its first answer.
const TIMESYNCD_MARK: &str = "/run/systemd/timesync/synchronized";
/// Programs that keep the clock right.
const KEEPERS: [&str; 4] = ["chronyd", "ntpd", "openntpd", "ntpsec"];

/// Examines both.
pub(super) async fn examine(group: &mut Group<'_>, config: Option<&Config>) {
    let year = clocks::wall().to_zoned(jiff::tz::TimeZone::UTC).year();
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
        group.ok(format!("the year is {year}"));
    } else {
        group.fail(
            format!("the clock stands in the year {year}"),
            "set it: certificates and midnight depend on it (apt install systemd-timesyncd)",
        );
    }
    examine_keeper(group).await;
    let zone = config.map_or_else(crate::model::TimeZone::rome, |config| {
        config.gateway.time_zone.clone()
    });
    if zone.jiff().iana_name().is_some() {
        group.ok(format!("time zone {zone:?} is in the database"));
    } else {
        group.warn(
            "no time zone database: built-in rules of Europe/Rome are used",
            "apt install tzdata",
        );
    }
}

async fn examine_keeper(group: &mut Group<'_>) {
    let asked = tool::run("timedatectl", &["show", "-p", "NTPSynchronized", "--value"], "").await;
    if let Outcome::Done(answer) = &asked {
        if answer.trim() == "yes" {
            group.ok("synchronised");
        } else {
            group.warn(
                "not synchronised",
                "let it reach a time server: timedatectl set-ntp true",
            );
        }
        return;
    }
    if Path::new(TIMESYNCD_MARK).exists() {
        group.ok("synchronised by systemd-timesyncd");
        return;
    }
    let keeper = KEEPERS.iter().find(|name| !tool::processes(name).is_empty());
    match keeper {
        Some(keeper) => group.ok(format!("{keeper} runs")),
        None => group.warn(
            "nothing seems to keep the clock right",
            "apt install systemd-timesyncd (or chrony)",
        ),
    }
}
