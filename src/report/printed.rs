//! Tables as pages of PDF/UA: for whoever files them or has them read aloud. Each network has its heading; columns
//! that do not fit beside each other follow below, with the names of their rows again.

use super::pdf::{About, Block, Face, Fonts, HEIGHT, Ink, Line, Page, Shape, WIDTH, render};
use super::table::{Cell, Rows, push_plain};
use super::text::Words;
use super::{Kind, Ledgers, Order, Progress, ReportError, joined};
use crate::config::words;

const LEFT: f32 = 42.0;
const INNER: f32 = WIDTH - 2.0 * LEFT;
const TOP: f32 = 46.0;
const BOTTOM: f32 = HEIGHT - 44.0;
/// Text of tables, points, and from one line to the next.
const SIZE: f32 = 7.5;
const LEADING: f32 = 9.5;
/// Between two columns.
const GAP: f32 = 6.0;
/// The widest column.
const WIDEST: f32 = 110.0;
/// More rows nobody reads on paper.
const MOST_ROWS: usize = 4_000;

/// Makes the file, and tells its number of rows.
///
/// # Errors
/// [`ReportError`]; more rows than anybody prints among them.
pub(super) fn write(
    order: &Order,
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    words: &Words,
    progress: &mut Progress<'_>,
) -> Result<(Vec<u8>, u64), ReportError> {
    let fonts = Fonts::load()?;
    let table = gather(rows, ledgers, words, progress)?;
    let count = u64::try_from(table.len()).unwrap_or(u64::MAX);
    let mut press = Press {
        order,
        words,
        fonts: &fonts,
        pages: Vec::new(),
        y: TOP,
    };
    press.title();
    let (shared, _) = rows.layout();
    let mut rest = table.as_slice();
    while let Some(first) = rest.first() {
        let same = |row: &&Vec<String>| row.get(..shared) == first.get(..shared);
        let (network, others) = rest.split_at(rest.iter().take_while(same).count());
        press.network(rows, network);
        rest = others;
    }
    let about = About {
        title: words.say(&format!("{}-title", order.kind.name())),
        subject: words.say(&format!("{}-about", order.kind.name())),
        author: order.administrations(),
        language: order.tongue.code().to_owned(),
        made: order.now,
    };
    Ok((render(&press.finish(), &about, &fonts)?, count))
}

/// All rows as texts.
fn gather(
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    words: &Words,
    progress: &mut Progress<'_>,
) -> Result<Vec<Vec<String>>, ReportError> {
    let mut ledger = ledgers()?;
    let mut table: Vec<Vec<String>> = Vec::new();
    for part in 0..rows.parts() {
        progress(part, rows.parts())?;
        rows.part(part, ledger.as_mut(), &mut |cells| {
            // One more than fits tells that they do not.
            if table.len() <= MOST_ROWS {
                table.push(cells.iter().map(|cell| text_of(*cell, words)).collect());
            }
        })?;
        if table.len() > MOST_ROWS {
            return Err(ReportError::Refused(vec![words!(
                "more than {MOST_ROWS} rows are too many for pages: take csv, xlsx or json, or fewer days or networks, \
                 or --by day or month",
                "più di {MOST_ROWS} righe sono troppe per delle pagine: scegliere csv, xlsx o json, meno giorni o reti, \
                 oppure --by day o month"
            )]));
        }
    }
    progress(rows.parts(), rows.parts())?;
    Ok(table)
}

fn text_of(cell: Cell<'_>, words: &Words) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Count(count) => words.count(count),
        Cell::Hundredths(value) => words.fraction(value, 100),
        Cell::Thousandths(value) => words.fraction(value, 1_000),
        Cell::Flag(flag) => words.say(if flag { "yes" } else { "no" }),
        Cell::Number(_) | Cell::Date(_) | Cell::Instant(_) => {
            let mut bytes = Vec::new();
            push_plain(&mut bytes, cell);
            String::from_utf8(bytes).unwrap_or_default()
        }
    }
}

/// Sets pages, one after the other.
struct Press<'o> {
    order: &'o Order,
    words: &'o Words,
    fonts: &'o Fonts,
    pages: Vec<Page>,
    y: f32,
}

/// A row of a table, broken into lines.
struct Set {
    cells: Vec<Vec<String>>,
    height: f32,
}

