//! One crowd on one site: first all of them all the time, then with coming and going.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::echo::Echoes;
use super::load::Load;
use super::method::Site;
use super::report::{quantile, say, tick};
use super::{Round, Scale};

/// Bytes of payload in a packet of 1,500: TCP over IPv6 with time stamps.
const PAYLOAD: f64 = 1_428.0;
/// Whoever comes and goes is there for so long of each turn.
const TURN: Duration = Duration::from_secs(20);
const THERE: Duration = Duration::from_secs(12);
/// How alike stations fare is looked at over so many samples, of those that have been there for some before.
const STRETCH: usize = 8;
const BEFORE: usize = 4;
const SAMPLE: Duration = Duration::from_millis(500);

/// How many come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Steady,
    Churn,
}

/// What came of it.
pub(crate) struct Outcome {
    pub(crate) jain: f64,
    /// IP packets that arrived, Mbit/s.
    pub(crate) megabits: f64,
    /// Of the idle station, milliseconds.
    pub(crate) echoes: Vec<f64>,
    /// The median on the empty line.
    pub(crate) empty_ms: f64,
}

/// What has arrived by a moment, and who was active.
struct Sample {
    at: Duration,
    arrived: Vec<u64>,
    active: Vec<bool>,
}

/// Longer between two samples, and somebody has stopped us meanwhile.
const STOPPED: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;

/// Both phases.
pub(crate) fn run(scale: &Scale, site: &Site, round: &Round<'_>) -> Result<Vec<(Phase, Outcome)>> {
    for _ in 0..ATTEMPTS {
        if let Some(outcomes) = attempt(scale, site, round)? {
            return Ok(outcomes);
        }
        say("it was stopped for seconds: measured again");
    }
    bail!("stopped again and again")
}

/// Nothing where it was stopped.
fn attempt(scale: &Scale, site: &Site, round: &Round<'_>) -> Result<Option<Vec<(Phase, Outcome)>>> {
    let &Round {
        crowd,
        upward,
        controls,
        ..
    } = round;
    let way = if upward { "up" } else { "down" };
    say(&format!("{}, {crowd} stations, {way}", site.method.name()));
    let idle = site.stations - 1;
    site.prepare(crowd)?;
    let echoes = Echoes::begin(&site.bed, idle)?;
    std::thread::sleep(scale.empty);
    let empty_ms = quantile(&echoes.end()?, 500);
    let mut load = Load::new(&site.bed, crowd, upward, controls)?;
    for station in 0..crowd {
        load.come(station)?;
    }
    std::thread::sleep(scale.settle);
    let mut outcomes = Vec::new();
    for phase in [Phase::Steady, Phase::Churn] {
        let echoes = Echoes::begin(&site.bed, idle)?;
        let samples = watch(scale, phase, &mut load, round)?;
        let echoes = echoes.end()?;
        let gaps = samples
            .windows(2)
            .map(|pair| pair[1].at.saturating_sub(pair[0].at));
        if gaps.max() > Some(STOPPED) {
            return Ok(None);
        }
        let outcome = Outcome {
            jain: match phase {
                Phase::Steady => index_over(&samples)?,
                Phase::Churn => mean_index(&samples)?,
            },
            megabits: megabits(&samples)?,
            echoes,
            empty_ms,
        };
        outcomes.push((phase, outcome));
    }
    Ok(Some(outcomes))
}

/// Samples of a phase; in the latter, stations come and go meanwhile.
fn watch(scale: &Scale, phase: Phase, load: &mut Load<'_>, round: &Round<'_>) -> Result<Vec<Sample>> {
    let crowd = round.crowd;
    let time = match phase {
        Phase::Steady => scale.steady,
        Phase::Churn => scale.churn,
    };
    let begun = tick();
    let mut samples = Vec::new();
    loop {
        let now = tick();
        samples.push(Sample {
            at: now,
            arrived: load.arrived(),
            active: (0..crowd).map(|station| load.is_active(station)).collect(),
        });
        if now.saturating_sub(begun) >= time {
            return Ok(samples);
        }
        if phase == Phase::Churn {
            for station in 0..crowd {
                let there = is_there(station, round, now.saturating_sub(begun));
                if there && !load.is_active(station) {
                    load.come(station)?;
                } else if !there {
                    load.go(station);
                }
            }
        }
        std::thread::sleep(SAMPLE);
    }
}

/// Every other station comes and goes, each at a time of its own.
fn is_there(station: u32, round: &Round<'_>, since: Duration) -> bool {
    let phase = TURN * station / round.crowd + TURN.mul_f64(round.turned);
    let turn = (since + phase).as_secs_f64() % TURN.as_secs_f64();
    station.is_multiple_of(2) || turn < THERE.as_secs_f64()
}

/// Jain's index: the square of the sum over the number times the sum of squares.
fn jain(shares: &[f64]) -> Result<f64> {
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    ensure!(squares > 0.0, "nothing arrived");
    Ok(sum * sum / (f64::from(u32::try_from(shares.len())?) * squares))
}

/// Of all stations that were active throughout.
fn index_over(samples: &[Sample]) -> Result<f64> {
    let (first, last) = samples.first().zip(samples.last()).context("no samples")?;
    let shares = shares(samples, first, last)?;
    jain(&shares)
}

fn shares(samples: &[Sample], first: &Sample, last: &Sample) -> Result<Vec<f64>> {
    let mut shares = Vec::new();
    for station in 0..first.arrived.len() {
        if samples.iter().all(|sample| sample.active[station]) {
            let bytes = last.arrived[station] - first.arrived[station];
            shares.push(f64::from(u32::try_from(bytes)?));
        }
    }
    Ok(shares)
}

/// The mean over stretches, of those that were active throughout and before.
fn mean_index(samples: &[Sample]) -> Result<f64> {
    let mut indices = Vec::new();
    for stretch in samples.windows(BEFORE + STRETCH + 1).step_by(STRETCH) {
        let (first, last) = (&stretch[BEFORE], &stretch[BEFORE + STRETCH]);
        let shares = shares(stretch, first, last)?;
        if shares.len() > 1 {
            indices.push(jain(&shares)?);
        }
    }
    if indices.is_empty() {
        // Too short for a stretch: only to see that it runs.
        return index_over(samples);
    }
    Ok(indices.iter().sum::<f64>() / f64::from(u32::try_from(indices.len())?))
}

/// All that arrived.
fn megabits(samples: &[Sample]) -> Result<f64> {
    let (first, last) = samples.first().zip(samples.last()).context("no samples")?;
    let sum = |sample: &Sample| sample.arrived.iter().sum::<u64>();
    let bytes = f64::from(u32::try_from(sum(last) - sum(first))?);
    let seconds = last.at.saturating_sub(first.at).as_secs_f64();
    Ok(bytes * 8.0 / 1e6 / seconds * 1_500.0 / PAYLOAD)
}
