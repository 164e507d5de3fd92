//! What the real dnsmasq, with the configuration that operators get, makes of the option files.

use std::path::Path;
use std::time::Duration;

use portico::app::lab::daemon::{Daemon, poll};
use portico::app::lab::isolation::Namespace;
use portico::app::lab::lease;
use portico::config::InterfaceName;
use portico::model::NetworkId;
use portico::net::dnsmasq::OptionFiles;
use rustix::process::Signal;

use crate::firmware_config;

const LIMIT: Duration = Duration::from_secs(10);
const URL: &str = "https://wifi-piazza.comune.bustoarsizio.va.it/captive-portal/api";

/// A gateway with the network `piazza`, and a phone at it.
struct Scene {
    _gateway: Namespace,
    phone: Namespace,
    dnsmasq: Daemon,
    dir: tempfile::TempDir,
}

impl Scene {
    fn build() -> Self {
        let dir = tempfile::Builder::new().prefix("announce").tempdir().unwrap();
        let gateway = Namespace::new("gateway").unwrap();
        let phone = Namespace::new("phone").unwrap();
        gateway.sysctl("net/ipv6/conf/default/accept_dad", "0").unwrap();
        phone.sysctl("net/ipv6/conf/default/accept_dad", "0").unwrap();
        gateway
            .ip(&[
                "link set lo up".to_owned(),
                "link add br-piazza type bridge".to_owned(),
                "address add 10.10.0.1/20 dev br-piazza".to_owned(),
                "address add fd52:77a1:10::1/64 dev br-piazza nodad".to_owned(),
                "link set br-piazza up".to_owned(),
                format!("link add port0 type veth peer name wlan0 netns {}", phone.path()),
                "link set port0 master br-piazza up".to_owned(),
            ])
            .unwrap();
        phone.ip(&["link set wlan0 up".to_owned()]).unwrap();
        gateway.wait_for_carrier("br-piazza").unwrap();

        // The operators' file, with the option files' place moved.
        let options = OptionFiles::open(dir.path()).unwrap();
        let shipped = std::fs::read_to_string(firmware_config("dnsmasq/portico.conf")).unwrap();
        let moved = shipped.replace(
            "dhcp-optsfile=/run/portico/dnsmasq",
            &format!("dhcp-optsfile={}", dir.path().join("dnsmasq").display()),
        );
        assert_ne!(moved, shipped);
        let file = dir.path().join("dnsmasq.conf");
        std::fs::write(&file, moved).unwrap();
        options.announce(piazza().0, &piazza().1, Some(URL)).unwrap();
        let dnsmasq = start(&gateway, dir.path(), &file);
        lease::write_script(&dir.path().join("lease.sh")).unwrap();
        Self {
            _gateway: gateway,
            phone,
            dnsmasq,
            dir,
        }
    }

    /// What a phone that asks now is told by DHCPv4 and by DHCPv6.
    fn told(&self) -> (Option<String>, Option<String>) {
        let script = self.dir.path().join("lease.sh");
        let lease = lease::ask(&self.phone, "wlan0", &script, "phone").unwrap();
        let index = self
            .phone
            .within(|| {
                use rustix::net::{AddressFamily, SocketType, netdevice, socket};
                let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
                netdevice::name_to_index(socket, "wlan0")
            })
            .unwrap()
            .unwrap();
        (
            lease.captive_portal,
            lease::captive_portal_v6(&self.phone, index).unwrap(),
        )
    }

    /// Signals dnsmasq, and asks until the answer is as wanted.
    fn becomes(&mut self, wanted: Option<&str>) -> bool {
        self.dnsmasq.signal(Signal::HUP).unwrap();
        let wanted = wanted.map(str::to_owned);
        poll(LIMIT, || {
            (self.told() == (wanted.clone(), wanted.clone())).then_some(())
        })
        .is_some()
    }
}

fn piazza() -> (NetworkId, InterfaceName) {
    (
        "piazza".parse().unwrap(),
        InterfaceName::new("br-piazza").unwrap(),
    )
}

fn start(gateway: &Namespace, dir: &Path, file: &Path) -> Daemon {
    let mut command = gateway.command("dnsmasq");
    command.args([
        "--keep-in-foreground",
        "--log-facility=-",
        "--pid-file=",
        "--user=root",
    ]);
    command.arg(format!("--dhcp-leasefile={}", dir.join("leases").display()));
    command.arg(format!("--conf-file={}", file.display()));
    let mut dnsmasq = Daemon::start("dnsmasq", command, &dir.join("dnsmasq.log")).unwrap();
    dnsmasq
        .wait_until(LIMIT, "open DNS port", || {
            gateway
                .within(|| std::net::TcpStream::connect("10.10.0.1:53"))
                .is_ok_and(|connected| connected.is_ok())
        })
        .unwrap();
    dnsmasq
}

#[test]
fn phones_are_told_of_their_own_network_s_portal_until_it_is_withdrawn() {
    let mut scene = Scene::build();
    let both = (Some(URL.to_owned()), Some(URL.to_owned()));
    // DHCPv6 answers only once the address is usable.
    assert!(
        poll(LIMIT, || (scene.told() == both).then_some(())).is_some(),
        "{:?}",
        scene.told()
    );

    let options = OptionFiles::open(scene.dir.path()).unwrap();
    let (id, interface) = piazza();
    let other: NetworkId = "molini".parse().unwrap();
    let elsewhere = InterfaceName::new("br-molini").unwrap();
    options
        .announce(other, &elsewhere, Some("https://wifi-molini.example.org/api"))
        .unwrap();
    assert!(scene.becomes(Some(URL)), "another network's portal was told");

    options.announce(id, &interface, None).unwrap();
    assert!(scene.becomes(None), "still told after the withdrawal");
    options
        .announce(id, &interface, Some("https://new.example.org/api"))
        .unwrap();
    assert!(scene.becomes(Some("https://new.example.org/api")));
}
