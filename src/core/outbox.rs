//! What `core` wants done and has not yet handed out: commands in order, and changes of the access
//! set gathered into batches, so that many grants at once cost one transaction.
//!
//! Whoever is let in or thrown out goes first. A new plan moves the limits of everybody, which takes the kernel
//! a while: those wait here, and few of them are under way at a time, so that nobody waits behind them who has
//! just pressed the button. Where so many wait that the last of them would for seconds, all are told ahead to the
//! fast path, which takes them at once ([`Command::Pace`]).

use std::collections::{BTreeMap, VecDeque};

use super::access::Key;
use super::command::Command;
use super::event::BatchId;
use crate::model::{AccessOp, Pace};

/// Most operations in one transaction: enough to make the kernel's cost per transaction small, few
/// enough that one bad operation holds up few others.
const MAX_BATCH: usize = 256;
/// The same of moved limits, which nobody waits for, and so many batches under way at most when one of them goes.
const LIMITS_AT_ONCE: usize = 1_024;
const UNDER_WAY: usize = 2;
/// More moved limits than are handed out at once are told ahead, so many in one command.
const TOLD_AHEAD: usize = 4_096;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    commands: VecDeque<Command>,
    /// With their numbers, in order.
    urgent: VecDeque<(u64, AccessOp)>,
    /// Moved limits, likewise.
    limits: VecDeque<(u64, AccessOp)>,
    /// Those with lower numbers have been told ahead.
    paced: u64,
    /// Whom `limits` are about.
    waiting: BTreeMap<Key, Waiting>,
    /// Operations that go each in a transaction of its own, after their batch was refused: with the number of
    /// that batch's first.
    alone: VecDeque<(u64, AccessOp)>,
    in_flight: BTreeMap<BatchId, Batch>,
    last_batch: u64,
    /// Operations that were ever added: each has its number.
    pushed: u64,
    linked: bool,
}

