//! What is counted: aggregates per network, never a station.
//!
//! | file | holds |
//! |---|---|
//! | `totals` | since the daemon started, for administrators |
//! | `counting` | figures of the minute, rolled up into hours for the store |
//! | `sessions` | what a session is in the figures |
//! | `crowd` | who did what within the running hour, so that nobody counts twice |
//! | `line` | what the line was seen to carry |
//! | `devices` | how many different devices, under keys that do not outlive their period |
//! | `outage` | time out of service, also while nothing ran |
//! | `service` | the same as it runs, and what of it was announced |
//!
//! Counting costs the same for each event however many stations there are: a few additions, and one
//! keyed hash for a station's first traffic of a day.

mod counting;
mod crowd;
mod devices;
mod line;
mod outage;
mod service;
mod sessions;
#[cfg(test)]
mod tests;
mod totals;
#[cfg(test)]
mod truth_tests;
#[cfg(test)]
mod works_tests;

pub(super) use counting::Counting;
pub use counting::SAVE_EVERY;
pub(super) use totals::Statistics;
pub use totals::Totals;
