//! Running `nft`: text in, text out, bounded in time.

use std::time::Duration;

use crate::net::netlink::NetlinkError;
use crate::net::tool::{self, ToolError};

/// A ruleset loads in milliseconds; a listing of 100,000 elements takes seconds on a small gateway.
const TIME_LIMIT: Duration = Duration::from_mins(1);
/// The beginning of what `nft` said is enough for a message.
const MESSAGE_LIMIT: usize = 600;

/// Why the ruleset could not be written, loaded, listed or removed. The previous one still stands.
#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    /// The template failed.
    #[error("the ruleset cannot be written")]
    Render(#[from] askama::Error),
    /// `nft` could not be started or spoken to.
    #[error("nft cannot be run (Debian package nftables): {0}")]
    Run(#[source] std::io::Error),
    /// `nft` did not end in time.
    #[error("nft did not end within {} s", TIME_LIMIT.as_secs())]
    TimeLimit,
    /// `nft` or the kernel said no.
    #[error("nft refused: {0}")]
    Refused(String),
    /// The second line of defence cannot be put in place, looked at or removed.
    #[error("second line of defence: {0}")]
    Backstop(#[from] NetlinkError),
    /// The uplink's queue discipline cannot be removed.
    #[error("the uplink's queue: {0}")]
    Queue(#[source] NetlinkError),
    /// What `nft` printed is not what it documents.
    #[error("the answer of nft cannot be read: {0}")]
    Unreadable(String),
}

/// Runs `nft` with `args` and `input` on its standard input; its standard output.
pub(super) async fn run(args: &[&str], input: &str) -> Result<String, RulesetError> {
    let output = tool::run("nft", args, input, TIME_LIMIT)
        .await
        .map_err(|error| match error {
            ToolError::Run(error) => RulesetError::Run(error),
            ToolError::TimeLimit => RulesetError::TimeLimit,
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(RulesetError::Refused(
            said.trim().chars().take(MESSAGE_LIMIT).collect(),
        ));
    }
    String::from_utf8(output.stdout).map_err(|error| RulesetError::Unreadable(error.to_string()))
}
