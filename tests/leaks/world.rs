//! The lab of the attempts: two networks, an attacker, two granted stations, and listeners.

use std::path::Path;

use portico::app::lab::isolation::Namespace;
use portico::app::lab::phone::Phone;
use portico::app::lab::{Lab, Programs, plan};
use portico::model::{AccessOp, Mac};

use crate::attempt::{ELSEWHERE4, ELSEWHERE6, GARDEN4, GARDEN6, Host, NAMED4, NAMED6, Scene};
use crate::helper::{apply, granted, held, network, open};
use crate::range::{BLOCKED, Identity, Range};

/// One hour: nothing expires by itself.
pub(crate) const HOUR: u64 = 3_600_000;

pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) range: Range,
    /// The attacker's phone.
    pub(crate) me: Host,
    /// A phone that the configuration blocks.
    pub(crate) barred: Host,
    /// The attacker's, the blocked one, its neighbour, the other network's.
    pub(crate) phones: Vec<Phone>,
}

/// A lab with two networks, not yet guarded by anything.
pub(crate) fn bare_lab() -> Lab {
    let programs = Programs {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        netd: env!("CARGO_BIN_EXE_portico-netd").into(),
    };
    let blocked: Vec<String> = BLOCKED
        .macs()
        .iter()
        .chain([&Lab::mac(2).unwrap()])
        .map(|mac| format!("\"{mac}\""))
        .collect();
    let network = |id: &str| {
        format!(
            r#"
[[network]]
id = "{id}"
name = "Network {id}"
comune = "Comune"
interface = "br-{id}"
host = "{id}.wifi.example"
max_stations = 8192
blocked = [{}]
[network.rate]
down = "100 Mbit/s"
up = "100 Mbit/s"
burst = "1 MB"
[[network.garden]]
address = "{GARDEN4}"
ports = [443]
[[network.garden]]
address = "{GARDEN6}"
ports = [443]
[[network.garden]]
name = "www.garden.example"
ports = [443]
"#,
            blocked.join(", ")
        )
    };
    let config = format!(
        "[gateway]\nuplink = \"wan0\"\n{}{}",
        network("one"),
        network("two")
    );
    let lab = Lab::build(programs, &config).unwrap();
    let internet = lab.uplink().namespace();
    let device = plan::INTERNET_INTERFACE;
    internet
        .ip(&[
            format!("address add {GARDEN4}/24 dev {device}"),
            format!("address add {GARDEN6}/64 dev {device}"),
            // So that answers to the private addresses of a gateway that does not translate come back.
            format!("route add 10.87.0.0/16 via {}", plan::WAN_V4),
        ])
        .unwrap();
    lab
}

impl World {
    pub(crate) fn new() -> Self {
        let mut lab = bare_lab();
        let mut phones: Vec<Phone> = [0, 0, 0, 1]
            .into_iter()
            .map(|network| lab.phone(network).unwrap())
            .collect();
        std::thread::scope(|scope| {
            for phone in &mut phones {
                scope.spawn(move || phone.join().map(drop).unwrap());
            }
        });
        // The attacker at one access point, its neighbour at another.
        phones[2].roam(1).unwrap();
        let [me, barred, neighbour, stranger] = [0, 1, 2, 3].map(|number| host(&phones[number]));
        let scene = scene(&lab, neighbour, stranger);
        let range = Range::new(&lab, &phones, scene);
        Self {
            lab,
            range,
            me,
            barred,
            phones,
        }
    }

    /// Early boot: what the first unit does before anything else.
    pub(crate) fn close(&self, config: &Path) {
        let output = self
            .lab
            .gateway()
            .command(env!("CARGO_BIN_EXE_portico-netd"))
            .arg("--config")
            .arg(config)
            .arg("--close")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Starts the helper, waits until its ruleset stands, and lets the two others online.
    pub(crate) fn open(&mut self) {
        self.lab.start_netd().unwrap();
        // It listens before it loads, and answers after.
        assert!(held().is_empty());
        open(network(0), [NAMED4.into(), NAMED6.into()]);
        open(network(1), [ELSEWHERE4.into(), ELSEWHERE6.into()]);
        let Scene {
            neighbour, stranger, ..
        } = &self.range.scene;
        apply(vec![
            granted(network(0), neighbour.mac, HOUR),
            granted(network(1), stranger.mac, HOUR),
        ]);
    }

    /// How many packets the ruleset has refused so far.
    pub(crate) fn refused(&self) -> u64 {
        let counter = self.lab.nft(&["list", "counter", "inet", "portico", "refused"]);
        let text = counter.unwrap();
        let mut words = text.split_whitespace();
        words.find(|word| *word == "packets").unwrap();
        words.next().unwrap().parse().unwrap()
    }

    /// Gives access to every attempt's MAC under an identity, and to the attacker's phone.
    pub(crate) fn grant(&self, identity: Identity, timeout_ms: u64) {
        let macs = identity.macs().into_iter().chain([self.me.mac]);
        apply(macs.map(|mac| granted(network(0), mac, timeout_ms)).collect());
    }

    /// Takes it away.
    pub(crate) fn revoke(&self, identity: Identity) {
        let revoked = |mac| AccessOp::Revoke {
            network: network(0),
            mac,
        };
        let macs = identity.macs().into_iter().chain([self.me.mac]);
        apply(macs.map(revoked).collect());
    }
}

fn scene(lab: &Lab, neighbour: Host, stranger: Host) -> Scene {
    let gateway = |index: usize| {
        let lan = &lab.lans()[index];
        Host {
            mac: interface_mac(lab.gateway(), &lan.interface),
            v4: lan.gateway_v4(),
            v6: lan.gateway_v6(),
        }
    };
    Scene {
        gateway: gateway(0),
        other_gateway: gateway(1),
        wan: Host {
            mac: interface_mac(lab.gateway(), "wan0"),
            v4: plan::WAN_V4,
            v6: plan::WAN_V6,
        },
        router: interface_mac(lab.uplink().namespace(), plan::INTERNET_INTERFACE),
        neighbour,
        stranger,
    }
}

pub(crate) fn host(phone: &Phone) -> Host {
    Host {
        mac: phone.mac(),
        v4: phone.lease().unwrap().address,
        v6: phone.addresses_v6().unwrap()[0],
    }
}

fn interface_mac(namespace: &Namespace, interface: &str) -> Mac {
    let output = namespace
        .command("ip")
        .args(["-oneline", "link", "show", interface])
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let mut words = shown.split_whitespace();
    words.find(|word| *word == "link/ether").unwrap();
    words.next().unwrap().parse().unwrap()
}
