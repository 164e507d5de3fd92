//! A phone: a namespace with one wireless-like interface, wired to an access point of the lab. It
//! joins by a real DHCP client and by the kernel's own IPv6 autoconfiguration, asks its resolver
//! itself, and knows only what the network told it.

use std::ffi::CString;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::daemon::poll;
use super::dns::{self, Family};
use super::frames::FrameSocket;
use super::isolation::Namespace;
use super::lease::{self, Lease};
use super::plan::Lan;
use super::resolvers;
use crate::model::Mac;

/// The phone's interface.
pub const INTERFACE: &str = "wlan0";
/// A router advertisement and duplicate address detection take about two seconds.
const SLAAC: Duration = Duration::from_secs(12);
/// One DNS attempt.
const DNS_PATIENCE: Duration = Duration::from_secs(2);

/// What phones need of the lab.
#[derive(Debug, Clone)]
pub struct Air {
    /// The namespace of the access points.
    pub namespace: Namespace,
    /// The DHCP client's script; leases are written beside it.
    pub script: PathBuf,
    /// Where this machine's list of resolvers lies.
    pub resolvers: PathBuf,
    /// Trust in the lab's authority.
    pub tls: Arc<rustls::ClientConfig>,
}

/// A phone; it leaves the network when dropped.
#[derive(Debug)]
pub struct Phone {
    air: Air,
    namespace: Namespace,
    lan: Lan,
    name: String,
    port: String,
    mac: Mac,
    lease: Option<Lease>,
    joined: bool,
}

impl Drop for Phone {
    fn drop(&mut self) {
        // The access points may already be gone.
        let _left = self.leave();
    }
}

impl Phone {
    /// A phone within reach of a network, not yet connected. `number` is its own in the whole lab.
    ///
    /// # Errors
    /// Its namespace cannot be made.
    pub fn new(air: &Air, lan: &Lan, number: u16, mac: Mac) -> Result<Self> {
        let name = format!("phone{number}");
        let namespace = Namespace::new(&name)?;
        namespace.ip(&["link set lo up".to_owned()])?;
        namespace.sysctl("net/ipv4/ping_group_range", "0 0")?;
        // As phones do: addresses that change from day to day beside the stable one.
        namespace.sysctl("net/ipv6/conf/default/use_tempaddr", "2")?;
        Ok(Self {
            air: air.clone(),
            namespace,
            lan: lan.clone(),
            port: format!("sta{number}"),
            name,
            mac,
            lease: None,
            joined: false,
        })
    }

    /// For messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its network.
    #[must_use]
    pub const fn lan(&self) -> &Lan {
        &self.lan
    }

    /// Its MAC.
    #[must_use]
    pub const fn mac(&self) -> Mac {
        self.mac
    }

    /// Its namespace, for whatever else a test wants to do there.
    #[must_use]
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// A command that will run on the phone, with the resolver that DHCP named; else as
    /// [`Namespace::command`].
    ///
    /// # Errors
    /// It has no lease.
    pub fn command(&self, program: &str) -> Result<Command> {
        let own = resolvers::write(&self.name, self.lease()?.dns)?;
        let [own, all] = [&own, &self.air.resolvers].map(|path| CString::new(path.as_os_str().as_bytes()));
        Ok(self.namespace.command_seeing(program, own?, all?))
    }

    /// Its lease, once joined.
    ///
    /// # Errors
    /// It has none.
    pub fn lease(&self) -> Result<&Lease> {
        self.lease
            .as_ref()
            .with_context(|| format!("{} has no lease", self.name))
    }

    /// Trust in the lab's authority.
    #[must_use]
    pub(super) fn tls(&self) -> Arc<rustls::ClientConfig> {
        Arc::clone(&self.air.tls)
    }

    /// Associates with the first access point and gets addresses of both families.
    ///
    /// # Errors
    /// No lease, or no IPv6 address.
    pub fn join(&mut self) -> Result<&Lease> {
        self.associate(0)?;
        let lease = lease::ask(&self.namespace, INTERFACE, &self.air.script, &self.name)?;
        self.namespace.ip(&[
            format!(
                "address replace {}/{} dev {INTERFACE}",
                lease.address, lease.prefix
            ),
            format!("route replace default via {}", lease.router),
        ])?;
        self.lease = Some(lease);
        if poll(SLAAC, || self.addresses_v6().ok()?.pop()).is_none() {
            bail!("{} got no IPv6 address", self.name);
        }
        self.lease()
    }

    /// Associates with an access point without asking for addresses.
    ///
    /// # Errors
    /// The interface cannot be made.
    pub fn associate(&mut self, access_point: u8) -> Result<()> {
        self.leave()?;
        let port = &self.port;
        self.air.namespace.ip(&[
            format!(
                "link add {port} type veth peer name {INTERFACE} netns {}",
                self.namespace.path()
            ),
            format!("link set {port} master {}", self.lan.access_point(access_point)),
            format!("link set {port} type bridge_slave isolated on"),
            format!("link set {port} up"),
        ])?;
        self.joined = true;
        self.namespace.ip(&[
            format!("link set {INTERFACE} address {}", self.mac),
            format!("link set {INTERFACE} up"),
        ])?;
        self.namespace.wait_for_carrier(INTERFACE)?;
        self.air.namespace.wait_for_carrier(&self.port)
    }

