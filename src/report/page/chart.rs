//! Bars of months as SVG within the page: no script, no colour of its own, words for those who do not see it.

use crate::model::figures::suppress::AtLeast;
use crate::report::scale::nice;

/// The picture's measures, in its own units.
const WIDTH: u64 = 340;
/// Left end and lower end of the bars, and how tall the tallest is.
const LEFT: u64 = 58;
const BOTTOM: u64 = 150;
const TALL: u64 = 138;
/// Names under the bars, at most.
const NAMES: usize = 6;

/// A chart as the template draws it.
#[derive(Debug, Clone)]
pub(super) struct Chart {
    pub(super) title: String,
    pub(super) alt: String,
    pub(super) lines: Vec<(u64, String)>,
    pub(super) bars: Vec<Bar>,
    pub(super) names: Vec<(u64, String)>,
}

/// A bar; only its outline where the sum lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) left: u64,
    pub(super) top: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) is_open: bool,
}

/// What a chart shows.
pub(super) struct Series<'a> {
    pub(super) title: String,
    pub(super) alt: String,
    /// Each month's name, and what is told of it.
    pub(super) months: Vec<(String, Option<AtLeast>)>,
    /// The end of the scale; by the tallest bar without it.
    pub(super) top: Option<u64>,
    /// How a value is written beside the scale.
    pub(super) write: &'a dyn Fn(u64) -> String,
}

impl Chart {
    pub(super) fn new(series: Series<'_>) -> Self {
        let values = series
            .months
            .iter()
            .filter_map(|(_, told)| Some(told.as_ref()?.value));
        let top = series.top.unwrap_or_else(|| nice(values.max().unwrap_or(0)));
        let lines = (0..=2).map(|part| (BOTTOM - TALL * part / 2, (series.write)(top * part / 2)));
        let count = u64::try_from(series.months.len()).unwrap_or(1).max(1);
        let slot = (WIDTH - LEFT) / count;
        let every = series.months.len().div_ceil(NAMES).max(1);
        let (mut bars, mut names) = (Vec::new(), Vec::new());
        for ((place, (name, told)), left) in series
            .months
            .iter()
            .enumerate()
            .zip((LEFT..).step_by(usize_of(slot)))
        {
            if place % every == 0 {
                names.push((left + slot / 2, name.clone()));
            }
            let Some(told) = told.filter(|told| told.value > 0) else {
                continue;
            };
            let height = (TALL * told.value).checked_div(top).unwrap_or(0).clamp(1, TALL);
            bars.push(Bar {
                left: left + slot / 8 + 1,
                top: BOTTOM - height,
                width: (slot * 3 / 4).max(1),
                height,
                is_open: told.is_partial,
            });
        }
        Self {
            title: series.title,
            alt: series.alt,
            lines: lines.collect(),
            bars,
            names,
        }
    }
}

fn usize_of(slot: u64) -> usize {
    usize::try_from(slot).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::{BOTTOM, Chart, Series, TALL};
    use crate::model::figures::suppress::AtLeast;

    #[test]
    fn bars_are_as_tall_as_their_values() {
        let partial = AtLeast {
            value: 20,
            is_partial: true,
        };
        let months = [
            Some(AtLeast::exactly(40)),
            None,
            Some(partial),
            Some(AtLeast::exactly(0)),
        ];
        let chart = Chart::new(Series {
            title: String::new(),
            alt: String::new(),
            months: months.into_iter().map(|told| ("m".to_owned(), told)).collect(),
            top: None,
            write: &|value| value.to_string(),
        });
        assert_eq!(
            chart
                .lines
                .iter()
                .map(|(_, text)| text.as_str())
                .collect::<Vec<_>>(),
            ["0", "20", "40"]
        );
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.height, bar.is_open)).collect();
        assert_eq!(bars, [(TALL, false), (TALL / 2, true)]);
        assert!(chart.bars.iter().all(|bar| bar.top + bar.height == BOTTOM));
        assert_eq!(chart.names.len(), 4);
    }
}
