//! "Il Wi-Fi in numeri": tells what the exports tell, and no more.

use portico::model::figures::{Book, Day, DayRecord, Histogram, HourFigures, Ledger, LedgerError};
use portico::report::{Format, Kind, Order, ReportError, Step, Tongue, public_page};

use crate::tables::rows;
use crate::world::{export, network, order, period, write};

const SILENT: &str = "n. d.";

fn page(networks: usize) -> Order {
    let mut order = order(Kind::Page, Format::Html, networks);
    order.period = period("2025-11-01", "2026-10-31");
    order
}

/// What stands between two marks, of every occurrence.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(start).skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once(end)?.0))
        .collect()
}

/// The tables of the page: rows of cells, without the months' names.
fn tables(html: &str) -> Vec<Vec<Vec<String>>> {
    let bodies = between(html, "<tbody>", "</tbody>");
    let rows = |body: &str| -> Vec<Vec<String>> {
        between(body, "<tr", "</tr>")
            .into_iter()
            .map(|row| {
                between(row, "<td>", "</td>")
                    .into_iter()
                    .map(str::to_owned)
                    .collect()
            })
            .collect()
    };
    bodies.into_iter().map(rows).collect()
}

/// What an export says of it: nothing, or exactly this.
fn agrees(cell: &str, exported: &str, written: impl Fn(u64) -> String) -> bool {
    match exported.parse::<u64>() {
        Ok(value) => cell == written(value),
        Err(_) => cell == SILENT || cell.starts_with("almeno "),
    }
}

fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8(group.to_vec()).unwrap())
        .collect();
    groups.join(".")
}

#[test]
fn the_page_tells_what_the_table_of_months_tells() {
    let (_folder, path, _) = export(&page(4));
    let html = std::fs::read_to_string(path).unwrap();
    let mut usage = page(4);
    (usage.kind, usage.format, usage.step) = (Kind::Usage, Format::Csv, Step::Month);
    let (_folder, path, _) = export(&usage);
    let exported = rows(&path);
    let tables = tables(&html);
    assert_eq!((tables.len(), exported.len()), (5, 4 * 12), "all together first");
    for (place, row) in exported.iter().enumerate() {
        let cells = &tables[1 + place / 12][place % 12];
        let agrees = |cell: usize, column: &str, written: &dyn Fn(u64) -> String| {
            assert!(
                agrees(&cells[cell], &row[column], written),
                "{column} of {place}: {:?} on the page, {:?} in the table",
                cells[cell],
                row[column]
            );
        };
        agrees(0, "new_sessions", &thousands);
        agrees(1, "unique_devices_month", &thousands);
        agrees(3, "session_s_median", &|seconds| {
            format!("{} min", (seconds + 30) / 60)
        });
    }
    // Sums of what is told.
    let sessions = |table: &[Vec<String>]| -> Vec<u64> {
        let told = table.iter().map(|cells| match cells[0].as_str() {
            SILENT => 0,
            told => told
                .trim_start_matches("almeno ")
                .replace('.', "")
                .parse()
                .unwrap(),
        });
        told.collect()
    };
    let parts: Vec<Vec<u64>> = tables[1..].iter().map(|table| sessions(table)).collect();
    for (month, sum) in sessions(&tables[0]).into_iter().enumerate() {
        assert_eq!(
            sum,
            parts.iter().map(|part| part[month]).sum::<u64>(),
            "month {month}"
        );
    }
    for words in [
        "Il Wi-Fi in numeri",
        "CC BY 4.0",
        "22/11/2026",
        "dal 01/11/2025 al 31/10/2026",
        "Škofja Loka",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert!(html.contains("href=\"https://dati.comune.example.it/wifi/\""));
    assert!(
        !html.contains("<script") && !html.contains("=HYPERLINK(\"http"),
        "names are text"
    );
}

/// A network with these sessions in October 2026.
fn quiet(sessions: u64) -> Book {
    let mut book = Book::default();
    for day in period("2026-10-01", "2026-10-31").days() {
        let mut hours: Vec<_> = day
            .hours(&portico::model::TimeZone::rome())
            .map(|hour| {
                let observed = HourFigures {
                    observed: 3_600,
                    ..HourFigures::default()
                };
                (hour, observed)
            })
            .collect();
        if day == "2026-10-07".parse::<Day>().unwrap() {
            let mut lengths = Histogram::default();
            (0..sessions).for_each(|_| lengths.record(600));
            hours[10].1 = HourFigures {
                views: sessions,
                grants: sessions,
                sessions,
                online: sessions,
                peak: sessions,
                session_seconds: sessions * 600,
                bytes_down: sessions * 1_000_000_000,
                session_length: lengths,
                stations: portico::model::figures::Stations::all(sessions),
                observed: 3_600,
                ..HourFigures::default()
            };
        }
        let figures = portico::model::figures::DayFigures::default();
        book.put_day(network(0), DayRecord { day, hours, figures });
    }
    book
}

fn drawn(sessions: u64) -> String {
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(quiet(sessions))) };
    let mut order = page(1);
    order.period = period("2026-10-01", "2026-10-31");
    public_page(&order, &ledgers).unwrap().italian.plain
}

