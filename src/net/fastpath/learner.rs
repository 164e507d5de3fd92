//! Enters flows into the fast path, and takes them out: a thread of its own, so that no request waits for it.
//!
//! The program tells of a packet of a granted station whose flow it does not know. If connection tracking knows the flow,
//! both sides have spoken, and the rules have checked its addresses (its connection mark says so), it is entered in both
//! directions, for a while; as long as packets pass, connection tracking is asked again before the while is over.
//! Whatever changes about routing, neighbours or interfaces ends all of them; they are learnt anew.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::net::netlink::NETFILTER;

use super::luck::Luck;
use super::maps::{self, Flow, FlowBytes, Key, KeyBytes, Unknown};
use super::programs::{FlowMaps, News};
use super::ways::Ways;
use crate::model::Mac;
use crate::net::netlink::{NetlinkError, Socket};
use crate::net::ruleset::mark;
use crate::wire::netlink::tracked::{self, Ends, Tracked};
use crate::wire::netlink::way::Question;

/// Protocols of IP.
const TCP: u8 = 6;
const UDP: u8 = 17;
/// DHCP and DHCPv6, of which the rules look at every packet.
const LOOKED_AT: [u16; 4] = [67, 68, 546, 547];

/// Nanoseconds between two looks at the flows that are known: at least, and at most.
const LOOK: u64 = 10_000_000_000;
const LONGEST_LOOK: u64 = 40_000_000_000;
/// Looks take at most this part of a processor, one of so many, as long as that is not too seldom.
const SPARING: u64 = 20;
/// Nanoseconds that an entry is good for; looks come three times as often.
const GOOD_FOR: u64 = 120_000_000_000;
/// Nanoseconds without a packet after which a flow is left to the plain way. Shorter than connection tracking remembers
/// a stream of UDP.
const IDLE: u64 = 100_000_000_000;
/// What is learnt at once, and flows refused that are remembered so as not to be asked for again.
const AT_ONCE: usize = 256;
const MOST_REFUSED: usize = 4_096;
/// Learning takes at most this part of a processor, one of so many.
const MODEST: u32 = 4;

/// Which packets may be passed on: those of these networks, by this uplink.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Arrangement {
    /// Interfaces of networks by index, and the connection mark of checked flows from there.
    pub(super) networks: Vec<(u32, u32)>,
    /// The uplink's index; 0 is none.
    pub(super) uplink: u32,
}

enum Order {
    Arrange(Arrangement),
    Forget,
    End,
}

/// The thread; it ends with this value.
#[derive(Debug)]
pub(super) struct Learner {
    orders: mpsc::Sender<Order>,
    wake: Arc<std::os::fd::OwnedFd>,
    flows: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

struct Work {
    orders: mpsc::Receiver<Order>,
    wake: Arc<std::os::fd::OwnedFd>,
    told: Arc<AtomicU64>,
    news: News,
    maps: FlowMaps,
    conntrack: Socket,
    ways: Ways,
    arrangement: Arrangement,
    refused: HashSet<Key>,
    luck: Luck,
    /// By [`maps::now`].
    next_look: u64,
}

/// What becomes of a flow.
enum Verdict {
    Pass(Box<Pair>),
    /// Connection tracking does not rely on it: it could be forgotten any time.
    NotYet,
    Never,
}

/// Both directions of a flow.
struct Pair {
    up: (Key, Flow),
    down: (Key, Flow),
}

impl Learner {
    /// Starts the thread, which passes nothing on until it is told what may be.
    ///
    /// # Errors
    /// A socket, or the thread, cannot be had.
    pub(super) fn start(maps: FlowMaps, news: News) -> std::io::Result<Self> {
        let (orders, received) = mpsc::channel();
        let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?);
        let flows = Arc::new(AtomicU64::new(0));
        let failed = |error: NetlinkError| std::io::Error::other(error);
        let mut work = Work {
            orders: received,
            wake: Arc::clone(&wake),
            told: Arc::clone(&flows),
            news,
            maps,
            conntrack: Socket::open(Some(NETFILTER)).map_err(failed)?,
            ways: Ways::open().map_err(failed)?,
            arrangement: Arrangement::default(),
            refused: HashSet::new(),
            luck: Luck::default(),
            next_look: maps::now().saturating_add(LOOK),
        };
        let thread = std::thread::Builder::new()
            .name("fast path".to_owned())
            .spawn(move || while work.turn() {})?;
        Ok(Self {
            orders,
            wake,
            flows,
            thread: Some(thread),
        })
    }

