//! Network namespaces with a gateway's port and a station's.

use std::future::Future;
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::thread::UnshareFlags;
use socket2::{Domain, SockAddr, SockAddrStorage, Socket, Type};
use tempfile::TempDir;

/// The interface that is listened to.
pub(crate) const GATEWAY_PORT: &str = "lan0";
/// Its peer.
pub(crate) const STATION_PORT: &str = "wlan0";
/// The address in the captured frames, and of every station here.
pub(crate) const STATION_MAC: [u8; 6] = [0x02, 0x5e, 0x10, 0, 0, 0x0a];

/// Runs a test on a thread of its own in a new network namespace, which everything it starts
/// inherits and which goes with it.
pub(crate) fn in_namespace(test: impl Future<Output = ()> + Send + 'static) {
    let thread = std::thread::spawn(move || {
        #[allow(unsafe_code, reason = "rustix marks every kind of unsharing unsafe")]
        // SAFETY: a network namespace shares no memory or descriptors that others rely on.
        let unshared = unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNET) };
        unshared.expect("these tests need root for their own network namespaces");
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    });
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Runs a command in this thread's namespace.
pub(crate) fn run(command: &str) -> String {
    let mut words = command.split_whitespace();
    let program = words.next().unwrap();
    let output = Command::new(program)
        .args(words)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {error} {text}");
    text
}

/// A child that goes with the test.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(command: &mut Command) -> Running {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} is needed: {error}"));
    Running(child)
}

fn mac(octets: [u8; 6]) -> String {
    octets.map(|octet| format!("{octet:02x}")).join(":")
}

/// A server of IPv4 leases and IPv6 prefixes for the station.
pub(crate) fn dnsmasq() -> (Running, TempDir) {
    let folder = TempDir::new().unwrap();
    let leases = folder.path().join("leases");
    let server = start(
        Command::new("dnsmasq")
            .args([
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--no-ping",
            ])
            .args([
                "--interface=lan0",
                "--bind-interfaces",
                "--user=root",
                "--enable-ra",
            ])
            .args([
                "--dhcp-range=10.21.0.50,10.21.0.60,1h",
                "--dhcp-range=fd21::,slaac,64,1h",
            ])
            .arg(format!("--dhcp-leasefile={}", leases.display()))
            .arg("--pid-file"),
    );
    (server, folder)
}

/// A station in a namespace of its own, its port still down.
pub(crate) struct Station {
    holder: Running,
    script: TempDir,
}

impl Station {
    pub(crate) fn new() -> Self {
        let holder = start(Command::new("unshare").args(["--net", "sleep", "300"]));
        let pid = holder.0.id();
        let ours = std::fs::read_link("/proc/thread-self/ns/net").unwrap();
        let theirs = || std::fs::read_link(format!("/proc/{pid}/ns/net")).ok();
        for _ in 0..200 {
            if theirs().is_some_and(|namespace| namespace != ours) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        run(&format!(
            "ip link add {GATEWAY_PORT} type veth peer name {STATION_PORT} netns {pid}"
        ));
        run(&format!("ip addr add 10.21.0.1/24 dev {GATEWAY_PORT}"));
        run(&format!("ip -6 addr add fd21::1/64 dev {GATEWAY_PORT} nodad"));
        run(&format!("ip link set {GATEWAY_PORT} up"));
        let script = TempDir::new().unwrap();
        let path = script.path().join("script");
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(b"#!/bin/sh\n[ \"$1\" = bound ] && ip addr replace $ip/24 dev $interface\nexit 0\n")
            .unwrap();
        file.set_permissions(std::fs::Permissions::from_mode(0o755))
            .unwrap();
        let station = Self { holder, script };
        station.run(&format!(
            "ip link set {STATION_PORT} address {}",
            mac(STATION_MAC)
        ));
        station
    }

    pub(crate) fn run(&self, command: &str) -> String {
        run(&format!(
            "nsenter --net --target {} {command}",
            self.holder.0.id()
        ))
    }

    pub(crate) fn up(&self) {
        self.run("ip link set lo up");
        self.run(&format!("ip link set {STATION_PORT} up"));
    }

    /// Takes a lease.
    pub(crate) fn dhcp(&self) {
        let script = self.script.path().join("script");
        let script = script.display();
        self.run(&format!("udhcpc -i {STATION_PORT} -n -q -f -t 10 -s {script}"));
    }

    pub(crate) fn ipv4(&self) -> IpAddr {
        let text = self.run(&format!("ip -4 -o addr show dev {STATION_PORT}"));
        let address = text.split_whitespace().skip_while(|word| *word != "inet").nth(1);
        address.unwrap().split('/').next().unwrap().parse().unwrap()
    }
}

/// Both ports in this namespace, neither with an address: only what a test sends is sent.
pub(crate) struct Injector(Socket);

impl Injector {
    pub(crate) fn new() -> Self {
        run(&format!(
            "ip link add {GATEWAY_PORT} type veth peer name {STATION_PORT}"
        ));
        for port in [GATEWAY_PORT, STATION_PORT] {
            run(&format!("ip link set {port} addrgenmode none"));
            run(&format!("ip link set {port} up"));
        }
        Self::on(STATION_PORT)
    }

    /// Sends by an interface there is.
    pub(crate) fn on(port: &str) -> Self {
        let socket = Socket::new_raw(Domain::from(libc::AF_PACKET), Type::RAW, None).unwrap();
        let index = rustix::net::netdevice::name_to_index(&socket, port).unwrap();
        let mut storage = SockAddrStorage::zeroed();
        #[allow(unsafe_code, reason = "socket2 has no type for link-layer addresses")]
        // SAFETY: any bytes are a sockaddr_ll, and a sockaddr_storage holds one.
        let address = unsafe { storage.view_as::<libc::sockaddr_ll>() };
        address.sll_family = u16::try_from(libc::AF_PACKET).unwrap();
        address.sll_ifindex = i32::try_from(index).unwrap();
        let len = u32::try_from(size_of::<libc::sockaddr_ll>()).unwrap();
        #[allow(unsafe_code, reason = "socket2 has no type for link-layer addresses")]
        // SAFETY: the address was written just above, and is as long as said.
        let address = unsafe { SockAddr::new(storage, len) };
        socket.bind(&address).unwrap();
        Self(socket)
    }

    pub(crate) fn send(&self, frame: &[u8]) {
        assert_eq!(self.0.send(frame).unwrap(), frame.len());
    }

    /// Sends what the kernel may refuse to send, as a runt.
    pub(crate) fn try_send(&self, frame: &[u8]) {
        drop(self.0.send(frame));
    }
}
