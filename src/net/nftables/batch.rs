//! One [`Kernel::apply`](crate::net::Kernel::apply): operations to elements, elements to one
//! transaction, errors to corrections.

use rustix::io::Errno;

use super::{from_ip, to_ip};
use crate::model::{AccessOp, Applied, Counter, Counters, Entry, Mac, OpError, Rate};
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::elements::{self, Element, Limit, Role, SetName};
use crate::wire::netlink::message::{Meaning, Message, Writer, flag, messages};

/// How often a batch is corrected. Each attempt corrects everything that the kernel named, so more
/// than two are needed only when elements expire in between.
const ATTEMPTS: u32 = 8;

/// How one element is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Add {
    /// It must be new.
    New,
    /// Only its timeout moves, if it is there.
    Renew,
}

/// What happens to one element.
#[derive(Debug, Clone, Copy)]
struct Step {
    op: usize,
    role: Role,
    delete: bool,
    add: Option<Add>,
}

/// One message of the transaction: which step it belongs to.
#[derive(Debug, Clone, Copy)]
struct Sent {
    step: usize,
    deletes: bool,
}

/// What is known of the transaction so far.
struct Outcome<'a> {
    ops: &'a [AccessOp],
    applied: Vec<Applied>,
    /// The first message whose removal has not been told yet.
    told: usize,
}

/// The steps of a batch and the messages of its last attempt, with memory that is kept.
#[derive(Debug, Default)]
pub(super) struct Plan {
    steps: Vec<Step>,
    sent: Vec<Sent>,
}

impl Plan {
    /// Three steps for each operation, in the order of [`Role::ALL`].
    pub(super) fn set_up(&mut self, ops: &[AccessOp], renews_in_place: bool) {
        self.steps.clear();
        for (op, access) in ops.iter().enumerate() {
            let (delete, add) = match access {
                AccessOp::Grant { .. } => (false, Some(Add::New)),
                AccessOp::Revoke { .. } => (true, None),
                AccessOp::Renew { .. } if renews_in_place => (false, Some(Add::Renew)),
                AccessOp::Limit { .. } | AccessOp::Change { .. } | AccessOp::Renew { .. } => {
                    (true, Some(Add::New))
                }
            };
            let stays = matches!(access, AccessOp::Limit { .. });
            self.steps.extend(Role::ALL.map(|role| {
                let (delete, add) = match role {
                    Role::Auth if stays => (false, None),
                    _ => (delete, add),
                };
                Step {
                    op,
                    role,
                    delete,
                    add,
                }
            }));
        }
    }

    /// Writes the transaction; its messages have the numbers from `first + 1` on, `first` is the
    /// batch itself.
    fn write(&mut self, out: &mut Writer, first: u32, ops: &[AccessOp]) {
        out.clear();
        self.sent.clear();
        elements::batch_begin(out, first);
        let messages = self.message_count();
        let mut seq = first;
        for (index, step) in self.steps.iter().enumerate() {
            let Some(op) = ops.get(step.op) else { continue };
            let (network, mac) = op.key();
            let set = SetName::new(step.role, network);
            // The end of a batch is acknowledged only from 6.10 on, so the last change is.
            let mut next = |deletes: bool, sent: &mut Vec<Sent>| {
                sent.push(Sent { step: index, deletes });
                seq = seq.saturating_add(1);
                (seq, if sent.len() == messages { flag::ACK } else { 0 })
            };
            if step.delete {
                let (seq, flags) = next(true, &mut self.sent);
                let echo = if step.role == Role::Auth { 0 } else { flag::ECHO };
                elements::delete(out, seq, flags | echo, &set, mac);
            }
            if let Some(add) = step.add {
                let (seq, flags) = next(false, &mut self.sent);
                let exclusive = if add == Add::New { flag::EXCLUSIVE } else { 0 };
                elements::add(out, seq, flags | exclusive, &set, &element_of(op, mac, step.role));
            }
        }
        elements::batch_end(out, seq.saturating_add(1));
    }

    fn message_count(&self) -> usize {
        let of = |step: &Step| usize::from(step.delete) + usize::from(step.add.is_some());
        self.steps.iter().map(of).sum()
    }

    /// The step that message `index` of the transaction was written for.
    fn step_of(&mut self, index: usize) -> Option<(&mut Step, bool)> {
        let sent = *self.sent.get(index)?;
        Some((self.steps.get_mut(sent.step)?, sent.deletes))
    }

    /// One whose limits were not there may not be among those who may pass either: whatever message `index`
    /// gives a limit is let in as well. Of a revocation nothing is given.
    fn let_in(&mut self, index: usize) {
        let Some(sent) = self.sent.get(index) else { return };
        let first = sent.step - sent.step % Role::ALL.len();
        let Some([auth, limits @ ..]) = self.steps.get_mut(first..first + Role::ALL.len()) else {
            return;
        };
        if auth.add.is_none() {
            auth.add = limits.iter().find_map(|step| step.add);
        }
    }

    /// Takes one refusal in; an error when it cannot be put right.
    fn correct(&mut self, index: usize, errno: Errno) -> Result<(), OpError> {
        let Some((step, deletes)) = self.step_of(index) else {
            return Err(kernel(errno));
        };
        match (errno, deletes) {
            // It is not there (any more).
            (Errno::NOENT, true) => {
                step.delete = false;
                self.let_in(index);
            }
            // It is there.
            (Errno::EXIST, false) => step.delete = true,
            (Errno::NFILE | Errno::NOSPC, _) => return Err(OpError::Full),
            _ => return Err(kernel(errno)),
        }
        Ok(())
    }
}

