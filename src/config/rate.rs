//! `[network.rate]`: how fast each station of the network may be.

use super::reader::{Complaint, Section};
use super::values;
use crate::model::{Burst, Rate, RatePlan};

/// To the station: enough for a video call, a third of the 30 Mbit/s backhaul that the programme asks
/// for at the least (grant agreement, Annex I, 2.3.2).
pub const DEFAULT_DOWN: &str = "10 Mbit/s";
/// From the station.
pub const DEFAULT_UP: &str = "5 Mbit/s";
/// Above one 64 KiB segment, which the kernel charges as one packet.
pub const DEFAULT_BURST: &str = "128 kB";
/// Below this, slow rates lose a fifth of what they promise (measured with segmentation offload).
const COMFORTABLE_BURST: u32 = 64_000;

/// Reads the section; `None` after a mistake.
pub(super) fn read(mut section: Section<'_, '_>) -> Option<RatePlan> {
    let down = section.optional("down", values::parsed::<Rate>);
    let up = section.optional("up", values::parsed::<Rate>);
    let burst = section.optional("burst", values::parsed::<Burst>);
    if let Some(small) = burst
        .as_ref()
        .filter(|burst| burst.value.bytes() < COMFORTABLE_BURST)
    {
        section.report().warn(
            &small.span,
            Complaint::new(
                "a burst under 64 kB makes slow rates slower than they promise",
                "the kernel takes segments of up to 64 kB at once; leave burst out or write \"128 kB\"",
            ),
        );
    }
    section.finish();
    Some(RatePlan {
        down: down.map_or_else(|| DEFAULT_DOWN.parse().ok(), |down| Some(down.value))?,
        up: up.map_or_else(|| DEFAULT_UP.parse().ok(), |up| Some(up.value))?,
        burst: burst.map_or_else(|| DEFAULT_BURST.parse().ok(), |burst| Some(burst.value))?,
    })
}
