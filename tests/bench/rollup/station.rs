//! From counters to figures: what `core` does with the readings of stations that all move data.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::report::{Goal, is_smoke, say};
use crate::world::{World, mac, millis, networks};
use crate::{case, number};

/// The time that is looked at.
const WATCHED: Duration = Duration::from_mins(10);
const WATCHED_SMOKE: Duration = Duration::from_mins(1);
/// One core's share, per cent.
const GOAL: f64 = 1.0;

pub(crate) fn measure(stations: u32) -> Result<()> {
    let name = format!("{stations} active stations");
    say(&format!("{name}: core alone"));
    let networks = networks(20)?;
    let mut world = World::new(&networks, "2026-11-22T09:50:00Z".parse()?)?;
    let day = Duration::from_hours(12);
    for (station, network) in (0..stations).zip(networks.iter().cycle()) {
        world.arrive(*network, mac(station)?, day);
    }
    // The first readings, and the hour's turn within what is watched.
    run(&mut world, Duration::from_mins(5));
    let watched = if is_smoke() { WATCHED_SMOKE } else { WATCHED };
    world.cost = Duration::ZERO;
    world.changes.clear();
    run(&mut world, watched);
    let (cost, changes) = (world.cost, world.changes.len());
    let share = cost.as_secs_f64() / watched.as_secs_f64() * 100.0;
    let case = case(&name);
    case.figure("core_share", share, "% of a core", Some(Goal::AtMost(GOAL)))
        .print();
    let bytes: u64 = world.figures.iter().filter_map(bytes_down).sum();
    ensure!(bytes > 0, "nothing was counted");
    case.figure("rows_to_store", number(u64::try_from(changes)?), "1", None)
        .print();
    Ok(())
}

fn bytes_down(figure: &portico::model::figures::Figure) -> Option<u64> {
    match figure {
        portico::model::figures::Figure::Hour { figures, .. } => Some(figures.bytes_down),
        _ => None,
    }
}

fn run(world: &mut World, time: Duration) {
    let end = world.now.boot.plus_ms(millis(time));
    while world.now.boot < end {
        let next = world.due().min(end).max(world.now.boot);
        world.advance(next);
    }
}
