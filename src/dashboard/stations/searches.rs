//! Searches for whole addresses that were noted lately, by hashes: what was searched for is kept nowhere.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// How many are remembered; one that is forgotten is noted once more.
const MOST: usize = 256;

/// See the module. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(in crate::dashboard) struct Searches(Arc<Mutex<VecDeque<[u8; 32]>>>);

impl Searches {
    /// Whether a session, or a token of the API, has not searched for this lately; it has now. It goes by its id.
    pub(in crate::dashboard) fn is_new(&self, whose: &[u8; 32], search: &str) -> bool {
        let hash = hash(whose, search);
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
    pub(in crate::dashboard) fn forget(&self, whose: &[u8; 32], search: &str) {
        let hash = hash(whose, search);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known| *known != hash);
    }
}

fn hash(whose: &[u8; 32], search: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(whose);
    hash.update(search.to_lowercase());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{MOST, Searches};

    #[test]
    fn each_search_is_new_once_and_few_are_remembered() {
        let searches = Searches::default();
        let (anna, bruno) = ([1; 32], [2; 32]);
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
