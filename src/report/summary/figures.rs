//! The figures of a summary: only sums of what may be told.

use std::collections::BTreeMap;

use crate::model::figures::suppress::{
    AtLeast, Distribution, Measure, PublicDay, PublicFigures, PublicMonth,
};
use crate::model::figures::{Day, DeviceFamily, Language, Ledger, LedgerError, Outages, Period};
use crate::report::availability::days_within;
use crate::report::usage::month_of;
use crate::report::{Ledgers, Order, Progress, ReportError, Site, joined, pipeline};

/// So long a network may be out of sight, seconds, and the day is still one that was looked after.
const UNNOTICED: u64 = 300;

/// Figures of all networks that were asked for, each for itself and together.
pub(in crate::report) struct Summary {
    /// In the order of the networks.
    pub(super) sites: Vec<SiteFigures>,
    /// All together.
    pub(super) all: SiteFigures,
    /// About how many devices all networks had together on the busiest day and in the busiest month, where that is
    /// told.
    pub(super) joined: [Option<u64>; 2],
    /// The days that are told of: from the first to the last known one.
    pub(super) period: Period,
}

/// Figures of a network.
#[derive(Debug, Clone, Default)]
pub(super) struct SiteFigures {
    pub(super) sums: [AtLeast; Measure::ALL.len()],
    /// Most sessions at once.
    pub(super) peak: Option<u64>,
    /// About how many devices on the busiest day.
    pub(super) devices_day: Option<u64>,
    /// About how many devices in the busiest month.
    pub(super) devices_month: Option<u64>,
    pub(super) session_length: Distribution,
    pub(super) load_time: Distribution,
    pub(super) to_online: Distribution,
    /// Of whole months that are over.
    pub(super) languages: BTreeMap<Option<Language>, u64>,
    /// Whether views and sessions are missing among languages and families: they are told of whole months alone, and
    /// those of few together.
    pub(super) kinds_are_partial: bool,
    /// Of whole months that are over.
    pub(super) families: BTreeMap<Option<DeviceFamily>, u64>,
    /// New sessions of each day.
    pub(super) sessions: BTreeMap<Day, AtLeast>,
    /// Time out of service of each day that is known, and whether the day is lost.
    pub(super) service: BTreeMap<Day, (u64, bool)>,
    pub(super) outages: Outages,
    /// Seconds of which it is known whether it was in service.
    pub(super) observed: u64,
    /// Most days lost in a calendar year, of one network; nothing where of no day it is known whether it is lost.
    pub(super) days_lost: Option<u64>,
    /// Most days of a calendar year of which nobody knows whether they are lost, of one network.
    pub(super) days_unknown: u64,
    /// Best rate, bytes per second; of all together the worst network's.
    pub(super) best_down: u64,
}

impl Summary {
    /// Reads them.
    pub(in crate::report) fn gather(
        order: &Order,
        ledgers: &Ledgers<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<Self, ReportError> {
        let nothing = || ReportError::NoData(order.nothing_known());
        let asked = order.over().ok_or_else(nothing)?;
        let period = known(order, asked, ledgers)?.ok_or_else(nothing)?;
        let mut sites: Vec<SiteFigures> = Vec::new();
        pipeline::each(
            order.sites.len(),
            ledgers,
            progress,
            &|part, ledger| match order.sites.get(part) {
                Some(site) => SiteFigures::read(order, site, asked, ledger),
                None => Ok(SiteFigures::default()),
            },
            &mut |site| {
                sites.push(site);
                Ok(())
            },
        )?;
        if sites.iter().all(|site| site.sessions.is_empty()) {
            return Err(nothing());
        }
        let mut all = SiteFigures {
            best_down: u64::MAX,
            ..SiteFigures::default()
        };
        for site in &sites {
            all.join(site);
        }
        let joined = if joined::is_told(order) {
            joined::busiest(order, ledgers()?.as_mut(), asked)?
        } else {
            [None; 2]
        };
        Ok(Self {
            sites,
            all,
            joined,
            period,
        })
    }
}

/// Days of calendar years that are lost, that nobody knows of, and that are on record.
#[derive(Debug, Default)]
struct Years(BTreeMap<i16, [u64; 3]>);

impl Years {
    fn count(&mut self, day: Day, outages: &Outages, (observed, seconds): (u64, u64)) {
        let [lost, unknown, recorded] = self.0.entry(day.date().year()).or_default();
        *lost += u64::from(outages.is_day_lost(seconds));
        *unknown += u64::from(outages.is_day_unknown(observed, seconds));
        *recorded += 1;
    }

