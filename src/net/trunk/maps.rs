//! Which packets go to which class: the maps in the tables, which their rules ask.

use std::collections::BTreeMap;

use rustix::io::Errno;

use crate::model::{Direction, Mac, NetworkId, OpError};
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::elements::{batch_begin, batch_end};
use crate::wire::netlink::maps::{self, Map};
use crate::wire::netlink::message::{Meaning, Writer, flag, messages};

/// How often a transaction is corrected: each attempt corrects all that the kernel named.
const ATTEMPTS: u32 = 8;

/// A change of one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Delete(Map, Mac),
    Add(Map, Mac, u32),
}

/// Elements to be removed, then elements to be there.
#[derive(Debug, Default)]
pub(super) struct Change {
    steps: Vec<Step>,
    /// A map that is not there.
    missing: Option<Map>,
}

/// The stations of a map and their classes; none when there is no such map.
pub(super) fn read(
    socket: &mut Socket,
    way: Direction,
    network: NetworkId,
) -> Result<BTreeMap<Mac, u32>, NetlinkError> {
    let (map, mut found) = (Map { way, network }, BTreeMap::new());
    let read = socket.dump(
        &mut found,
        |out, seq| maps::dump(out, seq, map),
        BTreeMap::clear,
        |found, message| found.extend(maps::decode(message)),
    );
    match read {
        Err(error) if error.is_missing() => Ok(BTreeMap::new()),
        outcome => outcome.map(|()| found),
    }
}

impl Change {
    /// A station has no class any more.
    pub(super) fn delete(&mut self, way: Direction, network: NetworkId, mac: Mac) {
        self.steps.push(Step::Delete(Map { way, network }, mac));
    }

    /// A station has a class, this one.
    pub(super) fn add(&mut self, way: Direction, network: NetworkId, mac: Mac, class: u32) {
        self.steps.push(Step::Add(Map { way, network }, mac, class));
    }

    /// Carries it out as one transaction, but for what is about maps that are not there.
    pub(super) fn carry_out(mut self, socket: &mut Socket) -> Result<(), OpError> {
        for _ in 0..ATTEMPTS {
            if self.steps.is_empty() || self.attempt(socket)? {
                return self.missing.map_or(Ok(()), |map| {
                    Err(OpError::Kernel(format!("there is no map {}", map.name())))
                });
            }
        }
        Err(OpError::Kernel(
            "the maps change faster than they can be changed".to_owned(),
        ))
    }

    /// Whether it was committed; if not, it is corrected.
    fn attempt(&mut self, socket: &mut Socket) -> Result<bool, OpError> {
        let count = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let first = socket.reserve(count.saturating_add(2));
        let last = first.saturating_add(count);
        let mut out = Writer::new();
        batch_begin(&mut out, first);
        for (step, seq) in self.steps.iter().zip(first.saturating_add(1)..=last) {
            // The end of a batch is acknowledged only from 6.10 on, so the last change is.
            let head = (if seq == last { flag::ACK } else { 0 }, seq);
            match *step {
                Step::Delete(map, mac) => maps::delete(&mut out, head, map, mac),
                Step::Add(map, mac, class) => maps::add(&mut out, head, map, mac, class),
            }
        }
        batch_end(&mut out, last.saturating_add(1));
        socket.send(out.bytes()).map_err(refused)?;
        let refusals = read_refusals(socket, first, last)?;
        let committed = refusals.is_empty();
        self.correct(&refusals)?;
        Ok(committed)
    }

    /// Puts right what the kernel named.
    fn correct(&mut self, refusals: &BTreeMap<usize, Errno>) -> Result<(), OpError> {
        let mut steps = Vec::with_capacity(self.steps.len());
        for (position, step) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            match (refusals.get(&position).copied(), step) {
                (None, _) => steps.push(step),
                // It is not there (any more).
                (Some(Errno::NOENT), Step::Delete(..)) => {}
                (Some(Errno::NOENT), Step::Add(map, ..)) => self.missing = Some(map),
                // It has another class.
                (Some(Errno::EXIST | Errno::BUSY), Step::Add(map, mac, _)) => {
                    steps.extend([Step::Delete(map, mac), step]);
                }
                (Some(Errno::NFILE | Errno::NOSPC), _) => return Err(OpError::Full),
                (Some(errno), _) => return Err(refused(NetlinkError::Refused(errno))),
            }
        }
        self.steps = steps;
        Ok(())
    }
}

/// The positions of refused steps.
fn read_refusals(socket: &mut Socket, first: u32, last: u32) -> Result<BTreeMap<usize, Errno>, OpError> {
    let mut refusals = BTreeMap::new();
    loop {
        for message in messages(socket.receive().map_err(refused)?) {
            // Answers to an earlier batch that had failed as a whole.
            let Some(offset) = message.seq.checked_sub(first) else {
                continue;
            };
            if let Meaning::Failed(errno) = message.meaning() {
                let errno = Errno::from_raw_os_error(errno);
                let Some(position) = usize::try_from(offset).unwrap_or(usize::MAX).checked_sub(1) else {
                    return Err(refused(NetlinkError::Refused(errno)));
                };
                refusals.insert(position, errno);
            }
            if message.seq == last {
                return Ok(refusals);
            }
        }
    }
}

fn refused(error: NetlinkError) -> OpError {
    OpError::Kernel(error.to_string())
}
