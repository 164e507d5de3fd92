//! One JSON object per line on standard output; progress on standard error.

#![allow(
    dead_code,
    reason = "shared by several benchmarks, each of which needs its part"
)]

use std::io::Write;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

/// One figure.
pub(crate) struct Figure<'a> {
    pub(crate) bench: &'static str,
    pub(crate) case: &'a str,
    pub(crate) metric: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    /// The same by other means, measured in the same run.
    pub(crate) baseline: Option<f64>,
    pub(crate) goal: Option<Goal>,
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// What several figures have in common.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) bench: &'static str,
    pub(crate) name: &'a str,
}

impl<'a> Case<'a> {
    /// One of them, without a baseline.
    pub(crate) const fn figure(
        self,
        metric: &'static str,
        value: f64,
        unit: &'static str,
        goal: Option<Goal>,
    ) -> Figure<'a> {
        Figure {
            bench: self.bench,
            case: self.name,
            metric,
            value,
            unit,
            baseline: None,
            goal,
        }
    }
}

impl Figure<'_> {
    pub(crate) fn print(&self) {
        let mut line = json!({
            "bench": self.bench,
            "case": self.case,
            "metric": self.metric,
            "value": round(self.value),
            "unit": self.unit,
        });
        if let Some(baseline) = self.baseline {
            line["baseline"] = json!(round(baseline));
            line["ratio"] = json!(round(self.value / baseline));
        }
        if let Some(goal) = self.goal {
            let (goal, holds) = match goal {
                Goal::AtMost(goal) => (goal, self.value <= goal),
                Goal::AtLeast(goal) => (goal, self.value >= goal),
            };
            line["goal"] = json!(goal);
            line["holds"] = json!(holds);
        }
        // Nobody reads on: nobody to tell.
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

/// Tells the person at the terminal what is going on.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "  {text}");
}

/// Whether only to see that it runs.
pub(crate) fn is_smoke() -> bool {
    std::env::var("PORTICO_BENCH_SMOKE").is_ok_and(|value| !value.is_empty())
}

/// A point in time, for differences.
pub(crate) fn tick() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default()
}

/// Milliseconds since.
pub(crate) fn ms_since(begin: Duration) -> f64 {
    tick().saturating_sub(begin).as_secs_f64() * 1e3
}

/// The value below which a share of them lies.
pub(crate) fn quantile(values: &[f64], thousandths: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * thousandths / 1_000).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
