//! Families of metrics as text: OpenMetrics 1.0, or Prometheus's older text format 0.0.4 for those that ask
//! for nothing else.

use std::fmt::{self, Write as _};
use std::sync::Mutex;
use std::sync::PoisonError;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::networks::fives;
use crate::model::figures::Histogram;

/// What every name begins with.
const PREFIX: &str = "portico";

/// Which of the two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    OpenMetrics,
    Text,
}

impl Dialect {
    /// By an `Accept` field.
    pub(super) fn wanted(accepts: &str) -> Self {
        if accepts.contains("application/openmetrics-text") {
            Self::OpenMetrics
        } else {
            Self::Text
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// Labels of one figure: names and values.
pub(super) type Labels = Vec<(&'static str, String)>;

/// A histogram of ours, told in seconds.
pub(super) struct Spread<'a> {
    pub(super) histogram: &'a Histogram,
    /// What its values must be divided by.
    pub(super) per_second: u32,
    /// Upper bounds, seconds.
    pub(super) bounds: &'static [f64],
}

impl Spread<'_> {
    /// Values up to each bound, not cumulated, and beyond the last, in steps of five; their sum and count. A value
    /// counts where the end of its own bucket falls, an eighth of it away at most; the sum is of the middles
    /// between the bounds, so that it tells no value.
    fn buckets(&self) -> (f64, u64, Vec<(f64, u64)>) {
        let mut buckets: Vec<(f64, u64)> = self.bounds.iter().map(|bound| (*bound, 0)).collect();
        buckets.push((f64::INFINITY, 0));
        for (_, greatest, values) in self.histogram.buckets() {
            let end = approximate(greatest) / f64::from(self.per_second);
            if let Some(place) = buckets.iter_mut().find(|(bound, _)| end <= *bound) {
                place.1 += values;
            }
        }
        let (mut sum, mut count, mut from) = (0.0, 0, 0.0);
        for (bound, values) in &mut buckets {
            *values = fives(*values);
            count += *values;
            let to = if bound.is_finite() { *bound } else { from };
            sum += f64::midpoint(from, to) * approximate(*values);
            from = to;
        }
        (sum, count, buckets)
    }
}

/// Exact up to 2^53, as all text of these formats is.
#[expect(clippy::cast_precision_loss, reason = "the formats' numbers are of this kind")]
pub(super) const fn approximate(value: u64) -> f64 {
    value as f64
}

/// Writes family after family.
pub(super) struct Page<'a> {
    encoder: DescriptorEncoder<'a>,
}

impl Page<'_> {
    /// What grows; `name` without `_total`.
    pub(super) fn counter<V: EncodeCounterValue>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Labels, V)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Counter), rows, |metric, value| {
            metric.encode_counter::<NoLabelSet, _, f64>(value, None)
        })
    }

    /// What is now.
    pub(super) fn gauge<V: EncodeGaugeValue>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Labels, V)>,
    ) -> fmt::Result {
        self.family((name, help, MetricType::Gauge), rows, |metric, value| {
            metric.encode_gauge(value)
        })
    }

    /// A row each, with labels or without.
    fn family<V>(
        &mut self,
        (name, help, kind): (&str, &str, MetricType),
        rows: impl IntoIterator<Item = (Labels, V)>,
        encode: impl Fn(&mut MetricEncoder<'_>, &V) -> fmt::Result,
    ) -> fmt::Result {
        let mut family = self.encoder.encode_descriptor(name, help, None, kind)?;
        for (labels, value) in rows {
            if labels.is_empty() {
                encode(&mut family, &value)?;
            } else {
                encode(&mut family.encode_family(&labels)?, &value)?;
            }
        }
        Ok(())
    }

    /// What is told by labels alone; `name` without `_info`.
    pub(super) fn info(&mut self, name: &str, help: &str, labels: &Labels) -> fmt::Result {
        let mut family = self
            .encoder
            .encode_descriptor(name, help, None, MetricType::Info)?;
        family.encode_info(labels)
    }

    /// How values are distributed.
    pub(super) fn histogram<'h>(
        &mut self,
        name: &str,
        help: &str,
        rows: impl IntoIterator<Item = (Labels, Spread<'h>)>,
    ) -> fmt::Result {
        let mut family = self
            .encoder
            .encode_descriptor(name, help, None, MetricType::Histogram)?;
        for (labels, spread) in rows {
            let (sum, count, buckets) = spread.buckets();
            let mut metric = family.encode_family(&labels)?;
            metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

/// What tells the figures, called once.
struct Teller<T>(Mutex<T>);

impl<T> fmt::Debug for Teller<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Teller(…)")
    }
}

impl<T: FnMut(&mut Page<'_>) -> fmt::Result + Send + 'static> Collector for Teller<T> {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let mut tell = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tell(&mut Page { encoder })
    }
}

/// The text of what `tell` tells.
pub(super) fn render(
    dialect: Dialect,
    tell: impl FnMut(&mut Page<'_>) -> fmt::Result + Send + 'static,
) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Teller(Mutex::new(tell))));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(match dialect {
        Dialect::OpenMetrics => text,
        Dialect::Text => older(&text),
    })
}

