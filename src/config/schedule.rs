//! `[[network.schedule]]` and `[network.fair_use]`: plans by time, and after a day's volume.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use toml::de::DeValue;

use super::rate::{self, Placed, Told};
use super::reader::{Complaint, Located, Section};
use super::values;
use super::words::words;
use crate::model::{Dates, Direction, FairUse, Rate, RatePlan, ScheduledPlan, Week};

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
/// stand for what an entry leaves out. Also the rates that stand in them.
pub(super) fn read(sections: Vec<Section<'_, '_>>, base: RatePlan) -> (Vec<ScheduledPlan>, Vec<Told>) {
    if let Some(beyond) = sections.get(MOST_ENTRIES) {
        let what = words!(
            "a network's schedule has at most {MOST_ENTRIES} entries",
            "gli orari di una rete hanno al massimo {MOST_ENTRIES} voci"
        );
        let hint = words!(
            "one entry may have many dates and days",
            "una voce può avere molte date e molti giorni"
        );
        beyond.report().error(beyond.span(), Complaint::new(what, hint));
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut told = Vec::new();
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
            let what = words!(
                "{:?} is on at the same time as {:?}",
                "{:?} vale nello stesso momento di {:?}",
                entry.name,
                other.value.name
            );
            let hint = words!(
                "while both are, the first one holds, that of line {line}",
                "quando valgono tutte e due conta la prima, quella della riga {line}"
            );
            report.warn(&span, Complaint::new(what, hint));
        }
        entries.push(Located { value: entry, span });
        told.extend(rates.written());
    }
    let mut entries: Vec<ScheduledPlan> = entries.into_iter().map(|entry| entry.value).collect();
    entries.sort_by_key(ScheduledPlan::rank);
    (entries, told)
}

fn read_entry(mut section: Section<'_, '_>, base: RatePlan) -> Option<(ScheduledPlan, Placed)> {
    let name = section.required("name", "\"market day\"", |value| values::line_of(value, MAX_NAME));
    let (has_days, has_dates) = (section.has("days"), section.has("dates"));
    let (has_from, has_to) = (section.has("from"), section.has("to"));
    let days = section.list("days", days);
    let dates = section.list("dates", dates);
    if let Some(beyond) = dates.get(MOST_DATES) {
        let what = words!("more than {MOST_DATES} dates", "più di {MOST_DATES} date");
        let hint = words!(
            "join neighbouring dates: \"2026-12-24..2026-12-26\"",
            "riunire date vicine: 2026-12-24..2026-12-26"
        );
        section.report().error(&beyond.span, Complaint::new(what, hint));
    }
    let from = section.optional("from", |value| minute(value, DAY - 1));
    let to = section.optional("to", |value| minute(value, DAY));
    if let Some(to) = to.as_ref().filter(|to| to.value == 0) {
        let complaint = Complaint::new(
            words!(
                "to: a plan that ends at 00:00",
                "to: una voce che finisce alle 00:00"
            ),
            words!(
                "write \"24:00\" for the end of the day",
                "scrivere 24:00 per la fine del giorno"
            ),
        );
        section.report().error(&to.span, complaint);
    }
    let times_read = has_from == from.is_some() && has_to == to.is_some();
    let (from, to) = (from.map_or(0, |from| from.value), to.map_or(DAY, |to| to.value));
    if !has_days && !has_dates && times_read && from == 0 && to == DAY {
        let what = words!(
            "an entry that is always on: it has neither days nor dates nor a time",
            "una voce che vale sempre: non ha giorni, né date, né ore"
        );
        let hint = words!(
            "add a line like: days = [\"thu\"] or from = \"08:00\"; or change [network.rate]",
            "indicare giorni, per esempio thu (giovedì), o un'ora di inizio come 08:00; oppure cambiare la velocità della rete ([network.rate])"
        );
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
            words!(
                "{text:?} is no day of the week",
                "{text:?} non è un giorno della settimana"
            ),
            words!(
                "write mon, tue, wed, thu, fri, sat or sun, or a range like \"mon-fri\"",
                "scrivere mon, tue, wed, thu, fri, sat o sun (da lunedì a domenica), o un intervallo come mon-fri"
            ),
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
                words!("{text:?} is not a date", "{text:?} non è una data"),
                words!(
                    "write year, month and day: \"2026-12-08\", or from..to: \"2026-12-24..2026-12-26\"",
                    "scrivere anno, mese e giorno: 2026-12-08, o da..a: 2026-12-24..2026-12-26"
                ),
            )
        })
    };
    let (first, last) = (date(first.trim())?, date(last.trim())?);
    if last < first {
        return Err(Complaint::new(
            words!(
                "{text:?} ends before it begins",
                "{text:?} finisce prima di cominciare"
            ),
            words!("write \"{last}..{first}\"", "scrivere {last}..{first}"),
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
            words!(
                "{text:?} is not a time of the day",
                "{text:?} non è un'ora del giorno"
            ),
            words!(
                "write hours and minutes, \"08:00\" or \"18:30\"; a day ends at \"24:00\"",
                "scrivere ore e minuti, 08:00 o 18:30; un giorno finisce alle 24:00"
            ),
        )
    })
}

