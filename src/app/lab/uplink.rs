//! The Internet of the lab: one host with a router, a resolver that leads every name to it, a web
//! server that answers probes as the real ones do, bulk transfers, and echoes. All in threads of
//! this process, on sockets opened inside its namespace.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use socket2::{Domain, Protocol, Socket, Type};

use super::dns::{self, Family};
use super::http::{self, Message};
use super::isolation::Namespace;
use super::meter::Meter;
use super::{plan, probes};
use crate::wire::dns::read_query;

/// How often a server thread looks whether it should end.
const GLANCE: Duration = Duration::from_millis(200);
/// How long a connection may stand still.
const STILL: Duration = Duration::from_secs(20);
/// What the city page says; phones look for it.
pub const CITY_PAGE: &str = "<!doctype html><title>The city</title><h1>Welcome to the Internet</h1>";

/// Where names lead that do not lead to the city.
type Names = Arc<Mutex<BTreeMap<String, (Ipv4Addr, Ipv6Addr)>>>;

/// The running Internet; ends when dropped.
#[derive(Debug)]
pub struct Uplink {
    namespace: Namespace,
    names: Names,
    stop: Arc<AtomicBool>,
}

impl Drop for Uplink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Uplink {
    /// Makes the namespace, wires it to the gateway's and starts the servers.
    ///
    /// # Errors
    /// An interface or a socket cannot be made.
    pub fn start(gateway: &Namespace, gateway_interface: &str) -> Result<Self> {
        let namespace = Namespace::new("uplink")?;
        wire(&namespace, gateway, gateway_interface)?;
        let stop = Arc::new(AtomicBool::new(false));
        let uplink = Self {
            namespace,
            names: Names::default(),
            stop,
        };
        for family in Family::BOTH {
            let city = plan::city(family);
            uplink.serve_tcp(SocketAddr::new(city, 80), serve_web)?;
            let names = Arc::clone(&uplink.names);
            let resolver = SocketAddr::new(plan::resolver(family), 53);
            uplink.serve_udp(resolver, move |query| resolve(query, &names))?;
            uplink.serve_tcp(SocketAddr::new(plan::garden(family), 443), echo)?;
            for port in plan::ECHO_PORTS {
                uplink.serve_tcp(SocketAddr::new(city, port), echo)?;
                uplink.serve_udp(SocketAddr::new(city, port), |packet| Some(packet.to_vec()))?;
            }
        }
        Ok(uplink)
    }

    /// Leads a name to addresses of its own instead of to the city; lower case.
    pub fn name(&self, name: &str, v4: Ipv4Addr, v6: Ipv6Addr) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.insert(name.to_owned(), (v4, v6));
    }

    /// Makes it deaf, as when the provider has a bad day, or hear again.
    ///
    /// # Errors
    /// nft cannot be run, or refuses.
    pub fn set_deaf(&self, deaf: bool) -> Result<()> {
        let rules = if deaf {
            "table inet deaf { chain in { type filter hook input priority 0; policy drop; }; \
             chain on { type filter hook forward priority 0; policy drop; }; }"
        } else {
            "delete table inet deaf"
        };
        let status = self
            .namespace
            .command("nft")
            .arg(rules)
            .status()
            .context("cannot run nft")?;
        ensure!(status.success(), "nft refused {rules:?}");
        Ok(())
    }

    /// Its namespace, to listen in.
    #[must_use]
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    fn serve_tcp(&self, address: SocketAddr, serve: fn(&TcpStream, &AtomicBool)) -> Result<()> {
        let listener = self
            .namespace
            .within(|| listen(address))?
            .with_context(|| format!("cannot listen on {address}"))?;
        let stop = Arc::clone(&self.stop);
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if let Ok((stream, _)) = listener.accept() {
                    let stop = Arc::clone(&stop);
                    std::thread::spawn(move || serve(&stream, &stop));
                }
            }
        });
        Ok(())
    }

    fn serve_udp(
        &self,
        address: SocketAddr,
        answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> Result<()> {
        let socket = self
            .namespace
            .within(|| UdpSocket::bind(address))?
            .with_context(|| format!("cannot open UDP {address}"))?;
        socket.set_read_timeout(Some(GLANCE))?;
        let stop = Arc::clone(&self.stop);
        std::thread::spawn(move || {
            let mut packet = [0; 2_048];
            while !stop.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut packet) else {
                    continue;
                };
                if let Some(reply) = answer(&packet[..length]) {
                    // A peer that has gone is not this server's trouble.
                    let _sent = socket.send_to(&reply, from);
                }
            }
        });
        Ok(())
    }
}

fn resolve(query: &[u8], names: &Names) -> Option<Vec<u8>> {
    let name = read_query(query).map(|read| read.name).unwrap_or_default();
    let own = names
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&name)
        .copied();
    let (v4, v6) = match own {
        Some(own) => own,
        None if name.ends_with(plan::GARDEN_NAMES) => (plan::GARDEN_V4, plan::GARDEN_V6),
        None => (plan::CITY_V4, plan::CITY_V6),
    };
    dns::answer(query, v4, v6)
}