impl Press<'_> {
    /// The page that is being set.
    fn page(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Vec::new());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    fn title(&mut self) {
        self.y = 60.0;
        let bar = Shape {
            left: 0.0,
            top: 0.0,
            width: WIDTH,
            height: 10.0,
            ink: Ink::Blue,
            is_cross: false,
        };
        let title = self.words.say(&format!("{}-title", self.order.kind.name()));
        let title = self.fonts.cut(Face::Strong, 18.0, &title, INNER);
        let title = self.line(LEFT, Face::Strong, 18.0, Ink::Blue, title);
        self.page().push(Block::Decoration(vec![bar], Vec::new()));
        self.page().push(Block::Heading(1, vec![title]));
        self.y += 18.0;
        let about = self.words.say(&format!("{}-about", self.order.kind.name()));
        let (from, to) = (self.order.period.from(), self.order.period.to());
        let period = [
            ("from", self.words.date(from).into()),
            ("to", self.words.date(to).into()),
        ];
        let period = match self.order.kind {
            // What is installed is so now.
            Kind::Installation => String::new(),
            _ => format!(", {}", self.words.with("summary-period", &period)),
        };
        self.paragraph(&format!("{}{period}. {about}", self.order.administrations()));
    }

    fn paragraph(&mut self, text: &str) {
        let mut lines = Vec::new();
        for text in self.fonts.wrap(Face::Regular, 9.0, text, INNER) {
            lines.push(self.line(LEFT, Face::Regular, 9.0, Ink::Grey, text));
            self.y += 11.5;
        }
        self.page().push(Block::Paragraph(lines));
    }

    /// The rows of a network under its heading.
    fn network(&mut self, rows: &dyn Rows, table: &[Vec<String>]) {
        let (shared, names) = rows.layout();
        let Some(first) = table.first() else { return };
        if self.y > BOTTOM - 90.0 {
            self.turn();
        }
        let columns = rows.columns();
        let titles: Vec<String> = columns
            .iter()
            .map(|column| self.words.title(column.name))
            .collect();
        self.y += 14.0;
        let short = first.first().map(String::as_str).unwrap_or_default();
        let name = if short == joined::ALL {
            self.words.say("all-networks")
        } else {
            short.to_owned()
        };
        let name = self.fonts.cut(Face::Strong, 12.0, &name, INNER);
        let heading = self.line(LEFT, Face::Strong, 12.0, Ink::Blue, name);
        self.page().push(Block::Heading(2, vec![heading]));
        self.y += 13.0;
        let told = titles.iter().zip(first).take(shared).skip(1);
        let told: Vec<String> = told
            .filter(|(_, value)| !value.is_empty())
            .map(|(title, value)| format!("{title}: {value}"))
            .collect();
        if !told.is_empty() {
            self.paragraph(&told.join("; "));
        }
        let widths: Vec<f32> = (0..columns.len())
            .map(|place| self.column_width(place, &titles, table))
            .collect();
        for band in bands(&widths, shared, names) {
            self.table(&band, &widths, &titles, table);
        }
    }

    /// As wide as its widest word or value.
    fn column_width(&self, place: usize, titles: &[String], table: &[Vec<String>]) -> f32 {
        let title = titles.get(place).map(String::as_str).unwrap_or_default();
        let words = title
            .split_whitespace()
            .map(|word| self.fonts.width(Face::Strong, SIZE, word));
        let values = table.iter().filter_map(|row| row.get(place));
        let values = values.map(|value| self.fonts.width(Face::Regular, SIZE, value));
        words.chain(values).fold(18.0, f32::max).min(WIDEST)
    }

    /// Some columns of a network, over as many pages as they take.
    fn table(&mut self, band: &[usize], widths: &[f32], titles: &[String], table: &[Vec<String>]) {
        let head = self.set(Face::Strong, band, widths, titles);
        let mut cells: Vec<Vec<Vec<Line>>> = Vec::new();
        self.y += 8.0;
        for row in table {
            let row = self.set(Face::Regular, band, widths, row);
            let needed = if cells.is_empty() {
                head.height + row.height
            } else {
                row.height
            };
            if self.y + needed > BOTTOM {
                if !cells.is_empty() {
                    self.page().push(Block::Table(std::mem::take(&mut cells)));
                }
                self.turn();
            }
            if cells.is_empty() {
                let placed = self.place(&head, Face::Strong, band, widths);
                cells.push(placed);
            }
            let placed = self.place(&row, Face::Regular, band, widths);
            cells.push(placed);
        }
        if !cells.is_empty() {
            self.page().push(Block::Table(cells));
        }
    }

    /// Breaks the cells of a row.
    fn set(&self, face: Face, band: &[usize], widths: &[f32], row: &[String]) -> Set {
        let (mut cells, mut height) = (Vec::new(), LEADING);
        for &place in band {
            let text = row.get(place).map(String::as_str).unwrap_or_default();
            let width = widths.get(place).copied().unwrap_or(WIDEST);
            let lines = self.fonts.wrap(face, SIZE, text, width);
            // A longer word than a column is wide would run into the next.
            let lines: Vec<String> = lines
                .iter()
                .map(|line| self.fonts.cut(face, SIZE, line, width))
                .collect();
            let tall = lines.iter().fold(0.0, |tall, _| tall + LEADING);
            height = height.max(tall);
            cells.push(lines);
        }
        Set {
            cells,
            height: height + 3.0,
        }
    }

    /// Puts a row where the pen is, with a rule below, and moves the pen on.
    fn place(&mut self, row: &Set, face: Face, band: &[usize], widths: &[f32]) -> Vec<Vec<Line>> {
        let (mut x, top) = (LEFT, self.y);
        let mut placed = Vec::new();
        for (lines, &place) in row.cells.iter().zip(band) {
            self.y = top;
            let mut cell = Vec::new();
            for text in lines {
                cell.push(self.line(x, face, SIZE, Ink::Black, text.clone()));
                self.y += LEADING;
            }
            placed.push(cell);
            x += widths.get(place).copied().unwrap_or(WIDEST) + GAP;
        }
        self.y = top + row.height;
        let rule = Shape {
            left: LEFT,
            top: self.y - LEADING + 1.5,
            width: INNER,
            height: if face == Face::Strong { 0.8 } else { 0.3 },
            ink: Ink::Pale,
            is_cross: false,
        };
        self.page().push(Block::Decoration(vec![rule], Vec::new()));
        placed
    }

    const fn line(&self, x: f32, face: Face, size: f32, ink: Ink, text: String) -> Line {
        Line {
            x,
            y: self.y,
            face,
            size,
            ink,
            text,
        }
    }

    /// The pages, each with its number.
    fn finish(mut self) -> Vec<Page> {
        let local = self.order.now.to_zoned(self.order.zone.jiff().clone());
        let made = crate::model::figures::Day::new(local.date());
        for (page, number) in self.pages.iter_mut().zip(1_u64..) {
            let text = self.words.with(
                "summary-made",
                &[
                    ("day", self.words.date(made).into()),
                    ("page", number.to_string().into()),
                ],
            );
            let line = Line {
                x: LEFT,
                y: HEIGHT - 24.0,
                face: Face::Regular,
                size: 8.0,
                ink: Ink::Grey,
                text,
            };
            page.push(Block::Decoration(Vec::new(), vec![line]));
        }
        self.pages
    }
}

