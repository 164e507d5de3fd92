//! What newcomers get while the line is scarce, until all have been looked at again.

/// One direction of a network, as a newcomer finds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// What those who share have, each; `u64::MAX` when there is enough for everybody.
    pub(super) level: u64,
    /// How many they are, with those who came since they were counted.
    pub(super) sharing: u64,
    /// Nobody has less.
    pub(super) floor: u64,
}

impl Entry {
    /// The part of one more of them, who from now on is one. Many come in the same second, and what the first
    /// has is not there for the second.
    pub(super) const fn take(&mut self) -> u64 {
        if self.level == u64::MAX {
            return u64::MAX;
        }
        let before = self.sharing;
        self.sharing = before.saturating_add(1);
        let part = (self.level / self.sharing).saturating_mul(before);
        self.level = if part > self.floor { part } else { self.floor };
        self.level
    }
}