fn wire(uplink: &Namespace, gateway: &Namespace, gateway_interface: &str) -> Result<()> {
    let inside = plan::INTERNET_INTERFACE;
    gateway.ip(&[format!(
        "link add {gateway_interface} type veth peer name {inside} netns {}",
        uplink.path()
    )])?;
    let mut commands = vec!["link set lo up".to_owned(), format!("link set {inside} up")];
    for (address, length) in [
        (IpAddr::from(plan::ROUTER_V4), plan::UPLINK_PREFIX_V4),
        (plan::RESOLVER_V4.into(), plan::UPLINK_PREFIX_V4),
        (plan::CITY_V4.into(), plan::UPLINK_PREFIX_V4),
        (plan::ROUTER_V6.into(), plan::UPLINK_PREFIX_V6),
        (plan::RESOLVER_V6.into(), plan::UPLINK_PREFIX_V6),
        (plan::CITY_V6.into(), plan::UPLINK_PREFIX_V6),
    ] {
        // Without duplicate detection an address can be bound to at once.
        let usable = if address.is_ipv6() { "nodad" } else { "" };
        commands.push(format!("address add {address}/{length} dev {inside} {usable}"));
    }
    for (address, length) in [(plan::garden(Family::V4), 32), (plan::garden(Family::V6), 128)] {
        let usable = if address.is_ipv6() { "nodad" } else { "" };
        commands.push(format!("address add {address}/{length} dev {inside} {usable}"));
    }
    commands.push(format!("route add {} via {}", plan::LANS_V6, plan::WAN_V6));
    uplink.ip(&commands)
}

/// A listener whose `accept` gives up now and then, so that its thread can end.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_read_timeout(Some(GLANCE))?;
    socket.bind(&address.into())?;
    socket.listen(512)?;
    Ok(socket.into())
}

fn echo(mut stream: &TcpStream, stop: &AtomicBool) {
    let mut buffer = [0; 16_384];
    if stream.set_read_timeout(Some(STILL)).is_err() {
        return;
    }
    while !stop.load(Ordering::Relaxed) {
        match stream.read(&mut buffer) {
            Ok(length) if length > 0 && stream.write_all(&buffer[..length]).is_ok() => {}
            _ => return,
        }
    }
}

fn serve_web(stream: &TcpStream, stop: &AtomicBool) {
    // A browser that went away in the middle is not an error of the lab.
    let _served = answer_web(stream, stop);
}

fn answer_web(stream: &TcpStream, stop: &AtomicBool) -> Result<()> {
    stream.set_read_timeout(Some(STILL))?;
    stream.set_write_timeout(Some(STILL))?;
    let mut reader = BufReader::new(stream);
    let Some(mut request) = http::read_head(&mut reader)? else {
        return Ok(());
    };
    let (_, target) = request.target();
    let target = target.to_owned();
    if let Some(seconds) = number_after(&target, "/bulk?seconds=") {
        return send_bulk(stream, seconds, stop);
    }
    if let Some(skip) = number_after(&target, "/upload?skip_ms=") {
        return receive_bulk(&mut reader, stream, skip);
    }
    http::read_body(&mut reader, &mut request, false)?;
    let host = request.header("host").unwrap_or_default();
    let (status, body) =
        probes::answer(host, &target).map_or((200, CITY_PAGE), |probe| (probe.status, probe.body));
    reply(stream, status, body)
}

fn reply(mut stream: &TcpStream, status: u16, body: &str) -> Result<()> {
    let mut response = Message {
        start: format!("HTTP/1.1 {status} Lab"),
        headers: vec![
            ("Content-Type".to_owned(), "text/html".to_owned()),
            ("Connection".to_owned(), "close".to_owned()),
        ],
        body: body.as_bytes().to_vec(),
    };
    response.write(&mut stream)?;
    Ok(())
}

/// Sends as fast as it goes for that long.
fn send_bulk(mut stream: &TcpStream, seconds: u64, stop: &AtomicBool) -> Result<()> {
    stream.write_all(b"HTTP/1.1 200 Lab\r\nConnection: close\r\n\r\n")?;
    let block = [0x50; 16_384];
    let meter = Meter::new(Duration::ZERO);
    while meter.elapsed_ms() < seconds.saturating_mul(1_000) && !stop.load(Ordering::Relaxed) {
        stream.write_all(&block)?;
    }
    Ok(())
}

/// Takes in what comes until the sender ends it, and answers with what it measured: bytes, a
/// space, bytes per second.
fn receive_bulk(reader: &mut impl Read, stream: &TcpStream, skip_ms: u64) -> Result<()> {
    let mut meter = Meter::new(Duration::from_millis(skip_ms));
    let mut block = [0; 16_384];
    loop {
        let length = reader.read(&mut block)?;
        if length == 0 {
            let measured = meter.measured();
            let text = format!("{} {}", measured.bytes, measured.bytes_per_second);
            return reply(stream, 200, &text);
        }
        meter.add(length);
    }
}

fn number_after(target: &str, prefix: &str) -> Option<u64> {
    target.strip_prefix(prefix)?.parse().ok()
}
