//! What the journey saw, as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

/// One step that was played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Played {
    /// Its name.
    pub step: &'static str,
    /// What should be.
    pub expected: &'static str,
    /// What was.
    pub seen: String,
    /// Whether it held.
    pub ok: bool,
    /// How long it took, milliseconds.
    pub millis: u64,
}

/// All steps played so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In order.
    pub steps: Vec<Played>,
}

impl Report {
    /// Whether every step held, and there was at least one.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.ok)
    }

    /// One JSON object with all steps.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "passed": self.passed(), "steps": self.steps })
    }
}

impl fmt::Display for Played {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.ok { "ok" } else { "FAIL" };
        let (seconds, tenths) = (self.millis / 1_000, self.millis % 1_000 / 100);
        let seen = self.seen.replace('\n', "\n                  ");
        write!(
            f,
            "{outcome:>4} {seconds:>4}.{tenths} s  {:<14} {}\n             saw  {seen}",
            self.step, self.expected,
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed: Vec<&str> = self
            .steps
            .iter()
            .filter(|step| !step.ok)
            .map(|step| step.step)
            .collect();
        let total = self.steps.len();
        if failed.is_empty() {
            write!(f, "all {total} steps hold")
        } else {
            write!(f, "{} of {total} steps FAIL: {}", failed.len(), failed.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(ok: bool) -> Played {
        Played {
            step: "join",
            expected: "an address",
            seen: "10.87.0.50".to_owned(),
            ok,
            millis: 1_290,
        }
    }

    #[test]
    fn one_failure_or_nothing_at_all_is_not_a_pass() {
        assert!(!Report::default().passed());
        assert!(
            Report {
                steps: vec![played(true)]
            }
            .passed()
        );
        let mixed = Report {
            steps: vec![played(true), played(false)],
        };
        assert!(!mixed.passed());
        assert_eq!(mixed.json()["passed"], false);
        assert_eq!(mixed.to_string(), "1 of 2 steps FAIL: join");
        assert!(played(false).to_string().starts_with("FAIL    1.2 s  join"));
    }
}
