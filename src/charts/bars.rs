//! Bars as SVG within the page: no script, no colour of its own, words for those who do not see it.

use super::nice;
use crate::model::figures::suppress::AtLeast;

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
pub struct Chart {
    /// What it is of.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// Lines of the scale: how far down, and what they mean.
    pub lines: Vec<(u64, String)>,
    /// Its bars.
    pub bars: Vec<Bar>,
    /// Names under the bars: how far to the right, and the name.
    pub names: Vec<(u64, String)>,
}

/// A bar; only its outline where the sum lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// How far to the right it begins.
    pub left: u64,
    /// How far down it begins.
    pub top: u64,
    /// Its width.
    pub width: u64,
    /// Its height.
    pub height: u64,
    /// Whether the sum lacks something.
    pub is_open: bool,
}

/// What a chart shows.
pub struct Series<'a> {
    /// What it is of.
    pub title: String,
    /// What it shows, in words.
    pub alt: String,
    /// Each bar's name, and what is told of it.
    pub parts: Vec<(String, Option<AtLeast>)>,
    /// The end of the scale; by the tallest bar without it.
    pub top: Option<u64>,
    /// How a value is written beside the scale.
    pub write: &'a dyn Fn(u64) -> String,
}

impl Chart {
    /// Draws it.
    #[must_use]
    pub fn new(series: Series<'_>) -> Self {
        let values = series
            .parts
            .iter()
            .filter_map(|(_, told)| Some(told.as_ref()?.value));
        let top = series.top.unwrap_or_else(|| nice(values.max().unwrap_or(0)));
        let lines = (0..=2).map(|part| (BOTTOM - TALL * part / 2, (series.write)(top * part / 2)));
        let count = u64::try_from(series.parts.len()).unwrap_or(1).max(1);
        let slot = (WIDTH - LEFT) / count;
        let every = series.parts.len().div_ceil(NAMES).max(1);
        let (mut bars, mut names) = (Vec::new(), Vec::new());
        for ((place, (name, told)), left) in series
            .parts
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
            parts: months.into_iter().map(|told| ("m".to_owned(), told)).collect(),
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
