//! Packets of 64 bytes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::gateway::{Gateway, downward, upward};
use super::packets::Train;
use super::report::{Figure, Goal, quantile, say, tick};
use super::{Farm, Kind, Scale, Visit};

/// Packets that may be on the way when counting begins or ends, and lost, of all.
const LOST: f64 = 0.01;

/// How long a fast path may take to learn all flows: it takes a quarter of a processor for it at most.
const LEARNT: Duration = Duration::from_mins(3);
const A_WHILE: Duration = Duration::from_millis(20);

/// Either way.
pub(crate) const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Up,
    Down,
}

/// Packets per second of processor time, by visit and direction, one for each round.
type Rates = BTreeMap<(usize, Direction), Vec<f64>>;

/// Trains by number of stations, direction and whether they are translated.
pub(crate) type Trains = BTreeMap<(u32, Direction, bool), Train>;

/// Measures all rounds and prints the figures.
pub(crate) fn measure(scale: &Scale, farm: &mut Farm) -> Result<()> {
    let (gateways, visits) = (&mut farm.gateways, &farm.visits);
    let mut trains = trains(gateways, visits)?;
    say("64 bytes: opening the flows");
    for visit in visits {
        open_flows(visit, &mut gateways[visit.gateway], &mut trains)?;
    }
    let mut rates = Rates::new();
    for round in 0..scale.rounds {
        say(&format!("64 bytes: round {} of {}", round + 1, scale.rounds));
        let mut order: Vec<usize> = (0..visits.len()).collect();
        // Whoever comes before whom should not matter.
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let visit = &visits[index];
            for direction in DIRECTIONS {
                let rate = pass(scale, visit, direction, &mut gateways[visit.gateway], &mut trains)?;
                rates.entry((index, direction)).or_default().push(rate);
            }
        }
    }
    tell(visits, &rates);
    Ok(())
}

/// All packets of all visits.
pub(crate) fn trains(gateways: &[Gateway], visits: &[Visit]) -> Result<Trains> {
    let mut trains = Trains::new();
    for visit in visits {
        let translates = gateways[visit.gateway].translates;
        for key in [
            (visit.stations, Direction::Up, false),
            (visit.stations, Direction::Down, translates),
        ] {
            if trains.contains_key(&key) {
                continue;
            }
            let pairs = (0..visit.stations)
                .map(|station| match key.1 {
                    Direction::Up => upward(station),
                    Direction::Down => downward(station, translates),
                })
                .collect::<Result<Vec<_>>>()?;
            trains.insert(key, Train::new(pairs));
        }
    }
    Ok(trains)
}

/// Sends every packet once, upwards first: connection tracking learns the flows. Then until a fast path has learnt them
/// too.
pub(crate) fn open_flows(visit: &Visit, gateway: &mut Gateway, trains: &mut Trains) -> Result<()> {
    if let Some(train) = trains.get_mut(&(visit.stations, Direction::Up, false)) {
        train.once(&gateway.up)?;
    }
    if let Some(train) = trains.get_mut(&(visit.stations, Direction::Down, gateway.translates)) {
        train.once(&gateway.down)?;
    }
    let Some(train) = trains.get_mut(&(visit.stations, Direction::Up, false)) else {
        return Ok(());
    };
    let begun = tick();
    // The last few are told of by chance: what is not known yet takes the plain way, as it would anywhere.
    while let Some(known) = gateway.known_flows()
        && known < u64::from(visit.stations - visit.stations / 100)
    {
        ensure!(
            tick().saturating_sub(begun) < LEARNT,
            "{}: only {known} flows are known",
            visit.case()
        );
        train.run(&gateway.up, A_WHILE)?;
        std::thread::sleep(A_WHILE);
    }
    Ok(())
}

/// Packets per second of processor time that came out on the other side.
pub(crate) fn pass(
    scale: &Scale,
    visit: &Visit,
    direction: Direction,
    gateway: &mut Gateway,
    trains: &mut Trains,
) -> Result<f64> {
    let translated = direction == Direction::Down && gateway.translates;
    let Some(train) = trains.get_mut(&(visit.stations, direction, translated)) else {
        anyhow::bail!("no train");
    };
    let of = |gateway: &mut Gateway| -> Result<f64> {
        let (street, internet) = gateway.arrived()?;
        Ok(if direction == Direction::Up {
            internet
        } else {
            street
        })
    };
    let socket = match direction {
        Direction::Up => gateway.up.try_clone()?,
        Direction::Down => gateway.down.try_clone()?,
    };
    train.run(&socket, Duration::from_millis(scale.warm))?;
    let before = of(gateway)?;
    let sent = train.run(&socket, Duration::from_millis(scale.window))?;
    let arrived = of(gateway)? - before;
    ensure!(
        (arrived - sent.packets).abs() <= sent.packets * LOST,
        "{}: {arrived} of {} packets arrived",
        visit.case(),
        sent.packets
    );
    Ok(arrived / sent.cpu)
}

fn tell(visits: &[Visit], rates: &Rates) {
    let find = |kind: Kind, stations: u32| {
        visits
            .iter()
            .position(|visit| visit.kind == kind && visit.stations == stations)
    };
    for (index, visit) in visits.iter().enumerate() {
        let case = visit.case();
        let baseline = find(Kind::Masquerade, visit.stations).filter(|&baseline| baseline != index);
        for direction in DIRECTIONS {
            let Some(own) = rates.get(&(index, direction)) else {
                continue;
            };
            let (rate, share) = match direction {
                Direction::Up => ("packets_64_up", "share_of_masquerade_64_up"),
                Direction::Down => ("packets_64_down", "share_of_masquerade_64_down"),
            };
            let theirs = baseline.and_then(|baseline| rates.get(&(baseline, direction)));
            Figure {
                bench: "datapath",
                case: &case,
                metric: rate,
                value: quantile(own, 500),
                unit: "1/s",
                baseline: theirs.map(|theirs| quantile(theirs, 500)),
                goal: None,
            }
            .print();
            // What a plain router does is no peer's; how much more that is stands in the line above.
            if let Some(theirs) = theirs.filter(|_| visit.kind != Kind::Plain) {
                print_share(&case, share, &quotients(own, theirs), goal(visit));
            }
        }
    }
    let thousand = 1_000;
    if let (Some(ours), Some(linear)) = (
        find(Kind::Portico(thousand), thousand),
        find(Kind::Linear(thousand), thousand),
    ) {
        for (direction, metric) in [
            (Direction::Up, "times_a_rule_each_64_up"),
            (Direction::Down, "times_a_rule_each_64_down"),
        ] {
            let times = quotients(&rates[&(ours, direction)], &rates[&(linear, direction)]);
            print_share(
                "portico, 1000 stations",
                metric,
                &times,
                Some(Goal::AtLeast(15.0)),
            );
        }
    }
}

fn goal(visit: &Visit) -> Option<Goal> {
    match (visit.kind, visit.stations) {
        (Kind::Portico(_), 1_000 | 10_000) => Some(Goal::AtLeast(0.88)),
        (Kind::Portico(_), 100_000) => Some(Goal::AtLeast(0.85)),
        _ => None,
    }
}

/// Round by round.
pub(crate) fn quotients(of: &[f64], by: &[f64]) -> Vec<f64> {
    of.iter().zip(by).map(|(of, by)| of / by).collect()
}

/// The median of quotients.
pub(crate) fn print_share(case: &str, metric: &'static str, shares: &[f64], goal: Option<Goal>) {
    Figure {
        bench: "datapath",
        case,
        metric,
        value: quantile(shares, 500),
        unit: "1",
        baseline: None,
        goal,
    }
    .print();
}
