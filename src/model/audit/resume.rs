//! How the log goes on from its end, also after a loss of power.

use serde_json::json;

use super::chain::{Hash, Head, Line};
use super::entry::{Action, HEAD_LOST, MENDED, More, Origin, Who, old_entry};

/// What the log ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tail {
    /// There is no chain yet.
    Old {
        /// Lines of the form before; nothing in a new log.
        old: Vec<u8>,
        /// What is no line: torn.
        torn: Vec<u8>,
    },
    /// A line of the chain, and what stands behind it.
    Chain {
        /// By what the line says itself.
        last: Head,
        /// Whether the line has its end.
        ended: bool,
        /// What is no line of the chain: torn.
        torn: Vec<u8>,
    },
}

impl Tail {
    /// Reads the end of a log, of which `window` are the last bytes; `None` when it takes more of them.
    #[must_use]
    pub fn read(window: &[u8], is_whole: bool) -> Option<Self> {
        let mut end = window.len();
        while end > 0 {
            // The end of the line before this one; the last byte may be this line's own end.
            let start = window[..end - 1].iter().rposition(|byte| *byte == b'\n');
            if start.is_none() && !is_whole {
                return None;
            }
            let start = start.map_or(0, |before| before + 1);
            let bytes = &window[start..end];
            if let Some(line) = Line::read(bytes) {
                return Some(Self::Chain {
                    last: line.head(),
                    ended: bytes.ends_with(b"\n"),
                    torn: window[end..].to_owned(),
                });
            }
            end = start;
        }
        is_whole.then(|| Self::read_old(window))
    }

    fn read_old(log: &[u8]) -> Self {
        let lines = log.split_inclusive(|byte| *byte == b'\n');
        let known = lines.take_while(|line| old_entry(line).is_some());
        let (old, torn) = log.split_at(known.map(<[u8]>::len).sum());
        Self::Old {
            old: old.to_owned(),
            torn: torn.to_owned(),
        }
    }
}

/// How the log goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Resumed {
    /// What the next line follows.
    pub before: Head,
    /// Whether the end of a line has to be written first.
    pub end_line: bool,
    /// What has to be said first.
    pub notes: Vec<Action>,
}

/// How the log goes on, from its last bytes and the head that was kept beside it. Where the head is ahead of
/// the log, lines are missing; the next line follows the missing ones, so that the gap shows for ever.
#[must_use]
pub fn resume(tail: Tail, kept: Option<Head>) -> Resumed {
    let mut notes = Vec::new();
    let (before, ended, torn) = match tail {
        Tail::Old { mut old, torn } => {
            let ended = old.last().is_none_or(|last| *last == b'\n');
            if !ended {
                old.push(b'\n');
            }
            (kept.unwrap_or_else(|| Head::before_first(&old)), ended, torn)
        }
        Tail::Chain { last, ended, torn } => {
            if kept.is_none() {
                notes.push(note(HEAD_LOST, "lines before may have been cut off", More::new()));
            }
            let ahead = kept.filter(|kept| kept.number >= last.number);
            (ahead.unwrap_or(last), ended, torn)
        }
    };
    if !ended {
        notes.insert(0, note(MENDED, "the end of a line was missing", More::new()));
    }
    let is_torn_ended = torn.last().is_none_or(|last| *last == b'\n');
    if !torn.is_empty() {
        notes.insert(0, mended(torn, is_torn_ended));
    }
    Resumed {
        before,
        end_line: !ended || !is_torn_ended,
        notes,
    }
}

/// Says that a torn line stays where it is; its hash, end included, makes it part of the chain.
fn mended(mut torn: Vec<u8>, is_ended: bool) -> Action {
    if !is_ended {
        torn.push(b'\n');
    }
    let mut more = More::new();
    more.insert("torn".to_owned(), json!(Hash::of(&torn).to_string()));
    more.insert("bytes".to_owned(), json!(torn.len()));
    note(MENDED, "a torn line was left where it is", more)
}

fn note(did: &'static str, what: &str, more: More) -> Action {
    Action {
        who: Who::Portico,
        from: Origin::Service,
        did,
        what: what.to_owned(),
        more,
    }
}
