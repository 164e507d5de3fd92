//! [`Kernel`] on nf_tables: the access sets as the packet path sees them.
//!
//! A batch goes out optimistically as one transaction. Elements that turn out to exist (a grant of a
//! station that is there) or to be missing (a revocation of one that is not) make the kernel refuse
//! the whole of it and name each of them; the batch is corrected and sent again. So it is atomic on
//! every kernel, one transaction in the common case, and needs no look-up before.

mod batch;
mod openings;
mod readings;

use rustix::net::netlink::NETFILTER;

use super::Kernel;
use super::netlink::{NetlinkError, Socket};
use crate::model::{AccessOp, Applied, Counter, Counters, KernelSession, Mac, NetworkId, OpError, Opening};
use crate::wire::netlink::message::Writer;

/// The Ethernet header that the egress hook counts and the ingress hook does not.
const ETHERNET_HEADER: u64 = 14;

/// The kernel's access sets. Needs `CAP_NET_ADMIN` in the network namespace.
#[derive(Debug)]
pub struct Nftables {
    socket: Socket,
    out: Writer,
    plan: batch::Plan,
    up: Vec<Option<Counter>>,
    down: Vec<Option<Counter>>,
    renews_in_place: bool,
}

impl Nftables {
    /// Opens the socket; the tables need not exist yet.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open() -> Result<Self, NetlinkError> {
        let uname = rustix::system::uname();
        let release = uname.release().to_string_lossy();
        Self::with_renewal(renews_in_place(&release))
    }

    /// As [`Nftables::open`], for a kernel that can (6.12 and later) or cannot move the timeout of an
    /// element in place.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn with_renewal(in_place: bool) -> Result<Self, NetlinkError> {
        Ok(Self {
            socket: Socket::open(Some(NETFILTER))?,
            out: Writer::new(),
            plan: batch::Plan::default(),
            up: Vec::new(),
            down: Vec::new(),
            renews_in_place: in_place,
        })
    }

    /// The netlink port of the transactions; see [`RulesetChange`](super::nft_events::RulesetChange).
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn port(&self) -> Result<u32, NetlinkError> {
        self.socket.port()
    }
}

impl Kernel for Nftables {
    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError> {
        self.plan.set_up(ops, self.renews_in_place);
        batch::apply(&mut self.socket, &mut self.out, &mut self.plan, ops)
    }

    fn open(&mut self, network: NetworkId, openings: &[Opening]) -> Result<(), OpError> {
        openings::open(
            &mut self.socket,
            &mut self.out,
            self.renews_in_place,
            network,
            openings,
        )
    }

    fn shut(&mut self, network: NetworkId) -> Result<(), OpError> {
        openings::shut(&mut self.socket, &mut self.out, network)
    }

    fn counters(
        &mut self,
        network: NetworkId,
        macs: &[Mac],
        out: &mut Vec<(Mac, Counters)>,
        missing: &mut Vec<Mac>,
    ) -> Result<(), OpError> {
        self.read_counters(network, macs, out, missing).map_err(refused)
    }

    fn sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, OpError> {
        self.read_sessions(network).map_err(refused)
    }
}

fn refused(error: NetlinkError) -> OpError {
    OpError::Kernel(error.to_string())
}

/// Moving an element's timeout came with 6.12 (commit 4201f3938914).
fn renews_in_place(release: &str) -> bool {
    let mut numbers = release
        .split(|ch: char| !ch.is_ascii_digit())
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version >= (6, 12)
}

/// What the egress hook counted, without Ethernet headers.
const fn to_ip(down: Counter) -> Counter {
    Counter {
        packets: down.packets,
        bytes: down
            .bytes
            .saturating_sub(down.packets.saturating_mul(ETHERNET_HEADER)),
    }
}

/// The other way: what the element must hold for [`to_ip`] to give `down`.
const fn from_ip(down: Counter) -> Counter {
    Counter {
        packets: down.packets,
        bytes: down
            .bytes
            .saturating_add(down.packets.saturating_mul(ETHERNET_HEADER)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{from_ip, renews_in_place, to_ip};
    use crate::model::Counter;

    #[test]
    fn the_kernels_age_is_read_from_its_release() {
        for (release, expected) in [
            ("6.12.0", true),
            ("6.18.44-fc-v445", true),
            ("7.0-rc1", true),
            ("10.2", true),
            ("6.6.73", false),
            ("6.9", false),
            ("5.15.167", false),
            ("", false),
        ] {
            assert_eq!(renews_in_place(release), expected, "{release}");
        }
    }

    #[test]
    fn ethernet_headers_are_taken_off() {
        let six_pings = Counter {
            packets: 6,
            bytes: 648,
        };
        assert_eq!(
            to_ip(six_pings),
            Counter {
                packets: 6,
                bytes: 564
            }
        );
        assert_eq!(to_ip(Counter { packets: 9, bytes: 5 }).bytes, 0);
    }

    proptest! {
        #[test]
        fn a_seed_is_read_back(packets in 0_u64..1 << 40, bytes in 0_u64..1 << 60) {
            let counter = Counter { packets, bytes };
            assert_eq!(to_ip(from_ip(counter)), counter);
        }
    }
}