/// What waits about a station.
#[derive(Debug, Default)]
struct Waiting {
    /// How many.
    count: usize,
    /// Those with lower numbers are void: the whole entry was made anew, or has gone.
    void: u64,
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
        if !self.linked {
            return;
        }
        let (key, number) = (op.key(), self.pushed);
        self.pushed += 1;
        let waiting = self.waiting.get_mut(&key);
        match (&op, waiting) {
            (AccessOp::Limit { .. }, _) | (AccessOp::Renew { .. }, Some(_)) => {
                self.waiting.entry(key).or_default().count += 1;
                self.limits.push_back((number, op));
            }
            (_, waiting) => {
                if let Some(waiting) = waiting {
                    waiting.void = number;
                }
                self.urgent.push_back((number, op));
            }
        }
    }

    /// Moved limits for one transaction.
    fn take_limits(&mut self) -> Vec<(u64, AccessOp)> {
        let mut taken = Vec::new();
        while taken.len() < LIMITS_AT_ONCE
            && let Some((number, op)) = self.limits.pop_front()
        {
            let key = op.key();
            let Some(waiting) = self.waiting.get_mut(&key) else {
                continue;
            };
            waiting.count -= 1;
            let is_void = number < waiting.void;
            if waiting.count == 0 {
                self.waiting.remove(&key);
            }
            if !is_void {
                taken.push((number, op));
            }
        }
        taken
    }

    /// Limits that wait longer than the next batches take, and have not been told ahead.
    fn take_paces(&mut self) -> Option<Vec<Pace>> {
        if self.limits.len() <= UNDER_WAY * LIMITS_AT_ONCE {
            return None;
        }
        let from = self.limits.partition_point(|(number, _)| *number < self.paced);
        let mut paces = Vec::new();
        for (number, op) in self.limits.range(from..).take(TOLD_AHEAD) {
            self.paced = number + 1;
            if let AccessOp::Limit { network, mac, entry } = *op {
                let plan = entry.plan;
                paces.push(Pace { network, mac, plan });
            }
        }
        (!paces.is_empty()).then_some(paces)
    }

    fn forget_ops(&mut self) {
        self.urgent.clear();
        self.limits.clear();
        self.waiting.clear();
        self.alone.clear();
    }

    pub(super) fn list_kernel(&mut self) {
        if self.linked {
            self.push(Command::ListKernel);
        }
    }

    /// The helper is gone: what was under way is void.
    pub(super) fn unlink(&mut self) {
        self.linked = false;
        self.forget_ops();
        self.in_flight.clear();
        self.commands.retain(|command| {
            !matches!(
                command,
                Command::Pace(_)
                    | Command::FlushFlows { .. }
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
        self.forget_ops();
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
        let queues = [&self.alone, &self.urgent, &self.limits];
        let waiting = queues.into_iter().filter_map(|queue| queue.front());
        under_way.chain(waiting.map(|(first, _)| *first)).min()
    }

    pub(super) fn next(&mut self) -> Option<Command> {
        if let Some(command) = self.commands.pop_front() {
            return Some(command);
        }
        let taken = if let Some(alone) = self.alone.pop_front() {
            vec![alone]
        } else if !self.urgent.is_empty() {
            let count = self.urgent.len().min(MAX_BATCH);
            self.urgent.drain(..count).collect()
        } else if let Some(paces) = self.take_paces() {
            return Some(Command::Pace(paces));
        } else if self.in_flight.len() < UNDER_WAY {
            self.take_limits()
        } else {
            return None;
        };
        let first = taken.first()?.0;
        let ops: Vec<AccessOp> = taken.into_iter().map(|(_, op)| op).collect();
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

#[cfg(test)]
mod tests {
    use super::{LIMITS_AT_ONCE, MAX_BATCH, Outbox, TOLD_AHEAD, UNDER_WAY};
    use crate::core::command::Command;
    use crate::core::event::BatchId;
    use crate::model::{AccessOp, Burst, Entry, Mac, NetworkId, Pace, RatePlan};

    fn entry(mbit: u64) -> Entry {
        let rate = format!("{mbit} Mbit/s").parse().unwrap();
        Entry {
            plan: Some(RatePlan {
                down: rate,
                up: rate,
                burst: Burst::from_bytes(131_072).unwrap(),
            }),
            timeout_ms: Some(1_000_000),
        }
    }

    fn key(number: u32) -> (NetworkId, Mac) {
        let [a, b, c, d] = number.to_be_bytes();
        ("piazza".parse().unwrap(), Mac::new([2, 0, a, b, c, d]).unwrap())
    }

    fn limit(number: u32) -> AccessOp {
        let (network, mac) = key(number);
        AccessOp::Limit {
            network,
            mac,
            entry: entry(2),
        }
    }

    fn revoke(number: u32) -> AccessOp {
        let (network, mac) = key(number);
        AccessOp::Revoke { network, mac }
    }

    fn renew(number: u32) -> AccessOp {
        let (network, mac) = key(number);
        AccessOp::Renew {
            network,
            mac,
            entry: entry(2),
        }
    }

    fn linked() -> Outbox {
        let mut outbox = Outbox::default();
        outbox.link();
        outbox
    }

    fn batch(outbox: &mut Outbox) -> Option<(BatchId, Vec<AccessOp>)> {
        match outbox.next()? {
            Command::Apply { id, ops } => Some((id, ops)),
            other => panic!("{other:?}"),
        }
    }

    fn paces(outbox: &mut Outbox) -> Option<Vec<Pace>> {
        match outbox.next()? {
            Command::Pace(paces) => Some(paces),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn limits_that_would_wait_for_seconds_are_told_ahead_once() {
        let mut outbox = linked();
        let few = u32::try_from(UNDER_WAY * LIMITS_AT_ONCE).unwrap();
        for number in 0..few {
            outbox.push_op(limit(number));
        }
        outbox.push_op(renew(7));
        outbox.push_op(revoke(few));
        assert_eq!(
            batch(&mut outbox).unwrap().1,
            [revoke(few)],
            "who is thrown out goes first"
        );
        let told = paces(&mut outbox).unwrap();
        let plan = entry(2).plan;
        let keys = told.iter().map(|pace| (pace.network, pace.mac));
        assert!(keys.eq((0..few).map(key)) && told.iter().all(|pace| pace.plan == plan));
        assert_eq!(batch(&mut outbox).unwrap().1.len(), LIMITS_AT_ONCE);
        // Those that come to it later: they alone, and as many at a time as a frame takes.
        let many = few + u32::try_from(TOLD_AHEAD).unwrap() + 1;
        for number in few..many {
            outbox.push_op(limit(number));
        }
        assert_eq!(paces(&mut outbox).unwrap().len(), TOLD_AHEAD);
        assert_eq!(paces(&mut outbox).unwrap().len(), 1);
        assert!(batch(&mut outbox).is_none(), "two are under way");
        // A plan for few is not worth it.
        let mut outbox = linked();
        outbox.push_op(limit(1));
        assert_eq!(batch(&mut outbox).unwrap().1, [limit(1)]);
    }

    #[test]
    fn nobody_who_comes_or_goes_waits_behind_the_limits_of_all() {
        let mut outbox = linked();
        let many = u32::try_from(UNDER_WAY * LIMITS_AT_ONCE + 5).unwrap();
        for number in 0..many {
            outbox.push_op(limit(number));
        }
        assert_eq!(paces(&mut outbox).map(|paces| paces.len()), Some(many as usize));
        let sent: Vec<_> = std::iter::from_fn(|| batch(&mut outbox)).collect();
        let sizes: Vec<usize> = sent.iter().map(|(_, ops)| ops.len()).collect();
        assert_eq!(sizes, [LIMITS_AT_ONCE; UNDER_WAY], "no more at a time");
        for number in 0..300 {
            outbox.push_op(revoke(many + number));
        }
        assert_eq!(
            batch(&mut outbox).unwrap().1.len(),
            MAX_BATCH,
            "these wait for nothing"
        );
        assert_eq!(batch(&mut outbox).unwrap().1.len(), 300 - MAX_BATCH);
        assert!(batch(&mut outbox).is_none());
        assert_eq!(outbox.first_open(), Some(0));
        for (id, _) in sent {
            outbox.landed(id);
        }
        assert_eq!(
            outbox.first_open(),
            Some(u64::from(many) - 5),
            "the limits that wait still"
        );
        assert!(
            batch(&mut outbox).is_none(),
            "two of the urgent ones are under way"
        );
        for id in [3, 4] {
            outbox.landed(BatchId(id));
        }
        assert_eq!(batch(&mut outbox).unwrap().1.len(), 5);
    }

    #[test]
    fn of_a_station_the_order_stays_and_what_is_void_is_not_sent() {
        let mut outbox = linked();
        for number in 0..3 {
            outbox.push_op(limit(number));
        }
        outbox.push_op(revoke(1));
        outbox.push_op(renew(2));
        outbox.push_op(renew(7));
        assert_eq!(batch(&mut outbox).unwrap().1, [revoke(1), renew(7)]);
        assert_eq!(batch(&mut outbox).unwrap().1, [limit(0), limit(2), renew(2)]);
        assert!(batch(&mut outbox).is_none() && outbox.waiting.is_empty());
        // After it was let in again its limits move like those of all.
        outbox.push_op(limit(1));
        outbox.landed(BatchId(1));
        assert_eq!(batch(&mut outbox).unwrap().1, [limit(1)]);
    }
}