/// Carries a planned batch out.
pub(super) fn apply(
    socket: &mut Socket,
    out: &mut Writer,
    plan: &mut Plan,
    ops: &[AccessOp],
) -> Result<Vec<Applied>, OpError> {
    for _ in 0..ATTEMPTS {
        let count = plan.message_count();
        if count == 0 {
            return Ok(vec![Applied::default(); ops.len()]);
        }
        let numbers = u32::try_from(count)
            .ok()
            .and_then(|count| count.checked_add(2))
            .ok_or_else(|| OpError::Kernel("the batch is too long".to_owned()))?;
        let first = socket.reserve(numbers);
        plan.write(out, first, ops);
        socket.send(out.bytes()).map_err(super::refused)?;
        let mut outcome = Outcome {
            ops,
            applied: vec![Applied::default(); ops.len()],
            told: 0,
        };
        if read_outcome(socket, plan, first, &mut outcome)? {
            return Ok(outcome.applied);
        }
    }
    Err(OpError::Kernel(
        "the sets change faster than they can be changed".to_owned(),
    ))
}

/// Reads the answers up to the acknowledgement of the last message; whether the transaction was
/// committed. If not, `plan` is corrected.
fn read_outcome(
    socket: &mut Socket,
    plan: &mut Plan,
    first: u32,
    outcome: &mut Outcome<'_>,
) -> Result<bool, OpError> {
    let mut committed = true;
    let mut failure = None;
    let last = plan.sent.len().saturating_sub(1);
    loop {
        for message in messages(socket.receive().map_err(super::refused)?) {
            if elements::removes(&message) == Some(true) {
                outcome.note_removed(plan, &message);
                continue;
            }
            // Answers to an earlier batch that had failed as a whole.
            let Some(offset) = message.seq.checked_sub(first) else {
                continue;
            };
            let index = usize::try_from(offset).unwrap_or(usize::MAX).checked_sub(1);
            match (message.meaning(), index) {
                (Meaning::Failed(errno), None) => {
                    // The batch as a whole (no memory, or the commit itself failed); nothing follows
                    // that is needed, and what does has a lower number than the next batch.
                    return Err(kernel(Errno::from_raw_os_error(errno)));
                }
                (Meaning::Failed(errno), Some(index)) => {
                    committed = false;
                    let correction = plan.correct(index, Errno::from_raw_os_error(errno));
                    failure = failure.or(correction.err());
                    if index == last {
                        return failure.map_or(Ok(committed), Err);
                    }
                }
                (Meaning::Acknowledged, Some(index)) if index == last => {
                    return failure.map_or(Ok(committed), Err);
                }
                _ => {}
            }
        }
    }
}

impl Outcome<'_> {
    /// Keeps the last reading of a removed element.
    ///
    /// Removals are told in the order of the transaction. (Their number is no help: since nf_tables
    /// transactions were made smaller, 6.12 or so, it is 0.)
    fn note_removed(&mut self, plan: &Plan, message: &Message<'_>) {
        for element in elements::decode_elements(message) {
            let rest = plan.sent.iter().enumerate().skip(self.told);
            let found = rest.filter(|(_, sent)| sent.deletes).find_map(|(index, sent)| {
                let step = plan.steps.get(sent.step)?;
                let (network, mac) = self.ops.get(step.op)?.key();
                let same = mac == element.mac && elements::is_of(message, &SetName::new(step.role, network));
                same.then_some((index, step))
            });
            let Some((index, step)) = found else { continue };
            self.told = index.saturating_add(1);
            let Some(applied) = self.applied.get_mut(step.op) else {
                continue;
            };
            let counter = element.counter.unwrap_or_default();
            let last = applied.last.get_or_insert_default();
            match step.role {
                Role::Auth => {}
                Role::Up => last.up = counter,
                Role::Down => last.down = to_ip(counter),
            }
        }
    }
}

/// The element of an operation in one set.
fn element_of(op: &AccessOp, mac: Mac, role: Role) -> Element {
    let (entry, seed) = match *op {
        AccessOp::Grant { entry, seed, .. } => (entry, seed),
        AccessOp::Renew { entry, .. } | AccessOp::Limit { entry, .. } | AccessOp::Change { entry, .. } => {
            (entry, Counters::default())
        }
        AccessOp::Revoke { .. } => (
            Entry {
                plan: None,
                timeout_ms: None,
            },
            Counters::default(),
        ),
    };
    let limit = |rate: fn(&crate::model::RatePlan) -> Rate| {
        entry.plan.as_ref().map(|plan| Limit {
            rate: rate(plan).bytes_per_second(),
            burst: plan.burst.bytes(),
        })
    };
    let (limit, counter): (Option<Limit>, Option<Counter>) = match role {
        Role::Auth => (None, None),
        Role::Up => (limit(|plan| plan.up), Some(seed.up)),
        Role::Down => (limit(|plan| plan.down), Some(from_ip(seed.down))),
    };
    Element {
        mac,
        limit,
        counter,
        timeout_ms: entry.timeout_ms,
        // The kernel leaves an element alone whose timeout is the same as before unless the
        // expiration is written too.
        expires_ms: entry.timeout_ms,
    }
}

fn kernel(errno: Errno) -> OpError {
    super::refused(NetlinkError::Refused(errno))
}
