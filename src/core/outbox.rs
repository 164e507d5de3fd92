//! What `core` wants done and has not yet handed out: commands in order, and changes of the access
//! set gathered into batches, so that many grants at once cost one transaction.

use std::collections::{BTreeMap, VecDeque};

use super::command::Command;
use super::event::BatchId;
use crate::model::AccessOp;

/// Most operations in one transaction: enough to make the kernel's cost per transaction small, few
/// enough that one bad operation holds up few others.
const MAX_BATCH: usize = 256;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    commands: VecDeque<Command>,
    ops: VecDeque<AccessOp>,
    /// Operations that go each in a transaction of its own, after their batch was refused: with the number of
    /// that batch's first.
    alone: VecDeque<(u64, AccessOp)>,
    in_flight: BTreeMap<BatchId, Batch>,
    last_batch: u64,
    /// Operations that were ever added: each has its number.
    pushed: u64,
    linked: bool,
}

/// Operations of one transaction.
#[derive(Debug)]
pub(super) struct Batch {
    /// None of them has a lower number.
    pub(super) first: u64,
    pub(super) ops: Vec<AccessOp>,
}

impl Outbox {
    pub(super) fn push(&mut self, command: Command) {
        self.commands.push_back(command);
    }

    /// Adds a change. Without a link to the helper it is dropped: the inventory at the next link
    /// leads to the same state.
    pub(super) fn push_op(&mut self, op: AccessOp) {
        if self.linked {
            self.ops.push_back(op);
            self.pushed += 1;
        }
    }

    pub(super) fn list_kernel(&mut self) {
        if self.linked {
            self.push(Command::ListKernel);
        }
    }

    /// The helper is gone: what was under way is void.
    pub(super) fn unlink(&mut self) {
        self.linked = false;
        self.ops.clear();
        self.alone.clear();
        self.in_flight.clear();
        self.commands.retain(|command| {
            !matches!(
                command,
                Command::FlushFlows { .. }
                    | Command::ReadCounters { .. }
                    | Command::ListKernel
                    | Command::Open { .. }
                    | Command::Queue(_)
            )
        });
    }

    /// An inventory has arrived: what waited is superseded by the difference to it.
    pub(super) fn link(&mut self) {
        self.linked = true;
        self.ops.clear();
        self.alone.clear();
    }

    pub(super) const fn is_linked(&self) -> bool {
        self.linked
    }

    /// Takes a batch out of flight; `None` if it was under way before the last link.
    pub(super) fn landed(&mut self, id: BatchId) -> Option<Batch> {
        self.in_flight.remove(&id)
    }

    /// Tries the operations of a refused batch again, each in its own transaction.
    pub(super) fn retry_alone(&mut self, first: u64, ops: Vec<AccessOp>) {
        self.alone.extend(ops.into_iter().map(|op| (first, op)));
    }

    /// How many operations were added until now.
    pub(super) const fn pushed(&self) -> u64 {
        self.pushed
    }

    /// The number of the first operation that has not come to its end.
    pub(super) fn first_open(&self) -> Option<u64> {
        let under_way = self.in_flight.values().map(|batch| batch.first);
        // Batches land in the order in which they left.
        let alone = self.alone.front().map(|(first, _)| *first);
        let waiting = (!self.ops.is_empty()).then(|| self.first_waiting());
        under_way.chain(alone).chain(waiting).min()
    }

    /// The number of the first that has not been handed out.
    fn first_waiting(&self) -> u64 {
        let waiting = u64::try_from(self.ops.len()).unwrap_or(u64::MAX);
        self.pushed.saturating_sub(waiting)
    }

    pub(super) fn next(&mut self) -> Option<Command> {
        if let Some(command) = self.commands.pop_front() {
            return Some(command);
        }
        let (first, ops) = if let Some((first, op)) = self.alone.pop_front() {
            (first, vec![op])
        } else if self.ops.is_empty() {
            return None;
        } else {
            let (first, count) = (self.first_waiting(), self.ops.len().min(MAX_BATCH));
            (first, self.ops.drain(..count).collect())
        };
        self.last_batch += 1;
        let id = BatchId(self.last_batch);
        let batch = Batch {
            first,
            ops: ops.clone(),
        };
        self.in_flight.insert(id, batch);
        Some(Command::Apply { id, ops })
    }
}
