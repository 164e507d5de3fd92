//! From the press of the button to the answer: a TLS connection kept alive, the POST, the decision, the
//! kernel's acknowledgement, the redirect. Alone (p50, p99) and many at once (grants per second with
//! the state on disk), with 0 to 100,000 sessions in the kernel beforehand; against spawning
//! `nft add element` for each grant. Needs root.

mod bed;
mod crowd;
mod report;

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use portico::app::lab::isolation::Namespace;
use portico::model::{AccessOp, Counters};
use portico::net::Kernel;
use portico::net::nftables::Nftables;

use bed::Bed;
use report::{Figure, Goal, is_smoke, ms_since, quantile, say, tick};

/// Numbers of the visitors, above those of all sessions preloaded.
const FIRST_VISITOR: u32 = 1_000_000;
/// Visitors who wait with the page open: fewer than the gateway keeps a share for, and soon enough
/// pressed not to be closed as idle.
const GROUP: usize = 250;
/// Presses at once in the crowd.
const HANDS: usize = 64;

/// How much is done.
struct Scale {
    sessions: &'static [u32],
    singles: u32,
    crowd: u32,
    spawned: u32,
}

const FULL: Scale = Scale {
    sessions: &[0, 1_000, 10_000, 100_000],
    singles: 1_000,
    crowd: 6_000,
    spawned: 150,
};
const SMOKE: Scale = Scale {
    sessions: &[0, 100],
    singles: 20,
    crowd: 60,
    spawned: 3,
};

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    for &sessions in scale.sessions {
        measure(&scale, sessions)?;
    }
    Ok(())
}

fn measure(scale: &Scale, sessions: u32) -> Result<()> {
    let case = format!("{sessions} sessions");
    say(&format!("{case}: preparing"));
    let singles = FIRST_VISITOR..FIRST_VISITOR + scale.singles;
    let crowd = singles.end..singles.end + scale.crowd;
    let room = sessions + scale.singles + scale.crowd + 1_000;
    let mut bed = Bed::build(room, std::slice::from_ref(&(singles.start..crowd.end)))?;
    bed.start_netd()?;
    bed.preload(0..sessions)?;
    bed.start_portico(u64::from(sessions))?;
    bed.wait_for_stored(i64::from(sessions))?;

    say(&format!("{case}: one after another"));
    let spawned = spawn_nft_for_each(sessions, room * 2, scale.spawned)?;
    let tls = Arc::clone(&bed.tls);
    let taken = bed
        .street
        .within(|| crowd::runtime(press_one_by_one(&tls, singles)))??;
    for (metric, thousandths, goal) in [
        ("press_to_answer_p50", 500, 1.5),
        ("press_to_answer_p99", 990, 8.0),
    ] {
        Figure {
            bench: "grant",
            case: &case,
            metric,
            value: quantile(&taken, thousandths),
            unit: "ms",
            baseline: Some(quantile(&spawned.taken, thousandths)),
            goal: Some(Goal::AtMost(goal)),
        }
        .print();
    }
    say(&format!("{case}: all at once"));
    let granted = i64::from(sessions) + i64::from(scale.singles) + i64::from(scale.crowd);
    measure_crowd(&bed, &case, crowd, spawned.per_second, granted)
}

fn measure_crowd(bed: &Bed, case: &str, crowd: Range<u32>, baseline: f64, granted: i64) -> Result<()> {
    let tls = Arc::clone(&bed.tls);
    let (per_second, ended) = bed
        .street
        .within(|| crowd::runtime(press_together(&tls, crowd)))??;
    Figure {
        bench: "grant",
        case,
        metric: "sustained_grants",
        value: per_second,
        unit: "1/s",
        baseline: Some(baseline),
        goal: Some(Goal::AtLeast(3_000.0)),
    }
    .print();
    bed.wait_for_stored(granted)?;
    Figure {
        bench: "grant",
        case,
        metric: "last_grant_on_disk_after",
        value: ms_since(ended),
        unit: "ms",
        baseline: None,
        goal: Some(Goal::AtMost(5_000.0)),
    }
    .print();
    Ok(())
}

/// Milliseconds of each press.
async fn press_one_by_one(tls: &Arc<rustls::ClientConfig>, stations: Range<u32>) -> Result<Vec<f64>> {
    let stations: Vec<u32> = stations.collect();
    let mut taken = Vec::with_capacity(stations.len());
    for group in stations.chunks(GROUP) {
        let mut visitors = crowd::arrive(tls, group).await?;
        for visitor in &mut visitors {
            let begun = tick();
            visitor.press().await?;
            taken.push(ms_since(begun));
        }
    }
    Ok(taken)
}

