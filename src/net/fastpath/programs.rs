//! The program in the kernel: loaded once, with the capability that this takes, and standing at interfaces as long as
//! this process lives.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;

use aya::maps::{Array, HashMap, Map, MapData, RingBuf};
use aya::programs::tc::{SchedClassifierLinkId, TcAttachOptions};
use aya::programs::{LinkOrder, ProgramError, SchedClassifier, TcAttachType};
use aya::{Ebpf, EbpfLoader};
use rustix::io::Errno;

use super::maps::{FlowBytes, Key4, Key6, OverBytes, TermsBytes, UseBytes, WhoBytes};
use super::standing::Standing;
use crate::config::InterfaceName;

/// Built from `fastpath.bpf.c`; the tests build it again and compare.
static OBJECT: &[u8] = aya::include_bytes_aligned!("fastpath.bpf.o");

/// Directions of a connection that may be known at once, of either family.
const MOST_FLOWS: u32 = 262_144;
/// The same of a station.
const FLOWS_EACH: u32 = 256;

/// The parts of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Post {
    /// What comes from the stations.
    Up,
    /// What comes to the uplink.
    Down,
    /// What goes to the stations.
    Leave,
}

/// Where the program stands, by the interface's index.
type Place = (u32, Post);

/// The program.
#[derive(Debug)]
pub(super) struct Programs {
    ebpf: Ebpf,
    places: BTreeMap<Place, SchedClassifierLinkId>,
}

/// The flows; the learner's alone.
#[derive(Debug)]
pub(super) struct FlowMaps {
    pub(super) v4: HashMap<MapData, Key4, FlowBytes>,
    pub(super) v6: HashMap<MapData, Key6, FlowBytes>,
}

/// The stations.
pub(super) struct StationMaps {
    pub(super) who: HashMap<MapData, WhoBytes, u32>,
    pub(super) terms: Array<MapData, TermsBytes>,
    pub(super) uses: Array<MapData, UseBytes>,
    pub(super) overs: Array<MapData, OverBytes>,
}

impl fmt::Debug for StationMaps {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StationMaps").finish_non_exhaustive()
    }
}

/// What the program tells.
pub(super) type News = RingBuf<MapData>;

/// Loads the program for so many stations.
///
/// # Errors
/// Why it cannot stand.
pub(super) fn load(stations: u32) -> Result<(Programs, FlowMaps, StationMaps, News), Standing> {
    if cfg!(target_endian = "big") {
        return Err(Standing::Lacks {
            what: "a processor of the byte order that the program is built for".to_owned(),
        });
    }
    let flows = stations.saturating_mul(FLOWS_EACH).min(MOST_FLOWS);
    let mut loader = EbpfLoader::new();
    for (map, entries) in [
        ("stations", stations),
        ("terms", stations),
        ("uses", stations),
        ("flows4", flows),
        ("flows6", flows),
    ] {
        loader.map_max_entries(map, entries);
    }
    let mut ebpf = loader.load(OBJECT).map_err(|error| why(&error))?;
    for post in Post::ALL {
        program(&mut ebpf, post.name())
            .and_then(SchedClassifier::load)
            .map_err(|error| why(&error))?;
    }
    let flows = FlowMaps {
        v4: map(&mut ebpf, "flows4")?,
        v6: map(&mut ebpf, "flows6")?,
    };
    let stations = StationMaps {
        who: map(&mut ebpf, "stations")?,
        terms: map(&mut ebpf, "terms")?,
        uses: map(&mut ebpf, "uses")?,
        overs: map(&mut ebpf, "overs")?,
    };
    let news = map(&mut ebpf, "news")?;
    let programs = Programs {
        ebpf,
        places: BTreeMap::new(),
    };
    Ok((programs, flows, stations, news))
}

impl Programs {
    /// Has the program stand at these interfaces (name, index, part) and at no others.
    ///
    /// # Errors
    /// Why it does not stand at one of them.
    pub(super) fn stand_at(&mut self, wanted: &[(&InterfaceName, u32, Post)]) -> Result<(), Standing> {
        let is_wanted = |place: &Place| wanted.iter().any(|(_, index, post)| (*index, *post) == *place);
        let gone: Vec<Place> = self
            .places
            .keys()
            .filter(|place| !is_wanted(place))
            .copied()
            .collect();
        for place in gone {
            self.leave(place);
        }
        for &(name, index, post) in wanted {
            if self.places.contains_key(&(index, post)) {
                continue;
            }
            let attached = program(&mut self.ebpf, post.name()).and_then(|program| {
                // First, where somebody else's programs are: what it passes on they do not see, as before with what
                // goes through a flow table.
                let options = TcAttachOptions::TcxOrder(LinkOrder::first());
                program.attach_with_options(name.as_str(), post.hook(), options)
            });
            let link = attached.map_err(|error| why(&error))?;
            self.places.insert((index, post), link);
        }
        Ok(())
    }

    fn leave(&mut self, place: Place) {
        let Some(link) = self.places.remove(&place) else {
            return;
        };
        if let Ok(program) = program(&mut self.ebpf, place.1.name()) {
            // An interface that has gone has taken the program with it.
            let _ = program.detach(link);
        }
    }
}

impl Post {
    const ALL: [Self; 3] = [Self::Up, Self::Down, Self::Leave];

    const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Leave => "leave",
        }
    }

    const fn hook(self) -> TcAttachType {
        match self {
            Self::Up | Self::Down => TcAttachType::Ingress,
            Self::Leave => TcAttachType::Egress,
        }
    }
}

fn program<'a>(ebpf: &'a mut Ebpf, name: &str) -> Result<&'a mut SchedClassifier, ProgramError> {
    ebpf.program_mut(name)
        .ok_or(ProgramError::UnexpectedProgramType)?
        .try_into()
}

fn map<M: TryFrom<Map, Error: Error + 'static>>(ebpf: &mut Ebpf, name: &str) -> Result<M, Standing> {
    let map = ebpf.take_map(name).ok_or_else(|| Standing::Failed {
        error: format!("the program has no map {name}"),
    })?;
    M::try_from(map).map_err(|error| why(&error))
}

/// What an error of the loader comes to.
fn why(error: &(dyn Error + 'static)) -> Standing {
    let mut cause = Some(error);
    while let Some(one) = cause {
        let errno = one.downcast_ref::<io::Error>().and_then(Errno::from_io_error);
        match errno {
            Some(Errno::PERM) => return Standing::Forbidden,
            Some(Errno::NOSYS | Errno::OPNOTSUPP | Errno::INVAL) => {
                return Standing::Lacks {
                    what: "BPF programs at interfaces (Linux 6.6, CONFIG_BPF_SYSCALL, CONFIG_NET_XGRESS)"
                        .to_owned(),
                };
            }
            _ => cause = one.source(),
        }
    }
    Standing::Failed {
        error: error.to_string(),
    }
}