    /// The most days lost, where anything is known of a day, and the most of which nobody knows, in a year of the
    /// period: from its first day on, so that those without a record are not taken for good ones.
    fn worst(&self, period: Period) -> (Option<u64>, u64) {
        let mut worst = (None, 0);
        for year in period.from().date().year()..=period.to().date().year() {
            let [lost, unknown, recorded] = self.0.get(&year).copied().unwrap_or_default();
            let begin = Day::new(jiff::civil::date(year, 1, 1));
            let end = Day::new(jiff::civil::date(year, 12, 31)).min(period.to());
            let days = Period::new(begin, end).map_or(0, |days| days.days().map(|_| 1).sum());
            let known_lost = (recorded > unknown).then_some(lost);
            let unknown = unknown.saturating_add(u64::saturating_sub(days, recorded));
            worst = (worst.0.max(known_lost), worst.1.max(unknown));
        }
        worst
    }
}

/// Of the days asked for, those between the first and the last of which something is known.
fn known(order: &Order, asked: Period, ledgers: &Ledgers<'_>) -> Result<Option<Period>, ReportError> {
    let spans = order.spans(ledgers)?;
    let spans = || spans.iter().flatten();
    let first = spans().map(|span| span.from()).min();
    let last = spans().map(|span| span.to()).max();
    Ok(first
        .zip(last)
        .and_then(|(first, last)| Period::new(first.max(asked.from()), last.min(asked.to())).ok()))
}

impl SiteFigures {
    /// A sum.
    pub(super) fn sum(&self, measure: Measure) -> AtLeast {
        let place = Measure::ALL.iter().position(|known| *known == measure);
        place
            .and_then(|place| self.sums.get(place))
            .copied()
            .unwrap_or_default()
    }

    fn read(
        order: &Order,
        site: &Site,
        period: Period,
        ledger: &mut dyn Ledger,
    ) -> Result<Self, LedgerError> {
        let mut figures = Self::default();
        let mut years = Years::default();
        if let Some(span) = ledger.span(site.id)? {
            figures.take_span(order, site, (span, period), ledger, &mut years)?;
        }
        (figures.days_lost, figures.days_unknown) = years.worst(period);
        Ok(figures)
    }

    /// What is known of a network between its first and last record, as far as it was asked for.
    fn take_span(
        &mut self,
        order: &Order,
        site: &Site,
        (span, period): (Period, Period),
        ledger: &mut dyn Ledger,
        years: &mut Years,
    ) -> Result<(), LedgerError> {
        // Lost days are counted from the beginning of the year.
        let first = period.from().month().first();
        let new_year = Day::new(jiff::civil::date(first.date().year(), 1, 1));
        let mut count = |day: Day, outages: &Outages, observed: u64| {
            years.count(day, outages, (observed, day.seconds(&order.zone)));
        };
        if let Ok(before) = Period::new(new_year, first.previous()) {
            days_within(order, ledger, (site.id, span), before, &mut |day, service| {
                count(day, &service.outages, service.observed);
            })?;
        }
        for month in period.months() {
            let Some(public) = month_of(order, site, span, month, ledger)? else {
                continue;
            };
            self.take_month(&public, period, order);
            for day in public.days.iter().filter(|day| day.day <= period.to()) {
                self.take_service(day, period, order);
                count(day.day, &day.total.outages, day.total.observed);
            }
        }
        Ok(())
    }

    fn take_service(&mut self, day: &PublicDay, period: Period, order: &Order) {
        if !period.contains(day.day) {
            return;
        }
        let PublicFigures {
            outages,
            best_down,
            observed,
            ..
        } = &day.total;
        let seconds = day.day.seconds(&order.zone);
        self.outages.merge(outages);
        self.observed = self.observed.saturating_add(*observed);
        self.best_down = self.best_down.max(*best_down);
        // A day that was not looked after for long has no mark, unless it is known to be a bad one.
        if observed.saturating_add(UNNOTICED) >= seconds || outages.total() >= UNNOTICED {
            let is_lost = outages.is_day_lost(seconds);
            self.service.insert(day.day, (outages.total(), is_lost));
        }
    }

