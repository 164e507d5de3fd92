//! Where attempts are made from and listened for.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::frames::FrameSocket;
use portico::app::lab::phone::{INTERFACE, Phone};
use portico::app::lab::{Lab, plan};
use portico::model::Mac;

use crate::attempt::{self, Attempt, Host, Marker, OUT4, Scene, Shot, Way};
use crate::ears::{self, Ears, Filter, Place};
use crate::packet::HOPS;

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
#[derive(Debug, Clone)]
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

impl Range {
    pub(crate) fn new(lab: &Lab, phones: &[Phone], scene: Scene) -> Self {
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
        // Nor is what the router's own check of sources drops, before Portico sees it. The shipped
        // sysctls switch it off too, but for the networks' own interfaces it may be on in the field:
        // what is found here is found without its help.
        for interface in ["all", "br-one", "br-two", "wan0", &port] {
            let key = format!("net/ipv4/conf/{interface}/rp_filter");
            lab.gateway().sysctl(&key, "0").unwrap();
        }
        let internet = lab.uplink().namespace();
        let [me, barred, neighbour, stranger] = [0, 1, 2, 3].map(|number| phones[number].namespace());
        let gateway_mac = scene.gateway.mac;
        let mut ears = Ears::new();
        let from_internet = ears::from(scene.router, Place::Arrived);
        let from_stranger = ears::not_from(scene.stranger.mac, Place::OtherNetwork);
        ears.listen(lab.gateway(), &port, ears::any(Place::Arrived));
        ears.listen(lab.gateway(), "wan0", from_internet);
        ears.listen(internet, plan::INTERNET_INTERFACE, at_the_uplink(&scene));
        ears.listen(stranger, INTERFACE, from_stranger);
        ears.listen(neighbour, INTERFACE, forwarded(&scene));
        for station in [me, barred] {
            ears.listen(station, INTERFACE, ears::from(gateway_mac, Place::Station));
        }
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
            self.ears.places(sentinel).contains(&Place::Answer).then_some(())
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
                    Place::Uplink | Place::Answer | Place::OtherNetwork | Place::Neighbour => {
                        attempt.way != Way::Internet
                    }
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

/// What leaves by the uplink: led on, or written by the gateway itself. The latter is under one of the
/// gateway's addresses and with the hop limit of a packet that has made no hop; an attempt under such
/// an address has lost one when it gets here.
fn at_the_uplink(scene: &Scene) -> Filter {
    let router = scene.router.octets();
    let own = [&scene.gateway, &scene.other_gateway, &scene.wan];
    let v4 = own.map(|host| host.v4.octets());
    let v6 = own.map(|host| host.v6.octets());
    Box::new(move |frame| {
        let (source, hops) = match frame[12..14] {
            [0x08, 0x00] => (frame.get(26..30)?, *frame.get(22)?),
            [0x86, 0xdd] => (frame.get(22..38)?, *frame.get(21)?),
            _ => (&[][..], 0),
        };
        let ours = v4.iter().any(|own| own == source) || v6.iter().any(|own| own == source);
        let place = if ours && hops == HOPS {
            Place::Answer
        } else {
            Place::Uplink
        };
        (frame[6..12] != router).then_some(place)
    })
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
        (frame[6..12] != own && !from_gateway).then_some(Place::Neighbour)
    })
}
