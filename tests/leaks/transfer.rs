//! A station that loses its access in the middle of everything: nothing of it goes on, either way,
//! although the connections are still known and both sides still send.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::dns::Family;
use portico::app::lab::frames::FrameSocket;
use portico::app::lab::phone::{INTERFACE, Phone};
use portico::app::lab::plan;
use portico::model::AccessOp;
use portico::net::ipc::{Reply, Request};

use crate::helper::{apply, ask, granted, held, network};
use crate::packet::{RST, TCP, UDP};
use crate::range::PATIENCE;
use crate::world::{HOUR, World};

/// The city's port from which packets come without any answer.
const STREAM: u16 = 9_999;
/// Between two packets of a flow.
const PACE: Duration = Duration::from_millis(5);
/// What was on its way when the access ended.
const IN_FLIGHT: Duration = Duration::from_millis(300);
/// Long enough for several repetitions of TCP.
const WATCH: Duration = Duration::from_secs(2);

/// One of the flows, as it is met on the way: up or down, family, protocol, the city's port.
type Flow = (bool, bool, u8, u16);

/// A way to lose one's access.
type End = (&'static str, fn(&mut World));

/// Reads a frame as one of a flow's.
fn flow(frame: &[u8], up: bool) -> Option<Flow> {
    let four = match frame.get(12..14)? {
        [0x08, 0x00] => true,
        [0x86, 0xdd] => false,
        _ => return None,
    };
    let (protocol, source, target, transport) = if four {
        let words = usize::from(frame.get(14)? & 0x0f);
        (*frame.get(23)?, 26..30, 30..34, 14 + words * 4)
    } else {
        (*frame.get(20)?, 22..38, 38..54, 54)
    };
    let city: &[u8] = if four {
        &plan::CITY_V4.octets()
    } else {
        &plan::CITY_V6.octets()
    };
    let (address, port) = if up {
        (frame.get(target)?, frame.get(transport + 2..transport + 4)?)
    } else {
        (frame.get(source)?, frame.get(transport..transport + 2)?)
    };
    // A reset in the city's name is the gateway's refusal.
    let refusal = !up && protocol == TCP && frame.get(transport + 13)? & RST != 0;
    let ours = address == city && [TCP, UDP].contains(&protocol) && !refusal;
    ours.then(|| (up, four, protocol, u16::from_be_bytes([port[0], port[1]])))
}

/// Everything that must be seen while the station is online.
fn all_flows() -> BTreeSet<Flow> {
    [true, false]
        .into_iter()
        .flat_map(|four| {
            [
                (true, four, TCP, 7),
                (true, four, UDP, 7),
                (false, four, TCP, 7),
                (false, four, UDP, 7),
                (false, four, TCP, 80),
                (false, four, UDP, STREAM),
            ]
        })
        .collect()
}

/// Notes the flows that pass the uplink upwards and the station's interface downwards.
struct Watch {
    seen: Arc<Mutex<BTreeSet<Flow>>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Watch {
    fn new(world: &World) -> Self {
        let watch = Self {
            seen: Arc::default(),
            stop: Arc::default(),
        };
        let uplink = world.lab.uplink().namespace();
        let up = FrameSocket::open(uplink, plan::INTERNET_INTERFACE).unwrap();
        let down = FrameSocket::open(world.phones[0].namespace(), INTERFACE).unwrap();
        watch.listen(up, true);
        watch.listen(down, false);
        watch
    }

    fn listen(&self, socket: FrameSocket, up: bool) {
        let (seen, stop) = (Arc::clone(&self.seen), Arc::clone(&self.stop));
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let frame = socket.next(Duration::from_millis(50)).unwrap();
                if let Some(flow) = frame.and_then(|frame| flow(&frame, up)) {
                    seen.lock().unwrap().insert(flow);
                }
            }
        });
    }

    fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    fn seen(&self) -> BTreeSet<Flow> {
        self.seen.lock().unwrap().clone()
    }
}

/// Flows in both directions over both families; they go on until it is dropped, or until they are
/// cut.
struct Transfer(Arc<AtomicBool>);

