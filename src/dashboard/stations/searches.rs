//! Searches for whole addresses that were noted lately, by hashes: what was searched for is kept nowhere.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::accounts::SessionId;

/// How many are remembered; one that is forgotten is noted once more.
const MOST: usize = 256;

/// See the module. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(in crate::dashboard) struct Searches(Arc<Mutex<VecDeque<[u8; 32]>>>);

impl Searches {
    /// Whether a session has not searched for this lately; it has now.
    pub(super) fn is_new(&self, session: &SessionId, search: &str) -> bool {
        let hash = hash(session, search);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(&hash) {
            return false;
        }
        if known.len() >= MOST {
            known.pop_front();
        }
        known.push_back(hash);
        true
    }

    /// As if it had not.
    pub(super) fn forget(&self, session: &SessionId, search: &str) {
        let hash = hash(session, search);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known| *known != hash);
    }
}

fn hash(session: &SessionId, search: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(session.0);
    hash.update(search.to_lowercase());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{MOST, Searches};
    use crate::accounts::SessionId;

    #[test]
    fn each_search_is_new_once_and_few_are_remembered() {
        let searches = Searches::default();
        let (anna, bruno) = (SessionId([1; 32]), SessionId([2; 32]));
        assert!(searches.is_new(&anna, "02:5E:10:d7:00:00"));
        assert!(!searches.is_new(&anna, "02:5e:10:D7:00:00"));
        assert!(searches.is_new(&bruno, "02:5e:10:d7:00:00"));
        searches.forget(&anna, "02:5e:10:d7:00:00");
        assert!(searches.is_new(&anna, "02:5e:10:d7:00:00"));
        for one in 0..MOST {
            assert!(searches.is_new(&bruno, &format!("10.7.0.{one}")));
        }
        assert!(searches.is_new(&anna, "02:5e:10:d7:00:00"), "forgotten");
    }
}
