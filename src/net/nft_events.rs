//! Noticing that somebody changed or removed our part of the ruleset.

use rustix::net::netlink::NETFILTER;
use tokio::io::unix::AsyncFd;

use super::neighbours::{drain, watch};
use super::netlink::{NetlinkError, Socket};
use crate::wire::netlink::message::messages;
use crate::wire::netlink::nft_events::{GROUP, NftEvent, decode_event};

/// One committed transaction that touched the tables named `portico`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RulesetChange {
    /// The netlink port that it came by; compare with [`Nftables::port`](super::nftables::Nftables::port).
    pub port: u32,
    /// The thread that committed it: the process, for a program of one thread like a spawned `nft`.
    pub thread: u32,
    /// A table, chain, rule or set of ours was removed.
    pub removed: bool,
    /// A table, chain, rule or set was added to ours.
    pub added: bool,
    /// Elements of our sets were added, changed or removed.
    pub elements: bool,
}

/// What [`RulesetWatch::next`] has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesetNews {
    /// `changes` were committed.
    Changes,
    /// Announcements were lost: anything may have happened, so look.
    Lost,
}

/// The stream of changes of the ruleset. Needs `CAP_NET_ADMIN`.
#[derive(Debug)]
pub struct RulesetWatch {
    events: AsyncFd<Socket>,
    open: RulesetChange,
}

impl RulesetWatch {
    /// Begins to listen.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; also outside a tokio runtime with IO.
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            events: watch(Socket::listen(Some(NETFILTER), GROUP)?)?,
            open: RulesetChange::default(),
        })
    }

    /// Waits for changes and appends those that touch us to `changes`; there may be none.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub async fn next(&mut self, changes: &mut Vec<RulesetChange>) -> Result<RulesetNews, NetlinkError> {
        let open = &mut self.open;
        let drained = drain(&mut self.events, |datagram| {
            for event in messages(datagram).filter_map(|message| decode_event(&message)) {
                changes.extend(open.take_in(event));
            }
        })
        .await;
        match drained {
            Ok(()) => Ok(RulesetNews::Changes),
            Err(NetlinkError::Lost) => {
                self.open = RulesetChange::default();
                Ok(RulesetNews::Lost)
            }
            Err(error) => Err(error),
        }
    }
}

impl RulesetChange {
    /// Adds one event; the whole change when it is complete and about us.
    fn take_in(&mut self, event: NftEvent) -> Option<Self> {
        match event {
            NftEvent::Removed => self.removed = true,
            NftEvent::Added => self.added = true,
            NftEvent::Elements => self.elements = true,
            NftEvent::Generation { thread, port, .. } => {
                let change = Self {
                    port,
                    thread,
                    ..*self
                };
                *self = Self::default();
                return (change.removed || change.added || change.elements).then_some(change);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{NftEvent, RulesetChange};

    #[test]
    fn a_change_is_told_when_its_generation_comes() {
        let mut open = RulesetChange::default();
        let generation = |thread| NftEvent::Generation {
            id: 1,
            thread,
            port: 5,
        };
        assert_eq!(open.take_in(NftEvent::Removed), None);
        assert_eq!(open.take_in(NftEvent::Elements), None);
        let change = open.take_in(generation(77)).unwrap();
        assert_eq!(
            (change.thread, change.removed, change.added, change.elements),
            (77, true, false, true)
        );
        assert_eq!(open.take_in(generation(78)), None, "somebody else's tables");
    }
}
