//! Whether stations that want more than the line carries get the same of it: 2, 20 and 50 of them with 1 to
//! 32 flows each, CUBIC and BBR mixed, on a line of 100 Mbit/s and 20 ms, up and down; at first all of them
//! all the time, then with every other one coming and going. Without limits, with the same limit for all, with
//! a class of HTB for each, and with Portico. Needs root.
//!
//! How alike they fare is Jain's index (1 when all have the same) of what arrived of each; with coming and
//! going, the mean over stretches of four seconds, of those that were active since two seconds before. Use is that
//! of IP packets with new payload: what the receiving programs read, times 1,500 bytes for each 1,428. A lost
//! echo counts as half a second.

#[path = "../bed.rs"]
mod bed;
#[path = "../accuracy/delay.rs"]
mod delay;
mod echo;
mod line;
mod load;
mod method;
#[path = "../report.rs"]
mod report;
mod run;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};

use line::MBIT;
use method::{ALL, Method, Site};
use report::{Figure, Goal, is_smoke, quantile, say};
use run::{Outcome, Phase};

/// How much is done.
pub(crate) struct Scale {
    /// Stations that load the line.
    crowds: &'static [u32],
    /// Before a load, for echoes on the empty line.
    empty: Duration,
    /// From the beginning of the load to that of the measurement.
    settle: Duration,
    /// All stations all the time.
    steady: Duration,
    /// Half of them come and go.
    churn: Duration,
}

const FULL: Scale = Scale {
    crowds: &[2, 20, 50],
    empty: Duration::from_secs(1),
    settle: Duration::from_secs(20),
    steady: Duration::from_secs(8),
    churn: Duration::from_secs(18),
};
const SMOKE: Scale = Scale {
    crowds: &[3],
    empty: Duration::from_millis(100),
    settle: Duration::from_millis(200),
    steady: Duration::from_millis(500),
    churn: Duration::from_millis(500),
};

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let most = scale.crowds.iter().copied().max().unwrap_or(1);
    let controls = controls()?;
    // The one more is idle.
    let sites = ALL
        .into_iter()
        .map(|method| Site::build(method, most + 1))
        .collect::<Result<Vec<_>>>()?;
    for upward in [false, true] {
        for &crowd in scale.crowds {
            let mut outcomes = BTreeMap::new();
            for pair in sites.chunks(SIDE_BY_SIDE) {
                outcomes.extend(side_by_side(&scale, pair, crowd, upward, &controls)?);
            }
            tell(crowd, upward, &outcomes);
        }
    }
    Ok(())
}

/// So many sites at once: each has a line of its own, and all together they leave the processors time.
const SIDE_BY_SIDE: usize = 2;

type Outcomes = BTreeMap<(Phase, &'static str), Outcome>;

/// BBR only where the kernel has it.
fn controls() -> Result<Vec<&'static str>> {
    let known = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")?;
    if known.split_whitespace().any(|name| name == "bbr") {
        return Ok(vec!["cubic", "bbr"]);
    }
    say("this kernel has no BBR: left out");
    Ok(vec!["cubic"])
}

fn side_by_side(
    scale: &Scale,
    sites: &[Site],
    crowd: u32,
    upward: bool,
    controls: &[&'static str],
) -> Result<Outcomes> {
    std::thread::scope(|scope| {
        let running: Vec<_> = sites
            .iter()
            .map(|site| {
                let work = move || run::run(scale, site, crowd, upward, controls);
                (site.method.name(), scope.spawn(work))
            })
            .collect();
        let mut outcomes = Outcomes::new();
        for (method, thread) in running {
            let Ok(phases) = thread.join() else {
                bail!("a measurement ended early");
            };
            outcomes.extend(
                phases?
                    .into_iter()
                    .map(|(phase, outcome)| ((phase, method), outcome)),
            );
        }
        Ok(outcomes)
    })
}

fn tell(crowd: u32, upward: bool, outcomes: &Outcomes) {
    for (&(phase, method), outcome) in outcomes {
        let way = if upward { "up" } else { "down" };
        let (kind, least) = match phase {
            Phase::Steady => ("", 0.97),
            Phase::Churn => (", coming and going", 0.92),
        };
        let case = format!("{method}, {crowd} stations, {way}{kind}");
        let use_of_line = outcome.megabits / f64::from(MBIT) * 100.0;
        for (metric, value, unit, goal) in [
            ("jain", outcome.jain, "1", Some(Goal::AtLeast(least))),
            ("use", use_of_line, "%", Some(Goal::AtLeast(92.0))),
            (
                "added_latency",
                quantile(&outcome.echoes, 500) - outcome.empty_ms,
                "ms",
                Some(Goal::AtMost(10.0)),
            ),
            (
                "added_latency_p95",
                quantile(&outcome.echoes, 950) - outcome.empty_ms,
                "ms",
                None,
            ),
        ] {
            // The goals are ours.
            let goal = goal.filter(|_| method == Method::Portico.name());
            Figure {
                bench: "fairness",
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
}
