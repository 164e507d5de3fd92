//! The summary as a table: a line for each network and figure.

use super::duties::Duty;
use super::figures::{SiteFigures, Summary};
use crate::model::figures::suppress::{Distribution, Measure};
use crate::model::figures::{Ledger, LedgerError, Outage};
use crate::report::availability::{best_rate, minutes_if};
use crate::report::table::{Cell, Column, ColumnKind, PLACE, Rows, Take, column, place};
use crate::report::text::Words;
use crate::report::{Order, Site, joined};

const FIGURES: [Column; 7] = [
    column("from", ColumnKind::Date),
    column("to", ColumnKind::Date),
    column("figure", ColumnKind::Text),
    column("figure_title", ColumnKind::Text),
    column("value", ColumnKind::Decimal),
    column("at_least", ColumnKind::Flag),
    column("state", ColumnKind::Text),
];

/// The report: a part is a network.
pub(in crate::report) struct SummaryRows<'o> {
    order: &'o Order,
    summary: &'o Summary,
    words: &'o Words,
    columns: Vec<Column>,
    /// What all networks together are called, and whose they are.
    everything: [String; 2],
}

impl<'o> SummaryRows<'o> {
    pub(in crate::report) fn new(order: &'o Order, summary: &'o Summary, words: &'o Words) -> Self {
        Self {
            order,
            summary,
            words,
            columns: [&PLACE[..], &FIGURES].concat(),
            everything: [words.say("all-networks"), order.administrations()],
        }
    }

    /// A line: figure and title, value, whether it may be more, state.
    fn tell(
        &self,
        place: &[Cell<'_>],
        (figure, title): (&str, &str),
        value: Cell<'_>,
        is_partial: bool,
        state: &str,
        take: &mut Take<'_>,
    ) {
        let (from, to) = (
            self.summary.period.from().to_string(),
            self.summary.period.to().to_string(),
        );
        let told = [
            Cell::Date(&from),
            Cell::Date(&to),
            Cell::Text(figure),
            Cell::Text(title),
            value,
            Cell::Flag(is_partial),
            Cell::text(state),
        ];
        take(&[place, &told].concat());
    }

    fn site(&self, site: &Site, figures: &SiteFigures, take: &mut Take<'_>) {
        let place = &place(site);
        for (figure, value, at_least) in plain(figures) {
            let title = self.words.say(&format!("figure-{}", figure.replace('_', "-")));
            self.tell(place, (figure, &title), value, at_least, "", take);
        }
        let is_partial = figures.kinds_are_partial;
        for (language, count) in &figures.languages {
            let code = language.as_ref().map_or("other", |language| language.as_str());
            let title = self
                .words
                .with("figure-views-language", &[("language", code.into())]);
            let figure = format!("views_language_{code}");
            self.tell(
                place,
                (&figure, &title),
                Cell::Count(*count),
                is_partial,
                "",
                take,
            );
        }
        for (family, count) in &figures.families {
            let name = family.map_or("others", |family| family.as_str());
            let title = self
                .words
                .with("figure-sessions-family", &[("family", name.into())]);
            let figure = format!("sessions_family_{name}");
            self.tell(
                place,
                (&figure, &title),
                Cell::Count(*count),
                is_partial,
                "",
                take,
            );
        }
        for duty in Duty::ALL {
            let title = self.words.say(&format!("duty-{}", duty.key()));
            let state = self.words.say(duty.state(figures).key());
            let measured = duty.measured(figures, site, self.words);
            let (figure, state) = (format!("duty_{}", duty.key()), format!("{state} ({measured})"));
            self.tell(place, (&figure, &title), Cell::Empty, false, &state, take);
        }
    }
}

impl SummaryRows<'_> {
    /// All networks together: what is not the sum of their lines.
    fn everything(&self, take: &mut Take<'_>) {
        let [name, comuni] = &self.everything;
        let place = joined::place(name, comuni);
        let figures = ["unique_devices_day_most", "unique_devices_month_most"];
        for (figure, devices) in figures.into_iter().zip(self.summary.joined) {
            let title = self.words.say(&format!("figure-{}", figure.replace('_', "-")));
            self.tell(&place, (figure, &title), devices.into(), false, "", take);
        }
    }
}

/// Figures that are a number.
fn plain(figures: &SiteFigures) -> Vec<(&'static str, Cell<'static>, bool)> {
    let sums = [
        ("portal_views", Measure::Views),
        ("grants", Measure::Grants),
        ("new_sessions", Measure::Sessions),
        ("returning_sessions", Measure::Returning),
        ("bytes_down", Measure::BytesDown),
        ("bytes_up", Measure::BytesUp),
        ("refused", Measure::Refused),
        ("blocked", Measure::Blocked),
    ];
    let mut all: Vec<(&'static str, Cell<'static>, bool)> = sums
        .into_iter()
        .map(|(name, measure)| {
            let sum = figures.sum(measure);
            (name, Cell::Count(sum.value), sum.is_partial)
        })
        .collect();
    let of = |distribution: &Distribution, per_mille| Cell::from(distribution.quantile(per_mille));
    let minutes = |seconds: u64| minutes_if(figures.observed > 0, seconds);
    let told = [
        ("peak_concurrent", figures.peak.into()),
        ("unique_devices_day_most", figures.devices_day.into()),
        ("unique_devices_month_most", figures.devices_month.into()),
        ("session_s_median", of(&figures.session_length, 500)),
        ("session_s_p90", of(&figures.session_length, 900)),
        ("portal_load_ms_p50", of(&figures.load_time, 500)),
        ("portal_load_ms_p95", of(&figures.load_time, 950)),
        ("online_ms_p50", of(&figures.to_online, 500)),
        ("online_ms_p95", of(&figures.to_online, 950)),
        ("minutes_observed", minutes_if(true, figures.observed)),
        ("minutes_down", minutes(figures.outages.total())),
        ("minutes_down_uplink", minutes(figures.outages.of(Outage::Uplink))),
        ("minutes_down_power", minutes(figures.outages.of(Outage::Power))),
        ("minutes_down_daemon", minutes(figures.outages.of(Outage::Daemon))),
        (
            "minutes_down_planned",
            minutes(figures.outages.of(Outage::Planned)),
        ),
        ("days_lost_year_most", figures.days_lost.into()),
        ("best_down_mbps", best_rate(figures.best_down)),
    ];
    all.extend(told.into_iter().map(|(name, cell)| (name, cell, false)));
    all
}

impl Rows for SummaryRows<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn key(&self) -> &[&'static str] {
        &["network", "figure"]
    }

    fn parts(&self) -> usize {
        self.order.sites.len() + usize::from(joined::is_told(self.order))
    }

    fn part(&self, part: usize, _: &mut dyn Ledger, take: &mut Take<'_>) -> Result<(), LedgerError> {
        if let (Some(site), Some(figures)) = (self.order.sites.get(part), self.summary.sites.get(part)) {
            self.site(site, figures, take);
        } else if part == self.order.sites.len() {
            self.everything(take);
        }
        Ok(())
    }
}