/// Grants per second, and when the last was answered.
async fn press_together(tls: &Arc<rustls::ClientConfig>, stations: Range<u32>) -> Result<(f64, Duration)> {
    let stations: Vec<u32> = stations.collect();
    let mut visitors = Vec::new();
    for group in stations.chunks(GROUP * 8) {
        visitors.extend(crowd::arrive(tls, group).await?);
        // Else the first would be closed as idle before the last is there.
        for visitor in &mut visitors {
            visitor.fidget().await?;
        }
    }
    // The first few begin the wait for a commit, so that one falls into the time measured.
    let early = visitors.len() / 20;
    for mut visitor in visitors.drain(..early) {
        visitor.press().await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;

    let count = f64::from(u32::try_from(visitors.len())?);
    let share = visitors.len().div_ceil(HANDS);
    let mut hands = tokio::task::JoinSet::new();
    let begun = tick();
    while !visitors.is_empty() {
        let some = visitors.split_off(visitors.len().saturating_sub(share));
        hands.spawn(async move {
            for mut visitor in some {
                visitor.press().await?;
            }
            Ok::<(), anyhow::Error>(())
        });
    }
    while let Some(done) = hands.join_next().await {
        done??;
    }
    let seconds = ms_since(begun) / 1e3;
    Ok((count / seconds, tick()))
}

/// What spawning `nft add element` costs.
struct Spawned {
    taken: Vec<f64>,
    per_second: f64,
}

/// In a namespace of its own, with the same sets and as many sessions in them.
fn spawn_nft_for_each(sessions: u32, size: u32, count: u32) -> Result<Spawned> {
    let namespace = Namespace::new("nft")?;
    let sets: String = [
        ("auth", "timeout"),
        ("up", "dynamic,timeout"),
        ("down", "dynamic,timeout"),
    ]
    .map(|(role, flags)| format!("set {role}_piazza {{ type ether_addr; flags {flags}; size {size}; }}\n"))
    .concat();
    bed::nft(&namespace, &format!("table netdev portico {{\n{sets}}}\n"))?;
    namespace.within(|| fill(0..sessions))??;
    let mut taken = Vec::new();
    for station in FIRST_VISITOR..FIRST_VISITOR + count {
        let begun = tick();
        spawn_nft(&namespace, station)?;
        taken.push(ms_since(begun));
    }
    // As many at once as there are processors.
    let begun = tick();
    let halves = [FIRST_VISITOR + count, FIRST_VISITOR + 2 * count];
    std::thread::scope(|scope| {
        let namespace = &namespace;
        let both = halves.map(|first| {
            scope.spawn(move || (first..first + count).try_for_each(|station| spawn_nft(namespace, station)))
        });
        both.into_iter()
            .try_for_each(|half| half.join().unwrap_or_else(|_| bail!("ended early")))
    })?;
    let per_second = f64::from(2 * count) * 1e3 / ms_since(begun);
    Ok(Spawned { taken, per_second })
}

fn spawn_nft(namespace: &Namespace, station: u32) -> Result<()> {
    let mac = bed::mac(station)?;
    let share = "limit rate 12500000 bytes/second burst 131072 bytes counter";
    let text = format!(
        "add element netdev portico auth_piazza {{ {mac} timeout 12h }}; \
         add element netdev portico up_piazza {{ {mac} {share} timeout 12h }}; \
         add element netdev portico down_piazza {{ {mac} {share} timeout 12h }}"
    );
    let status = namespace
        .command("nft")
        .arg(text)
        .status()
        .context("cannot run nft")?;
    if !status.success() {
        bail!("nft did not add the element");
    }
    Ok(())
}

fn fill(stations: Range<u32>) -> Result<()> {
    let (network, entry) = (bed::network()?, bed::entry()?);
    let mut kernel = Nftables::open()?;
    let macs = stations.map(bed::mac).collect::<Result<Vec<_>>>()?;
    for some in macs.chunks(4_096) {
        let grants: Vec<AccessOp> = some
            .iter()
            .map(|&mac| AccessOp::Grant {
                network,
                mac,
                entry,
                seed: Counters::default(),
            })
            .collect();
        kernel.apply(&grants)?;
    }
    Ok(())
}
