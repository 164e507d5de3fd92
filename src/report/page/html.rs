//! The page as HTML: its own matter alone, for the portal to put into its frame, or a whole file.

use askama::Template;

use super::figures::{Numbers, Part, Told};
use crate::charts::{Chart, Series};
use crate::config::words;
use crate::model::figures::suppress::AtLeast;
use crate::model::figures::{Day, Month};
use crate::report::text::{Tongue, Words};
use crate::report::{Ledgers, Order, ReportError};

/// The licence, as open data of Italian administrations should have it (AgID's guidelines on open data).
const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";
const GIGA: u64 = 1_000_000_000;
const TERA: u64 = 1_000 * GIGA;
/// All of the time, in thousandths.
const ALWAYS: u64 = 1_000;

/// The page, for somebody's own frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPage {
    /// In Italian.
    pub italian: PublicText,
    /// In English.
    pub english: PublicText,
    /// Rules of style for it.
    pub style: &'static str,
}

/// The page in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicText {
    /// Its heading.
    pub title: String,
    /// Its matter as HTML, beginning below the heading; addresses are no links.
    pub plain: String,
    /// The same with links.
    pub linked: String,
}

/// Of the page's own elements.
const STYLE: &str = include_str!("../../../templates/report/numbers.css");

#[derive(Template)]
#[template(path = "report/numbers.html")]
struct Matter {
    lead: String,
    sections: Vec<Section>,
    notes: Vec<String>,
    method: String,
    /// Words and address, a link where that opens.
    links: Vec<(String, String)>,
    opens: bool,
}

struct Section {
    title: Option<String>,
    charts: Vec<Chart>,
    caption: String,
    heads: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    cells: Vec<String>,
    is_total: bool,
}

#[derive(Template)]
#[template(path = "report/standalone.html")]
struct Standalone<'a> {
    lang: &'static str,
    title: &'a str,
    comune: &'a str,
    style: &'static str,
    body: &'a str,
}

/// The page of the networks that were ordered, in both languages.
///
/// # Errors
/// [`ReportError`].
pub fn public_page(order: &Order, ledgers: &Ledgers<'_>) -> Result<PublicPage, ReportError> {
    let numbers = Numbers::gather(order, ledgers, &mut |_, _| Ok(()))?;
    let text = |tongue| {
        let words = Words::new(tongue);
        Ok::<_, ReportError>(PublicText {
            title: words.say("page-title"),
            plain: draw(order, &numbers, &words, false)?,
            linked: draw(order, &numbers, &words, true)?,
        })
    };
    Ok(PublicPage {
        italian: text(Tongue::It)?,
        english: text(Tongue::En)?,
        style: STYLE,
    })
}

/// A whole file that stands by itself.
pub(in crate::report) fn standalone(
    order: &Order,
    numbers: &Numbers,
    words: &Words,
) -> Result<String, ReportError> {
    let comune = order.sites.first().map_or("", |site| site.comune.as_str());
    if order.sites.iter().any(|site| site.comune != comune) {
        return Err(ReportError::Refused(vec![words!(
            "the networks are of several administrations: a page for each, with --network",
            "le reti sono di amministrazioni diverse: una pagina per ciascuna, con --network"
        )]));
    }
    let whole = Standalone {
        lang: order.tongue.code(),
        title: &words.say("page-title"),
        comune,
        style: STYLE,
        body: &draw(order, numbers, words, true)?,
    };
    whole
        .render()
        .map_err(|error| ReportError::Format(error.to_string()))
}

fn draw(order: &Order, numbers: &Numbers, words: &Words, opens: bool) -> Result<String, ReportError> {
    let pen = Pen { numbers, words };
    let period = numbers.period;
    let comune = order.sites.first().map_or("", |site| site.comune.as_str());
    let lead = words.with(
        "page-lead",
        &[
            ("comune", comune.into()),
            ("from", words.date(period.from()).into()),
            ("to", words.date(period.to()).into()),
            ("day", words.date(Day::containing(order.now, &order.zone)).into()),
        ],
    );
    let mut links = vec![(words.say("page-licence"), LICENCE.to_owned())];
    links.extend(
        order
            .published_at
            .iter()
            .map(|url| (words.say("page-open-data"), url.clone())),
    );
    let matter = Matter {
        lead,
        sections: numbers.parts.iter().map(|part| pen.section(part)).collect(),
        notes: pen.notes(),
        method: words.say("method"),
        links,
        opens,
    };
    matter
        .render()
        .map_err(|error| ReportError::Format(error.to_string()))
}

/// Writes parts in one language.
struct Pen<'a> {
    numbers: &'a Numbers,
    words: &'a Words,
}

