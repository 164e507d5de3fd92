//! Resident memory of both processes with 0, 1,000 and 10,000 sessions whose stations are known by their
//! addresses too, in the middle of a crowd of visitors and after it; and the size of the programs.
//! Needs root.

mod bed;
mod crowd;
mod report;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use bed::Bed;
use report::{Figure, Goal, is_smoke, say};

/// Sessions, and the goal in MiB for both processes together.
const FULL: [(u32, Option<f64>); 3] = [(0, None), (1_000, Some(24.0)), (10_000, Some(64.0))];
const SMOKE: [(u32, Option<f64>); 2] = [(0, None), (100, Some(24.0))];
/// Visitors with an open TLS connection at once.
const CROWD: u32 = 500;
/// The goal for both programs, MiB.
const PROGRAMS: f64 = 12.0;

fn main() -> Result<()> {
    let sizes: &[(u32, Option<f64>)] = if is_smoke() { &SMOKE } else { &FULL };
    for &(sessions, goal) in sizes {
        measure(sessions, goal)?;
    }
    let programs = [env!("CARGO_BIN_EXE_portico"), env!("CARGO_BIN_EXE_portico-netd")];
    let mut together = 0.0;
    for (case, path) in ["portico", "portico-netd"].into_iter().zip(programs) {
        let size = bed::mib(std::fs::metadata(path)?.len());
        together += size;
        print(case, "program_size", size, None);
    }
    print("both", "program_size", together, Some(PROGRAMS));
    Ok(())
}

fn measure(sessions: u32, goal: Option<f64>) -> Result<()> {
    let case = format!("{sessions} sessions");
    say(&case);
    let crowd = 1_000_000..1_000_000 + if is_smoke() { 10 } else { CROWD };
    let mut bed = Bed::build(sessions + 2_048, &[0..sessions, crowd.clone()])?;
    bed.start_netd()?;
    bed.preload(0..sessions)?;
    bed.start_portico(u64::from(sessions))?;
    bed.wait_for_stored(i64::from(sessions))?;
    rest();
    let (netd, portico) = bed.resident()?;
    print(&case, "resident_netd", netd, None);
    print(&case, "resident_portico", portico, None);
    print(&case, "resident_both", netd + portico, goal);

    let tls = Arc::clone(&bed.tls);
    let stations: Vec<u32> = crowd.collect();
    let street = bed.street.clone();
    let (netd, portico) = street.within(|| {
        crowd::runtime(async {
            let mut visitors = crowd::arrive(&tls, &stations).await?;
            for visitor in &mut visitors {
                visitor.press().await?;
            }
            bed.resident()
        })
    })??;
    print(&case, "resident_both_with_a_crowd", netd + portico, None);
    rest();
    let (netd, portico) = bed.resident()?;
    print(&case, "resident_both_after_a_crowd", netd + portico, goal);
    Ok(())
}

/// Long enough for readings of all counters, and for what came in to be given back.
fn rest() {
    std::thread::sleep(Duration::from_secs(if is_smoke() { 1 } else { 30 }));
}

fn print(case: &str, metric: &'static str, value: f64, goal: Option<f64>) {
    Figure {
        bench: "footprint",
        case,
        metric,
        value,
        unit: "MiB",
        baseline: None,
        goal: goal.map(Goal::AtMost),
    }
    .print();
}
