//! A plan that changes while 10,000 or 100,000 sessions run: from the request until the kernel holds every
//! one of them to the new limits, in how many transactions, and what a running flow loses by it; and how
//! soon one of so many is out who is revoked. Needs root.
//!
//! Two hold a station to its plan: the fast path, through which its flows go, and its elements in nftables, by which
//! it gets there; each is told apart. Of those the station that moves data comes first: it and the last of all are too.
//! The change is asked for as an administrator does it, by a changed file: the baseline of its time is a request after
//! which the file is found as it was.

mod bed;
mod flow;
mod report;

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use aya::maps::{Array, Map, MapData, loaded_maps};
use portico::app::control::{self, ControlRequest};
use portico::model::{Mac, Rate};
use portico::net::Kernel;
use portico::net::netlink::Socket;
use portico::net::nftables::Nftables;
use portico::wire::netlink::elements::{self, Role, SetName};
use portico::wire::netlink::nft_events::{NftEvent, decode_event};
use rustix::net::netlink::NETFILTER;

use bed::Bed;
use flow::Flow;
use report::{Case, Figure, Goal, is_smoke, ms_since, quantile, say, tick};

/// The station of the flow: the one that moves data.
const WALKER: u32 = 1_000_000;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// `NFNL_SUBSYS_NFTABLES` and `NFT_MSG_GETGEN` (linux/netfilter/nf_tables.h).
const GET_GENERATION: u16 = (10 << 8) | 16;
/// Plans that take turns, Mbit/s; the last is the one that the sessions begin with.
const PLANS: [u64; 2] = [50, 100];

/// How much is done.
struct Scale {
    sessions: &'static [u32],
    rounds: usize,
    revoked: u32,
}

const FULL: Scale = Scale {
    sessions: &[10_000, 100_000],
    rounds: 6,
    revoked: 100,
};
const SMOKE: Scale = Scale {
    sessions: &[600],
    rounds: 2,
    revoked: 3,
};

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    for &sessions in scale.sessions {
        let name = format!("{sessions} sessions");
        let case = Case {
            bench: "plans",
            name: &name,
        };
        say(&format!("{name}: preparing"));
        let mut bed = Bed::build(sessions + 1_000, std::slice::from_ref(&(WALKER..WALKER + 1)))?;
        bed.start_netd()?;
        bed.preload(0..sessions)?;
        bed.preload(WALKER..WALKER + 1)?;
        bed.start_portico(u64::from(sessions) + 1)?;
        bed.wait_for_stored(i64::from(sessions) + 1)?;
        let mut kernel = Eyes::open(&bed)?;
        say(&format!("{name}: plans"));
        change(case, &bed, &mut kernel, (sessions, scale.rounds))?;
        say(&format!("{name}: revocations"));
        revoke(case, &bed, &mut kernel, scale.revoked)?;
    }
    Ok(())
}

fn change(case: Case<'_>, bed: &Bed, kernel: &mut Eyes, (sessions, rounds): (u32, usize)) -> Result<()> {
    let (mut unchanged, mut taken, mut transactions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut active, mut hastened) = (Vec::new(), Vec::new());
    let fast = FastEyes::open(sessions + 1)?;
    let (mut sent, mut lost, mut tcp, mut silence) = (0.0, 0.0, 0.0, Vec::new());
    for round in 0..rounds {
        let begun = tick();
        control::ask(&bed.path("run"), &ControlRequest::Reload)?;
        unchanged.push(ms_since(begun));

        let [plan, before] = [round, round + 1].map(|turn| PLANS[turn % PLANS.len()]);
        let flow = Flow::start(bed, WALKER)?;
        bed.amend_config(|text| {
            text.replace(&format!("\"{before} Mbit/s\""), &format!("\"{plan} Mbit/s\""))
        })?;
        let generation = kernel.generation()?;
        let [mover, all, flows] = put_in_force(bed, (kernel, &fast), (plan, sessions))?;
        active.push(mover);
        hastened.push(flows);
        taken.push(all);
        transactions.push(f64::from(kernel.generation()?.wrapping_sub(generation)));
        kernel.check(plan)?;
        let seen = flow.finish()?;
        sent += seen.sent;
        lost += seen.udp;
        tcp += seen.tcp();
        silence.push(seen.silence);
    }
    Figure {
        baseline: Some(quantile(&unchanged, 500)),
        ..case.figure(
            "plan_in_force_for_all_after",
            quantile(&taken, 500),
            "ms",
            Some(Goal::AtMost(1_000.0)),
        )
    }
    .print();
    case.figure(
        "plan_in_force_on_the_fast_path_after",
        quantile(&hastened, 500),
        "ms",
        Some(Goal::AtMost(1_000.0)),
    )
    .print();
    case.figure(
        "plan_in_force_for_who_moves_data_after",
        quantile(&active, 500),
        "ms",
        Some(Goal::AtMost(1_000.0)),
    )
    .print();
    let most = quantile(&taken, 1_000);
    case.figure("plan_in_force_for_all_after_at_most", most, "ms", None)
        .print();
    case.figure("transactions", quantile(&transactions, 500), "1", None)
        .print();
    case.figure("udp_sent", sent, "packets", None).print();
    for (metric, lost) in [("udp_lost", lost), ("tcp_lost", tcp)] {
        case.figure(metric, lost, "packets", Some(Goal::AtMost(0.0)))
            .print();
    }
    case.figure(
        "longest_silence_of_a_flow",
        quantile(&silence, 1_000),
        "ms",
        Some(Goal::AtMost(50.0)),
    )
    .print();
    Ok(())
}

