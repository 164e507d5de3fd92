//! What is counted: aggregates per network, never a station.
//!
//! | file | holds |
//! |---|---|
//! | `totals` | since the daemon started, for administrators |
//! | `counting` | figures of the minute, rolled up into hours for the store |
//! | `devices` | how many different devices, under keys that do not outlive their period |
//! | `outage` | time out of service, also while nothing ran |
//!
//! Counting costs the same for each event however many stations there are: a few additions, and one
//! keyed hash for a station's first traffic of a day.

mod counting;
mod devices;
mod outage;
#[cfg(test)]
mod tests;
mod totals;

pub(super) use counting::Counting;
pub use counting::Minute;
pub(super) use totals::Statistics;
pub use totals::Totals;
