//! `[[network.schedule]]` and `[network.fair_use]`: plans by time, and after a day's volume.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use toml::de::DeValue;

use super::rate::{self, Placed};
use super::reader::{Complaint, Located, Section};
use super::values;
use crate::model::{Dates, FairUse, Rate, RatePlan, ScheduledPlan, Week};

/// Most entries of a network.
const MOST_ENTRIES: usize = 64;
/// Most dates of an entry.
const MOST_DATES: usize = 128;
/// Longest name.
const MAX_NAME: usize = 60;
/// Minutes of a day.
const DAY: u16 = 1_440;
/// Smallest volume a day that makes sense, bytes: a few pages of the comune.
const LEAST_VOLUME: u64 = 10_000_000;
/// Largest volume, bytes.
const MOST_VOLUME: u64 = 1_000_000_000_000_000;
/// An entry and where it stands.
type Entry = Located<ScheduledPlan>;

/// Reads the entries of a network, in the order in which they are asked: for dates, for days of the
/// week, for every day; then as they stand in the file. `base` is the network's own plan, whose values
/// stand for what an entry leaves out.
pub(super) fn read(sections: Vec<Section<'_, '_>>, base: RatePlan) -> (Vec<ScheduledPlan>, Vec<Placed>) {
    if let Some(beyond) = sections.get(MOST_ENTRIES) {
        let what = format!("a network's schedule has at most {MOST_ENTRIES} entries");
        let hint = "one entry may have many dates and days";
        beyond.report().error(beyond.span(), Complaint::new(what, hint));
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut placed = Vec::new();
    for section in sections {
        let (span, report) = (section.span().clone(), section.report());
        let Some((entry, rates)) = read_entry(section, base) else {
            continue;
        };
        let other = entries
            .iter()
            .find(|other| other.value.rank() == entry.rank() && overlap(&other.value, &entry));
        if let Some(other) = other {
            let line = report.line(&other.span);
            let what = format!(
                "{:?} is on at the same time as {:?}",
                entry.name, other.value.name
            );
            let hint = format!("while both are, the first one holds, that of line {line}");
            report.warn(&span, Complaint::new(what, hint));
        }
        entries.push(Located { value: entry, span });
        placed.push(rates);
    }
    let mut entries: Vec<ScheduledPlan> = entries.into_iter().map(|entry| entry.value).collect();
    entries.sort_by_key(ScheduledPlan::rank);
    (entries, placed)
}

fn read_entry(mut section: Section<'_, '_>, base: RatePlan) -> Option<(ScheduledPlan, Placed)> {
    let name = section.required("name", "\"market day\"", |value| values::line_of(value, MAX_NAME));
    let (has_days, has_dates) = (section.has("days"), section.has("dates"));
    let (has_from, has_to) = (section.has("from"), section.has("to"));
    let days = section.list("days", days);
    let dates = section.list("dates", dates);
    if let Some(beyond) = dates.get(MOST_DATES) {
        let what = format!("more than {MOST_DATES} dates");
        let hint = "join neighbouring dates: \"2026-12-24..2026-12-26\"";
        section.report().error(&beyond.span, Complaint::new(what, hint));
    }
    let from = section.optional("from", |value| minute(value, DAY - 1));
    let to = section.optional("to", |value| minute(value, DAY));
    if let Some(to) = to.as_ref().filter(|to| to.value == 0) {
        let complaint = Complaint::new(
            "to: a plan that ends at 00:00",
            "write \"24:00\" for the end of the day",
        );
        section.report().error(&to.span, complaint);
    }
    let times_read = has_from == from.is_some() && has_to == to.is_some();
    let (from, to) = (from.map_or(0, |from| from.value), to.map_or(DAY, |to| to.value));
    if !has_days && !has_dates && times_read && from == 0 && to == DAY {
        let what = "an entry that is always on: it has neither days nor dates nor a time";
        let hint = "add a line like: days = [\"thu\"] or from = \"08:00\"; or change [network.rate]";
        section.report().error(section.span(), Complaint::new(what, hint));
    }
    let rates = rate::read_rates(&mut section, base);
    section.finish();
    let rates = rates?;
    let week = days.iter().fold(Week::NONE, |week, days| {
        days.value.iter().fold(week, |week, day| week.with(*day))
    });
    let entry = ScheduledPlan {
        name: name?.value,
        week: if has_days { week } else { Week::ALL },
        dates: dates.into_iter().map(|dates| dates.value).collect(),
        from,
        to,
        plan: rates.plan,
    };
    Some((entry, rates))
}

/// Whether both begin on one day, with times that meet. Entries for dates are compared by their dates
/// and days, the others by their days.
fn overlap(one: &ScheduledPlan, other: &ScheduledPlan) -> bool {
    let end = |plan: &ScheduledPlan| {
        if plan.to <= plan.from {
            plan.to + DAY
        } else {
            plan.to
        }
    };
    let at_once = one.from < end(other) && other.from < end(one);
    let some_day = if one.dates.is_empty() {
        let mut days = Week::NAMES.iter();
        days.any(|(_, day)| one.week.has(*day) && other.week.has(*day))
    } else {
        one.dates.iter().any(|mine| meet_within(*mine, one, other))
    };
    at_once && some_day
}

/// Whether both begin on one of these dates.
fn meet_within(dates: Dates, one: &ScheduledPlan, other: &ScheduledPlan) -> bool {
    other.dates.iter().any(|theirs| {
        let (first, last) = (dates.first.max(theirs.first), dates.last.min(theirs.last));
        // A week has every day there is.
        let days = first.series(1.day()).take(Week::NAMES.len());
        days.take_while(|day| *day <= last)
            .any(|day| one.begins_on(day) && other.begins_on(day))
    })
}

/// `"thu"` or `"mon-fri"`.
fn days(value: &DeValue<'_>) -> Result<Vec<Weekday>, Complaint> {
    let text = values::text(value)?;
    let place = |name: &str| Week::NAMES.iter().position(|(known, _)| *known == name);
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (place(first), place(last)) {
        // A range may go over the end of the week.
        (Some(first), Some(last)) => {
            let count = (last + Week::NAMES.len() - first) % Week::NAMES.len() + 1;
            let days = Week::NAMES.iter().cycle().skip(first).take(count);
            Ok(days.map(|(_, day)| *day).collect())
        }
        _ => Err(Complaint::new(
            format!("{text:?} is no day of the week"),
            "write mon, tue, wed, thu, fri, sat or sun, or a range like \"mon-fri\"",
        )),
    }
}

/// `"2026-12-08"` or `"2026-12-24..2026-12-26"`.
fn dates(value: &DeValue<'_>) -> Result<Dates, Complaint> {
    let text = values::text(value)?;
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let date = |text: &str| {
        text.parse::<Date>().map_err(|_| {
            Complaint::new(
                format!("{text:?} is not a date"),
                "write year, month and day: \"2026-12-08\", or from..to: \"2026-12-24..2026-12-26\"",
            )
        })
    };
    let (first, last) = (date(first.trim())?, date(last.trim())?);
    if last < first {
        return Err(Complaint::new(
            format!("{text:?} ends before it begins"),
            format!("write \"{last}..{first}\""),
        ));
    }
    Ok(Dates { first, last })
}

/// `"08:30"` as minutes since midnight.
fn minute(value: &DeValue<'_>, most: u16) -> Result<u16, Complaint> {
    let text = values::text(value)?;
    let read = || {
        let (hours, minutes) = text.split_once(':')?;
        let two = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !two(hours) || !two(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let minute = hours * 60 + minutes;
        (minutes < 60 && minute <= most).then_some(minute)
    };
    read().ok_or_else(|| {
        Complaint::new(
            format!("{text:?} is not a time of the day"),
            "write hours and minutes, \"08:00\" or \"18:30\"; a day ends at \"24:00\"",
        )
    })
}

/// Reads `[network.fair_use]`; off unless there is a volume.
pub(super) fn read_fair_use(mut section: Section<'_, '_>, base: RatePlan) -> Option<FairUse> {
    let told = section.has("volume");
    let volume = section.optional("volume", volume);
    let down = section.optional("down", values::parsed::<Rate>);
    let up = section.optional("up", values::parsed::<Rate>);
    let named = [&down, &up].into_iter().flatten().next();
    if let (false, Some(rate)) = (told, named) {
        section.report().error(
            &rate.span,
            Complaint::new(
                "a second plan without a volume after which it holds",
                "add a line like: volume = \"2 GB\"",
            ),
        );
    }
    let report = section.report();
    section.finish();
    let volume = volume?;
    for (slow, fast, key) in [(&down, base.down, "down"), (&up, base.up, "up")] {
        match slow {
            None => report.error(
                &volume.span,
                Complaint::new(
                    format!("a volume without the speed after it: the key \"{key}\" is missing in [network.fair_use]"),
                    format!("add a line like: {key} = \"1 Mbit/s\""),
                ),
            ),
            Some(slow) if slow.value >= fast => report.warn(
                &slow.span,
                Complaint::new(
                    format!("{key}: not slower than the plan of [network.rate], {fast}"),
                    "after its volume a station is as fast as before",
                ),
            ),
            Some(_) => {}
        }
    }
    Some(FairUse {
        volume: volume.value,
        down: down?.value,
        up: up?.value,
    })
}

/// `"2 GB"`.
fn volume(value: &DeValue<'_>) -> Result<u64, Complaint> {
    let text = values::text(value)?;
    let hint = "write a number and a unit, from \"10 MB\" to \"1000 TB\", like \"2 GB\"";
    let bytes = crate::model::parse_bytes(text)
        .ok_or_else(|| Complaint::new(format!("{text:?} is not an amount of data"), hint))?;
    if !(LEAST_VOLUME..=MOST_VOLUME).contains(&bytes) {
        return Err(Complaint::new(format!("{text:?} is out of range"), hint));
    }
    Ok(bytes)
}
