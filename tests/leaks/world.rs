//! The lab of the attempts: two networks, an attacker, two granted stations, and listeners.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::frames::FrameSocket;
use portico::app::lab::isolation::Namespace;
use portico::app::lab::phone::{INTERFACE, Phone};
use portico::app::lab::{Lab, Programs, plan};
use portico::model::{AccessOp, Burst, Counters, Entry, Mac, NetworkId, Rate, RatePlan};
use portico::net::client::Client;
use portico::net::ipc::{MAX_OPS, Reply, Request};

use crate::attempt::{self, Attempt, GARDEN4, GARDEN6, Host, Marker, OUT4, Scene, Shot, Way};
use crate::ears::{self, Ears, Filter, Place};

/// How long something may take that the test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// After the last frame of a volley was seen: time for what is slower, an address to be resolved.
const SETTLE: Duration = Duration::from_millis(400);
/// Attempts without a pause.
const SALVO: u16 = 12;
/// How long their last one may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(2);
/// The number of the packet that proves the listener's ears.
const SENTINEL: u16 = u16::MAX;
/// One hour: nothing expires by itself.
pub(crate) const HOUR: u64 = 3_600_000;

/// Which set of MAC addresses and ports an attempt uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(pub(crate) u8);

/// The stations that the configuration blocks.
pub(crate) const BLOCKED: Identity = Identity(7);

impl Identity {
    /// The MAC of an attempt under this identity.
    pub(crate) fn mac(self, number: u16) -> Mac {
        let [high, low] = number.to_be_bytes();
        Mac::new([0x02, 0, 0x5e, 0x60 + self.0, high, low]).unwrap()
    }

    /// All of them.
    pub(crate) fn macs(self) -> Vec<Mac> {
        (0..count()).map(|number| self.mac(number)).collect()
    }
}

fn count() -> u16 {
    u16::try_from(attempt::all().len()).unwrap()
}

/// How one attempt went.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) attempt: &'static Attempt,
    /// Where it came out and should not have.
    pub(crate) seen: BTreeSet<Place>,
}

