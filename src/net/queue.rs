//! The queue discipline at the root of the uplink: which packet leaves next when more wait than the
//! line takes (`[uplink] queue`).
//!
//! Ours is known by its [`HANDLE`], or the trunk's. It takes the place of the kernel's own only, which has the handle 0:
//! the kernel itself refuses to displace any other, and to remove or change one of another handle. So
//! what an administrator puts there stays, whenever he does it.

use rustix::io::Errno;
use serde::Serialize;

use super::netlink::{NetlinkError, Socket};
use crate::config::{Config, InterfaceName, QueueWish};
use crate::model::Rate;
use crate::wire::netlink::qdisc::{self, Cake, Discipline, Queue};

/// The number of ours (`5050:` in `tc`). Not the one of the [trunk's](super::trunk) trees, by which rules
/// send packets to their classes: a discipline of that number would take the class for a queue of its own.
pub const HANDLE: u32 = 0x5050_0000;
/// The number of the trunk's trees.
const TREE_HANDLE: u32 = super::trunk::HANDLE;

/// The kind of the trunk's root.
const TREE: &str = "htb";
/// What leaves at most, per cent of what the line carries: then packets wait here, where they are put
/// in order, and not in the provider's router.
const FULL: u64 = 95;
/// What an Ethernet frame is longer than the packet in it, and how long it is at least (the checksum
/// counts): the lines of providers carry frames.
const FRAME: u32 = 18;
const SHORTEST_FRAME: u32 = 64;
/// Below it, bytes per second (1 Gbit/s), 64 kB at once would hold others up for half a millisecond and
/// more; above it, splitting them costs more than it gives.
const SPLIT_BELOW: u64 = 125_000_000;

/// Who has put a queue discipline in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// `portico-netd`.
    Portico,
    /// Nobody: it is the kernel's own.
    Kernel,
    /// Somebody else.
    Other,
}

/// What stands at the root of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Name in the kernel and in `tc`.
    pub kind: String,
    /// Bytes per second that leave at most, where it limits them.
    pub bandwidth: Option<u64>,
    /// Who has put it there.
    pub owner: Owner,
}

/// What [`keep`] has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// None is wanted, and none of ours stands.
    Off,
    /// A wanted one stands: ours, or the kernel's own is of that kind.
    Stands(Standing),
    /// Somebody else's stands and is left alone.
    Foreign,
    /// The root is left to the [trunk](super::trunk): the kernel has no cake.
    Trunk,
    /// The kernel has none of those that are wanted.
    Unknown,
    /// There is no such interface.
    Away,
}

/// What the root of an interface holds; `None` without such an interface, and where it has never been
/// up. Needs no privilege.
///
/// # Errors
/// [`NetlinkError`].
pub fn look(interface: &InterfaceName) -> Result<Option<Standing>, NetlinkError> {
    let queues = list(&mut Socket::open(None)?)?;
    let index = super::index_of(interface);
    Ok(index.and_then(|index| root(&queues, index)).map(|root| Standing {
        kind: own_kind(&queues, root).to_owned(),
        bandwidth: match &root.discipline {
            Discipline::Cake(cake) => Some(cake.bandwidth).filter(|bandwidth| *bandwidth > 0),
            _ => None,
        },
        owner: match root.handle {
            HANDLE | TREE_HANDLE => Owner::Portico,
            0 => Owner::Kernel,
            _ => Owner::Other,
        },
    }))
}

/// Puts the wanted queue discipline at the root of the uplink, gives one that stands there the
/// options of the configuration, and removes ours from wherever else it stands. With `trunk` the root is
/// for [the trunk](super::trunk) unless the kernel has cake.
///
/// # Errors
/// [`NetlinkError`].
pub fn keep(config: &Config, trunk: bool) -> Result<Kept, NetlinkError> {
    let mut socket = Socket::open(None)?;
    let mut wanted = wanted(config);
    wanted.retain(|one| !trunk || matches!(one, Discipline::Cake(_)));
    let uplink = super::index_of(&config.gateway.uplink);
    let mut queues = list(&mut socket)?;
    let is_tree = |queue: &Queue| trunk && queue.handle == TREE_HANDLE && queue.discipline.kind() == TREE;
    let is_wanted = |queue: &Queue| {
        let kind = queue.discipline.kind();
        let is_kind = queue.handle == HANDLE && wanted.iter().any(|one| one.kind() == kind);
        Some(queue.interface) == uplink && (is_kind || is_tree(queue))
    };
    for stale in queues.extract_if(.., |queue| is_ours(queue) && !is_wanted(queue)) {
        remove_one(&mut socket, &stale)?;
    }
    if wanted.is_empty() {
        return Ok(Kept::Off);
    }
    let Some(uplink) = uplink else {
        return Ok(Kept::Away);
    };
    match root(&queues, uplink) {
        Some(root) if is_ours(root) && is_tree(root) => return Ok(Kept::Trunk),
        Some(root) if is_ours(root) => adjust(&mut socket, root, &wanted)?,
        Some(root) if root.handle != 0 => return Ok(Kept::Foreign),
        own => {
            let stands_already =
                |one: &Discipline| own.is_some_and(|root| own_kind(&queues, root) == one.kind());
            if let Some(refused) = put_first(&mut socket, uplink, &wanted, stands_already)? {
                let left = trunk && refused == Kept::Unknown;
                return Ok(if left { Kept::Trunk } else { refused });
            }
        }
    }
    Ok(look(&config.gateway.uplink)?.map_or(Kept::Away, Kept::Stands))
}

