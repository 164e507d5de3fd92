//! How many devices all networks had together: who was on two is one, and nobody can subtract.

use std::collections::BTreeMap;
use std::path::Path;

use portico::model::figures::{
    Book, DayFigures, DayRecord, HourFigures, KeyNumber, Ledger, LedgerError, MonthFigures, Sketch,
};
use portico::report::{Format, Kind, Order, Step, Tongue};

use crate::tables::{office, rows};
use crate::world::{check, network, order, period, python, run};

/// Devices of the two networks on the first days of October: told, few on the other, few on both, nobody.
const DAYS: [[std::ops::Range<u64>; 2]; 4] =
    [[0..30, 20..60], [0..30, 100..104], [0..30, 27..60], [0..0, 0..0]];

fn hash(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn sketch(devices: impl IntoIterator<Item = u64>) -> Sketch {
    let mut sketch = Sketch::default();
    for device in devices {
        sketch.insert(KeyNumber(1), hash(device));
    }
    sketch
}

/// What is told of the sixty on the first day: the estimate is off by one.
fn sixty() -> String {
    sketch(0..60).estimate().unwrap().to_string()
}

fn ledger() -> Book {
    let mut book = Book::default();
    for (place, number) in [0, 1].into_iter().enumerate() {
        for day in period("2026-10-01", "2026-10-31").days() {
            let devices = usize::try_from(day.date().day() - 1).ok();
            let devices = devices
                .and_then(|day| DAYS.get(day))
                .map(|day| day[place].clone());
            let hours = day.hours(&portico::model::TimeZone::rome());
            let record = DayRecord {
                day,
                hours: hours.map(|hour| (hour, HourFigures::default())).collect(),
                figures: DayFigures {
                    devices: sketch(devices.unwrap_or(0..0)),
                },
            };
            book.put_day(network(number), record);
        }
        let month = period("2026-10-01", "2026-10-31").from().month();
        let devices = sketch(if place == 0 { 0..300 } else { 200..500 });
        book.put_month(network(number), month, MonthFigures { devices });
    }
    book
}

fn export(folder: &Path, wanted: &Order) -> std::path::PathBuf {
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(ledger())) };
    let path = folder.join(format!("{:?}-{}", wanted.step, wanted.file_name()));
    wanted
        .write(&ledgers, &path, &mut |_, _| Ok(()), &mut |_| Ok(()))
        .unwrap();
    path
}

fn wanted(kind: Kind, format: Format, step: Step) -> Order {
    Order {
        step,
        is_everything: true,
        ..order(kind, format, 2)
    }
}

/// The rows of all networks together.
fn together(path: &Path) -> Vec<BTreeMap<String, String>> {
    let rows = rows(path).into_iter();
    rows.filter(|row| row["network"] == "*").collect()
}

#[test]
fn days_and_months_tell_it_where_nothing_follows_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let days = together(&export(
        folder.path(),
        &wanted(Kind::Usage, Format::Csv, Step::Day),
    ));
    let told: Vec<&str> = days
        .iter()
        .map(|row| row["unique_devices_day"].as_str())
        .collect();
    assert_eq!(told[..4], [sixty().as_str(), "", "", ""]);
    assert_eq!(days[0]["date"], "2026-10-01");
    assert!(
        days.iter()
            .all(|row| row["portal_views"].is_empty() && row["minutes_down"].is_empty())
    );
    let months = together(&export(
        folder.path(),
        &wanted(Kind::Usage, Format::Csv, Step::Month),
    ));
    assert_eq!(months.len(), 1);
    let month: u64 = months[0]["unique_devices_month"].parse().unwrap();
    assert!((470..=530).contains(&month), "500 within two deviations: {month}");
    assert_eq!(months[0]["month"], "2026-10");
}

#[test]
fn it_is_told_of_all_networks_and_of_no_choice_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut some = wanted(Kind::Usage, Format::Csv, Step::Day);
    some.is_everything = false;
    assert!(together(&export(folder.path(), &some)).is_empty());
    let mut one = wanted(Kind::Usage, Format::Csv, Step::Month);
    one.sites.truncate(1);
    assert!(
        together(&export(folder.path(), &one)).is_empty(),
        "there is nothing to join"
    );
    let hours = wanted(Kind::Usage, Format::Csv, Step::Hour);
    assert!(together(&export(folder.path(), &hours)).is_empty());
}

#[test]
fn a_month_that_is_not_over_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = wanted(Kind::Usage, Format::Csv, Step::Month);
    running.today = "2026-10-20".parse().unwrap();
    let months = together(&export(folder.path(), &running));
    assert_eq!(months[0]["unique_devices_month"], "");
    running.step = Step::Day;
    let days = together(&export(folder.path(), &running));
    assert_eq!(days[0]["unique_devices_day"], sixty());
    assert!(days.iter().all(|row| row["date"].as_str() < "2026-10-20"));
}

#[test]
fn the_summary_tells_the_busiest_day_and_month_of_all() {
    let folder = tempfile::tempdir().unwrap();
    let summary = together(&export(
        folder.path(),
        &wanted(Kind::Summary, Format::Csv, Step::Day),
    ));
    let value = |figure: &str| {
        let row = summary.iter().find(|row| row["figure"] == figure).unwrap();
        row["value"].clone()
    };
    assert_eq!(value("unique_devices_day_most"), sixty());
    assert!(value("unique_devices_month_most").parse::<u64>().unwrap() > 450);
    let pdf = |order: &Order| {
        let path = export(folder.path(), order);
        let (good, text) = run(std::process::Command::new("pdftotext")
            .arg("-layout")
            .arg(&path)
            .arg("-"));
        assert!(good, "{text}");
        let line = text.lines().find(|line| line.contains("busiest day")).unwrap();
        line.trim().to_owned()
    };
    let mut paper = wanted(Kind::Summary, Format::Pdf, Step::Day);
    paper.tongue = Tongue::En;
    assert!(pdf(&paper).ends_with(&format!(" {}", sixty())), "{}", pdf(&paper));
    // Of a choice it is that of the busiest network, and says that there may be more.
    paper.is_everything = false;
    let told = pdf(&paper);
    assert!(told.contains("at least 40"), "{told}");
}

#[test]
fn descriptions_and_other_formats_carry_it_too() {
    let folder = tempfile::tempdir().unwrap();
    for step in [Step::Day, Step::Month] {
        let csv = export(folder.path(), &wanted(Kind::Usage, Format::Csv, step));
        let (good, said) = run(python("csvwvalidate").arg(format!("{}-metadata.json", csv.display())));
        assert!(good, "{said}");
        let json = export(folder.path(), &wanted(Kind::Usage, Format::Json, step));
        let xlsx = export(folder.path(), &wanted(Kind::Usage, Format::Xlsx, step));
        let read = office(&xlsx, &folder.path().join(format!("{step:?}")));
        check("same", &[&csv, &xlsx, &read, &json]);
        let pdf = export(folder.path(), &wanted(Kind::Usage, Format::Pdf, step));
        let (good, text) = run(std::process::Command::new("pdftotext")
            .arg("-layout")
            .arg(&pdf)
            .arg("-"));
        assert!(good && text.contains("Tutte le reti"), "{text}");
    }
}
