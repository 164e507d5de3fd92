//! Decides. One [`Gateway`] owns all state; [`Event`]s go in, [`Command`]s come out.
//!
//! Clock-free, IO-free, without randomness, over ordered maps: the same events at the same times
//! give the same commands, so a recorded field bug replays.
//!
//! A file per stage: `identity` (who is that), `lifecycle` (until when), `policy` (may it), `acts` and `orders` (what administrators say of it), `fence` (whether the kernel follows), `taps` (so often), `plans` (how fast), `share` and
//! `sharing` (how fast when the line is scarce), `session`
//! (begun, moved, over), `register` (what the access register is told), `access` (what the kernel should hold), `accounting` (how much),
//! `statistics` (how many).

mod access;
mod accounting;
mod acts;
#[cfg(test)]
mod always_tests;
mod command;
mod event;
mod fence;
mod garden;
mod gateway;
pub mod identity;
mod kernel;
mod lifecycle;
mod orders;
mod outbox;
mod plans;
mod policy;
mod queues;
mod reconfigure;
mod register;
pub mod replay;
mod requests;
mod session;
mod share;
mod sharing;
mod snapshot;
mod stations;
mod statistics;
mod taps;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;

pub use acts::{Acted, StationAct};
pub use command::{Answer, Command, Standing};
pub use event::{BatchId, Event, Note, Question, RequestId, SeenBy, Sighting};
pub use fence::Fence;
pub use garden::{Destination, GardenFigures, RELEASED_TTL};
pub use gateway::Gateway;
pub use sharing::{LineSnapshot, NetworkShare, WaySnapshot};
pub use snapshot::{NetworkPulse, NetworkSnapshot, Pulse, Snapshot, StationView};
pub use stations::{StationLook, StationState};
pub use statistics::{SAVE_EVERY, Totals};