/// OpenMetrics names a family without its samples' suffix, the older format by the samples' own name; and it
/// knows no `info`, and no end.
fn older(text: &str) -> String {
    let suffix = |kind: &str| match kind {
        "counter" => "_total",
        "info" => "_info",
        _ => "",
    };
    let mut older = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let help = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' '));
        let Some((name, help)) = help else {
            if !line.starts_with('#') {
                older.push_str(line);
                older.push('\n');
            }
            continue;
        };
        let kind = lines.peek().and_then(|line| line.rsplit_once(' '));
        let kind = kind.map_or("untyped", |(_, kind)| kind);
        let name = format!("{name}{}", suffix(kind));
        let kind = if kind == "info" { "gauge" } else { kind };
        // Writing to a String cannot fail.
        let _ = writeln!(older, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }
    older
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Page, Spread, render};
    use crate::model::figures::Histogram;

    fn tell(page: &mut Page<'_>) -> std::fmt::Result {
        let mut histogram = Histogram::default();
        for (value, times) in [(10, 3), (90, 4), (900, 6), (70_000, 4)] {
            for _ in 0..times {
                histogram.record(value);
            }
        }
        let network = || vec![("network", "piazza".to_owned())];
        page.info("build", "Which", &vec![("version", "1\"2".to_owned())])?;
        page.counter("grants", "Taps", [(network(), 7_u64)])?;
        page.gauge("uplink_up", "Whether", [(Vec::new(), 1_u64)])?;
        let spread = Spread {
            histogram: &histogram,
            per_second: 1_000,
            bounds: &[0.1, 1.0],
        };
        page.histogram("wait_seconds", "How long", [(network(), spread)])
    }

    #[test]
    fn both_dialects_say_the_same() {
        let new = render(Dialect::OpenMetrics, tell).unwrap();
        assert!(new.contains("# TYPE portico_grants counter\nportico_grants_total{network=\"piazza\"} 7\n"));
        assert!(new.contains("# TYPE portico_build info\nportico_build_info{version=\"1\\\"2\"} 1\n"));
        assert!(new.ends_with("# EOF\n"));
        let old = render(Dialect::Text, tell).unwrap();
        assert!(
            old.contains("# TYPE portico_grants_total counter\nportico_grants_total{network=\"piazza\"} 7\n")
        );
        assert!(
            old.contains("# TYPE portico_build_info gauge\nportico_build_info{version"),
            "{old}"
        );
        assert!(old.contains(
            "# HELP portico_uplink_up Whether\n# TYPE portico_uplink_up gauge\nportico_uplink_up 1\n"
        ));
        assert!(!old.contains("EOF"));
        let samples = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| !line.starts_with('#'))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(samples(&new), samples(&old));
    }

    #[test]
    fn a_histogram_counts_in_steps_of_five() {
        let text = render(Dialect::Text, tell).unwrap();
        for line in [
            "portico_wait_seconds_bucket{le=\"0.1\",network=\"piazza\"} 5",
            "portico_wait_seconds_bucket{le=\"1.0\",network=\"piazza\"} 10",
            "portico_wait_seconds_bucket{le=\"+Inf\",network=\"piazza\"} 10",
            "portico_wait_seconds_count{network=\"piazza\"} 10",
            "portico_wait_seconds_sum{network=\"piazza\"} 3.0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    #[test]
    fn the_older_dialect_is_for_whoever_does_not_ask_for_the_newer() {
        let new = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
        assert_eq!(Dialect::wanted(new), Dialect::OpenMetrics);
        assert_eq!(Dialect::wanted("*/*"), Dialect::Text);
        assert_eq!(Dialect::wanted(""), Dialect::Text);
    }
}