/// Reads `[network.fair_use]`; off unless there is a volume. Also those of its rates that are slower than
/// `base`, since of others that is told already.
pub(super) fn read_fair_use(mut section: Section<'_, '_>, base: RatePlan) -> (Option<FairUse>, Vec<Told>) {
    let has_volume = section.has("volume");
    let volume = section.optional("volume", volume);
    let down = section.optional("down", values::parsed::<Rate>);
    let up = section.optional("up", values::parsed::<Rate>);
    let named = [&down, &up].into_iter().flatten().next();
    if let (false, Some(rate)) = (has_volume, named) {
        section.report().error(
            &rate.span,
            Complaint::new(
                words!(
                    "a second plan without a volume after which it holds",
                    "una seconda velocità senza il volume dopo il quale vale"
                ),
                words!(
                    "add a line like: volume = \"2 GB\"",
                    "indicare un volume, per esempio 2 GB"
                ),
            ),
        );
    }
    let report = section.report();
    section.finish();
    let Some(volume) = volume else {
        return (None, Vec::new());
    };
    let mut told = Vec::new();
    for (way, slow, fast, key) in [
        (Direction::Down, &down, base.down, "down"),
        (Direction::Up, &up, base.up, "up"),
    ] {
        match slow {
            None => report.error(
                &volume.span,
                Complaint::new(
                    words!(
                        "a volume without the speed after it: the key \"{key}\" is missing in [network.fair_use]",
                        "un volume senza la velocità che ne segue: manca il parametro \"{key}\" in [network.fair_use]"
                    ),
                    words!(
                        "add a line like: {key} = \"1 Mbit/s\"",
                        "indicarla, come nella riga: {key} = \"1 Mbit/s\""
                    ),
                ),
            ),
            Some(slow) if slow.value >= fast => report.warn(
                &slow.span,
                Complaint::new(
                    words!(
                        "{key}: not slower than the plan of [network.rate], {fast}",
                        "{key}: non è più lenta della velocità della rete, {fast}"
                    ),
                    words!(
                        "after its volume a station is as fast as before",
                        "dopo il volume un dispositivo sarebbe veloce come prima"
                    ),
                ),
            ),
            Some(slow) => told.push(Told::new(way, slow.clone())),
        }
    }
    let fair_use = down.zip(up).map(|(down, up)| FairUse {
        volume: volume.value,
        down: down.value,
        up: up.value,
    });
    (fair_use, told)
}

/// `"2 GB"`.
fn volume(value: &DeValue<'_>) -> Result<u64, Complaint> {
    let text = values::text(value)?;
    let hint = || {
        words!(
            "write a number and a unit, from \"10 MB\" to \"1000 TB\", like \"2 GB\"",
            "scrivere un numero e un'unità, da 10 MB a 1000 TB, come 2 GB"
        )
    };
    let bytes = crate::model::parse_bytes(text).ok_or_else(|| {
        Complaint::new(
            words!(
                "{text:?} is not an amount of data",
                "{text:?} non è una quantità di dati"
            ),
            hint(),
        )
    })?;
    if !(LEAST_VOLUME..=MOST_VOLUME).contains(&bytes) {
        return Err(Complaint::new(
            words!("{text:?} is out of range", "{text:?} è fuori dai limiti"),
            hint(),
        ));
    }
    Ok(bytes)
}