#[test]
fn three_people_in_a_month_are_nobody_on_the_page() {
    let cells = |sessions: u64| tables(&drawn(sessions)).remove(0).remove(0);
    let three = cells(3);
    assert_eq!(three[..4], [SILENT; 4]);
    assert_eq!(three[4], "100 %");
    let bars = |sessions| drawn(sessions).matches("stroke=\"currentColor\" d=").count();
    assert_eq!(
        (bars(3), bars(40)),
        (1, 3),
        "of three people only the service has a bar"
    );
    assert_eq!(cells(40)[0], "40");
}

#[test]
fn both_languages_and_links_only_where_they_open() {
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(quiet(40))) };
    let mut wanted = page(1);
    wanted.sites[0].name = "<b>\"Piazza\"</b> & Co.".to_owned();
    wanted.period = period("2026-10-01", "2026-10-31");
    let page = public_page(&wanted, &ledgers).unwrap();
    assert_eq!(
        (page.italian.title.as_str(), page.english.title.as_str()),
        ("Il Wi-Fi in numeri", "The Wi-Fi in numbers")
    );
    for text in [&page.italian, &page.english] {
        assert!(
            !text.plain.contains("<a ") && text.linked.contains("<a href=\"https://creativecommons.org/")
        );
        assert!(
            !text.plain.contains("<b>") && text.plain.contains("&#60;b&#62;"),
            "{}",
            text.plain
        );
        assert!(
            !text.plain.contains("page-"),
            "a message is missing: {}",
            text.plain
        );
    }
    assert!(page.english.plain.contains("October 2026"));
}

#[test]
fn what_is_not_a_page_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |order: &Order| {
        let path = folder.path().join("file");
        let error = write(order, &path).unwrap_err().to_string();
        assert!(!path.exists());
        error
    };
    assert!(
        refused(&Order {
            format: Format::Csv,
            ..page(1)
        })
        .contains("html")
    );
    assert!(refused(&order(Kind::Usage, Format::Html, 1)).contains("html"));
    let mut of_two = page(2);
    of_two.sites[1].comune = "Comune di Arluno".to_owned();
    assert!(refused(&of_two).contains("several administrations"));
    // Only whole months that are over.
    let mut running = page(1);
    running.period = period("2026-11-01", "2026-11-30");
    assert!(refused(&running).contains("nothing is known"));
    let english = Order {
        tongue: Tongue::En,
        ..page(1)
    };
    let path = folder.path().join("page.html");
    write(&english, &path).unwrap();
    assert!(
        std::fs::read_to_string(path)
            .unwrap()
            .starts_with("<!doctype html>\n<html lang=\"en\">")
    );
}

#[test]
fn the_page_of_one_network_tells_how_far_it_is_and_can_be_stopped() {
    let wanted = page(1);
    let town = crate::town::Town::new(vec![network(0)], period("2025-11-01", "2026-10-31"));
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(town.clone())) };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(wanted.file_name());
    let mut note = |_: &[portico::report::Written]| Ok(());
    let mut stop = |done, _| {
        if done < 5 {
            Ok(())
        } else {
            Err(ReportError::Stopped)
        }
    };
    let stopped = wanted.write(&ledgers, &path, &mut stop, &mut note);
    assert!(matches!(stopped, Err(ReportError::Stopped)), "{stopped:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut seen = Vec::new();
    let mut progress = |done, all| {
        seen.push((done, all));
        Ok(())
    };
    wanted.write(&ledgers, &path, &mut progress, &mut note).unwrap();
    let every_month: Vec<(usize, usize)> = (0..=12).map(|done| (done, 12)).collect();
    assert_eq!(seen, every_month);
}
