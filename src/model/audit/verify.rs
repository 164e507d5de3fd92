//! Whether a log is whole.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::chain::{Hash, Head, Line};
use super::entry::{HEAD_LOST, MENDED, old_entry};

/// A line that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which line of the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub flaw: Flaw,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It does not follow the line before.
    Broken,
    /// It is no line of the chain, and nothing says how it came there.
    Foreign,
    /// It says that a torn line stands before it, and there is none.
    NothingTorn,
    /// The last line, which was torn; the next entry will say so.
    Torn,
    /// The head was gone when it was written.
    HeadLost,
    /// The head is gone, so it may be missing.
    NoHead,
    /// It is another than the one whose head was kept.
    Replaced(Head),
    /// It is missing, with those up to the one whose head was kept.
    CutOff(Head),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line;
        match self.flaw {
            Flaw::Broken => write!(
                f,
                "line {line} does not follow the one before: it was changed, or lines were removed, inserted or moved"
            ),
            Flaw::Foreign => write!(f, "line {line} is no line of this log"),
            Flaw::NothingTorn => write!(
                f,
                "line {line} tells of a torn line before it, which is not there"
            ),
            Flaw::Torn => write!(
                f,
                "line {line} is torn, as by a loss of power; the next entry will say so"
            ),
            Flaw::HeadLost => write!(
                f,
                "line {line} was written when the head was gone: lines before it may have been cut off"
            ),
            Flaw::NoHead => write!(
                f,
                "line {line} may be missing: the head that is kept beside the log is gone"
            ),
            Flaw::Replaced(head) => write!(f, "line {line} is not the one that was number {}", head.number),
            Flaw::CutOff(head) => write!(
                f,
                "line {line} is missing: the log was cut off before number {}",
                head.number
            ),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Lines of the form before the chain.
    pub old: u64,
    /// Torn lines that an entry tells of.
    pub mended: u64,
    /// Where the chain is; `None` when it has not begun.
    pub head: Option<Head>,
    /// What does not fit, in order.
    pub faults: Vec<Fault>,
}

/// Reads a log line by line.
#[derive(Debug)]
pub struct Verifier {
    kept: Vec<Head>,
    has_head: bool,
    line: u64,
    old: u64,
    old_lines: Sha256,
    /// What is no line of any form, and where it begins.
    pending: Option<(u64, Vec<u8>)>,
    mended: u64,
    head: Option<Head>,
    faults: Vec<Fault>,
}

impl Verifier {
    /// Begins; `beside` is the head that was kept beside the log, and the others were written down. All must
    /// be those of lines of the log.
    #[must_use]
    pub fn new(beside: Option<Head>, written_down: &[Head]) -> Self {
        Self {
            kept: written_down.iter().copied().chain(beside).collect(),
            has_head: beside.is_some(),
            line: 0,
            old: 0,
            old_lines: Sha256::new(),
            pending: None,
            mended: 0,
            head: None,
            faults: Vec::new(),
        }
    }

    /// Takes the next line, with its end if it has one.
    pub fn take(&mut self, bytes: &[u8]) {
        self.line += 1;
        let Some(line) = Line::read(bytes) else {
            self.take_other(bytes);
            return;
        };
        let before = match self.head {
            Some(head) => head,
            None => self.begin(),
        };
        let follows = line.follows(before);
        if follows.is_none() {
            self.fault(self.line, Flaw::Broken);
        }
        self.settle_torn(&line);
        if line.entry.did == HEAD_LOST {
            self.fault(self.line, Flaw::HeadLost);
        }
        self.reached(line.head());
        if !bytes.ends_with(b"\n") {
            self.fault(self.line, Flaw::Torn);
        }
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        if self.head.is_none() && self.kept.iter().any(|kept| kept.number == 0) {
            self.begin();
        }
        if let Some((line, bytes)) = self.pending.take() {
            let flaw = if bytes.ends_with(b"\n") {
                Flaw::Foreign
            } else {
                Flaw::Torn
            };
            self.fault(line, flaw);
        }
        if self.head.is_some() && !self.has_head {
            self.fault(self.line + 1, Flaw::NoHead);
        }
        let last = self.head.map_or(0, |head| head.number);
        let ahead = self.kept.iter().filter(|kept| kept.number > last);
        if let Some(kept) = ahead.max_by_key(|kept| kept.number).copied() {
            self.fault(self.line + 1, Flaw::CutOff(kept));
        }
        self.faults.sort_by_key(|fault| fault.line);
        Verdict {
            old: self.old,
            mended: self.mended,
            head: self.head,
            faults: self.faults,
        }
    }

    fn take_other(&mut self, bytes: &[u8]) {
        if let Some((_, pending)) = &mut self.pending {
            pending.extend_from_slice(bytes);
        } else if self.head.is_none() && old_entry(bytes).is_some() {
            self.old += 1;
            self.old_lines.update(bytes);
        } else {
            self.pending = Some((self.line, bytes.to_owned()));
        }
    }

    /// The chain begins after what was read.
    fn begin(&mut self) -> Head {
        let head = Head {
            number: 0,
            hash: Hash::of_old_lines(self.old_lines.clone()),
        };
        self.reached(head);
        head
    }

    fn reached(&mut self, head: Head) {
        self.head = Some(head);
        let other = |kept: &&Head| kept.number == head.number && kept.hash != head.hash;
        if let Some(kept) = self.kept.iter().find(other).copied() {
            self.fault(self.line, Flaw::Replaced(kept));
        }
    }

    /// What is no line of the chain must be told of by the line after it, and the other way round.
    fn settle_torn(&mut self, line: &Line<'_>) {
        let told = line.entry.more.get("torn").filter(|_| line.entry.did == MENDED);
        let told = told.and_then(|hash| hash.as_str()?.parse::<Hash>().ok());
        match (self.pending.take(), told) {
            (Some((_, bytes)), Some(hash)) if Hash::of(&bytes) == hash => self.mended += 1,
            (Some((at, _)), _) => self.fault(at, Flaw::Foreign),
            (None, Some(_)) => self.fault(self.line, Flaw::NothingTorn),
            (None, None) => {}
        }
    }

    fn fault(&mut self, line: u64, flaw: Flaw) {
        self.faults.push(Fault { line, flaw });
    }
}