/// Removes ours from every interface; the kernel puts its own there again.
///
/// # Errors
/// [`NetlinkError`].
pub fn remove() -> Result<(), NetlinkError> {
    let mut socket = Socket::open(None)?;
    for ours in list(&mut socket)?.iter().filter(|queue| is_ours(queue)) {
        remove_one(&mut socket, ours)?;
    }
    Ok(())
}

/// Those that the configuration takes, the best first.
fn wanted(config: &Config) -> Vec<Discipline> {
    let up = config.uplink.up.map_or(0, Rate::bytes_per_second);
    let cake = Discipline::Cake(Cake {
        bandwidth: up / 100 * FULL,
        // Or a station would get ahead of others by what it writes into its own packets.
        tins: Cake::BEST_EFFORT,
        // Upwards the sources are the stations (and offices): each has a fair part, whatever the number
        // of its connections, and a server that many talk to is no bottleneck.
        flows: Cake::DUAL_SOURCE,
        // Behind the masquerade all have one address: who it was, connection tracking knows.
        nat: config.gateway.masquerade,
        overhead: FRAME,
        least: SHORTEST_FRAME,
        splits: (1..SPLIT_BELOW).contains(&up),
    });
    match config.uplink.queue {
        QueueWish::Auto => vec![cake, Discipline::FqCodel],
        QueueWish::Cake => vec![cake],
        QueueWish::FqCodel => vec![Discipline::FqCodel],
        QueueWish::Off => Vec::new(),
    }
}

/// All but those of the trunk's own device.
fn list(socket: &mut Socket) -> Result<Vec<Queue>, NetlinkError> {
    let trunk = InterfaceName::new(super::trunk::DOWN);
    let trunk = trunk.as_ref().and_then(super::index_of);
    let mut queues = Vec::new();
    socket.dump(&mut queues, qdisc::dump, Vec::clear, |queues, message| {
        queues.extend(qdisc::decode(message).filter(|queue| Some(queue.interface) != trunk));
    })?;
    Ok(queues)
}

fn root(queues: &[Queue], interface: u32) -> Option<&Queue> {
    queues
        .iter()
        .find(|queue| queue.interface == interface && queue.is_root())
}

const fn is_ours(queue: &Queue) -> bool {
    matches!(queue.handle, HANDLE | TREE_HANDLE) && queue.is_root()
}

/// What packets really wait in: with several transmit queues the kernel's own root (`mq`) is only the
/// stem of one discipline for each.
fn own_kind<'q>(queues: &'q [Queue], root: &'q Queue) -> &'q str {
    let is_branch =
        |queue: &&Queue| queue.interface == root.interface && !queue.is_root() && queue.handle == 0;
    let branch = queues.iter().find(is_branch);
    match (root.handle, root.discipline.kind(), branch) {
        (0, "mq", Some(branch)) => branch.discipline.kind(),
        (_, kind, _) => kind,
    }
}

/// Gives ours the options that are wanted.
fn adjust(socket: &mut Socket, ours: &Queue, wanted: &[Discipline]) -> Result<(), NetlinkError> {
    let kind = ours.discipline.kind();
    let Some(wanted) = wanted.iter().find(|one| one.kind() == kind) else {
        return Ok(());
    };
    if *wanted == ours.discipline {
        return Ok(());
    }
    socket.ask(
        |out, seq| qdisc::change(out, seq, ours.interface, HANDLE, wanted),
        |_| (),
    )
}

/// Puts the first in place that the kernel has; why none stands, if so.
fn put_first(
    socket: &mut Socket,
    uplink: u32,
    wanted: &[Discipline],
    stands_already: impl Fn(&Discipline) -> bool,
) -> Result<Option<Kept>, NetlinkError> {
    for discipline in wanted {
        if stands_already(discipline) {
            return Ok(None);
        }
        let put = socket.ask(
            |out, seq| qdisc::add(out, seq, uplink, HANDLE, discipline),
            |_| (),
        );
        match put {
            Ok(()) => return Ok(None),
            // No such discipline; or it cannot see through the masquerade.
            Err(NetlinkError::Refused(Errno::NOENT | Errno::OPNOTSUPP)) => {}
            // Somebody was faster.
            Err(NetlinkError::Refused(Errno::EXIST)) => return Ok(Some(Kept::Foreign)),
            Err(NetlinkError::Refused(Errno::NODEV)) => return Ok(Some(Kept::Away)),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Kept::Unknown))
}

fn remove_one(socket: &mut Socket, ours: &Queue) -> Result<(), NetlinkError> {
    let removed = socket.ask(
        |out, seq| qdisc::delete(out, seq, ours.interface, ours.handle),
        |_| (),
    );
    match removed {
        // Somebody was faster, or the interface has gone.
        Err(NetlinkError::Refused(Errno::NOENT | Errno::INVAL | Errno::NODEV)) => Ok(()),
        outcome => outcome,
    }
}
