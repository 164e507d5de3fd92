//! What the comune may know of the use of its networks: figures per network and hour, never a person.
//!
//! ```text
//!  core counts ──► HourFigures ─┐
//!             ──► DayFigures  ──┼──► store ──► Ledger ──► suppress ──► exports, pages, metrics
//!             ──► MonthFigures ─┘
//! ```
//!
//! Everything here can be joined: hours into a day, days into a period, networks into a comune. `merge`
//! is associative and commutative, so the order of joining never matters. What leaves the gateway goes
//! through [`suppress`] first: a figure of fewer than five people is not told.
//!
//! | file | holds |
//! |---|---|
//! | `time` | hours, days, months, periods |
//! | `tally`, `histogram` | counts by kind; distributions with quantiles |
//! | `sketch` | how many different devices, without keeping any |
//! | `hour` | the figures |
//! | `outage` | time out of service, by cause |
//! | `people` | how many different stations are behind a figure |
//! | `record` | what goes to the store and comes back from it |
//! | `ledger` | how exports read figures |
//! | [`suppress`] | what may be told |

mod histogram;
mod hour;
mod ledger;
mod outage;
mod people;
mod record;
mod sketch;
pub mod suppress;
mod tally;
mod time;

pub use histogram::Histogram;
#[cfg(test)]
pub(crate) use hour::samples;
pub use hour::{DayFigures, DeviceFamily, HourFigures, Language, LanguageError, MonthFigures, Snippet};
pub use ledger::{Book, DayRecord, Days, Ledger, LedgerError};
pub use outage::{Outage, Outages};
pub use people::{Role, Stations};
pub use record::{DeviceKey, Figure, Heartbeat, KeyPeriod};
pub use sketch::{KeyNumber, Sketch};
pub use tally::Tally;
pub use time::{Day, Hour, Month, Period, PeriodError};
