//! [`Kernel::open`](crate::net::Kernel::open): destinations of the walled garden that were learnt by
//! name, in one transaction.

use rustix::io::Errno;

use crate::model::{NetworkId, OpError, Opening};
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::elements::{self, SetName};
use crate::wire::netlink::message::{Meaning, Writer, flag, messages};

/// How often a batch is corrected, as elements run out in between.
const ATTEMPTS: u32 = 8;

/// How one destination is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// Whether it is there or not.
    InPlace,
    /// It must be new.
    New,
    /// It is there: removed, and added again.
    Anew,
}

/// Carries it out. Kernels before 6.12 cannot move the end of an element: there it is removed and added
/// in the same transaction, so that no packet meets the gap.
pub(super) fn open(
    socket: &mut Socket,
    out: &mut Writer,
    renews_in_place: bool,
    network: NetworkId,
    openings: &[Opening],
) -> Result<(), OpError> {
    if openings.is_empty() {
        return Ok(());
    }
    let how = if renews_in_place { How::InPlace } else { How::New };
    let mut plan = vec![how; openings.len()];
    for _ in 0..ATTEMPTS {
        let sent = send(socket, out, network, openings, &plan)?;
        if sent.is_committed(socket, &mut plan)? {
            return Ok(());
        }
    }
    Err(OpError::Kernel(
        "the garden changes faster than it can be changed".to_owned(),
    ))
}

/// Empties both sets of a network; a network without them is none of our business.
pub(super) fn shut(socket: &mut Socket, out: &mut Writer, network: NetworkId) -> Result<(), OpError> {
    const FAMILIES: [std::net::IpAddr; 2] = [
        std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        std::net::IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
    ];
    for family in FAMILIES {
        let first = socket.reserve(3);
        out.clear();
        elements::batch_begin(out, first);
        let name = SetName::named(family, network);
        elements::flush(out, first.saturating_add(1), flag::ACK, &name);
        elements::batch_end(out, first.saturating_add(2));
        socket.send(out.bytes()).map_err(super::refused)?;
        let sent = Sent {
            first,
            steps: vec![(0, false)],
        };
        match sent.outcome(socket)?.first() {
            None | Some((_, Errno::NOENT)) => {}
            Some((_, errno)) => return Err(refused(*errno)),
        }
    }
    Ok(())
}

/// A transaction on its way.
struct Sent {
    /// The number of the batch itself; its messages follow.
    first: u32,
    /// Of each message: which opening, and whether it removes.
    steps: Vec<(usize, bool)>,
}

fn send(
    socket: &mut Socket,
    out: &mut Writer,
    network: NetworkId,
    openings: &[Opening],
    plan: &[How],
) -> Result<Sent, OpError> {
    let mut steps = Vec::with_capacity(plan.len());
    for (index, how) in plan.iter().enumerate() {
        if *how == How::Anew {
            steps.push((index, true));
        }
        steps.push((index, false));
    }
    let numbers = u32::try_from(steps.len())
        .ok()
        .and_then(|count| count.checked_add(2))
        .ok_or_else(|| OpError::Kernel("the batch is too long".to_owned()))?;
    let first = socket.reserve(numbers);
    out.clear();
    elements::batch_begin(out, first);
    let mut seq = first;
    for (number, &(index, removes)) in steps.iter().enumerate() {
        let (Some(opening), Some(how)) = (openings.get(index), plan.get(index)) else {
            continue;
        };
        seq = seq.saturating_add(1);
        // The end of a batch is acknowledged only from 6.10 on, so the last change is.
        let last = number + 1 == steps.len();
        let flags = if last { flag::ACK } else { 0 };
        let set = SetName::named(opening.address, network);
        let place = (opening.address, opening.port);
        if removes {
            elements::delete_destination(out, seq, flags, &set, place);
        } else {
            let exclusive = if *how == How::InPlace { 0 } else { flag::EXCLUSIVE };
            elements::add_destination(out, seq, flags | exclusive, &set, place, opening.timeout_ms);
        }
    }
    elements::batch_end(out, seq.saturating_add(1));
    socket.send(out.bytes()).map_err(super::refused)?;
    Ok(Sent { first, steps })
}

impl Sent {
    /// Whether it was committed; if not, `plan` is corrected.
    fn is_committed(&self, socket: &mut Socket, plan: &mut [How]) -> Result<bool, OpError> {
        let errors = self.outcome(socket)?;
        for (message, errno) in &errors {
            let step = self.steps.get(*message).copied();
            let Some((how, removes)) =
                step.and_then(|(index, removes)| Some((plan.get_mut(index)?, removes)))
            else {
                return Err(refused(*errno));
            };
            *how = match (*errno, removes) {
                (Errno::EXIST, false) => How::Anew,
                (Errno::NOENT, true) => How::New,
                (Errno::NFILE | Errno::NOSPC, _) => return Err(OpError::Full),
                _ => return Err(refused(*errno)),
            };
        }
        Ok(errors.is_empty())
    }

    /// What the kernel refused of it, message by message.
    fn outcome(&self, socket: &mut Socket) -> Result<Vec<(usize, Errno)>, OpError> {
        let last = self.steps.len().saturating_sub(1);
        let mut errors = Vec::new();
        loop {
            for message in messages(socket.receive().map_err(super::refused)?) {
                // Answers to an earlier batch that had failed as a whole have lower numbers.
                let Some(offset) = message.seq.checked_sub(self.first) else {
                    continue;
                };
                let index = usize::try_from(offset).unwrap_or(usize::MAX).checked_sub(1);
                match (message.meaning(), index) {
                    (Meaning::Failed(errno), None) => {
                        return Err(refused(Errno::from_raw_os_error(errno)));
                    }
                    (Meaning::Failed(errno), Some(index)) => {
                        errors.push((index, Errno::from_raw_os_error(errno)));
                        if index == last {
                            return Ok(errors);
                        }
                    }
                    (Meaning::Acknowledged, Some(index)) if index == last => return Ok(errors),
                    _ => {}
                }
            }
        }
    }
}

fn refused(errno: Errno) -> OpError {
    super::refused(NetlinkError::Refused(errno))
}
