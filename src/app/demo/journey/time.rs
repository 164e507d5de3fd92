//! The end of the recognition period.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Journey, ping_both};
use crate::app::lab::daemon::poll;
use crate::app::lab::dns::Family;
use crate::app::lab::probes::{PROBES, Verdict};
use crate::app::lab::traffic::Reach;

/// The second network's minute, and some.
const PERIOD: Duration = Duration::from_secs(75);

pub(super) fn expiry(journey: &mut Journey) -> Result<String> {
    let phone = &journey.bruno;
    poll(PERIOD, || phone.capport().ok().filter(|said| said.captive))
        .context("the API never said captive again")?;
    let seen = ping_both(phone, Reach::Silent)?;
    match phone.probe(&PROBES[0], Family::V6)? {
        Verdict::Portal(address) => Ok(format!("{seen}; the probe is sent to {address}")),
        other => bail!("the probe sees {other:?}"),
    }
}
