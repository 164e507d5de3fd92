//! How far a long export is: a line on a terminal, nothing elsewhere.

use std::io::{IsTerminal as _, Write as _, stderr};

use crate::app::clock;

/// Columns of the bar.
const WIDTH: usize = 40;
/// Shorter exports show nothing, milliseconds.
const PATIENCE: u64 = 400;
/// A line is drawn again after so many milliseconds at the earliest.
const PAUSE: u64 = 80;

/// The line.
pub(super) struct Bar {
    is_terminal: bool,
    began: u64,
    drawn: Option<u64>,
}

impl Bar {
    pub(super) fn new() -> Self {
        Self {
            is_terminal: stderr().is_terminal(),
            began: clock::boot().0,
            drawn: None,
        }
    }

    /// Shows that some of all parts are done.
    pub(super) fn show(&mut self, done: usize, all: usize) {
        let now = clock::boot().0;
        let since = now.saturating_sub(self.drawn.unwrap_or(0));
        if !self.is_terminal || now.saturating_sub(self.began) < PATIENCE || since < PAUSE {
            return;
        }
        self.drawn = Some(now);
        // Who does not see the line misses nothing.
        drop(write!(stderr(), "\r{}", line(done, all)));
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            drop(write!(stderr(), "\r{:width$}\r", "", width = line(1, 1).len()));
        }
    }
}

fn line(done: usize, all: usize) -> String {
    let all = all.max(1);
    let full = (done * WIDTH / all).min(WIDTH);
    let (full, rest) = ("#".repeat(full), " ".repeat(WIDTH - full));
    format!("[{full}{rest}] {:3} %", (done * 100 / all).min(100))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_bar_grows_and_keeps_its_length() {
        assert_eq!(line(0, 0), format!("[{}]   0 %", " ".repeat(40)));
        assert_eq!(line(7, 7), format!("[{}] 100 %", "#".repeat(40)));
        assert!(line(1, 2).starts_with(&format!("[{} ", "#".repeat(20))) && line(9, 7).ends_with("100 %"));
    }
}
