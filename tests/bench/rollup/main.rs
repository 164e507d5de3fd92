//! What counting costs: the processor for the counters of many active stations, the flash for a day of a
//! town, the disk for five years of it, and how long the turn of an hour and of a day takes.
//! Needs root for the daemons of the second part.

#[path = "../bed.rs"]
mod bed;
mod daemons;
mod day;
#[path = "../processor.rs"]
mod processor;
#[path = "../report.rs"]
mod report;
mod station;
#[path = "../../report/town.rs"]
mod town;
mod world;
mod years;

use anyhow::Result;

use report::{Case, is_smoke};

/// The benchmark's name in what it prints.
pub(crate) const BENCH: &str = "rollup";

fn main() -> Result<()> {
    let smoke = is_smoke();
    station::measure(if smoke { 200 } else { 10_000 })?;
    daemons::measure(if smoke { 100 } else { 10_000 })?;
    day::measure(if smoke { day::SMOKE } else { day::FULL })?;
    years::measure(if smoke { 2 } else { 20 })
}

/// What the figures of one part have in common.
pub(crate) const fn case(name: &str) -> Case<'_> {
    Case { bench: BENCH, name }
}

/// A whole number as it is printed.
pub(crate) fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}