    /// Forgets all flows; from now on others, by this arrangement.
    pub(super) fn arrange(&self, arrangement: Arrangement) {
        self.order(Order::Arrange(arrangement));
    }

    /// Forgets all flows; they may be learnt anew.
    pub(super) fn forget(&self) {
        self.order(Order::Forget);
    }

    /// Connections that are known; counted again at each look.
    pub(super) fn flows(&self) -> u64 {
        self.flows.load(Ordering::Relaxed)
    }

    fn order(&self, order: Order) {
        // It takes orders as long as this value lives.
        let _ = self.orders.send(order);
        let _ = rustix::io::write(&*self.wake, &1_u64.to_ne_bytes());
    }
}

impl Drop for Learner {
    fn drop(&mut self) {
        self.order(Order::End);
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell, not even how it ended.
            let _ = thread.join();
        }
    }
}

impl Work {
    /// Waits for something to do and does it; whether there is to be another turn.
    fn turn(&mut self) -> bool {
        let wait = Duration::from_nanos(self.next_look.saturating_sub(maps::now()));
        let mut sources = [
            PollFd::new(&self.news, PollFlags::IN),
            PollFd::new(&*self.wake, PollFlags::IN),
            PollFd::new(self.ways.changes(), PollFlags::IN),
        ];
        // Interrupted or not: what there is to do is seen below.
        let _ = poll(&mut sources, Timespec::try_from(wait).ok().as_ref());
        let _ = rustix::io::read(&*self.wake, &mut [0; 8]);
        // An order may take away what is being learnt.
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Arrange(arrangement) => self.arrangement = arrangement,
                Order::Forget => {}
                Order::End => return false,
            }
            self.forget();
        }
        let interfaces: Vec<u32> = self
            .arrangement
            .networks
            .iter()
            .map(|(index, _)| *index)
            .chain([self.arrangement.uplink])
            .collect();
        if self.ways.have_changed(&interfaces) {
            self.forget();
        }
        let begun = maps::now();
        if begun >= self.next_look {
            self.look();
            let now = maps::now();
            let pause = (now.saturating_sub(begun).saturating_mul(SPARING)).clamp(LOOK, LONGEST_LOOK);
            self.next_look = now.saturating_add(pause);
            return true;
        }
        if self.learn_some() {
            let rest = Duration::from_nanos(maps::now().saturating_sub(begun)) * (MODEST - 1);
            std::thread::sleep(rest.max(self.luck.pause()));
        }
        true
    }

    /// Learns what the program has told; whether it told anything.
    fn learn_some(&mut self) -> bool {
        let mut told = Vec::with_capacity(AT_ONCE);
        while told.len() < AT_ONCE {
            let Some(item) = self.news.next() else { break };
            told.extend(Unknown::decode(&item));
        }
        for unknown in &told {
            if self.refused.contains(&unknown.key) || !self.luck.asks() {
                continue;
            }
            match self.judge(unknown) {
                Ok(Verdict::Pass(pair)) => {
                    self.luck.found();
                    self.enter(&pair);
                }
                Ok(Verdict::NotYet) => {}
                Ok(Verdict::Never) => {
                    if self.refused.len() >= MOST_REFUSED {
                        self.refused.clear();
                    }
                    self.refused.insert(unknown.key);
                }
                Err(error) => tracing::debug!(%error, "a flow cannot be looked up"),
            }
        }
        !told.is_empty()
    }

    /// What the kernel would do with the packets of a flow from now on, if they may be passed on.
    fn judge(&mut self, unknown: &Unknown) -> Result<Verdict, NetlinkError> {
        let (key, lan) = (unknown.key, unknown.key.arrives_at);
        let Some(tracked) = self.tracked(&key)? else {
            return Ok(Verdict::Never);
        };
        if !tracked.is_assured() {
            return Ok(Verdict::NotYet);
        }
        let question = Question {
            from: key.ends.from.ip(),
            to: key.ends.to.ip(),
            arrives_at: lan,
            mark: mark::GRANTED,
        };
        let uplink = self.arrangement.uplink;
        let Some(hop) = self.ways.hop(&question, uplink)? else {
            return Ok(Verdict::Never);
        };
        // Packets to this address have to go where they come from.
        if self.ways.neighbour(lan, question.from)? != Some(unknown.mac) {
            return Ok(Verdict::Never);
        }
        let (Some(near), Some(far)) = (self.ways.device(lan)?, self.ways.device(uplink)?) else {
            return Ok(Verdict::Never);
        };
        let (Some(near_mac), Some(far_mac)) = (near.mac, far.mac) else {
            return Ok(Verdict::Never);
        };
        if key.protocol == TCP {
            // It will not see every segment: whatever its window says, it must not take one for foreign.
            self.conntrack.ask(
                |out, seq| tracked::be_liberal(out, seq, TCP, &tracked.original),
                |_| (),
            )?;
        }
        let now = maps::now();
        let flow = |leaves_by, station: SocketAddr, longest: u32, to: Mac, from: Mac| Flow {
            until: now.saturating_add(GOOD_FOR),
            seen: now,
            slot: unknown.slot,
            turn: unknown.turn,
            leaves_by,
            station,
            longest: u16::try_from(longest).unwrap_or(u16::MAX),
            to,
            from,
        };
        let back = Key {
            ends: tracked.reply,
            arrives_at: uplink,
            protocol: key.protocol,
        };
        Ok(Verdict::Pass(Box::new(Pair {
            up: (key, flow(uplink, tracked.reply.to, hop.longest, hop.mac, far_mac)),
            down: (back, flow(lan, key.ends.from, near.mtu, unknown.mac, near_mac)),
        })))
    }

    /// The flow as connection tracking has it, if the rules pass its packets on without looking at them.
    fn tracked(&mut self, key: &Key) -> Result<Option<Tracked>, NetlinkError> {
        let networks = &self.arrangement.networks;
        let expected = networks.iter().find(|(index, _)| *index == key.arrives_at);
        let Some(&(_, checked)) = expected else {
            return Ok(None);
        };
        if !matches!(key.protocol, TCP | UDP) || LOOKED_AT.contains(&key.ends.to.port()) {
            return Ok(None);
        }
        let answer = self.conntrack.ask(
            |out, seq| tracked::get(out, seq, key.protocol, &key.ends),
            tracked::decode,
        );
        let tracked = match answer {
            Err(error) if error.is_missing() => None,
            answer => answer?,
        };
        Ok(tracked.filter(|tracked| may_pass(tracked, &key.ends, checked)))
    }

    /// Has connection tracking, which does not see the packets, remember the flow for so many seconds from now.
    fn remember(&mut self, key: &Key, seconds: u32) -> Result<(), NetlinkError> {
        self.conntrack.ask(
            |out, seq| tracked::remember(out, seq, key.protocol, &key.ends, seconds),
            |_| (),
        )
    }

    fn enter(&mut self, pair: &Pair) {
        // Answers may come as soon as anything passes.
        for (key, flow) in [&pair.down, &pair.up] {
            if let Err(error) = self.write(key, flow.encode()) {
                tracing::debug!(%error, "a flow goes the plain way");
                return;
            }
        }
        self.told.fetch_add(1, Ordering::Relaxed);
    }

    fn write(&mut self, key: &Key, flow: FlowBytes) -> Result<(), aya::maps::MapError> {
        match key.encode() {
            Some(KeyBytes::V4(key)) => self.maps.v4.insert(key, flow, 0),
            Some(KeyBytes::V6(key)) => self.maps.v6.insert(key, flow, 0),
            None => Ok(()),
        }
    }

    fn read(&self, key: &KeyBytes) -> Option<FlowBytes> {
        match key {
            KeyBytes::V4(key) => self.maps.v4.get(key, 0).ok(),
            KeyBytes::V6(key) => self.maps.v6.get(key, 0).ok(),
        }
    }

    fn remove(&mut self, key: &KeyBytes) {
        // Not there is what is wanted.
        let _ = match key {
            KeyBytes::V4(key) => self.maps.v4.remove(key),
            KeyBytes::V6(key) => self.maps.v6.remove(key),
        };
    }

    fn keys(&self) -> Vec<KeyBytes> {
        let v4 = self.maps.v4.keys().filter_map(Result::ok).map(KeyBytes::V4);
        let v6 = self.maps.v6.keys().filter_map(Result::ok).map(KeyBytes::V6);
        v4.chain(v6).collect()
    }

    fn forget(&mut self) {
        for key in self.keys() {
            self.remove(&key);
        }
        self.refused.clear();
        self.told.store(0, Ordering::Relaxed);
    }

    /// Confirms what has packets, and removes what has none or has ended.
    fn look(&mut self) {
        self.refused.clear();
        let memory = [TCP, UDP].map(|protocol| (protocol, remembered(protocol)));
        let uplink = self.arrangement.uplink;
        let mut alive: u64 = 0;
        for bytes in self.keys() {
            let Some(flow) = self.read(&bytes) else { continue };
            let (key, now) = (Key::decode(&bytes), maps::now());
            // The answers are confirmed with what they answer, or run out.
            if key.arrives_at == uplink {
                if Flow::until_of(&flow) < now {
                    self.remove(&bytes);
                }
                continue;
            }
            let tracked = self.tracked(&key).ok().flatten();
            let back = tracked.and_then(|tracked| {
                let ends = tracked.reply;
                let (arrives_at, protocol) = (uplink, key.protocol);
                Key {
                    ends,
                    arrives_at,
                    protocol,
                }
                .encode()
            });
            // Both directions, or neither: what is not known is learnt anew.
            let Some((back, answers)) = back.and_then(|back| Some((back, self.read(&back)?))) else {
                self.remove(&bytes);
                continue;
            };
            let seen = Flow::seen_of(&flow).max(Flow::seen_of(&answers));
            let memory = memory.iter().find(|(protocol, _)| *protocol == key.protocol);
            let is_kept = now.saturating_sub(seen) <= IDLE
                && memory.is_some_and(|(_, seconds)| self.remember(&key, *seconds).is_ok());
            if !is_kept {
                self.remove(&bytes);
                self.remove(&back);
                continue;
            }
            alive += 1;
            let until = now.saturating_add(GOOD_FOR);
            for (key, flow) in [(bytes, flow), (back, answers)] {
                // A flow that cannot be written runs out.
                let _ = self.write(&Key::decode(&key), Flow::renewed(flow, until));
            }
        }
        self.told.store(alive, Ordering::Relaxed);
    }
}

/// Whether the rules would pass every packet of the flow on as they are: checked, answered, translated at the station's
/// end alone.
fn may_pass(tracked: &Tracked, original: &Ends, checked: u32) -> bool {
    let is_whole = match tracked.protocol {
        TCP => tracked.is_established(),
        _ => true,
    };
    tracked.original == *original
        && tracked.mark == checked
        && tracked.is_confirmed()
        && tracked.is_answered()
        && !tracked.is_dying()
        && !tracked.has_destination_nat()
        && tracked.reply.from == original.to
        && is_same_family(tracked.reply.to.ip(), original.from.ip())
        && is_whole
}

const fn is_same_family(a: IpAddr, b: IpAddr) -> bool {
    a.is_ipv4() == b.is_ipv4()
}

/// How long connection tracking remembers an established connection of TCP, or a stream of UDP: seconds.
fn remembered(protocol: u8) -> u32 {
    let (key, usual) = match protocol {
        TCP => ("tcp_timeout_established", 432_000),
        _ => ("udp_timeout_stream", 120),
    };
    let path = format!("/proc/sys/net/netfilter/nf_conntrack_{key}");
    let told = std::fs::read_to_string(path).ok();
    told.and_then(|told| told.trim().parse().ok()).unwrap_or(usual)
}
