//! The two pages: figures, duties and networks on the first, pictures and the method on the second.

use super::chart::{self, Frame};
use super::duties::Duty;
use super::figures::Summary;
use crate::model::figures::suppress::{AtLeast, Distribution, Measure};
use crate::report::pdf::{About, Block, Face, Fonts, HEIGHT, Ink, Line, Page, Shape, WIDTH, render};
use crate::report::text::Words;
use crate::report::{Order, ReportError};

const LEFT: f32 = 48.0;
const INNER: f32 = WIDTH - 2.0 * LEFT;
/// Text, points, and from one line to the next.
const BODY: f32 = 9.5;
const LEADING: f32 = 12.5;
/// Lines for networks; where there are more networks, the last line counts the others.
const MOST_SITES: usize = 20;
/// Bytes of a gigabyte.
const GIGA: u64 = 1_000_000_000;
/// Bytes of a terabyte.
const TERA: u64 = 1_000 * GIGA;

/// Makes the file.
pub(in crate::report) fn pages(
    order: &Order,
    summary: &Summary,
    words: &Words,
) -> Result<Vec<u8>, ReportError> {
    let fonts = Fonts::load()?;
    let writer = Writer {
        order,
        summary,
        words,
        fonts: &fonts,
    };
    let about = About {
        title: format!("{}, {}", words.say("summary-title"), writer.period()),
        subject: words.say("summary-about"),
        author: order.administrations(),
        language: order.tongue.code().to_owned(),
        made: order.now,
    };
    render(&[writer.first(), writer.second()], &about, &fonts)
}

struct Writer<'s> {
    order: &'s Order,
    summary: &'s Summary,
    words: &'s Words,
    fonts: &'s Fonts,
}

/// Where the next thing goes on a page.
struct Pen {
    blocks: Page,
    y: f32,
}

