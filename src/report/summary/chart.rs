//! The pictures of a summary, and the words that stand for them.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::figures::SiteFigures;
use crate::charts::nice;
use crate::model::figures::suppress::AtLeast;
use crate::model::figures::{Day, Period};
use crate::report::pdf::{Block, Face, Fonts, Ink, Line, Shape};
use crate::report::text::Words;

/// Days that still have a bar each; more are joined into months, and more months into years.
const MOST_BARS: usize = 62;
/// Small type of labels, points.
const SMALL: f32 = 7.5;
/// Room left of a picture for labels, points.
const MARGIN: f32 = 44.0;

/// Where a picture goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Day,
    Month,
    Year,
}

/// What a bar is: a day, a month or a year, in words.
pub(super) fn unit(period: Period, words: &Words) -> String {
    words.say(match step_of(period) {
        Step::Day => "chart-day",
        Step::Month => "chart-month",
        Step::Year => "chart-year",
    })
}

/// Sessions by day, month or year.
pub(super) fn bars(
    figures: &SiteFigures,
    period: Period,
    frame: Frame,
    fonts: &Fonts,
    words: &Words,
) -> Block {
    let step = step_of(period);
    let bars = bars_of(&figures.sessions, step);
    let most = bars.iter().map(|(_, sum)| sum.value).max().unwrap_or(0);
    let top = nice(most);
    let name = |day: Day| match step {
        Step::Day => words.date(day),
        Step::Month => day.month().to_string(),
        Step::Year => day.date().year().to_string(),
    };
    let busiest = bars.iter().rev().max_by_key(|(_, sum)| sum.value);
    let quietest = bars.iter().min_by_key(|(_, sum)| sum.value);
    let alt = match (busiest, quietest) {
        (Some((day, sum)), Some((quiet, least))) => words.with(
            "chart-sessions-alt",
            &[
                ("unit", unit(period, words).into()),
                ("from", words.date(period.from()).into()),
                ("to", words.date(period.to()).into()),
                ("most", words.count(sum.value).into()),
                ("busiest", name(*day).into()),
                ("least", words.count(least.value).into()),
                ("quietest", name(*quiet).into()),
            ],
        ),
        _ => words.say("chart-empty"),
    };
    let (left, width) = (frame.left + MARGIN, frame.width - MARGIN);
    let bottom = frame.top + frame.height - 14.0;
    let height = bottom - frame.top;
    let (mut shapes, mut labels) = (Vec::new(), Vec::new());
    for part in 0..=4_u64 {
        let y = bottom - height * share(part, 4);
        shapes.push(rectangle(left, y, width, 0.5, Ink::Pale));
        let text = words.count(top * part / 4);
        let x = left - 5.0 - fonts.width(Face::Regular, SMALL, &text);
        labels.push(label(x, y + 2.5, text));
    }
    let slot = width / share(u64::try_from(bars.len().max(1)).unwrap_or(1), 1);
    // About ten names, so that they stand apart.
    let every = bars.len().div_ceil(10).max(1);
    for (place, (day, sum)) in bars.iter().enumerate() {
        let x = left + slot * share(u64::try_from(place).unwrap_or(0), 1);
        let tall = height * share(sum.value, top);
        shapes.push(rectangle(
            x + slot * 0.12,
            bottom - tall,
            slot * 0.76,
            tall,
            Ink::Blue,
        ));
        if place % every == 0 {
            labels.push(label(x + slot * 0.12, bottom + 10.0, short(*day, step)));
        }
    }
    Block::Figure(alt, shapes, labels)
}

/// Each day of the period in one of three states; a square for each, a column for each week, a row of
/// squares for each day of the week, a strip for each year.
pub(super) fn calendar(figures: &SiteFigures, period: Period, frame: Frame, words: &Words) -> Block {
    let years: Vec<i16> = (period.from().date().year()..=period.to().date().year()).collect();
    let strip = frame.height / share(u64::try_from(years.len()).unwrap_or(1), 1);
    let cell = ((strip - 12.0) / 7.5)
        .min((frame.width - MARGIN) / 54.0)
        .min(11.0);
    let (mut shapes, mut labels) = (Vec::new(), Vec::new());
    for (place, year) in years.iter().enumerate() {
        let top = frame.top + strip * share(u64::try_from(place).unwrap_or(0), 1);
        labels.push(label(frame.left, top + cell * 4.0, year.to_string()));
        for month in 1..=12 {
            let first = jiff::civil::Date::new(*year, month, 1).unwrap_or_default();
            if period.contains(Day::new(first)) || period.from().month() == Day::new(first).month() {
                let x = frame.left + MARGIN + cell * place_in_year(first).0;
                labels.push(label(x, top - 2.5, month.to_string()));
            }
        }
        let days = figures
            .service
            .iter()
            .filter(|(day, _)| day.date().year() == *year);
        for (day, (seconds, lost)) in days {
            let (week, weekday) = place_in_year(day.date());
            let (x, y) = (frame.left + MARGIN + cell * week, top + cell * weekday);
            shapes.extend(square(x, y, cell * 0.86, *seconds, *lost));
        }
    }
    let count = |state: fn(&(u64, bool)) -> bool| {
        let count = figures.service.values().filter(|day| state(day)).count();
        words.count(u64::try_from(count).unwrap_or(0))
    };
    let alt = words.with(
        "chart-service-alt",
        &[
            ("from", words.date(period.from()).into()),
            ("to", words.date(period.to()).into()),
            ("whole", count(|(seconds, _)| *seconds < 60).into()),
            ("part", count(|(seconds, lost)| *seconds >= 60 && !lost).into()),
            ("lost", count(|(_, lost)| *lost).into()),
        ],
    );
    Block::Figure(alt, shapes, labels)
}

