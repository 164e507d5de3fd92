//! The fast path: packets of established flows of granted stations skip the kernel's IP stack.
//!
//! ```text
//!  station ── LAN ──► up ═══════════════════════════════► uplink's queue ── Internet
//!                      │ anything else
//!                      ▼
//!                  nftables, routing, connection tracking
//!                      ▲
//!                      │ anything else
//!  station ◄── LAN ═══ down ◄═══════════════════════════════════════════ uplink ── Internet
//! ```
//!
//! A program in the kernel (`fastpath.bpf.c`) stands at the ingress of the networks' interfaces and of the uplink. It
//! rewrites the packets of flows that it knows as routing and connection tracking would have, and hands them to the other
//! interface. It decides nothing: who may pass is written by the same operations that write nftables' sets, and which
//! flows by the learner (`learner.rs`), after connection tracking. Access ends here before it ends there; limits and counters
//! are the same on both ways together; and all of it goes with this process, after which everything takes the plain way.

mod kernel;
mod learner;
mod luck;
mod maps;
mod programs;
pub mod standing;
mod stations;
mod ways;

use std::collections::BTreeMap;
use std::fmt;

pub use self::kernel::Hastened;
use self::learner::{Arrangement, Learner};
use self::programs::{FlowMaps, News, Post, Programs};
pub use self::standing::{Report, Standing};
use self::stations::Stations;
use crate::config::{Config, Network};
use crate::model::{Mac, NetworkId, Pace};
use crate::net::{index_of, ruleset};

/// The program, loaded: all that takes `CAP_BPF`.
pub struct Loaded {
    programs: Programs,
    stations: Stations,
    flows: FlowMaps,
    news: News,
}

impl fmt::Debug for Loaded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Loaded").finish_non_exhaustive()
    }
}

/// See the module.
#[derive(Debug)]
pub struct FastPath {
    programs: Programs,
    stations: Stations,
    learner: Learner,
    arrangement: Arrangement,
    standing: Standing,
}

/// Loads the program, which stands nowhere yet, with room for everybody that the configuration lets online.
///
/// # Errors
/// Why there can be none.
pub fn load(config: &Config) -> Result<Loaded, Standing> {
    if let Some(off) = unwanted(config) {
        return Err(off);
    }
    let most: usize = config
        .networks
        .iter()
        .map(|network| network.policy.max_stations)
        .sum();
    let (programs, flows, maps, news) = programs::load(u32::try_from(most).unwrap_or(u32::MAX).max(1))?;
    Ok(Loaded {
        programs,
        stations: Stations::new(maps),
        flows,
        news,
    })
}

/// Why the configuration wants none, if it does not.
fn unwanted(config: &Config) -> Option<Standing> {
    if config.forward.flowtable {
        Some(Standing::FlowTable)
    } else if !config.forward.fast_path {
        Some(Standing::Off)
    } else {
        None
    }
}

impl Loaded {
    /// Begins to learn. The thread that does has the capabilities of the caller.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn start(self) -> Result<FastPath, Standing> {
        let learner = Learner::start(self.flows, self.news).map_err(|error| Standing::Failed {
            error: error.to_string(),
        })?;
        Ok(FastPath {
            programs: self.programs,
            stations: self.stations,
            learner,
            arrangement: Arrangement::default(),
            standing: Standing::Off,
        })
    }
}

impl FastPath {
    /// Has it stand where the configuration wants it, and nowhere else; to be called again whenever interfaces, the
    /// configuration or the ruleset may have changed. Changes nothing where all is in order.
    pub fn keep(&mut self, config: &Config) -> &Standing {
        let off = unwanted(config);
        let is_wanted = off.is_none();
        let index = |name| index_of(name).filter(|_| is_wanted);
        let networks: Vec<_> = config
            .networks
            .iter()
            .zip(ruleset::checked_marks(config))
            .filter_map(|(network, mark)| Some((network, index(&network.interface)?, mark)))
            .collect();
        let uplink = index(&config.gateway.uplink);
        let wanted: Vec<_> = networks
            .iter()
            .flat_map(|(network, index, _)| {
                [Post::Up, Post::Leave].map(|post| (&network.interface, *index, post))
            })
            .chain(uplink.map(|index| (&config.gateway.uplink, index, Post::Down)))
            .collect();
        let stands = self.programs.stand_at(&wanted);
        let interfaces: BTreeMap<NetworkId, u32> = networks
            .iter()
            .map(|(network, index, _)| (network.id, *index))
            .collect();
        self.stations.settle(interfaces);
        let blocked = |network: &Network| {
            let macs: Vec<Mac> = network.policy.blocked.iter().copied().collect();
            macs.into_iter().map(|mac| (network.id, mac)).collect::<Vec<_>>()
        };
        self.stations
            .block(config.networks.iter().flat_map(blocked).collect());
        let arrangement = Arrangement {
            networks: networks.iter().map(|(_, index, mark)| (*index, *mark)).collect(),
            uplink: uplink.unwrap_or(0),
        };
        if self.arrangement != arrangement {
            self.arrangement = arrangement.clone();
            self.learner.arrange(arrangement);
        }
        self.standing = match (off, stands) {
            (Some(off), _) => off,
            (None, Ok(())) => Standing::Stands,
            (None, Err(why)) => why,
        };
        &self.standing
    }

    /// Everything takes the plain way until it is learnt anew.
    pub fn forget(&self) {
        self.learner.forget();
    }

    /// Connections that are known.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.learner.flows()
    }

    /// How it stands.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Holds stations to limits that nftables is told later.
    pub fn set_paces(&mut self, paces: &[Pace]) {
        for pace in paces {
            self.stations.set_pace(pace);
        }
    }

    /// Gives every station the classes in the queues that `classes_of` tells, up and down; 0 is none.
    pub fn set_classes(&mut self, classes_of: impl Fn(NetworkId, Mac) -> [u32; 2]) {
        self.stations.set_classes(classes_of);
    }
}
