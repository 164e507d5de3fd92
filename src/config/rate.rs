//! `[network.rate]`: how fast each station of the network may be.

use std::ops::Range;

use super::reader::{Complaint, Located, Report, Section};
use super::values;
use super::words::words;
use crate::model::{Burst, Capacity, Direction, Line, Rate, RatePlan, Way};

/// To the station: enough for a video call, a third of the 30 Mbit/s backhaul that the programme asks
/// for at the least (grant agreement, Annex I, 2.3.2).
pub const DEFAULT_DOWN: &str = "10 Mbit/s";
/// From the station.
pub const DEFAULT_UP: &str = "5 Mbit/s";
/// Above one 64 KiB segment, which the kernel charges as one packet.
pub const DEFAULT_BURST: &str = "128 kB";
/// Below this, slow rates lose a fifth of what they promise (measured with segmentation offload).
const COMFORTABLE_BURST: u32 = 64_000;

/// A plan and its rates, to be compared with the line.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) plan: RatePlan,
    rates: [Told; 2],
}

/// A rate and where it stands; one that is left out stands nowhere.
#[derive(Debug, Clone)]
pub(super) struct Told {
    rate: Rate,
    way: Direction,
    span: Option<Range<usize>>,
}

/// Reads the section; `None` after a mistake.
pub(super) fn read(mut section: Section<'_, '_>) -> Option<Placed> {
    let base = default_plan()?;
    let placed = read_rates(&mut section, base);
    section.finish();
    placed
}

/// What holds where a network says nothing.
pub(super) fn default_plan() -> Option<RatePlan> {
    Some(RatePlan {
        down: DEFAULT_DOWN.parse().ok()?,
        up: DEFAULT_UP.parse().ok()?,
        burst: DEFAULT_BURST.parse().ok()?,
    })
}

/// Reads `down`, `up` and `burst`; `base` has what is left out.
pub(super) fn read_rates(section: &mut Section<'_, '_>, base: RatePlan) -> Option<Placed> {
    let (wants_down, wants_up) = (section.has("down"), section.has("up"));
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
                words!(
                    "a burst under 64 kB makes slow rates slower than they promise",
                    "una raffica sotto 64 kB rende le velocità basse ancora più basse"
                ),
                words!(
                    "the kernel takes segments of up to 64 kB at once; leave burst out or write \"128 kB\"",
                    "il kernel prende fino a 64 kB per volta; lasciare vuoto o scrivere 128 kB"
                ),
            ),
        );
    }
    if wants_down != down.is_some() || wants_up != up.is_some() {
        return None;
    }
    let told = |way, found: Option<Located<Rate>>, left_out| Told {
        rate: found.as_ref().map_or(left_out, |found| found.value),
        way,
        span: found.map(|found| found.span),
    };
    let rates = [
        told(Direction::Down, down, base.down),
        told(Direction::Up, up, base.up),
    ];
    let [down, up] = [rates[0].rate, rates[1].rate];
    Some(Placed {
        plan: RatePlan {
            down,
            up,
            burst: burst.map_or(base.burst, |burst| burst.value),
        },
        rates,
    })
}

impl Placed {
    /// Both rates, also those that are left out: they hold too.
    pub(super) fn all(self) -> impl Iterator<Item = Told> {
        self.rates.into_iter()
    }

    /// The rates that stand there: the others are another plan's, which tells of them.
    pub(super) fn written(self) -> impl Iterator<Item = Told> {
        self.all().filter(|told| told.span.is_some())
    }
}

impl Told {
    /// One that stands somewhere.
    pub(super) const fn new(way: Direction, found: Located<Rate>) -> Self {
        Self {
            rate: found.value,
            way,
            span: Some(found.span),
        }
    }

    /// Doubts a rate that the line cannot give to anybody.
    pub(super) fn compare(&self, report: &Report<'_>, network: &Range<usize>, line: &Line) {
        let (key, way) = match self.way {
            Direction::Down => ("down", line.down),
            Direction::Up => ("up", line.up),
        };
        let Some(Way {
            capacity: Capacity::Known(capacity),
            reserve,
        }) = way
        else {
            return;
        };
        let rate = self.rate;
        let whole = capacity.bytes_per_second();
        let left = whole.saturating_sub(reserve.of(whole));
        if rate.bytes_per_second() <= left {
            return;
        }
        let what = words!(
            "{key}: a plan of {rate} is above what the uplink has for stations",
            "{key}: {rate} è più di quanto la linea ha per i dispositivi"
        );
        let hint = Rate::from_bytes_per_second(left).map_or_else(
            |_| words!("see [uplink]", "vedere [uplink]"),
            |left| {
                words!(
                    "[uplink] leaves {left} to all of them together: nobody ever gets more",
                    "la linea ([uplink]) lascia {left} a tutti insieme: nessuno avrà mai di più"
                )
            },
        );
        report.warn(self.span.as_ref().unwrap_or(network), Complaint::new(what, hint));
    }
}
