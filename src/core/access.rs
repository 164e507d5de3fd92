//! Who should be in the kernel's sets, and the smallest transaction that gets there.

use std::collections::BTreeMap;

use crate::model::{AccessOp, Boot, Counters, Entry, KernelSession, Mac, NetworkId, RatePlan};

/// Station of a network.
pub(super) type Key = (NetworkId, Mac);

/// What one station should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `None` for exempt stations.
    pub(super) plan: Option<RatePlan>,
    /// End of the session; `None` never.
    pub(super) ends: Option<Boot>,
    /// Where the counters go on if the kernel lost them.
    pub(super) seed: Counters,
}

/// How much later than the session's end the kernel itself forgets it. Long enough that `core`
/// always comes first, short enough that a dead daemon leaves nobody online.
const FAIL_SAFE_MS: u64 = 10_000;

/// Kernel timeouts that differ by less are left alone.
const TIMEOUT_TOLERANCE_MS: u64 = 5_000;

impl Wanted {
    /// What an exempt station should have: no limit, and an end if an order exempts it.
    pub(super) fn exempt(ends: Option<Boot>) -> Self {
        Self {
            plan: None,
            ends,
            seed: Counters::default(),
        }
    }

    /// The kernel's form of it.
    pub(super) fn entry(&self, now: Boot) -> Entry {
        Entry {
            plan: self.plan,
            timeout_ms: self.ends.map(|ends| kernel_timeout(ends.since(now))),
        }
    }
}

/// The kernel's timeout of a session with so much left.
pub(super) fn kernel_timeout(left_ms: u64) -> u64 {
    left_ms.saturating_add(FAIL_SAFE_MS).min(Entry::MAX_TIMEOUT_MS)
}

/// The session's time left behind a kernel timeout.
pub(super) const fn left_behind(timeout_ms: u64) -> u64 {
    timeout_ms.saturating_sub(FAIL_SAFE_MS)
}

/// The smallest list of operations that turns what the kernel holds into what is wanted.
pub(super) fn diff(
    holds: &BTreeMap<Key, KernelSession>,
    wanted: &BTreeMap<Key, Wanted>,
    now: Boot,
) -> Vec<AccessOp> {
    let mut ops = Vec::new();
    for &(network, mac) in holds.keys() {
        if !wanted.contains_key(&(network, mac)) {
            ops.push(AccessOp::Revoke { network, mac });
        }
    }
    for (&(network, mac), want) in wanted {
        let entry = want.entry(now);
        match holds.get(&(network, mac)) {
            None => ops.push(AccessOp::Grant {
                network,
                mac,
                entry,
                seed: want.seed,
            }),
            Some(held) if held.entry.plan != entry.plan => ops.push(AccessOp::Change { network, mac, entry }),
            Some(held) if timeouts_differ(held.entry.timeout_ms, entry.timeout_ms) => {
                ops.push(AccessOp::Renew { network, mac, entry });
            }
            Some(_) => {}
        }
    }
    ops
}

fn timeouts_differ(held: Option<u64>, wanted: Option<u64>) -> bool {
    match (held, wanted) {
        (Some(held), Some(wanted)) => held.abs_diff(wanted) > TIMEOUT_TOLERANCE_MS,
        (None, None) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, TIMEOUT_TOLERANCE_MS, Wanted, diff};
    use crate::model::{AccessOp, Boot, Burst, Counters, KernelSession, Mac, Rate, RatePlan};
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    /// The kernel as `diff` understands it.
    fn apply(ops: &[AccessOp], holds: &mut BTreeMap<Key, KernelSession>) {
        for op in ops {
            let (network, mac) = op.key();
            match *op {
                AccessOp::Grant { entry, seed, .. } => {
                    holds.insert(
                        (network, mac),
                        KernelSession {
                            network,
                            mac,
                            entry,
                            counters: seed,
                        },
                    );
                }
                AccessOp::Renew { entry, .. }
                | AccessOp::Limit { entry, .. }
                | AccessOp::Change { entry, .. } => {
                    holds
                        .get_mut(&(network, mac))
                        .expect("only what is there is changed")
                        .entry = entry;
                }
                AccessOp::Revoke { .. } => {
                    holds
                        .remove(&(network, mac))
                        .expect("only what is there is revoked");
                }
            }
        }
    }

    fn wanted() -> impl Strategy<Value = BTreeMap<Key, Wanted>> {
        let key = (any::<bool>(), 1_u8..40).prop_map(|(second, last)| {
            let network = if second { "molini" } else { "piazza" };
            (network.parse().unwrap(), Mac::new([2, 0, 0, 0, 0, last]).unwrap())
        });
        let want = (
            proptest::option::of(1_u64..4),
            proptest::option::of(0_u64..90_000_000),
        )
            .prop_map(|(mbit, ends)| {
                let rate = |mbit| Rate::from_bytes_per_second(mbit * 125_000).unwrap();
                let plan = mbit.map(|mbit| RatePlan {
                    down: rate(mbit),
                    up: rate(mbit),
                    burst: Burst::from_bytes(65_536).unwrap(),
                });
                Wanted {
                    plan,
                    ends: ends.map(Boot),
                    seed: Counters::default(),
                }
            });
        proptest::collection::btree_map(key, want, 0..30)
    }

    proptest! {
        #[test]
        fn applying_the_difference_gives_what_is_wanted(before in wanted(), after in wanted(), now in 0_u64..90_000_000) {
            let now = Boot(now);
            let mut holds = BTreeMap::new();
            apply(&diff(&holds, &before, now), &mut holds);
            apply(&diff(&holds, &after, now), &mut holds);
            prop_assert_eq!(holds.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
            for (key, want) in &after {
                let (held, want) = (holds[key].entry, want.entry(now));
                prop_assert_eq!(held.plan, want.plan);
                let apart = held.timeout_ms.unwrap_or(u64::MAX).abs_diff(want.timeout_ms.unwrap_or(u64::MAX));
                prop_assert!(apart <= TIMEOUT_TOLERANCE_MS);
            }
            prop_assert!(diff(&holds, &after, now).is_empty(), "the second difference is empty");
        }
    }
}
