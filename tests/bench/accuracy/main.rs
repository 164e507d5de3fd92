//! Whether a station gets what its plan says, and whether its own load slows it down: 1 to 100 Mbit/s, up
//! and down, CUBIC, BBR and UDP, with the server next door and 20 ms away. Needs root.
//!
//! A rate is that of IP packets of new payload: what the receiving program reads, times 1,500 bytes for
//! each 1,448 (TCP with time stamps) or 1,472 (UDP). Counting begins after three seconds, when the second's
//! worth of rate that the kernel's bucket saves up is used, and lasts fifteen: a packet that is lost keeps
//! those behind it from the program until it is sent again, a tenth of a second's worth or more. Latency is that of small UDP echoes of the same
//! station through the same limit; those that the limit drops have none, so how many these were stands
//! beside it. All rates run side by side, each on a gateway of its own.

#[path = "../bed.rs"]
mod bed;
mod delay;
#[path = "../datapath/gateway.rs"]
#[allow(dead_code, reason = "the small packets are of another benchmark")]
mod gateway;
mod load;
#[path = "../datapath/packets.rs"]
#[allow(dead_code, reason = "only where packets begin and end is needed")]
mod packets;
#[path = "../report.rs"]
mod report;
#[path = "../datapath/rules.rs"]
#[allow(dead_code, reason = "the other techniques are of another benchmark")]
mod rules;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use portico::app::lab::isolation::Namespace;
use portico::model::Rate;

use delay::{Delay, send_single_packets};
use gateway::{Device, Gateway};
use load::{Outcome, Protocol};
use report::{Figure, Goal, is_smoke, quantile, say};

/// How much is done.
struct Scale {
    /// Plans, Mbit/s.
    plans: &'static [u32],
    repeats: usize,
    time: load::Times,
}

const FULL: Scale = Scale {
    plans: &[1, 5, 20, 50, 100],
    repeats: 3,
    time: load::Times {
        skip: Duration::from_secs(3),
        count: Duration::from_secs(15),
        idle_echoes: 30,
    },
};
const SMOKE: Scale = Scale {
    plans: &[5],
    repeats: 1,
    time: load::Times {
        skip: Duration::from_millis(300),
        count: Duration::from_millis(300),
        idle_echoes: 3,
    },
};

/// A gateway whose stations have one plan, with the server at one distance.
struct Bench {
    plan: u32,
    round_trip: Duration,
    gateway: Gateway,
    // Carries all that passes.
    _delay: Option<Delay>,
}

/// Plan, whether far, whether upward, protocol.
type Cell = (u32, bool, bool, Protocol);

fn main() -> Result<()> {
    let mut protocols = vec![Protocol::Cubic, Protocol::Udp];
    if bed::has_bbr()? {
        protocols.insert(1, Protocol::Bbr);
    }
    let scale = if is_smoke() { SMOKE } else { FULL };
    let far = Duration::from_millis(20);
    let mut benches = Vec::new();
    for round_trip in [Duration::ZERO, far] {
        for &plan in scale.plans {
            benches.push(build(plan, round_trip)?);
        }
    }
    let mut outcomes: BTreeMap<Cell, Vec<Outcome>> = BTreeMap::new();
    for repeat in 0..scale.repeats {
        for round_trip in [Duration::ZERO, far] {
            for &protocol in &protocols {
                for upward in [true, false] {
                    say(&format!(
                        "repeat {} of {}: {protocol:?}, {}, {} ms",
                        repeat + 1,
                        scale.repeats,
                        if upward { "up" } else { "down" },
                        round_trip.as_millis()
                    ));
                    for (plan, outcome) in side_by_side(&benches, round_trip, protocol, upward, scale.time)? {
                        let cell = (plan, !round_trip.is_zero(), upward, protocol);
                        outcomes.entry(cell).or_default().push(outcome);
                    }
                }
            }
        }
    }
    for (cell, outcomes) in &outcomes {
        tell(*cell, outcomes);
    }
    Ok(())
}

fn build(plan: u32, round_trip: Duration) -> Result<Bench> {
    let (mut gateway, delay) = if round_trip.is_zero() {
        (Gateway::new("accuracy", 1)?, None)
    } else {
        let way = Namespace::new("way")?;
        let gateway = Gateway::by_way_of(Some(&way), "accuracy", 1)?;
        let (near, far) = (Device::Wan.mac()?, Device::Net.mac()?);
        (gateway, Some(Delay::start(&way, near, far, round_trip)?))
    };
    gateway.portico_at(Rate::from_bytes_per_second(u64::from(plan) * 125_000)?, 1)?;
    for (namespace, device) in [(&gateway.street, "sta0"), (&gateway.internet, "net0")] {
        send_single_packets(namespace, device)?;
    }
    Ok(Bench {
        plan,
        round_trip,
        gateway,
        _delay: delay,
    })
}

fn side_by_side(
    benches: &[Bench],
    round_trip: Duration,
    protocol: Protocol,
    upward: bool,
    times: load::Times,
) -> Result<Vec<(u32, Outcome)>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = benches
            .iter()
            .filter(|bench| bench.round_trip == round_trip)
            .map(|bench| {
                let work = move || load::run(&bench.gateway, protocol, upward, bench.plan, times);
                (bench.plan, scope.spawn(work))
            })
            .collect();
        running
            .into_iter()
            .map(|(plan, thread)| match thread.join() {
                Ok(outcome) => Ok((plan, outcome?)),
                Err(_) => bail!("a measurement ended early"),
            })
            .collect()
    })
}

fn tell((plan, far, upward, protocol): Cell, outcomes: &[Outcome]) {
    let case = format!(
        "{plan} Mbit/s {}, {protocol:?}, {}",
        if upward { "up" } else { "down" },
        if far { "20 ms" } else { "near" }
    );
    let median = |of: fn(&Outcome) -> f64| quantile(&outcomes.iter().map(of).collect::<Vec<_>>(), 500);
    let rate = median(|outcome| outcome.megabits);
    let off = (rate / f64::from(plan) - 1.0).abs() * 100.0;
    let allowed = if plan == 1 { 8.0 } else { 4.0 };
    for (metric, value, unit, goal) in [
        ("rate", rate, "Mbit/s", None),
        ("off_the_plan", off, "%", Some(Goal::AtMost(allowed))),
        (
            "added_latency",
            median(|outcome| outcome.loaded_ms - outcome.idle_ms),
            "ms",
            Some(Goal::AtMost(5.0)),
        ),
        ("echoes_lost", median(|outcome| outcome.lost * 100.0), "%", None),
    ] {
        Figure {
            bench: "accuracy",
            case: &case,
            metric,
            value,
            unit,
            baseline: None,
            goal,
        }
        .print();
    }
}
