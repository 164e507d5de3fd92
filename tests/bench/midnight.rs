//! All sessions of the day end at once, as at midnight: what people at the portal, and a flow of one who
//! stays, notice of it. With 100,000 sessions; needs root.
//!
//! The portal's figures are those of looks that began from midnight until only the one who stays had access;
//! their baseline is the portal in a quiet time before.

mod bed;
mod crowd;
mod flow;
mod processor;
mod report;

use std::ops::Range;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use bed::Bed;
use crowd::Looks;
use flow::{Flow, Lost};
use processor::on_cpu;
use report::{Case, Figure, Goal, is_smoke, ms_since, quantile, say, tick};

/// The station of the flow; its session outlasts the others.
const WALKER: u32 = 1_000_000;
/// People who look at the page again and again meanwhile.
const VISITORS: Range<u32> = 1_000_001..1_000_033;
/// Between two looks of one of them: together some 300 a second.
const PACE: Duration = Duration::from_millis(100);
/// The kernel forgets a session so much later than `portico` ends it (`FAIL_SAFE_MS` of `core`).
const FAIL_SAFE_MS: u64 = 10_000;

/// How much is done.
struct Scale {
    sessions: u32,
    /// From the start of loading to midnight, and what is looked at before and after it.
    until_midnight: Duration,
    quiet: Duration,
    after: Duration,
}

const FULL: Scale = Scale {
    sessions: 100_000,
    until_midnight: Duration::from_secs(90),
    quiet: Duration::from_secs(20),
    after: Duration::from_secs(30),
};
const SMOKE: Scale = Scale {
    sessions: 300,
    until_midnight: Duration::from_secs(20),
    quiet: Duration::from_secs(2),
    after: Duration::from_secs(4),
};

/// Work of both processes so far, seconds.
#[derive(Clone, Copy)]
struct Work {
    netd: f64,
    portico: f64,
}

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let name = format!("{} sessions", scale.sessions);
    let case = Case {
        bench: "midnight",
        name: &name,
    };
    say(&format!("{name}: preparing"));
    let mut bed = Bed::build(
        scale.sessions + 1_000,
        std::slice::from_ref(&(WALKER..VISITORS.end)),
    )?;
    bed.start_netd()?;
    let midnight = tick() + scale.until_midnight;
    bed.preload(WALKER..WALKER + 1)?;
    for first in (0..scale.sessions).step_by(4_096) {
        let left = u64::try_from(midnight.saturating_sub(tick()).as_millis())?;
        bed.preload_for(first..scale.sessions.min(first + 4_096), left + FAIL_SAFE_MS)?;
    }
    bed.start_portico(u64::from(scale.sessions) + 1)?;
    bed.wait_for_stored(i64::from(scale.sessions) + 1)?;
    let left = midnight.saturating_sub(tick());
    ensure!(
        left > scale.quiet * 2,
        "loading took too long: {left:?} to midnight"
    );

    say("quiet");
    let quiet = watch(&bed, scale.quiet)?;
    let before = (work(&mut bed)?, bed.resident()?);
    std::thread::sleep(midnight.saturating_sub(tick() + Duration::from_secs(2)));
    say("midnight");
    let (storm, emptied) = std::thread::scope(|scope| {
        let bed = &bed;
        let counting = scope.spawn(move || emptied(bed, midnight));
        let storm = watch(bed, scale.after);
        let Ok(emptied) = counting.join() else {
            bail!("the count ended early");
        };
        Ok((storm?, emptied?))
    })?;
    let after = (work(&mut bed)?, bed.resident()?);
    tell(case, &quiet, &storm, storm_time(midnight, emptied))?;
    case.figure("all_ended_after", emptied, "ms", None).print();
    case.figure("work_portico", after.0.portico - before.0.portico, "s", None)
        .print();
    case.figure("work_netd", after.0.netd - before.0.netd, "s", None)
        .print();
    let memory = |(netd, portico): (f64, f64)| netd + portico;
    case.figure("memory_before", memory(before.1), "MiB", None)
        .print();
    case.figure("memory_after", memory(after.1), "MiB", None).print();
    Ok(())
}

/// What people and flow saw.
struct Seen {
    looks: Looks,
    lost: Lost,
}

fn watch(bed: &Bed, time: Duration) -> Result<Seen> {
    let flow = Flow::start(bed, WALKER)?;
    let looks = crowd::look(bed, VISITORS, time, PACE)?;
    let lost = flow.finish()?;
    Ok(Seen { looks, lost })
}

/// While sessions end; where there are few, each visitor has looked twice nevertheless.
fn storm_time(midnight: Duration, emptied: f64) -> Range<Duration> {
    midnight..midnight + Duration::from_secs_f64(emptied / 1e3).max(PACE * 2)
}

/// Milliseconds from midnight until only the walker has access.
fn emptied(bed: &Bed, midnight: Duration) -> Result<f64> {
    let limit = midnight + Duration::from_mins(2);
    while tick() < limit {
        if tick() >= midnight && bed.granted() == Some(1) {
            return Ok(ms_since(midnight));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    bail!("{:?} sessions are left long after midnight", bed.granted());
}

fn work(bed: &mut Bed) -> Result<Work> {
    Ok(Work {
        netd: on_cpu(bed.netd()?.pid())?,
        portico: on_cpu(bed.portico()?.pid())?,
    })
}

fn tell(case: Case<'_>, quiet: &Seen, storm: &Seen, time: Range<Duration>) -> Result<()> {
    let before = quiet.looks.within(Duration::ZERO..Duration::MAX);
    let meanwhile = storm.looks.within(time);
    ensure!(!meanwhile.is_empty(), "nobody looked while sessions ended");
    for (metric, thousandths, goal) in [
        ("page_p50", 500, None),
        ("page_p99", 990, Some(Goal::AtMost(50.0))),
        ("page_max", 1_000, None),
    ] {
        let value = quantile(&meanwhile, thousandths);
        Figure {
            baseline: Some(quantile(&before, thousandths)),
            ..case.figure(metric, value, "ms", goal)
        }
        .print();
    }
    Figure {
        baseline: Some(quiet.lost.silence),
        ..case.figure(
            "longest_silence_of_a_flow",
            storm.lost.silence,
            "ms",
            Some(Goal::AtMost(50.0)),
        )
    }
    .print();
    for (metric, looks) in [
        ("pages_looked_at", storm.looks.each.len()),
        ("pages_while_sessions_ended", meanwhile.len()),
    ] {
        let looks = f64::from(u32::try_from(looks)?);
        case.figure(metric, looks, "1", None).print();
    }
    case.figure(
        "pages_refused",
        f64::from(storm.looks.failed),
        "1",
        Some(Goal::AtMost(0.0)),
    )
    .print();
    case.figure("udp_sent", storm.lost.sent, "packets", None).print();
    case.figure("udp_lost", storm.lost.udp, "packets", Some(Goal::AtMost(0.0)))
        .print();
    case.figure("tcp_lost", storm.lost.tcp(), "packets", Some(Goal::AtMost(0.0)))
        .print();
    Ok(())
}