/// Everything that sends and listens; the lab apart, so that it may be restarted meanwhile.
pub(crate) struct Range {
    pub(crate) scene: Scene,
    ears: Ears,
    air: FrameSocket,
    cable: FrameSocket,
    internet: FrameSocket,
    gateway: UdpSocket,
    rounds: AtomicU8,
}

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

    /// Starts the helper and waits until its ruleset stands.
    pub(crate) fn open(&mut self) {
        self.lab.start_netd().unwrap();
        // It listens before it loads, and answers after.
        assert!(held().is_empty());
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
        let granted = |mac| AccessOp::Grant {
            network: network(0),
            mac,
            entry: entry(timeout_ms),
            seed: Counters::default(),
        };
        let macs = identity.macs().into_iter().chain([self.me.mac]);
        apply(macs.map(granted).collect());
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

impl Range {
    fn new(lab: &Lab, phones: &[Phone], scene: Scene) -> Self {
        let lan = &lab.lans()[0];
        let cable = format!("{}up", lan.access_point(0));
        let port = lan.gateway_port(0);
        // Room for jumbo frames on the attacker's cable.
        for (namespace, interface) in [(lab.access_points(), &cable), (lab.gateway(), &port)] {
            namespace.ip(&[format!("link set {interface} mtu 9000")]).unwrap();
        }
        for tables in ["iptables", "ip6tables", "arptables"] {
            // An access point does not look into IP, so it lets malformed packets pass. Absent where
            // the kernel has no br_netfilter, which is as good.
            let _absent = lab
                .access_points()
                .sysctl(&format!("net/bridge/bridge-nf-call-{tables}"), "0");
        }
        // Errors that the kernel holds back for once are no proof that it never sends them.
        for key in ["net/ipv4/icmp_ratemask", "net/ipv6/icmp/ratelimit"] {
            lab.gateway().sysctl(key, "0").unwrap();
        }
        // Nor is what the router's own check of sources drops, before Portico sees it.
        for interface in ["all", "br-one", "br-two", "wan0", &port] {
            let key = format!("net/ipv4/conf/{interface}/rp_filter");
            lab.gateway().sysctl(&key, "0").unwrap();
        }
        let internet = lab.uplink().namespace();
        let [me, barred, neighbour, stranger] = [0, 1, 2, 3].map(|number| phones[number].namespace());
        let gateway_mac = scene.gateway.mac;
        let mut ears = Ears::new();
        ears.listen(Place::Arrived, lab.gateway(), &port, ears::any());
        ears.listen(Place::Arrived, lab.gateway(), "wan0", ears::from(scene.router));
        ears.listen(
            Place::Uplink,
            internet,
            plan::INTERNET_INTERFACE,
            ears::not_from(scene.router),
        );
        ears.listen(
            Place::OtherNetwork,
            stranger,
            INTERFACE,
            ears::not_from(scene.stranger.mac),
        );
        ears.listen(Place::Neighbour, neighbour, INTERFACE, forwarded(&scene));
        ears.listen(Place::Station, me, INTERFACE, ears::from(gateway_mac));
        ears.listen(Place::Station, barred, INTERFACE, ears::from(gateway_mac));
        let gateway = lab.gateway().within(|| UdpSocket::bind("0.0.0.0:0")).unwrap();
        Self {
            scene,
            ears,
            air: phones[0].frames().unwrap(),
            cable: FrameSocket::open(lab.access_points(), &cable).unwrap(),
            internet: FrameSocket::open(internet, plan::INTERNET_INTERFACE).unwrap(),
            gateway: gateway.unwrap(),
            rounds: AtomicU8::new(1),
        }
    }

    /// The number of a new round.
    pub(crate) fn begin(&self) -> u8 {
        self.rounds.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes every attempt once under an identity, marked with the round's number.
    pub(crate) fn fire(&self, identity: Identity, round: u8, me: Host) {
        for (number, attempt) in (0..).zip(attempt::all()) {
            let shot = Shot {
                scene: &self.scene,
                me: Host {
                    mac: identity.mac(number),
                    ..me
                },
                marker: Marker { round, number },
                port: 10_000 + u16::from(identity.0) * 1_000 + number,
            };
            let socket = match attempt.way {
                Way::Air => &self.air,
                Way::Cable => &self.cable,
                Way::Internet => &self.internet,
            };
            for frame in (attempt.frames)(&shot) {
                socket
                    .send(&frame)
                    .unwrap_or_else(|error| panic!("{}: {error}", attempt.name));
            }
            if number % SALVO == SALVO - 1 {
                // The listeners' buffers are small; who never arrives is found in `collect`.
                poll(ARRIVAL, || {
                    self.ears
                        .places(shot.marker)
                        .contains(&Place::Arrived)
                        .then_some(())
                });
            }
        }
    }

    /// Waits until everything of a round has had its time, and tells what came out of it. Every
    /// attempt has reached the gateway, and the listener hears: both are asserted.
    pub(crate) fn collect(&self, round: u8) -> Vec<Outcome> {
        let sentinel = Marker {
            round,
            number: SENTINEL,
        };
        let heard = poll(PATIENCE, || {
            // Again and again: the gateway may have to resolve its router first.
            self.gateway.send_to(&sentinel.bytes(), (OUT4, 9)).unwrap();
            self.ears.places(sentinel).contains(&Place::Uplink).then_some(())
        });
        assert!(heard.is_some(), "the listener at the uplink hears nothing");
        std::thread::sleep(SETTLE);
        let mut lost = Vec::new();
        let outcomes = (0..)
            .zip(attempt::all())
            .map(|(number, attempt)| {
                let mut seen = self.ears.places(Marker { round, number });
                if !seen.contains(&Place::Arrived) {
                    lost.push(attempt.name);
                }
                seen.retain(|place| match place {
                    Place::Arrived => false,
                    Place::Station => attempt.way == Way::Internet,
                    Place::Uplink | Place::OtherNetwork | Place::Neighbour => attempt.way != Way::Internet,
                });
                Outcome { attempt, seen }
            })
            .collect();
        assert!(lost.is_empty(), "never reached the gateway: {lost:#?}");
        outcomes
    }

    /// [`Range::begin`], [`Range::fire`] and [`Range::collect`].
    pub(crate) fn volley(&self, identity: Identity, me: Host) -> Vec<Outcome> {
        let round = self.begin();
        self.fire(identity, round, me);
        self.collect(round)
    }
}

/// What somebody else than the gateway sent by IP: its own refusals quote what they refuse, and go to
/// whom the attempt named as its sender.
fn forwarded(scene: &Scene) -> Filter {
    let own = scene.neighbour.mac.octets();
    let (v4, v6) = (scene.gateway.v4.octets(), scene.gateway.v6.octets());
    Box::new(move |frame| {
        let from_gateway = match frame[12..14] {
            [0x08, 0x00] => frame.get(26..30) == Some(&v4[..]),
            [0x86, 0xdd] => {
                frame.get(22..38) == Some(&v6[..]) || frame.get(22..24) == Some(&[0xfe, 0x80][..])
            }
            _ => false,
        };
        frame[6..12] != own && !from_gateway
    })
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

/// A network of the lab, by position.
pub(crate) fn network(position: usize) -> NetworkId {
    ["one", "two"][position].parse().unwrap()
}

pub(crate) fn entry(timeout_ms: u64) -> Entry {
    let rate = Rate::from_bytes_per_second(12_500_000).unwrap();
    Entry {
        plan: Some(RatePlan {
            down: rate,
            up: rate,
            burst: Burst::from_bytes(1_000_000).unwrap(),
        }),
        timeout_ms: Some(timeout_ms),
    }
}

/// Speaks with the helper as `portico` does; gives back when it has acknowledged.
pub(crate) fn apply(ops: Vec<AccessOp>) {
    assert!(ops.len() <= MAX_OPS);
    let reply = ask(&Request::Apply { id: 1, ops });
    let Reply::Applied { outcome, .. } = reply else {
        panic!("{reply:?}");
    };
    outcome.unwrap();
}

/// The MACs that the kernel's sets hold.
pub(crate) fn held() -> BTreeSet<Mac> {
    match ask(&Request::ListSessions) {
        Reply::Sessions { sessions, .. } => sessions.iter().map(|session| session.mac).collect(),
        other => panic!("{other:?}"),
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(request: &Request) -> Reply {
    let socket = Lab::config_path().with_file_name("run/netd.sock");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut client = Client::connect(&socket, false).await.unwrap();
        client.requests.send(request).await.unwrap();
        client.replies.next().await.unwrap()
    })
}