/// The three states beside their words.
pub(super) fn legend(x: f32, y: f32, fonts: &Fonts, words: &Words) -> Block {
    let (mut shapes, mut lines, mut x) = (Vec::new(), Vec::new(), x);
    for (key, seconds, lost) in [
        ("legend-whole", 0, false),
        ("legend-part", 60, false),
        ("legend-lost", 86_400, true),
    ] {
        shapes.extend(square(x, y - 7.0, 8.0, seconds, lost));
        let text = words.say(key);
        let width = fonts.width(Face::Regular, 8.5, &text);
        lines.push(Line {
            size: 8.5,
            ..label(x + 12.0, y, text)
        });
        x += 12.0 + width + 18.0;
    }
    Block::Figure(words.say("legend-alt"), shapes, lines)
}

/// A day: whole, half as high where something was missing, crossed out when lost. The form tells it
/// without the colour.
fn square(left: f32, top: f32, size: f32, seconds: u64, lost: bool) -> Vec<Shape> {
    if lost {
        return vec![Shape {
            is_cross: true,
            ..rectangle(left, top, size, size, Ink::Red)
        }];
    }
    if seconds >= 60 {
        return vec![rectangle(left, top + size * 0.5, size, size * 0.5, Ink::Amber)];
    }
    vec![rectangle(left, top, size, size, Ink::Blue)]
}

fn rectangle(left: f32, top: f32, width: f32, height: f32, ink: Ink) -> Shape {
    Shape {
        left,
        top,
        width,
        height,
        ink,
        is_cross: false,
    }
}

fn label(x: f32, y: f32, text: String) -> Line {
    Line {
        x,
        y,
        face: Face::Regular,
        size: SMALL,
        ink: Ink::Grey,
        text,
    }
}

fn step_of(period: Period) -> Step {
    if period.days().count() <= MOST_BARS {
        Step::Day
    } else if period.months().count() <= MOST_BARS {
        Step::Month
    } else {
        Step::Year
    }
}

fn bars_of(sessions: &BTreeMap<Day, AtLeast>, step: Step) -> Vec<(Day, AtLeast)> {
    let mut bars: BTreeMap<Day, AtLeast> = BTreeMap::new();
    for (day, sum) in sessions {
        let first = match step {
            Step::Day => *day,
            Step::Month => day.month().first(),
            Step::Year => Day::new(day.date().first_of_year()),
        };
        let bar = bars.entry(first).or_default();
        *bar = [*bar, *sum].into_iter().sum();
    }
    bars.into_iter().collect()
}

fn short(day: Day, step: Step) -> String {
    let date = day.date();
    match step {
        Step::Day => format!("{}/{}", date.day(), date.month()),
        Step::Month => format!("{}/{:02}", date.month(), date.year() % 100),
        Step::Year => date.year().to_string(),
    }
}

/// The week of the year, from 0, and the day of the week, from Monday.
fn place_in_year(date: Date) -> (f32, f32) {
    let first = date.first_of_year().weekday().since(Weekday::Monday);
    let day = i16::from(first) + date.day_of_year() - 1;
    (f32::from(day / 7), f32::from(day % 7))
}

/// A part of a whole, exact to a ten-thousandth and for whole numbers up to 65,535.
fn share(part: u64, whole: u64) -> f32 {
    if whole == 1 {
        return f32::from(u16::try_from(part).unwrap_or(u16::MAX));
    }
    let parts = part.saturating_mul(10_000).checked_div(whole).unwrap_or(0);
    f32::from(u16::try_from(parts).unwrap_or(u16::MAX)) / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::{Step, bars_of, place_in_year, share, step_of};
    use crate::model::figures::suppress::AtLeast;
    use crate::model::figures::{Day, Period};

    #[test]
    fn a_month_has_days_a_year_has_months_a_decade_has_years() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (from, to, step, bars) in [
            ("2026-10-01", "2026-10-31", Step::Day, 31),
            ("2025-10-01", "2026-10-31", Step::Month, 13),
            ("2017-01-01", "2026-10-31", Step::Year, 10),
        ] {
            let period = Period::new(day(from), day(to)).unwrap();
            let sessions = period.days().map(|day| (day, AtLeast::exactly(2))).collect();
            let sums = bars_of(&sessions, step_of(period));
            assert_eq!((step_of(period), sums.len()), (step, bars));
            let all: u64 = sums.iter().map(|(_, sum)| sum.value).sum();
            assert_eq!(
                all,
                2 * u64::try_from(period.days().count()).unwrap(),
                "no day is lost"
            );
        }
    }

    #[test]
    fn days_stand_in_weeks_from_monday() {
        let place = |text: &str| place_in_year(text.parse().unwrap());
        assert_eq!(place("2026-01-01"), (0.0, 3.0), "a Thursday");
        assert_eq!(place("2026-01-05"), (1.0, 0.0), "a Monday");
        assert_eq!(place("2024-12-31"), (52.0, 1.0), "a Tuesday of a leap year");
        assert!((share(1, 4) - 0.25).abs() < 1e-6 && (share(7, 1) - 7.0).abs() < 1e-6);
    }
}
