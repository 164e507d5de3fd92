//! The line of a comune: a modem that passes on 100 Mbit/s either way and lets the rest wait in line for up
//! to a tenth of a second, as modems do, and a long way to the server behind it.
//!
//! ```text
//!  gateway ── wan0 === m0 ── modem ── m1 === near0 ── way ── far0 === net0 ── internet
//! ```

use std::net::Ipv6Addr;
use std::time::Duration;

use anyhow::{Result, ensure};
use portico::app::lab::isolation::Namespace;
use portico::model::Mac;

use super::bed::{Bed, INTERNET};
use super::delay::{Delay, send_single_packets};

/// What it carries, of IP packets.
pub(crate) const MBIT: u32 = 100;
/// The same with the 14 bytes more that the kernel counts for each packet of 1,500.
const RATE: &str = "100933kbit";
/// A tenth of a second of it.
const QUEUE: &str = "1260000";
/// To the server and back, when nothing waits.
const ROUND_TRIP: Duration = Duration::from_millis(20);

const WAN: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xfffe, 0, 0, 0, 0, 2);
const MODEM: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xfffe, 0, 0, 0, 0, 1);
const OUTSIDE: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xfffd, 0, 0, 0, 0, 1);
const BEHIND: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xfffd, 0, 0, 0, 0, 2);

/// Lasts as long as it is held.
pub(crate) struct Line {
    _modem: Namespace,
    _delay: Delay,
}

impl Line {
    /// Puts the line in place of the cable between gateway and Internet.
    pub(crate) fn lay(bed: &Bed) -> Result<Self> {
        let (modem, way) = (Namespace::new("modem")?, Namespace::new("way")?);
        for namespace in [&modem, &way] {
            namespace.sysctl("net/ipv6/conf/default/accept_dad", "0")?;
            namespace.sysctl("net/ipv6/conf/default/router_solicitations", "0")?;
        }
        way.sysctl("net/ipv6/conf/default/disable_ipv6", "1")?;
        modem.sysctl("net/ipv6/conf/all/forwarding", "1")?;
        let (near, far) = (mac(1)?, mac(2)?);
        bed.gateway.ip(&[
            "link delete wan0".to_owned(),
            format!("link add wan0 type veth peer name m0 netns {}", modem.path()),
            format!("address add {WAN}/64 dev wan0 nodad"),
            "link set wan0 up".to_owned(),
            format!("route replace default via {MODEM}"),
        ])?;
        modem.ip(&[
            format!(
                "link add m1 address {near} type veth peer name near0 netns {}",
                way.path()
            ),
            format!("address add {MODEM}/64 dev m0 nodad"),
            format!("address add {OUTSIDE}/64 dev m1 nodad"),
            "link set m0 up".to_owned(),
            "link set m1 up".to_owned(),
            format!("route add default via {WAN}"),
            format!("route add {INTERNET}/128 via {BEHIND}"),
        ])?;
        bed.internet.ip(&[
            format!(
                "link add net0 address {far} type veth peer name far0 netns {}",
                way.path()
            ),
            format!("address add {INTERNET}/128 dev net0 nodad"),
            format!("address add {BEHIND}/64 dev net0 nodad"),
            "link set net0 up".to_owned(),
            format!("route add default via {OUTSIDE} src {INTERNET}"),
        ])?;
        way.ip(&["link set near0 up".to_owned(), "link set far0 up".to_owned()])?;
        bed.gateway.wait_for_carrier("wan0")?;
        modem.wait_for_carrier("m1")?;
        bed.internet.wait_for_carrier("net0")?;
        for device in ["m0", "m1"] {
            let tbf = ["root", "tbf", "rate", RATE, "burst", "16kb", "limit", QUEUE];
            tc(&modem, device, &tbf)?;
        }
        for (namespace, device) in [(&bed.street, "sta0"), (&bed.internet, "net0")] {
            send_single_packets(namespace, device)?;
            // Each flow finds out by itself what the line carries.
            namespace.sysctl("net/ipv4/tcp_no_metrics_save", "1")?;
        }
        let delay = Delay::start(&way, near, far, ROUND_TRIP)?;
        Ok(Self {
            _modem: modem,
            _delay: delay,
        })
    }
}

/// Adds a queue discipline.
pub(crate) fn tc(namespace: &Namespace, device: &str, words: &[&str]) -> Result<()> {
    let mut command = namespace.command("tc");
    command.args(["qdisc", "add", "dev", device]).args(words);
    ensure!(command.status()?.success(), "tc refused {words:?}");
    Ok(())
}

fn mac(last: u8) -> Result<Mac> {
    Ok(Mac::new([2, 0xee, 0, 1, 0, last])?)
}
