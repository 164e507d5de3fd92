//! The words of the domain, parsed on entry. No IO, no clock.
//!
//! Every value that crosses a module boundary is one of these types, so a value that exists is a
//! value that has been checked.

mod access;
mod board;
mod drops;
mod mac;
mod name;
mod network;
mod policy;
mod rate;
mod session;
mod time;

pub use access::{AccessOp, Applied, Entry, KernelSession, OpError, Opening};
pub use board::{
    Block, Board, Inline, ItemId, ItemIdError, NOTICE_CHARACTERS, NewsItem, Notice, NoticeColor, Picture,
    Scope,
};
pub use drops::{DropCause, Drops};
pub use mac::{Mac, MacError};
pub use name::{NamePattern, NamePatternError};
pub use network::{NetworkId, NetworkIdError};
pub use policy::{NetworkPolicy, OnConflict, Policy, Recognition, RecognitionError, TimeZone};
pub use rate::{Burst, Rate, RateError, RatePlan};
pub use session::{Counter, Counters, SessionEnd, StoredSession};
pub use time::{Boot, BootId, Clock, Now};
