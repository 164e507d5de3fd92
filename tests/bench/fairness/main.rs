//! Whether stations that want more than the line carries get the same of it: 2, 20 and 50 of them with 1 to
//! 32 flows each, CUBIC and BBR mixed, on a line of 100 Mbit/s and 20 ms, up and down; at first all of them
//! all the time, then with every other one coming and going. Without limits, with the same limit for all, with
//! a class of HTB for each, and with Portico. Needs root.
//!
//! All of it is measured three times, and medians are told. One method runs at a time, in another order every
//! time: two beside each other take the processors that their packets need. Fifteen seconds lie
//! between the beginning of a load and that of the measurement, for all methods: so many flows that begin at
//! once fill the modem's queue, and after eight it had not yet drained. Then six without and eleven with
//! coming and going, of which each repeat sees another part of the stations' turns.
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

use anyhow::Result;

use line::MBIT;
use method::{ALL, Method, Site};
use report::{Figure, Goal, is_smoke, quantile, say};
use run::{Outcome, Phase};

/// How much is done.
pub(crate) struct Scale {
    /// Stations that load the line.
    crowds: &'static [u32],
    /// How often everything is measured.
    repeats: usize,
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
    repeats: ORDERS.len(),
    empty: Duration::from_secs(1),
    settle: Duration::from_secs(15),
    steady: Duration::from_secs(6),
    churn: Duration::from_secs(11),
};
const SMOKE: Scale = Scale {
    crowds: &[3],
    repeats: 1,
    empty: Duration::from_millis(100),
    settle: Duration::from_millis(200),
    steady: Duration::from_millis(500),
    churn: Duration::from_millis(500),
};

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let most = scale.crowds.iter().copied().max().unwrap_or(1);
    let mut controls = vec!["cubic"];
    if bed::has_bbr()? {
        controls.push("bbr");
    }
    // The one more is idle.
    let sites = ALL
        .into_iter()
        .map(|method| Site::build(method, most + 1))
        .collect::<Result<Vec<_>>>()?;
    let mut outcomes = Outcomes::new();
    for (repeat, order) in ORDERS.iter().enumerate().take(scale.repeats) {
        say(&format!("repeat {} of {}", repeat + 1, scale.repeats));
        for upward in [false, true] {
            for &crowd in scale.crowds {
                let round = Round {
                    crowd,
                    upward,
                    turned: f64::from(u32::try_from(repeat)?) / f64::from(u32::try_from(ORDERS.len())?),
                    controls: &controls,
                };
                for index in order {
                    let site = &sites[*index];
                    for (phase, outcome) in run::run(&scale, site, &round)? {
                        let cell = (upward, crowd, phase, site.method.name());
                        outcomes.entry(cell).or_default().push(outcome);
                    }
                }
            }
        }
    }
    for (&cell, outcomes) in &outcomes {
        tell(cell, outcomes);
    }
    Ok(())
}

/// Who runs after whom in each repeat, by place in [`ALL`].
const ORDERS: [[usize; 4]; 3] = [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]];

/// Whether upward, stations, phase, method.
type Cell = (bool, u32, Phase, &'static str);

/// One for each repeat.
type Outcomes = BTreeMap<Cell, Vec<Outcome>>;

/// What all sites have to do.
pub(crate) struct Round<'a> {
    crowd: u32,
    upward: bool,
    /// The part of a turn of coming and going that has passed when it begins.
    turned: f64,
    controls: &'a [&'static str],
}

fn tell((upward, crowd, phase, method): Cell, outcomes: &[Outcome]) {
    let way = if upward { "up" } else { "down" };
    let (kind, least) = match phase {
        Phase::Steady => ("", 0.97),
        Phase::Churn => (", coming and going", 0.92),
    };
    let case = format!("{method}, {crowd} stations, {way}{kind}");
    let median = |of: &dyn Fn(&Outcome) -> f64| quantile(&outcomes.iter().map(of).collect::<Vec<_>>(), 500);
    let added =
        |thousandths| median(&|outcome: &Outcome| quantile(&outcome.echoes, thousandths) - outcome.empty_ms);
    for (metric, value, unit, goal) in [
        ("jain", median(&|outcome| outcome.jain), "1", Goal::AtLeast(least)),
        (
            "use",
            median(&|outcome| outcome.megabits / f64::from(MBIT) * 100.0),
            "%",
            Goal::AtLeast(92.0),
        ),
        ("added_latency", added(500), "ms", Goal::AtMost(10.0)),
        ("added_latency_p95", added(950), "ms", Goal::AtMost(10.0)),
    ] {
        Figure {
            bench: "fairness",
            case: &case,
            metric,
            value,
            unit,
            baseline: None,
            // The goals are ours.
            goal: (method == Method::Portico.name()).then_some(goal),
        }
        .print();
    }
}
