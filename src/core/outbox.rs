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
    /// Operations that go each in a transaction of its own, after their batch was refused.
    alone: VecDeque<AccessOp>,
    in_flight: BTreeMap<BatchId, Vec<AccessOp>>,
    last_batch: u64,
    linked: bool,
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
    pub(super) fn landed(&mut self, id: BatchId) -> Option<Vec<AccessOp>> {
        self.in_flight.remove(&id)
    }

    /// Tries the operations of a refused batch again, each in its own transaction.
    pub(super) fn retry_alone(&mut self, ops: Vec<AccessOp>) {
        self.alone.extend(ops);
    }

    pub(super) fn next(&mut self) -> Option<Command> {
        if let Some(command) = self.commands.pop_front() {
            return Some(command);
        }
        let ops = if let Some(op) = self.alone.pop_front() {
            vec![op]
        } else if self.ops.is_empty() {
            return None;
        } else {
            let count = self.ops.len().min(MAX_BATCH);
            self.ops.drain(..count).collect()
        };
        self.last_batch += 1;
        let id = BatchId(self.last_batch);
        self.in_flight.insert(id, ops.clone());
        Some(Command::Apply { id, ops })
    }
}