impl Pen<'_> {
    fn section(&self, part: &Part) -> Section {
        let words = self.words;
        let is_only = self.numbers.parts.len() == 1;
        let name = match part.network {
            Some(_) => part.name.clone(),
            None => words.say("page-all"),
        };
        // Of each of several networks the first chart is enough: the table has the rest.
        let wanted = if part.network.is_none() || is_only { 4 } else { 1 };
        let charts = self.charts(part, &name).into_iter().take(wanted).collect();
        let heads = ["month", "sessions", "devices", "traffic", "median", "service"];
        let total = part.total();
        let mut rows: Vec<Row> = self
            .numbers
            .months
            .iter()
            .zip(&part.months)
            .map(|(month, told)| Row {
                name: self.month(*month),
                cells: self.cells(told.as_ref(), true),
                is_total: false,
            })
            .collect();
        rows.push(Row {
            name: words.say("page-total"),
            cells: self.cells(Some(&total), false),
            is_total: true,
        });
        Section {
            title: (!is_only).then(|| name.clone()),
            charts,
            caption: words.with("page-caption", &[("network", name.into())]),
            heads: heads.map(|head| words.say(&format!("page-{head}"))).into(),
            rows,
        }
    }

    /// One for each figure that adds up, and the time in service.
    fn charts(&self, part: &Part, name: &str) -> Vec<Chart> {
        type Read = fn(&Told) -> Option<AtLeast>;
        type Write<'w> = &'w dyn Fn(u64) -> String;
        let count = |value: u64| self.words.count(value);
        let bytes = |value: u64| self.bytes(value);
        let percent = |value: u64| self.percent(value);
        let series: [(&str, Read, Option<u64>, Write<'_>); 4] = [
            ("sessions", |told| Some(told.sessions), None, &count),
            ("devices", |told| Some(told.devices), None, &count),
            ("traffic", |told| Some(told.bytes), None, &bytes),
            (
                "service",
                |told| told.service().map(AtLeast::exactly),
                Some(ALWAYS),
                &percent,
            ),
        ];
        let charts = series.into_iter().map(|(what, read, top, write)| {
            let title = self.words.say(&format!("page-{what}"));
            let told = part.months.iter().map(|month| month.as_ref().and_then(read));
            let told: Vec<Option<AtLeast>> = told.collect();
            Chart::new(Series {
                alt: self.alt((name, &title), &told, write),
                title,
                parts: self
                    .numbers
                    .months
                    .iter()
                    .map(|month| short(*month))
                    .zip(told)
                    .collect(),
                top,
                write,
            })
        });
        charts.collect()
    }

    /// What a chart shows, in a sentence.
    fn alt(
        &self,
        (name, title): (&str, &str),
        told: &[Option<AtLeast>],
        write: &dyn Fn(u64) -> String,
    ) -> String {
        let months = self.numbers.months.iter().zip(told);
        let known = months.filter_map(|(month, told)| Some((*month, (*told)?.value)));
        let known: Vec<(Month, u64)> = known.filter(|(_, value)| *value > 0).collect();
        let most = known.iter().rev().max_by_key(|(_, value)| *value);
        let least = known.iter().min_by_key(|(_, value)| *value);
        let (Some(most), Some(least)) = (most, least) else {
            return self.words.with(
                "page-chart-empty",
                &[("title", title.into()), ("network", name.into())],
            );
        };
        self.words.with(
            "page-chart-alt",
            &[
                ("title", title.into()),
                ("network", name.into()),
                ("most", write(most.1).into()),
                ("busiest", self.month(most.0).into()),
                ("least", write(least.1).into()),
                ("quietest", self.month(least.0).into()),
            ],
        )
    }

    /// Devices are of one month alone: who comes in two is in both.
    fn cells(&self, told: Option<&Told>, is_month: bool) -> Vec<String> {
        let silent = || self.words.say("page-not-told");
        let Some(told) = told else {
            return vec![silent(); 5];
        };
        let count = |value| self.words.count(value);
        let median = told.session_length.quantile(500);
        vec![
            self.at_least(told.sessions, &count),
            if is_month {
                self.at_least(told.devices, &count)
            } else {
                silent()
            },
            self.at_least(told.bytes, &|bytes| self.bytes(bytes)),
            median.map_or_else(silent, |seconds| {
                let minutes = (seconds + 30) / 60;
                self.words
                    .with("page-minutes", &[("minutes", self.words.count(minutes).into())])
            }),
            told.service()
                .map_or_else(silent, |service| self.percent(service)),
        ]
    }

    /// A sum; nothing of it when all of it is hidden.
    fn at_least(&self, sum: AtLeast, write: &dyn Fn(u64) -> String) -> String {
        match (sum.value, sum.is_partial) {
            (0, true) => self.words.say("page-not-told"),
            (value, true) => self
                .words
                .with("page-at-least", &[("value", write(value).into())]),
            (value, false) => write(value),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut keys = vec!["method-counting", "method-devices"];
        if self.numbers.parts.len() > 1 {
            keys.push("page-twice");
        }
        keys.extend(["method-small", "page-bars", "page-service-note"]);
        keys.into_iter().map(|key| self.words.say(key)).collect()
    }

    fn bytes(&self, bytes: u64) -> String {
        if bytes >= TERA {
            return format!("{} TB", self.words.tenths(bytes / (TERA / 10)));
        }
        format!("{} GB", self.words.tenths(bytes / (GIGA / 10)))
    }

    fn percent(&self, per_mille: u64) -> String {
        if per_mille.is_multiple_of(10) {
            return format!("{} %", per_mille / 10);
        }
        format!("{} %", self.words.tenths(per_mille))
    }

    fn month(&self, month: Month) -> String {
        let date = month.first().date();
        let number = i64::from(date.month());
        let year = date.year().to_string();
        self.words.with(
            "page-month-name",
            &[("number", number.into()), ("year", year.into())],
        )
    }
}

/// A month below its bar.
fn short(month: Month) -> String {
    let date = month.first().date();
    format!("{}/{:02}", date.month(), date.year() % 100)
}
