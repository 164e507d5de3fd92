//! A network namespace for the running thread, and a second one for a station.

use std::io::Write;
use std::process::{Child, Command, Stdio};

use portico::model::{Mac, NetworkId};

/// The network of every test.
pub(crate) fn piazza() -> NetworkId {
    "piazza".parse().unwrap()
}

/// A station's MAC by its number.
pub(crate) fn mac(number: u32) -> Mac {
    let [a, b, c, d] = number.to_be_bytes();
    Mac::new([2, 0, a, b, c, d]).unwrap()
}

/// Moves this thread, and what it starts, into an empty network namespace. libtest gives each test a
/// thread of its own, so the namespace goes with the test.
pub(crate) fn enter_namespace() {
    #[allow(
        unsafe_code,
        reason = "a namespace of this thread alone; file descriptors stay shared"
    )]
    // SAFETY: the file table is not unshared, so no descriptor becomes invalid in another thread.
    let entered = unsafe { rustix::thread::unshare_unsafe(rustix::thread::UnshareFlags::NEWNET) };
    entered.expect("a network namespace (these tests need root)");
    run("ip link set lo up");
}

/// Runs a command line and returns what it printed; it must succeed.
pub(crate) fn run(line: &str) -> String {
    let output = Command::new("bash").args(["-c", line]).output().expect("bash");
    assert!(
        output.status.success(),
        "{line}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Loads a ruleset.
pub(crate) fn nft(text: &str) {
    let mut child = Command::new("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("nft (Debian package nftables)");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "nft refused: {text}");
}

/// The three sets of a network of `size` stations.
pub(crate) fn sets(network: NetworkId, size: usize) -> String {
    format!(
        "table netdev portico {{
 set auth_{network} {{ type ether_addr; flags timeout; size {size}; }}
 set up_{network} {{ type ether_addr; flags dynamic,timeout; size {size}; }}
 set down_{network} {{ type ether_addr; flags dynamic,timeout; size {size}; }}
 set named4_{network} {{ type ipv4_addr . inet_service; flags timeout; size {size}; }}
 set named6_{network} {{ type ipv6_addr . inet_service; flags timeout; size {size}; }}
}}
"
    )
}

/// A second namespace, joined by a pair of interfaces: `gw0` here, `sta0` there.
pub(crate) struct Station {
    holder: Child,
}

impl Station {
    /// 10.9.0.1/24 and fd09::1/64 here, 10.9.0.2 and fd09::2 there; neighbours are fixed, so that no
    /// ARP or ND packet is counted.
    pub(crate) fn join(station: Mac) -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "bash", "-c", "echo ready; exec sleep 120"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare (Debian package util-linux)");
        // The namespace exists once the program in it speaks.
        let mut ready = [0; 6];
        std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut ready).unwrap();
        let this = Self { holder };
        let gateway = "02:99:00:00:00:01";
        run(&format!(
            "ip link add gw0 address {gateway} type veth peer name sta0 address {station} netns {}",
            this.holder.id()
        ));
        this.run("ip link set lo up; sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.sta0.addr_gen_mode=1 net.ipv6.conf.sta0.router_solicitations=0");
        // Multicast listener reports come when they like.
        this.run("nft \"add table inet quiet; add chain inet quiet out { type filter hook output priority 0; }; add rule inet quiet out icmpv6 type { mld-listener-report, mld2-listener-report } drop\"");
        run("sysctl -qw net.ipv6.conf.gw0.addr_gen_mode=1 net.ipv6.conf.gw0.accept_dad=0");
        run("ip link set gw0 up; ip addr add 10.9.0.1/24 dev gw0; ip addr add fd09::1/64 dev gw0 nodad");
        this.run(
            "ip link set sta0 up; ip addr add 10.9.0.2/24 dev sta0; ip addr add fd09::2/64 dev sta0 nodad",
        );
        run(&format!("ip neigh replace 10.9.0.2 lladdr {station} dev gw0"));
        run(&format!("ip neigh replace fd09::2 lladdr {station} dev gw0"));
        this.run(&format!("ip neigh replace 10.9.0.1 lladdr {gateway} dev sta0"));
        this.run(&format!("ip neigh replace fd09::1 lladdr {gateway} dev sta0"));
        this
    }

    /// Runs a command line as the station.
    pub(crate) fn run(&self, line: &str) -> String {
        run(&format!("nsenter -t {} -n bash -c '{line}'", self.holder.id()))
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