impl Writer<'_> {
    fn first(&self) -> Page {
        let mut pen = Pen {
            blocks: Vec::new(),
            y: 62.0,
        };
        pen.blocks.push(Block::Decoration(
            vec![bar(0.0, 0.0, WIDTH, 10.0, Ink::Blue)],
            Vec::new(),
        ));
        let title = self.words.say("summary-title");
        pen.blocks.push(Block::Heading(
            1,
            vec![line(LEFT, pen.y, Face::Strong, 21.0, Ink::Blue, title)],
        ));
        pen.y += 18.0;
        self.paragraph(&mut pen, &self.subtitle(), Ink::Grey);
        pen.y += 6.0;
        self.heading(&mut pen, "summary-figures");
        self.table(&mut pen, &[0.56, 0.44], &self.key_figures());
        self.heading(&mut pen, "summary-duties");
        self.table(&mut pen, &[0.38, 0.28, 0.34], &self.duties());
        if self.order.sites.len() > 1 {
            self.heading(&mut pen, "summary-networks");
            self.table(&mut pen, &[0.36, 0.15, 0.17, 0.16, 0.16], &self.networks());
        }
        self.foot(&mut pen, "1");
        pen.blocks
    }

    fn second(&self) -> Page {
        let mut pen = Pen {
            blocks: Vec::new(),
            y: 46.0,
        };
        let (all, period) = (&self.summary.all, self.summary.period);
        let frame = |pen: &Pen, height: f32| Frame {
            left: LEFT,
            top: pen.y,
            width: INNER,
            height,
        };
        let unit = chart::unit(period, self.words);
        let heading = self.words.with("chart-sessions", &[("unit", unit.into())]);
        self.heading_of(&mut pen, &heading);
        let bars = chart::bars(all, period, frame(&pen, 190.0), self.fonts, self.words);
        pen.blocks.push(bars);
        pen.y += 196.0;
        self.heading(&mut pen, "chart-service");
        pen.blocks
            .push(chart::legend(LEFT, pen.y + 2.0, self.fonts, self.words));
        pen.y += 22.0;
        let years = period.to().date().year() - period.from().date().year() + 1;
        let height = (80.0 * f32::from(years)).min(260.0);
        let frame = frame(&pen, height);
        pen.blocks.push(chart::calendar(all, period, frame, self.words));
        pen.y += height + 6.0;
        self.heading(&mut pen, "method");
        for key in [
            "method-counting",
            "method-devices",
            "method-small",
            "method-service",
            "method-line",
        ] {
            self.paragraph(&mut pen, &self.words.say(key), Ink::Black);
            pen.y += 2.0;
        }
        self.foot(&mut pen, "2");
        pen.blocks
    }

    fn period(&self) -> String {
        let period = self.summary.period;
        self.words.with(
            "summary-period",
            &[
                ("from", self.words.date(period.from()).into()),
                ("to", self.words.date(period.to()).into()),
            ],
        )
    }

    fn subtitle(&self) -> String {
        let names: Vec<&str> = self
            .order
            .sites
            .iter()
            .take(4)
            .map(|site| site.name.as_str())
            .collect();
        let more = self.order.sites.len() - names.len();
        let mut text = format!("{}, {}. ", self.order.administrations(), self.period());
        text.push_str(
            &self.words.with(
                "summary-of-networks",
                &[
                    (
                        "count",
                        self.words
                            .count(u64::try_from(self.order.sites.len()).unwrap_or(0))
                            .into(),
                    ),
                    ("names", names.join(", ").into()),
                    ("more", u64::try_from(more).unwrap_or(0).into()),
                ],
            ),
        );
        text
    }

    fn sum(&self, sum: AtLeast) -> String {
        let count = self.words.count(sum.value);
        if sum.is_partial {
            return self.words.with("at-least", &[("count", count.into())]);
        }
        count
    }

    fn maybe(&self, count: Option<u64>) -> String {
        count.map_or_else(|| self.words.say("not-told"), |count| self.words.count(count))
    }

    /// On the busiest day: of all networks together where that is told, else of the busiest network, which are so
    /// many at least.
    fn devices(&self) -> String {
        let [together, _] = self.summary.joined;
        match (together, self.summary.all.devices_day) {
            (None, Some(value)) if self.order.sites.len() > 1 => self.sum(AtLeast {
                value,
                is_partial: true,
            }),
            (together, busiest) => self.maybe(together.or(busiest)),
        }
    }

    fn traffic(&self, sum: AtLeast) -> String {
        let text = self.bytes(sum.value);
        if sum.is_partial {
            return self.words.with("at-least", &[("count", text.into())]);
        }
        text
    }

    fn bytes(&self, bytes: u64) -> String {
        if bytes >= TERA {
            return format!("{} TB", self.words.tenths(bytes / (TERA / 10)));
        }
        format!("{} GB", self.words.tenths(bytes / (GIGA / 10)))
    }

    fn key_figures(&self) -> Vec<Vec<String>> {
        let (all, words) = (&self.summary.all, self.words);
        let pair = |key: &str, value: String| vec![words.say(key), value];
        let quantiles = |distribution: &Distribution, high: u16, per: u64, unit: &str| match (
            distribution.quantile(500),
            distribution.quantile(high),
        ) {
            (Some(middle), Some(most)) => words.with(
                "quantiles",
                &[
                    (
                        "middle",
                        format!("{} {unit}", words.tenths(middle * 10 / per)).into(),
                    ),
                    ("most", format!("{} {unit}", words.tenths(most * 10 / per)).into()),
                    ("share", u64::from(high / 10).into()),
                ],
            ),
            _ => words.say("not-told"),
        };
        let shares = |mut counts: Vec<(String, u64)>| {
            let total: u64 = counts.iter().map(|(_, count)| count).sum();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let told: Vec<String> = counts
                .iter()
                .take(4)
                .map(|(name, count)| format!("{name} {} %", (count * 200 / total.max(1)).div_ceil(2)))
                .collect();
            if told.is_empty() {
                words.say("not-told")
            } else {
                told.join(", ")
            }
        };
        let languages = all.languages.iter().map(|(language, count)| {
            let name = language.as_ref().map(ToString::to_string);
            (name.unwrap_or_else(|| words.say("others")), *count)
        });
        let families = all.families.iter().map(|(family, count)| {
            let name = family.map_or_else(
                || words.say("others"),
                |family| words.say(&format!("family-{}", family.as_str())),
            );
            (name, *count)
        });
        vec![
            vec![words.say("figure"), words.say("value")],
            pair("figure-portal-views", self.sum(all.sum(Measure::Views))),
            pair("figure-new-sessions", self.sum(all.sum(Measure::Sessions))),
            pair("figure-returning-sessions", self.sum(all.sum(Measure::Returning))),
            pair("figure-peak-concurrent", self.maybe(all.peak)),
            pair("figure-unique-devices-day-most", self.devices()),
            pair("figure-bytes-down", self.traffic(all.sum(Measure::BytesDown))),
            pair("figure-bytes-up", self.traffic(all.sum(Measure::BytesUp))),
            pair(
                "figure-session-length",
                quantiles(&all.session_length, 900, 60, "min"),
            ),
            pair("figure-load-time", quantiles(&all.load_time, 950, 1_000, "s")),
            pair("figure-to-online", quantiles(&all.to_online, 950, 1_000, "s")),
            pair("figure-languages", shares(languages.collect())),
            pair("figure-families", shares(families.collect())),
            pair(
                "figure-hours-down",
                if all.observed > 0 {
                    format!("{} h", words.tenths(all.outages.total() / 360))
                } else {
                    words.say("not-known")
                },
            ),
        ]
    }

    fn duties(&self) -> Vec<Vec<String>> {
        let words = self.words;
        let mut rows = vec![["duty", "measured", "state"].map(|key| words.say(key)).to_vec()];
        for duty in Duty::ALL {
            let (measured, _, state) = duty.told(self.order, self.summary, words);
            rows.push(vec![words.say(&format!("duty-{}", duty.key())), measured, state]);
        }
        rows
    }

    fn networks(&self) -> Vec<Vec<String>> {
        let words = self.words;
        let keys = [
            "network",
            "figure-new-sessions",
            "figure-devices-short",
            "figure-bytes-down-short",
            "figure-days-lost-short",
        ];
        let mut rows = vec![keys.map(|key| words.say(key)).to_vec()];
        let count = self.order.sites.len();
        let shown = if count > MOST_SITES { MOST_SITES - 1 } else { count };
        for (site, figures) in self.order.sites.iter().zip(&self.summary.sites).take(shown) {
            // One line each, so that all of them fit.
            let name = self.fonts.cut(Face::Regular, 8.5, &site.name, INNER * 0.36 - 8.0);
            rows.push(vec![
                name,
                short(
                    figures.sum(Measure::Sessions),
                    words.count(figures.sum(Measure::Sessions).value),
                ),
                self.maybe(figures.devices_day),
                short(
                    figures.sum(Measure::BytesDown),
                    self.bytes(figures.sum(Measure::BytesDown).value),
                ),
                figures
                    .days_lost
                    .map_or_else(|| words.say("not-known"), |days| words.count(days)),
            ]);
        }
        if shown < count {
            let rest = words.count(u64::try_from(count - shown).unwrap_or(0));
            let mut row = vec![String::new(); keys.len()];
            row[0] = words.with("other-networks", &[("count", rest.into())]);
            rows.push(row);
        }
        rows
    }

    fn heading(&self, pen: &mut Pen, key: &str) {
        self.heading_of(pen, &self.words.say(key));
    }

    fn heading_of(&self, pen: &mut Pen, text: &str) {
        pen.y += 10.0;
        let text = self.fonts.cut(Face::Strong, 12.5, text, INNER);
        pen.blocks.push(Block::Heading(
            2,
            vec![line(LEFT, pen.y, Face::Strong, 12.5, Ink::Blue, text)],
        ));
        pen.y += 14.0;
    }

    fn paragraph(&self, pen: &mut Pen, text: &str, ink: Ink) {
        let mut lines = Vec::new();
        for text in self.fonts.wrap(Face::Regular, BODY, text, INNER) {
            lines.push(line(LEFT, pen.y, Face::Regular, BODY, ink, text));
            pen.y += LEADING;
        }
        pen.blocks.push(Block::Paragraph(lines));
    }

    /// A table; columns by their share of the width. A text wraps, to three lines at most.
    fn table(&self, pen: &mut Pen, columns: &[f32], rows: &[Vec<String>]) {
        let mut rules = Vec::new();
        let mut cells = Vec::new();
        // Many networks: less room for each.
        let (room, size, leading) = if rows.len() > 14 {
            (1.5, 8.5, 10.0)
        } else {
            (3.5, BODY, LEADING - 1.0)
        };
        for (number, row) in rows.iter().enumerate() {
            let (mut x, mut tallest) = (LEFT, 1.0_f32);
            let mut set = Vec::new();
            for (text, share) in row.iter().zip(columns) {
                let width = INNER * share;
                let face = if number == 0 { Face::Strong } else { Face::Regular };
                let mut lines = self.fonts.wrap(face, size, text, width - 6.0);
                if lines.len() > 3 {
                    let rest = lines.split_off(2).join(" ");
                    lines.push(self.fonts.cut(face, size, &rest, width - 6.0));
                }
                let (mut placed, mut down) = (Vec::new(), 0.0);
                for text in lines {
                    placed.push(line(x, pen.y + down * leading, face, size, Ink::Black, text));
                    down += 1.0;
                }
                tallest = tallest.max(down);
                x += width;
                set.push(placed);
            }
            pen.y += (tallest - 1.0) * leading + room;
            rules.push(bar(
                LEFT,
                pen.y,
                INNER,
                if number == 0 { 1.0 } else { 0.4 },
                Ink::Pale,
            ));
            pen.y += leading;
            cells.push(set);
        }
        pen.blocks.push(Block::Decoration(rules, Vec::new()));
        pen.blocks.push(Block::Table(cells));
    }

    fn foot(&self, pen: &mut Pen, number: &str) {
        let local = self.order.now.to_zoned(self.order.zone.jiff().clone());
        let made = self.words.with(
            "summary-made",
            &[
                (
                    "day",
                    self.words
                        .date(crate::model::figures::Day::new(local.date()))
                        .into(),
                ),
                ("page", number.into()),
            ],
        );
        let y = HEIGHT - 28.0;
        let text = line(LEFT, y, Face::Regular, 8.0, Ink::Grey, made);
        pen.blocks.push(Block::Decoration(Vec::new(), vec![text]));
    }
}

/// A sum of a narrow column.
fn short(sum: AtLeast, text: String) -> String {
    if sum.is_partial {
        format!("≥ {text}")
    } else {
        text
    }
}

fn line(x: f32, y: f32, face: Face, size: f32, ink: Ink, text: String) -> Line {
    Line {
        x,
        y,
        face,
        size,
        ink,
        text,
    }
}

fn bar(left: f32, top: f32, width: f32, height: f32, ink: Ink) -> Shape {
    Shape {
        left,
        top,
        width,
        height,
        ink,
        is_cross: false,
    }
}