/// Asks for what is in the file; milliseconds until the station that moves data has it in nftables, the last one
/// has, and the fast path has it for all.
fn put_in_force(
    bed: &Bed,
    (kernel, fast): (&mut Eyes, &FastEyes),
    (plan, sessions): (u64, u32),
) -> Result<[f64; 3]> {
    // Of those who are silent, in order.
    let stations = [bed::mac(WALKER)?, bed::mac(sessions - 1)?];
    std::thread::scope(|scope| {
        let begun = tick();
        let hastened = scope.spawn(move || fast.wait_for(plan, begun));
        let asked = scope.spawn(|| control::ask(&bed.path("run"), &ControlRequest::Reload));
        let mut taken = [0.0; 2];
        for (station, taken) in stations.into_iter().zip(&mut taken) {
            while kernel.limit_of(station)? != Some(bytes_per_second(plan)) {
                ensure!(tick() < begun + PATIENCE, "the plan is not in force");
                std::thread::sleep(Duration::from_millis(1));
            }
            *taken = ms_since(begun);
        }
        let Ok(answer) = asked.join() else {
            bail!("the request ended early");
        };
        answer?;
        let Ok(hastened) = hastened.join() else {
            bail!("the fast path was not looked at to the end");
        };
        let [mover, all] = taken;
        Ok([mover, all, hastened?])
    })
}

fn revoke(case: Case<'_>, bed: &Bed, kernel: &mut Eyes, count: u32) -> Result<()> {
    let mut taken = Vec::new();
    for station in 0..count {
        let mac = bed::mac(station)?;
        let begun = tick();
        let request = ControlRequest::Revoke {
            network: None,
            mac: mac.to_string(),
        };
        control::ask(&bed.path("run"), &request)?;
        while kernel.limit_of(mac)?.is_some() {
            ensure!(tick() < begun + PATIENCE, "{mac} still has access");
            std::thread::sleep(Duration::from_micros(200));
        }
        taken.push(ms_since(begun));
    }
    for (metric, thousandths) in [("revoked_after_p50", 500), ("revoked_after_p99", 990)] {
        case.figure(metric, quantile(&taken, thousandths), "ms", None)
            .print();
    }
    Ok(())
}

fn bytes_per_second(mbit: u64) -> u64 {
    mbit * 125_000
}

/// What the gateway's kernel holds.
struct Eyes {
    socket: Socket,
    all: Nftables,
    up: SetName,
}

impl Eyes {
    fn open(bed: &Bed) -> Result<Self> {
        let up = SetName::new(Role::Up, bed::network()?);
        bed.gateway.within(|| {
            Ok(Self {
                socket: Socket::open(Some(NETFILTER))?,
                all: Nftables::open()?,
                up,
            })
        })?
    }

    /// Bytes a second that a station may send; `None` if it has no access.
    fn limit_of(&mut self, mac: Mac) -> Result<Option<u64>> {
        let found = self.socket.ask(
            |out, seq| elements::get(out, seq, &self.up, &[mac]),
            |message| elements::decode_elements(message).next(),
        );
        match found {
            Ok(element) => Ok(element.and_then(|element| element.limit).map(|limit| limit.rate)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// How many transactions the ruleset has seen.
    fn generation(&mut self) -> Result<u32> {
        let event = self.socket.ask(
            // struct nfgenmsg: any family, version 0.
            |out, seq| out.message(GET_GENERATION, 0, seq, |out| out.raw(&[0; elements::NFGEN])),
            decode_event,
        )?;
        match event {
            Some(NftEvent::Generation { id, .. }) => Ok(id),
            _ => bail!("the kernel does not tell its generation"),
        }
    }

    /// That everybody has this plan.
    fn check(&mut self, plan: u64) -> Result<()> {
        let rate = bytes_per_second(plan);
        for session in self.all.sessions(bed::network()?)? {
            let plan = session.entry.plan.context("a session without limits")?;
            ensure!(
                [plan.down, plan.up].map(Rate::bytes_per_second) == [rate; 2],
                "{} is held to another plan",
                session.mac
            );
        }
        Ok(())
    }
}

/// What the fast path holds stations to: `struct terms` of `fastpath.bpf.c`, read from outside.
struct FastEyes {
    terms: Array<MapData, [u8; 64]>,
    stations: u32,
}

impl FastEyes {
    fn open(stations: u32) -> Result<Self> {
        let mut found = None;
        for map in loaded_maps() {
            let map = map?;
            if map.name_as_str() == Some("terms") {
                found = Some(map.id());
            }
        }
        let id = found.context("there is no fast path")?;
        let terms = Map::Array(MapData::from_id(id)?).try_into()?;
        Ok(Self { terms, stations })
    }

    /// Milliseconds since `begun` until every station was seen held to this plan. A little more than it took: they
    /// are looked at one after another.
    fn wait_for(&self, plan: u64, begun: Duration) -> Result<f64> {
        for station in 0..self.stations {
            while !self.holds(station, plan)? {
                ensure!(tick() < begun + PATIENCE, "the fast path has not got the plan");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(ms_since(begun))
    }

    fn holds(&self, station: u32, plan: u64) -> Result<bool> {
        let terms = self.terms.get(&station, 0)?;
        let costs = terms.get(8..24).context("the terms are short")?;
        Ok(costs.chunks_exact(8).all(|cost| {
            let cost = cost.try_into().map_or(0, u64::from_ne_bytes);
            // Of a byte, in 2^-20 ns.
            let second = cost.saturating_mul(bytes_per_second(plan)) >> 20;
            second.abs_diff(1_000_000_000) < 1_000_000
        }))
    }
}
