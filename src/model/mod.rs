//! The words of the domain, parsed on entry. No IO, no clock.
//!
//! Every value that crosses a module boundary is one of these types, so a value that exists is a
//! value that has been checked.

mod access;
mod access_point;
pub mod audit;
mod board;
mod drops;
pub mod figures;
mod line;
mod mac;
mod name;
mod network;
mod order;
mod plan;
mod policy;
mod queue;
mod rate;
mod register;
mod role;
mod session;
mod time;
mod works;

pub use access::{AccessOp, Applied, Entry, KernelSession, OpError, Opening, Pace};
pub use access_point::{AccessPoint, Coordinate, CoordinateError, LocationType, Placement};
pub use board::{
    Block, Board, FedLine, Inline, ItemId, ItemIdError, NOTICE_CHARACTERS, NewsItem, Notice, NoticeColor,
    Picture, Scope,
};
pub use drops::{DropCause, Drops};
pub use line::{Capacity, Line, Reserve, Way};
pub use mac::{Mac, MacError};
pub use name::{NamePattern, NamePatternError};
pub use network::{NetworkId, NetworkIdError};
pub use order::{Ordered, Reason, ReasonError, StationOrder, Treatment};
pub use plan::{Dates, DayUsage, DayVolume, FairUse, ScheduledPlan, Week};
pub use policy::{
    LocalTimeError, NetworkPolicy, OnConflict, Policy, Recognition, RecognitionError, TimeZone, Turn,
};
pub use queue::{Direction, MOST_QUEUED, QueueOp};
pub use rate::{Burst, Rate, RateError, RatePlan, format_bytes, parse_bytes};
pub use register::{MOST_REGISTERED, Recipient, RecipientError, RegisterEntry, RegisterEvent};
pub use role::{Permission, Role};
pub use session::{Counter, Counters, SessionEnd, StoredSession};
pub use time::{Boot, BootId, Clock, Now, is_dated};
pub use works::{
    FURTHEST_WORKS, LONGEST_WORKS, MOST_WORKS, Withdrawn, Works, WorksBook, WorksError, WorksState, WorksWish,
};