/// Which columns stand beside each other: those that name a row, and as many others as fit; again until all
/// were there.
fn bands(widths: &[f32], shared: usize, names: usize) -> Vec<Vec<usize>> {
    let first = shared + names;
    let width = |place: usize| widths.get(place).copied().unwrap_or(0.0) + GAP;
    let naming: Vec<usize> = (shared..first).collect();
    let before = naming.iter().fold(0.0, |sum, place| sum + width(*place));
    let mut bands: Vec<Vec<usize>> = Vec::new();
    let mut used = INNER;
    for place in first..widths.len() {
        if used + width(place) > INNER {
            bands.push(naming.clone());
            used = before;
        }
        if let Some(band) = bands.last_mut() {
            band.push(place);
            used += width(place);
        }
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::{GAP, INNER, bands};
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn every_column_is_printed_once_and_none_beside_the_page(
            widths in vec(18.0_f32..110.0, 8..40),
            names in 1_usize..3,
        ) {
            let shared = 5;
            let bands = bands(&widths, shared, names);
            let mut printed: Vec<usize> = Vec::new();
            for band in &bands {
                prop_assert!(band.len() > names, "more than names");
                prop_assert!(band[..names].iter().copied().eq(shared..shared + names));
                let wide: f32 = band.iter().map(|place| widths[*place] + GAP).sum();
                prop_assert!(wide <= INNER + 0.1);
                printed.extend(&band[names..]);
            }
            prop_assert_eq!(printed, (shared + names..widths.len()).collect::<Vec<_>>());
        }
    }
}
