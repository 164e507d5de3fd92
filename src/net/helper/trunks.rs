//! Keeps the trunks in place, carries changes of stations' queues out, and tells the subscriber and the log
//! how they stand.

use crate::config::Config;
use crate::model::{Direction, MOST_QUEUED, Mac, NetworkId, QueueOp};
use crate::net::ipc::Reply;
use crate::net::netlink::NetlinkError;
use crate::net::trunk::{LeafKind, OTHERS, Standing, Trunks, WayState, waking_class};

/// Most stations with queues of their own where the kernel has no `fq_codel`: each then takes a dozen entries in
/// lists of the kernel that have no index.
const MOST_HASHED: usize = 256;

/// See the module.
#[derive(Debug)]
pub(super) struct StationQueues {
    trunks: Trunks,
    standing: Option<Standing>,
}

impl StationQueues {
    /// Nothing in place yet.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub(super) fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            trunks: Trunks::open()?,
            standing: None,
        })
    }

    /// The next look finds out anew what the kernel has.
    pub(super) fn begin_anew(&mut self) {
        self.trunks.begin_anew();
    }

    /// Whether the uplink's root is for them, unless the kernel has cake.
    pub(super) fn wants_uplink(&self, config: &Config) -> bool {
        self.trunks.wants_uplink(config)
    }

    /// Whether packets to stations were led through them at the last look.
    pub(super) fn lead_down(&self) -> bool {
        self.standing
            .as_ref()
            .is_some_and(|standing| standing.down.stands())
    }

    /// Puts them in place where they do not stand; whether the subscriber has to be told.
    pub(super) fn keep(&mut self, config: &Config) -> bool {
        let standing = self.trunks.keep(config);
        let before = self.standing.replace(standing.clone());
        for way in Direction::BOTH {
            let (was, is) = (before.as_ref().map(|before| before.of(way)), standing.of(way));
            if was != Some(is) {
                let has = is.stands();
                tracing::info!(?way, has, "queues of stations: {is}");
            }
        }
        before.map(|before| before.ways()) != Some(standing.ways())
    }

    /// Carries changes out; whether the subscriber has to be told what stands.
    pub(super) fn apply(&mut self, ops: &[QueueOp]) -> bool {
        match self.trunks.apply(ops) {
            Ok(()) => false,
            Err(error) => {
                tracing::warn!(changes = ops.len(), %error, "queues of stations not changed");
                true
            }
        }
    }

    /// The classes of stations' packets, up and down, as the rules give them: 0 is none.
    pub(super) fn classes<'a>(&'a self, config: &'a Config) -> impl Fn(NetworkId, Mac) -> [u32; 2] + 'a {
        let ways = [Direction::Up, Direction::Down];
        move |id, mac| {
            let mut networks = config.networks.iter().enumerate();
            let Some((place, network)) = networks.find(|(_, network)| network.id == id) else {
                return [0; 2];
            };
            ways.map(|way| {
                let standing = self.standing.as_ref().map(|standing| standing.of(way));
                if !standing.is_some_and(WayState::stands) {
                    return 0;
                }
                if network.policy.exempt.contains(&mac) {
                    return OTHERS;
                }
                let own = self.trunks.class_of(way, id, mac);
                own.or_else(|| waking_class(place)).unwrap_or(0)
            })
        }
    }

    /// What the subscriber is told.
    pub(super) fn told(&self) -> Reply {
        Reply::Queued {
            ways: self.standing.as_ref().map_or([false; 2], Standing::ways),
            most: self.standing.as_ref().map_or(0, most),
            stations: self.trunks.stations().collect(),
        }
    }
}

/// How many stations can have queues of their own.
fn most(standing: &Standing) -> usize {
    let is_hashed = |way| {
        matches!(
            standing.of(way),
            WayState::Stands {
                leaf: LeafKind::Hashed
            }
        )
    };
    if Direction::BOTH.into_iter().any(is_hashed) {
        MOST_HASHED
    } else {
        MOST_QUEUED
    }
}
