//! What passes through a gateway: packets of 64 bytes, each of another station, and a TCP stream in packets
//! of 1,500 bytes, in both directions; for a plain router, one that masquerades, Portico, a ruleset with
//! one rule for each station, and openNDS as Debian has it. Needs root and Debian's packages opennds and
//! iptables.
//!
//! All gateways stand side by side in network namespaces of one machine, and each round visits every one
//! for a moment. A figure is the median over the rounds, a share that of the quotients within each round.
//! Packet rates are per second of processor time, generator included: a veth pair hands a packet on within
//! the sender's system call, so its cost is known even while others use the machine.

#[path = "../bed.rs"]
mod bed;
mod gateway;
mod grants;
mod opennds;
mod packets;
mod profile;
#[path = "../report.rs"]
mod report;
mod rules;
mod small;
mod stream;

use anyhow::Result;

use gateway::Gateway;
use opennds::OpenNds;
use report::{is_smoke, say};

/// How much is done.
pub(crate) struct Scale {
    /// Stations with access, all of them active.
    granted: &'static [u32],
    /// The same without the fast path.
    plainly: &'static [u32],
    /// With it, where it is told what the line carries.
    told: &'static [u32],
    /// Rules of the linear technique.
    linear: &'static [u32],
    /// Stations of openNDS.
    opennds: &'static [u32],
    /// Rounds over all gateways.
    rounds: usize,
    /// Of one visit, and of what passes before it begins to count, milliseconds.
    window: u64,
    warm: u64,
}

const FULL: Scale = Scale {
    granted: &[1, 1_000, 10_000, 100_000],
    plainly: &[1_000, 10_000, 100_000],
    told: &[1_000, 10_000],
    linear: &[10, 100, 1_000, 5_000],
    opennds: &[1, 250],
    rounds: 15,
    window: 150,
    warm: 60,
};
const SMOKE: Scale = Scale {
    granted: &[1, 100],
    plainly: &[100],
    told: &[100],
    linear: &[10],
    opennds: &[1],
    rounds: 2,
    window: 10,
    warm: 1,
};

/// To be sampled: long enough that perf's start does not matter.
const PROFILE: Scale = Scale {
    granted: &[1_000],
    plainly: &[1_000],
    told: &[1_000],
    linear: &[],
    opennds: &[],
    rounds: 5,
    window: 1_000,
    warm: 100,
};

/// What a gateway is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Forwards.
    Plain,
    /// Tracks connections and masquerades.
    Masquerade,
    /// Portico, with so many stations granted.
    Portico(u32),
    /// The same without the fast path.
    Plainly(u32),
    /// Portico, and stations' packets pass queues of their own: a line of 10 Gbit/s, far from full, is told.
    Told(u32),
    /// One rule for each of so many stations.
    Linear(u32),
    /// openNDS, with so many stations let online.
    OpenNds(u32),
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain forwarding",
            Self::Masquerade => "masquerade",
            Self::Portico(_) => "portico",
            Self::Plainly(_) => "portico without fast path",
            Self::Told(_) => "portico with line told",
            Self::Linear(_) => "a rule each",
            Self::OpenNds(_) => "openNDS",
        }
    }

    /// With so many stations active.
    fn case(self, stations: u32) -> String {
        let many = if stations == 1 { "" } else { "s" };
        format!("{}, {stations} station{many}", self.name())
    }

    /// Stations that it knows by a rule or an element.
    const fn stations(self) -> Option<u32> {
        match self {
            Self::Plain | Self::Masquerade => None,
            Self::Portico(stations)
            | Self::Plainly(stations)
            | Self::Told(stations)
            | Self::Linear(stations)
            | Self::OpenNds(stations) => Some(stations),
        }
    }
}

/// A gateway, and how many stations are active on it.
pub(crate) struct Visit {
    kind: Kind,
    gateway: usize,
    stations: u32,
}

impl Visit {
    fn case(&self) -> String {
        self.kind.case(self.stations)
    }
}

fn main() -> Result<()> {
    let profiled = std::env::args().any(|word| word == "--profile");
    let scale = match () {
        () if profiled => PROFILE,
        () if is_smoke() => SMOKE,
        () => FULL,
    };
    let mut farm = Farm::default();
    for kind in scale.kinds() {
        farm.add(&scale, kind)?;
    }
    if profiled {
        return profile::measure(&scale, &mut farm);
    }
    small::measure(&scale, &mut farm)?;
    stream::measure(&scale, &farm)?;
    grants::tell(&farm)
}

impl Scale {
    fn kinds(&self) -> Vec<Kind> {
        [Kind::Plain, Kind::Masquerade]
            .into_iter()
            .chain(self.granted.iter().map(|&stations| Kind::Portico(stations)))
            .chain(self.plainly.iter().map(|&stations| Kind::Plainly(stations)))
            .chain(self.told.iter().map(|&stations| Kind::Told(stations)))
            .chain(self.linear.iter().map(|&stations| Kind::Linear(stations)))
            .chain(self.opennds.iter().map(|&stations| Kind::OpenNds(stations)))
            .collect()
    }

    /// The sizes of all crowds, once each.
    fn crowds(&self) -> Vec<u32> {
        let mut crowds: Vec<u32> = self.kinds().into_iter().filter_map(Kind::stations).collect();
        crowds.sort_unstable();
        crowds.dedup();
        crowds
    }
}

/// All gateways, and who is visited in each round.
#[derive(Default)]
pub(crate) struct Farm {
    pub(crate) gateways: Vec<Gateway>,
    pub(crate) visits: Vec<Visit>,
    /// Milliseconds of each `ndsctl auth`, by stations.
    auths: Vec<(u32, Vec<f64>)>,
    daemons: Vec<OpenNds>,
}

impl Farm {
    fn add(&mut self, scale: &Scale, kind: Kind) -> Result<()> {
        let crowds = match kind.stations() {
            Some(stations) => vec![stations],
            // The same crowds as the others have.
            None => scale.crowds(),
        };
        say(&format!("building: {}, {crowds:?} stations", kind.name()));
        let mut gateway = Gateway::new(kind.name(), crowds.iter().copied().max().unwrap_or(1))?;
        match kind {
            Kind::Plain => {}
            Kind::Masquerade => gateway.masquerade()?,
            Kind::Portico(stations) => gateway.portico(stations)?,
            Kind::Plainly(stations) => gateway.portico_plainly(stations)?,
            Kind::Told(stations) => gateway.portico_with_line_told(stations)?,
            Kind::Linear(stations) => gateway.one_rule_each(stations)?,
            Kind::OpenNds(stations) => {
                let (daemon, auths) = OpenNds::start(&mut gateway, stations)?;
                self.daemons.push(daemon);
                self.auths.push((stations, auths));
            }
        }
        self.visits.extend(crowds.into_iter().map(|stations| Visit {
            kind,
            gateway: self.gateways.len(),
            stations,
        }));
        self.gateways.push(gateway);
        Ok(())
    }
}
