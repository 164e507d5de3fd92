//! Whether the fast path stands, and why not.
use serde::{Deserialize, Serialize};
/// x
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Standing {
    /// x
    Stands,
    /// x
    Off,
    /// x
    FlowTable,
    /// x
    Lacks {
        /// x
        what: String,
    },
    /// x
    Forbidden,
    /// x
    Failed {
        /// x
        error: String,
    },
}
