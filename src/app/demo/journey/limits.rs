//! Plans, places, and stations with a standing of their own.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::{BLOCKED, EXEMPT, Journey, ping_both, rates};
use crate::app::lab::dns::Family;
use crate::app::lab::meter::Measured;
use crate::app::lab::phone::Phone;
use crate::app::lab::probes::{PROBES, Verdict};
use crate::app::lab::traffic::Reach;
use crate::model::Rate;

/// How long a transfer is watched; the first two seconds do not count.
const SECONDS: u64 = 6;

/// Packets, one each five milliseconds, that a move may cost.
const IN_FLIGHT: u64 = 4;

/// Whether a measured rate is the plan's, within a band wide enough for a busy machine: well over
/// the limit is a fault of the gateway, far under it may be one of the machine.
pub(super) fn keeps_to(plan: Rate, measured: Measured) -> Result<String> {
    let limit = plan.bytes_per_second();
    let rate = measured.bytes_per_second;
    let seen = format!("{} kbit/s of {} kbit/s", rate * 8 / 1_000, limit * 8 / 1_000);
    ensure!(rate <= limit + limit / 4 && rate >= limit / 2, "{seen}");
    Ok(seen)
}

pub(super) fn down(journey: &mut Journey) -> Result<String> {
    let plan = rates(0)?.down;
    keeps_to(plan, journey.anna.download(Family::V4, SECONDS)?)
}

pub(super) fn up(journey: &mut Journey) -> Result<String> {
    let plan = rates(0)?.up;
    keeps_to(plan, journey.anna.upload(Family::V6, SECONDS)?)
}

pub(super) fn second_network(journey: &mut Journey) -> Result<String> {
    let plan = rates(1)?.down;
    let phone = &mut journey.bruno;
    phone.join()?;
    ping_both(phone, Reach::Silent)?;
    let page = phone.tap()?;
    ensure!(page.url.host == phone.lan().host, "the portal is {}", page.url);
    let seen = keeps_to(plan, phone.download(Family::V6, SECONDS)?)?;
    Ok(format!("{}: {seen}", page.url.host))
}

pub(super) fn exempt(journey: &mut Journey) -> Result<String> {
    let phone = journey.station(EXEMPT)?;
    let seen = ping_both(&phone, Reach::Answered)?;
    is_online(&phone)?;
    let limit = rates(0)?.down.bytes_per_second();
    let rate = phone.download(Family::V4, 4)?.bytes_per_second;
    ensure!(rate > limit, "it is limited to {rate} bytes/s");
    Ok(format!("{seen}; {} Mbit/s", rate * 8 / 1_000_000))
}

pub(super) fn blocked(journey: &mut Journey) -> Result<String> {
    let phone = journey.station(BLOCKED)?;
    let page = phone.open_portal()?;
    if !page.forms.is_empty() {
        phone.press(&page)?;
    }
    let seen = ping_both(&phone, Reach::Silent)?;
    Ok(format!("status {}; {seen}", page.response.status()))
}

pub(super) fn roam(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    let stream = phone.echo_stream(Family::V4)?;
    for access_point in [1, 0, 1] {
        phone.roam(access_point)?;
        ping_both(phone, Reach::Answered)?;
        std::thread::sleep(Duration::from_millis(300));
    }
    let count = stream.finish()?;
    let lost = count.sent - count.returned;
    // A packet on its way to the old access point at the moment of the move is lost on any network.
    ensure!(
        lost <= 3 * IN_FLIGHT,
        "{lost} of {} packets were lost in three moves",
        count.sent
    );
    let settled = phone.echo_stream(Family::V6)?;
    ping_both(phone, Reach::Answered)?;
    let settled = settled.finish()?;
    ensure!(
        settled.sent == settled.returned,
        "{} of {} packets came back after the moves",
        settled.returned,
        settled.sent
    );
    Ok(format!(
        "three moves; {lost} of {} packets lost on the way to the old access point, none later",
        count.sent
    ))
}

pub(super) fn come_back(journey: &mut Journey) -> Result<String> {
    let phone = &mut journey.anna;
    phone.leave()?;
    phone.join()?;
    is_online(phone)?;
    ping_both(phone, Reach::Answered)
}

/// Fails when the station is shown the portal.
fn is_online(phone: &Phone) -> Result<()> {
    let verdict = phone.probe(&PROBES[0], Family::V4)?;
    ensure!(verdict == Verdict::Online, "its probe sees {verdict:?}");
    Ok(())
}
