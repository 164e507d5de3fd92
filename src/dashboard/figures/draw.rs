//! Charts of a span and the table that says the same.

use super::pen::{Pen, SILENT};
use super::span::{Slot, Span};
use super::told::{Sheet, Told};
use crate::charts::{Chart, Series};
use crate::model::TimeZone;
use crate::model::figures::Day;
use crate::model::figures::suppress::AtLeast;

/// All of the time, in thousandths.
const ALWAYS: u64 = 1_000;

/// A table's row.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) cells: Vec<String>,
    pub(super) is_total: bool,
}

type Read = fn(&Told) -> Option<AtLeast>;
type Write = fn(Pen, u64) -> String;

/// Of what, how it is read and written, and where its scale ends.
struct Figure {
    key: &'static str,
    read: Read,
    write: Write,
    top: Option<u64>,
}

const CHARTS: [Figure; 5] = [
    figure("figures-sessions", |told| Some(told.sessions), Pen::count),
    figure("figures-devices", |told| told.devices, Pen::count),
    figure("figures-traffic", |told| Some(told.bytes()), Pen::bytes),
    figure("figures-peak", |told| told.peak.map(AtLeast::exactly), Pen::count),
    Figure {
        key: "figures-service",
        read: |told| told.service().map(AtLeast::exactly),
        write: Pen::per_cent,
        top: Some(ALWAYS),
    },
];

/// Columns of the table.
const COLUMNS: [Figure; 9] = [
    figure("figures-views", |told| Some(told.views), Pen::count),
    figure("figures-sessions", |told| Some(told.sessions), Pen::count),
    figure("figures-returning", |told| Some(told.returning), Pen::count),
    figure("figures-devices", |told| told.devices, Pen::count),
    figure("figures-peak", |told| told.peak.map(AtLeast::exactly), Pen::count),
    figure("figures-down", |told| Some(told.down), Pen::bytes),
    figure("figures-up", |told| Some(told.up), Pen::bytes),
    figure(
        "figures-out",
        |told| (told.observed > 0).then(|| AtLeast::exactly(told.outages.total())),
        Pen::time,
    ),
    figure(
        "figures-service",
        |told| told.service().map(AtLeast::exactly),
        Pen::per_cent,
    ),
];

const fn figure(key: &'static str, read: Read, write: Write) -> Figure {
    Figure {
        key,
        read,
        write,
        top: None,
    }
}

impl Sheet {
    /// One for each figure of which anything is told.
    pub(super) fn charts(
        &self,
        network: &str,
        (span, day): (Span, Day),
        zone: &TimeZone,
        pen: Pen,
    ) -> Vec<Chart> {
        let told = |read: Read| -> Vec<(Slot, Option<AtLeast>)> {
            let slots = self.slots.iter();
            slots
                .map(|(slot, told)| (*slot, told.as_ref().and_then(read)))
                .collect()
        };
        let charts = CHARTS.into_iter().filter_map(|figure| {
            let told = told(figure.read);
            told.iter().any(|(_, told)| told.is_some()).then(|| {
                let title = pen.0.say(figure.key);
                let write = |value| (figure.write)(pen, value);
                let about = format!("{title}, {network}, {}", pen.span(span, day));
                Chart::new(Series {
                    alt: alt(&about, &told, &write, (zone, pen)),
                    title,
                    parts: told
                        .iter()
                        .map(|(slot, told)| (Pen::short(*slot, zone), *told))
                        .collect(),
                    top: figure.top,
                    write: &write,
                })
            })
        });
        charts.collect()
    }

    /// The table's head.
    pub(super) fn heads(pen: Pen) -> Vec<String> {
        COLUMNS.iter().map(|column| pen.0.say(column.key)).collect()
    }

    /// Its rows, all together last.
    pub(super) fn rows(&self, zone: &TimeZone, pen: Pen) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .slots
            .iter()
            .map(|(slot, told)| Row {
                name: pen.slot(*slot, zone),
                cells: cells(told.as_ref(), pen),
                is_total: false,
            })
            .collect();
        rows.push(Row {
            name: pen.0.say("figures-total"),
            cells: cells(self.total.as_ref(), pen),
            is_total: true,
        });
        rows
    }
}

fn cells(told: Option<&Told>, pen: Pen) -> Vec<String> {
    let cells = COLUMNS.iter().map(|column| {
        let sum = told.and_then(column.read);
        sum.map_or_else(
            || SILENT.to_owned(),
            |sum| pen.at_least(sum, |value| (column.write)(pen, value)),
        )
    });
    cells.collect()
}

/// What a chart shows, in a sentence.
fn alt(
    about: &str,
    told: &[(Slot, Option<AtLeast>)],
    write: &dyn Fn(u64) -> String,
    (zone, pen): (&TimeZone, Pen),
) -> String {
    let known = || {
        let known = told
            .iter()
            .filter_map(|(slot, told)| Some((*slot, (*told)?.value)));
        known.filter(|(_, value)| *value > 0)
    };
    let most = known().max_by_key(|(_, value)| *value);
    let least = known().min_by_key(|(_, value)| *value);
    let (Some(most), Some(least)) = (most, least) else {
        return format!("{about}. {}", pen.0.say("figures-chart-empty"));
    };
    let one = |key: &str, (slot, value): (Slot, u64)| {
        format!("{} {} ({})", pen.0.say(key), write(value), pen.slot(slot, zone))
    };
    format!(
        "{about}. {}, {}. {}",
        one("figures-most", most),
        one("figures-least", least),
        pen.0.say("figures-see-table")
    )
}
