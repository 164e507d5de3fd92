//! Keeps the uplink's queue discipline in place, and tells the log when something about it changes.

use crate::config::{Config, QueueWish};
use crate::net::netlink::NetlinkError;
use crate::net::queue::{self, Kept, Owner};

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct UplinkQueue {
    known: Option<Result<Kept, NetlinkError>>,
    /// Whether something has changed since.
    stale: bool,
    /// Whether the root was for the trunk at the last look.
    trunk: bool,
}

impl UplinkQueue {
    /// The next look finds out anew what the kernel has.
    pub(super) const fn begin_anew(&mut self) {
        self.stale = true;
    }

    /// Puts it in place where it does not stand; with `trunk` only cake.
    pub(super) fn keep(&mut self, config: &Config, trunk: bool) {
        let same = std::mem::replace(&mut self.trunk, trunk) == trunk && !std::mem::take(&mut self.stale);
        // The kernel would have a module looked for at each attempt.
        if same && matches!(self.known, Some(Ok(Kept::Unknown | Kept::Trunk))) {
            return;
        }
        let outcome = queue::keep(config, trunk);
        if self.known.as_ref() != Some(&outcome) {
            tell(&outcome, config);
        }
        self.known = Some(outcome);
    }
}

fn tell(outcome: &Result<Kept, NetlinkError>, config: &Config) {
    let (uplink, wish) = (&config.gateway.uplink, config.uplink.queue.as_str());
    match outcome {
        Ok(Kept::Stands(standing)) => {
            let (kind, bandwidth) = (&standing.kind, standing.bandwidth.unwrap_or(0));
            let own = standing.owner == Owner::Portico;
            tracing::info!(%uplink, kind, own, bytes_per_second = bandwidth, "the uplink's queue is in order");
        }
        Ok(Kept::Foreign) => {
            tracing::info!(%uplink, wish, "the uplink has a queue discipline of somebody else, which stays");
        }
        Ok(Kept::Unknown) if config.uplink.queue == QueueWish::Auto => {
            tracing::info!(%uplink, "this kernel has neither cake nor fq_codel: the uplink keeps its own queue");
        }
        Ok(Kept::Unknown) => {
            tracing::warn!(%uplink, wish, "this kernel has no such queue discipline: the uplink keeps its own");
        }
        Ok(Kept::Trunk) => tracing::debug!(%uplink, "no cake: the uplink's queue is the trunk's"),
        Ok(Kept::Off | Kept::Away) => tracing::debug!(%uplink, wish, "the uplink has no queue of ours"),
        Err(error) => tracing::error!(%uplink, wish, %error, "the uplink's queue is not in order"),
    }
}