impl Drop for Transfer {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Transfer {
    fn start(phone: &Phone) -> Self {
        let transfer = Self(Arc::default());
        for family in Family::BOTH {
            let to = |port| SocketAddr::new(plan::city(family), port);
            let connect = |port| phone.connect(to(port), Duration::from_secs(5)).unwrap();
            transfer.go_on(connect(7), echo_once);
            let mut download = connect(80);
            download
                .write_all(b"GET /bulk?seconds=60 HTTP/1.1\r\nHost: city.example\r\n\r\n")
                .unwrap();
            transfer.go_on(download, |stream| stream.read(&mut [0; 4_096]).is_ok());
            transfer.go_on(phone.udp(to(7)).unwrap(), |socket| {
                // A refusal is no reason to give up.
                let _refused = socket.send(b"up and down");
                true
            });
            // Something once, so that the city's stream may come in.
            phone.udp(to(STREAM)).unwrap().send(b"begin").unwrap();
        }
        transfer
    }

    fn go_on<T: Send + 'static>(&self, mut flow: T, step: fn(&mut T) -> bool) {
        let ended = Arc::clone(&self.0);
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) && step(&mut flow) {
                std::thread::sleep(PACE);
            }
        });
    }
}

fn echo_once(stream: &mut TcpStream) -> bool {
    stream.write_all(&[7; 512]).is_ok() && stream.read_exact(&mut [0; 512]).is_ok()
}

/// Sends to everybody who has ever said something, for ever, whether anybody listens or not.
fn send_streams(world: &World, ended: &Arc<AtomicBool>) {
    for family in Family::BOTH {
        let address = SocketAddr::new(plan::city(family), STREAM);
        let opened = world.lab.uplink().namespace().within(|| UdpSocket::bind(address));
        let socket = opened.unwrap().unwrap();
        socket.set_read_timeout(Some(PACE)).unwrap();
        let ended = Arc::clone(ended);
        std::thread::spawn(move || {
            let mut listeners = BTreeSet::new();
            while !ended.load(Ordering::Relaxed) {
                if let Ok((_, from)) = socket.recv_from(&mut [0; 64]) {
                    listeners.insert(from);
                }
                for listener in &listeners {
                    // Whether it still listens is not the sender's trouble.
                    let _refused = socket.send_to(&[9; 200], listener);
                }
            }
        });
    }
}

fn grant(world: &World, timeout_ms: u64) {
    apply(vec![granted(network(0), world.me.mac, timeout_ms)]);
}

fn revoke(world: &mut World) {
    apply(vec![AccessOp::Revoke {
        network: network(0),
        mac: world.me.mac,
    }]);
}

fn expire(world: &mut World) {
    grant(world, 1_000);
    let gone = poll(PATIENCE, || (!held().contains(&world.me.mac)).then_some(()));
    assert!(gone.is_some(), "the kernel's element does not expire");
}

fn block(world: &mut World) {
    let mac = world.me.mac.to_string();
    let edited = world.lab.edit_network(0, |network| {
        let blocked = network.get_mut("blocked").and_then(toml::Value::as_array_mut);
        blocked.unwrap().push(mac.into());
    });
    edited.unwrap();
    assert_eq!(ask(&Request::Reload), Reply::Done(Ok(())));
}

#[test]
fn a_transfer_stops_at_once_when_the_access_ends() {
    let mut world = World::new();
    world.open();
    let ended = Arc::new(AtomicBool::new(false));
    send_streams(&world, &ended);
    let watch = Watch::new(&world);
    // Connection tracking keeps every flow: the sets alone must be enough. Blocked comes last: it
    // stays in the configuration.
    let ends: [End; 3] = [("revoked", revoke), ("expired", expire), ("blocked", block)];
    for (who, end) in ends {
        grant(&world, HOUR);
        let transfer = Transfer::start(&world.phones[0]);
        watch.forget();
        let running = poll(PATIENCE, || watch.seen().is_superset(&all_flows()).then_some(()));
        assert!(running.is_some(), "{who}: of all flows only {:?}", watch.seen());
        end(&mut world);
        std::thread::sleep(IN_FLIGHT);
        watch.forget();
        std::thread::sleep(WATCH);
        assert_eq!(watch.seen(), BTreeSet::new(), "{who}: flows that went on");
        println!("{who}: {} flows, 0 packets afterwards", all_flows().len());
        drop(transfer);
    }
    ended.store(true, Ordering::Relaxed);
}