    /// Goes out of reach, without a word, as phones do.
    ///
    /// # Errors
    /// The interface cannot be removed.
    pub fn leave(&mut self) -> Result<()> {
        self.lease = None;
        if self.joined {
            self.joined = false;
            self.air.namespace.ip(&[format!("link delete {}", self.port)])?;
        }
        Ok(())
    }

    /// Moves to another access point of the network, keeping its addresses, and lets the bridges
    /// know as a good access point does (an ARP announcement, RFC 5227, 3).
    ///
    /// # Errors
    /// It is not connected.
    pub fn roam(&self, access_point: u8) -> Result<()> {
        let port = &self.port;
        self.air.namespace.ip(&[
            format!("link set {port} master {}", self.lan.access_point(access_point)),
            format!("link set {port} type bridge_slave isolated on"),
        ])?;
        let address = self.lease()?.address.octets();
        let mac = self.mac.octets();
        let announcement = [
            &[0xff; 6][..],
            &mac,
            &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
            &mac,
            &address,
            &[0; 6],
            &address,
        ]
        .concat();
        self.frames()?.send(&announcement)?;
        Ok(())
    }

    /// Takes another MAC the next time it joins.
    pub const fn set_mac(&mut self, mac: Mac) {
        self.mac = mac;
    }

    /// A socket for raw frames on its interface.
    ///
    /// # Errors
    /// It is not connected.
    pub fn frames(&self) -> Result<FrameSocket> {
        FrameSocket::open(&self.namespace, INTERFACE)
    }

    /// Its usable global IPv6 addresses.
    ///
    /// # Errors
    /// The kernel's table cannot be read.
    pub fn addresses_v6(&self) -> Result<Vec<Ipv6Addr>> {
        const TENTATIVE: u32 = 0x40;
        let table = self
            .namespace
            .within(|| std::fs::read_to_string("/proc/thread-self/net/if_inet6"))??;
        let usable = |line: &str| {
            let mut words = line.split_whitespace();
            let address = u128::from_str_radix(words.next()?, 16).ok()?;
            let scope = words.nth(2)?;
            let flags = u32::from_str_radix(words.next()?, 16).ok()?;
            let global = scope == "00" && flags & TENTATIVE == 0;
            global.then(|| Ipv6Addr::from(address))
        };
        Ok(table.lines().filter_map(usable).collect())
    }

    /// What DHCPv6 says of the portal (option 103).
    ///
    /// # Errors
    /// No server answered.
    pub fn captive_portal_v6(&self) -> Result<Option<String>> {
        let index = self.namespace.within(|| interface_index(INTERFACE))??;
        lease::captive_portal_v6(&self.namespace, index)
    }

    /// Looks a name up at the resolver that DHCP named.
    ///
    /// # Errors
    /// No answer, or no address.
    pub fn resolve(&self, name: &str, family: Family) -> Result<IpAddr> {
        let server = SocketAddr::new(self.lease()?.dns.into(), 53);
        self.resolve_at(server, name, family)?
            .first()
            .copied()
            .with_context(|| format!("{name} has no {family} address"))
    }

    /// Looks a name up at any resolver.
    ///
    /// # Errors
    /// No answer after two attempts.
    pub fn resolve_at(&self, server: SocketAddr, name: &str, family: Family) -> Result<Vec<IpAddr>> {
        let socket = self.udp(server)?;
        socket.set_read_timeout(Some(DNS_PATIENCE))?;
        let mut answer = [0; 1_500];
        for id in 1..=2 {
            // Refused by ICMP shows here or at `recv`; both mean no answer.
            if socket.send(&dns::query(id, name, family)).is_err() {
                continue;
            }
            if let Ok(length) = socket.recv(&mut answer) {
                return dns::addresses(&answer[..length], id);
            }
        }
        bail!("no answer about {name} from {server}")
    }

    /// A UDP socket of the phone, connected.
    ///
    /// # Errors
    /// No route.
    pub fn udp(&self, to: SocketAddr) -> Result<UdpSocket> {
        let any: IpAddr = match to {
            SocketAddr::V4(_) => IpAddr::from([0; 4]),
            SocketAddr::V6(_) => IpAddr::from([0; 16]),
        };
        let socket = self.namespace.within(|| -> std::io::Result<UdpSocket> {
            let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
            socket.connect(to)?;
            Ok(socket)
        })?;
        socket.with_context(|| format!("{} cannot reach {to}", self.name))
    }
}

/// The index of an interface in the namespace of the calling thread.
///
/// # Errors
/// There is none of that name.
pub fn interface_index(interface: &str) -> std::io::Result<u32> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    Ok(rustix::net::netdevice::name_to_index(&socket, interface)?)
}