    fn take_month(&mut self, public: &PublicMonth, period: Period, order: &Order) {
        let days = || public.days.iter().filter(|day| period.contains(day.day));
        let month = public.month;
        let is_whole =
            period.contains(month.first()) && period.contains(month.last()) && order.today > month.last();
        for (sum, measure) in self.sums.iter_mut().zip(Measure::ALL) {
            let more = if is_whole {
                public.told(measure)
            } else {
                days().map(|day| day.told(measure)).sum()
            };
            *sum = [*sum, more].into_iter().sum();
        }
        let total = &public.total;
        if is_whole && total.get(Measure::Views).is_some() {
            self.take_distributions(total);
        } else {
            days().for_each(|day| self.take_distributions(&day.total));
        }
        let is_folded = public.languages.iter().any(|(language, _)| language.is_none())
            || public.families.iter().any(|(family, _)| family.is_none());
        let is_silent = public.languages.is_empty() && total.get(Measure::Views) != Some(0);
        self.kinds_are_partial |= !is_whole || is_folded || is_silent;
        if is_whole {
            self.devices_month = self.devices_month.max(public.devices);
            for (language, count) in &public.languages {
                *self.languages.entry(*language).or_default() += count;
            }
            for (family, count) in &public.families {
                *self.families.entry(*family).or_default() += count;
            }
        }
        days().for_each(|day| self.take_day(day));
    }

    fn take_distributions(&mut self, figures: &PublicFigures) {
        self.session_length.merge(&figures.session_length);
        self.load_time.merge(&figures.load_time);
        self.to_online.merge(&figures.to_online);
    }

    fn take_day(&mut self, day: &PublicDay) {
        let peaks = day.hours.iter().filter_map(|(_, hour)| hour.peak);
        self.peak = self.peak.max(day.total.peak).max(peaks.max());
        self.devices_day = self.devices_day.max(day.devices);
        self.sessions.insert(day.day, day.told(Measure::Sessions));
    }

    /// Joins another network.
    fn join(&mut self, other: &Self) {
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum = [*sum, more].into_iter().sum();
        }
        self.peak = self.peak.max(other.peak);
        self.devices_day = self.devices_day.max(other.devices_day);
        self.devices_month = self.devices_month.max(other.devices_month);
        self.session_length.merge(&other.session_length);
        self.load_time.merge(&other.load_time);
        self.to_online.merge(&other.to_online);
        self.kinds_are_partial |= other.kinds_are_partial;
        for (language, count) in &other.languages {
            *self.languages.entry(*language).or_default() += count;
        }
        for (family, count) in &other.families {
            *self.families.entry(*family).or_default() += count;
        }
        for (day, sessions) in &other.sessions {
            let sum = self.sessions.entry(*day).or_default();
            *sum = [*sum, *sessions].into_iter().sum();
        }
        for (day, (seconds, lost)) in &other.service {
            let worst = self.service.entry(*day).or_default();
            *worst = (worst.0.max(*seconds), worst.1 || *lost);
        }
        self.outages.merge(&other.outages);
        self.observed = self.observed.saturating_add(other.observed);
        self.days_lost = self.days_lost.max(other.days_lost);
        self.days_unknown = self.days_unknown.max(other.days_unknown);
        self.best_down = self.best_down.min(other.best_down);
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Outages, Period, Years};

    #[test]
    fn days_without_a_record_are_not_known() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let period = |from, to| Period::new(day(from), day(to)).unwrap();
        let mut years = Years::default();
        assert_eq!(
            years.worst(period("2026-11-01", "2026-11-30")),
            (None, 334),
            "nothing of January to November is on record"
        );
        for day in period("2026-11-21", "2026-11-30").days() {
            years.count(day, &Outages::default(), (86_400, 86_400));
        }
        assert_eq!(years.worst(period("2026-11-01", "2026-11-30")), (Some(0), 324));
        assert_eq!(
            years.worst(period("2026-11-25", "2027-01-31")),
            (Some(0), 355),
            "the worse of two years"
        );
        assert_eq!(years.worst(period("2027-01-01", "2027-01-31")), (None, 31));
        for day in period("2027-01-01", "2027-01-31").days() {
            years.count(day, &Outages::default(), (300, 86_400));
        }
        assert_eq!(
            years.worst(period("2027-01-01", "2027-01-31")),
            (None, 31),
            "a few minutes of each day make no day known"
        );
    }
}
