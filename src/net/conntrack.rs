//! Ending the flows of stations that lost their access.
//!
//! Every packet of a station is judged by its MAC, so a flow left behind carries nothing on the plain
//! packet path; past a flow table it would.

use std::collections::BTreeSet;
use std::net::IpAddr;

use rustix::net::netlink::NETFILTER;

use super::netlink::{NetlinkError, Socket};
use crate::wire::netlink::message::{Meaning, Message, Writer, flag, messages};
use crate::wire::netlink::{Family, conntrack};

/// Deletions in one datagram; each is acknowledged, and the acknowledgements have to wait somewhere.
const PER_DATAGRAM: usize = 256;

/// The kernel's table of flows. Needs `CAP_NET_ADMIN`.
#[derive(Debug)]
pub struct Flows {
    socket: Socket,
}

/// What a flush did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Flushed {
    /// Flows deleted.
    pub flows: usize,
    /// Walks through the kernel's table.
    pub walks: usize,
}

/// Deletions as they go out: datagrams of [`PER_DATAGRAM`] each.
#[derive(Debug, Default)]
struct Deletions {
    seq: u32,
    datagrams: Vec<(Writer, usize)>,
}

impl Flows {
    /// Opens the socket.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            socket: Socket::open(Some(NETFILTER))?,
        })
    }

    /// Deletes the flows from and to these addresses, in one walk of the table for each of the two
    /// families that occurs among them. A walk visits every bucket, so it takes milliseconds even when
    /// there is no flow at all.
    ///
    /// Flows of a station whose destination was rewritten stay: they are the ones redirected to the
    /// portal and to the gateway's DNS, and one of them carries the answer to "disconnect".
    ///
    /// # Errors
    /// [`NetlinkError`]; some flows may be gone already.
    pub fn flush(&mut self, addresses: &BTreeSet<IpAddr>) -> Result<Flushed, NetlinkError> {
        let families: BTreeSet<Family> = addresses.iter().map(|address| Family::of(*address)).collect();
        let mut flushed = Flushed::default();
        for family in families {
            let mut deletions = Deletions {
                seq: self.socket.reserve(1),
                datagrams: Vec::new(),
            };
            self.find(addresses, &mut deletions, family)?;
            flushed.walks += 1;
            flushed.flows += self.delete(&deletions)?;
        }
        Ok(flushed)
    }

    /// Walks the table and writes a deletion for each flow of the addresses. A walk may bring a flow
    /// twice; the second deletion then finds nothing.
    fn find(
        &mut self,
        wanted: &BTreeSet<IpAddr>,
        deletions: &mut Deletions,
        family: Family,
    ) -> Result<(), NetlinkError> {
        self.socket.dump(
            deletions,
            |out, seq| conntrack::dump(out, seq, family),
            |deletions| deletions.datagrams.clear(),
            |deletions, message| deletions.consider(message, wanted),
        )
    }

    fn delete(&mut self, deletions: &Deletions) -> Result<usize, NetlinkError> {
        let mut deleted = 0;
        for (datagram, count) in &deletions.datagrams {
            self.socket.send(datagram.bytes())?;
            let mut answered = 0;
            while answered < *count {
                for message in messages(self.socket.receive()?).filter(|message| message.seq == deletions.seq)
                {
                    answered += 1;
                    match message.meaning() {
                        Meaning::Acknowledged => deleted += 1,
                        Meaning::Failed(errno) => {
                            let error = NetlinkError::refused(errno);
                            if !error.is_missing() {
                                return Err(error);
                            }
                        }
                        Meaning::Data | Meaning::Done => {}
                    }
                }
            }
        }
        Ok(deleted)
    }
}

impl Deletions {
    fn consider(&mut self, message: &Message<'_>, wanted: &BTreeSet<IpAddr>) {
        let Some(flow) = conntrack::decode_flow(message) else {
            return;
        };
        let opened = wanted.contains(&flow.source) && !flow.redirected;
        if !opened && !wanted.contains(&flow.reply_source) {
            return;
        }
        if self
            .datagrams
            .last()
            .is_none_or(|(_, count)| *count >= PER_DATAGRAM)
        {
            self.datagrams.push((Writer::new(), 0));
        }
        if let Some((out, count)) = self.datagrams.last_mut() {
            conntrack::delete(out, self.seq, flag::ACK, &flow);
            *count += 1;
        }
    }
}
