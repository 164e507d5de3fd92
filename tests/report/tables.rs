//! Tables: the same in every format, and as the standards want them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use portico::model::figures::{
    Book, DayFigures, DayRecord, HourFigures, Ledger, LedgerError, Outage, Outages,
};
use portico::report::{Format, Kind, Order, Step};

use crate::world::{check, export, network, order, period, python, run};

/// What LibreOffice reads, as CSV: of its filter's options the field and text delimiters, UTF-8, and every cell as
/// it is stored.
pub(crate) fn office(file: &Path, to: &Path) -> PathBuf {
    let profile = to.join("profile");
    let (good, told) = run(Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false",
        ])
        .arg("--outdir")
        .arg(to)
        .arg(file));
    assert!(good, "{told}");
    let name = file.file_stem().unwrap().to_str().unwrap();
    to.join(format!("{name}.csv"))
}

/// A CSV file by column names.
pub(crate) fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text.ends_with("\r\n") && !text.starts_with('\u{feff}'),
        "RFC 4180, without a mark"
    );
    let mut lines = text.split("\r\n");
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    // Fields after the names of places, which alone hold commas, are counted from the end.
    lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let pairs = names.iter().rev().zip(fields.iter().rev());
            let mut row: BTreeMap<String, String> = pairs
                .map(|(name, field)| ((*name).to_owned(), (*field).to_owned()))
                .collect();
            row.insert("network".to_owned(), fields[0].to_owned());
            row
        })
        .collect()
}

#[test]
fn every_format_holds_the_same_rows() {
    for kind in [Kind::Usage, Kind::Availability, Kind::Installation, Kind::Summary] {
        let (folder, csv, told) = export(&order(kind, Format::Csv, 4));
        let (_xlsx_folder, xlsx, _) = export(&order(kind, Format::Xlsx, 4));
        let (_json_folder, json, _) = export(&order(kind, Format::Json, 4));
        let read = office(&xlsx, &folder.path().join("office"));
        let said = check("same", &[&csv, &xlsx, &read, &json]);
        assert!(
            said.starts_with(&format!("{} rows", told.rows)),
            "{kind:?}: {said}"
        );
    }
}

#[test]
fn no_text_is_a_formula_when_a_spreadsheet_opens_it() {
    for format in [Format::Xlsx, Format::Csv] {
        let (folder, path, _) = export(&order(Kind::Installation, format, 4));
        check_no_formula(&path, folder.path());
    }
    // The check sees formulas: the same file without the apostrophes.
    let (folder, path, _) = export(&order(Kind::Installation, Format::Csv, 4));
    let text = std::fs::read_to_string(&path)
        .unwrap()
        .replace("'=HYPERLINK", "=HYPERLINK");
    let bare = folder.path().join("bare.csv");
    std::fs::write(&bare, text).unwrap();
    let read = as_workbook(&bare, folder.path());
    let (good, told) = run(python("python")
        .arg("tests/report/check.py")
        .arg("no-formula")
        .arg(read));
    assert!(!good && told.contains("HYPERLINK"), "{told}");
}

fn check_no_formula(path: &Path, folder: &Path) {
    let book = as_workbook(path, folder);
    check("no-formula", &[&book]);
}

/// A file opened and stored again by LibreOffice, which computes what looks like a formula.
fn as_workbook(path: &Path, folder: &Path) -> PathBuf {
    let to = folder.join("again");
    let (good, told) = run(Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            folder.join("profile").display()
        ))
        .args([
            "--headless",
            "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true",
            "--convert-to",
            "xlsx",
        ])
        .arg("--outdir")
        .arg(&to)
        .arg(path));
    assert!(good, "{told}");
    to.join(format!("{}.xlsx", path.file_stem().unwrap().to_str().unwrap()))
}

#[test]
fn a_csv_file_is_what_its_description_says() {
    for (kind, step) in [
        (Kind::Usage, Step::Hour),
        (Kind::Usage, Step::Day),
        (Kind::Usage, Step::Month),
        (Kind::Availability, Step::Hour),
        (Kind::Installation, Step::Hour),
        (Kind::Summary, Step::Hour),
    ] {
        let wanted = Order {
            step,
            ..order(kind, Format::Csv, 4)
        };
        let (_folder, path, told) = export(&wanted);
        let description = &told.files[1].path;
        assert_eq!(
            description.to_str().unwrap(),
            format!("{}-metadata.json", path.display())
        );
        let (good, said) = run(python("csvwvalidate").arg(description));
        assert!(good, "{kind:?} {step:?}: {said}");
        // The validator sees what is wrong.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("\r\n", "\r\nx,", 3)).unwrap();
        let (good, _) = run(python("csvwvalidate").arg(description));
        assert!(!good, "{kind:?}: a damaged file is seen");
    }
}

#[test]
fn days_of_summer_time_have_their_hours() {
    for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
        let mut wanted = order(Kind::Usage, Format::Csv, 1);
        wanted.period = period(date, date);
        let (_folder, path, _) = export(&wanted);
        let rows = rows(&path);
        assert_eq!(rows.len(), hours, "{date}");
        let begins: std::collections::BTreeSet<&String> = rows.iter().map(|row| &row["begins"]).collect();
        assert_eq!(begins.len(), hours);
    }
}

#[test]
fn nothing_tells_of_fewer_than_five() {
    const PEOPLE: [&str; 7] = [
        "portal_views",
        "grants",
        "new_sessions",
        "returning_sessions",
        "unique_devices_day",
        "refused",
        "blocked",
    ];
    for step in [Step::Hour, Step::Day] {
        let (_folder, path, _) = export(&Order {
            step,
            ..order(Kind::Usage, Format::Csv, 4)
        });
        let rows = rows(&path);
        for row in &rows {
            for column in PEOPLE {
                let small = row[column]
                    .parse::<u64>()
                    .is_ok_and(|count| (1..5).contains(&count));
                assert!(!small, "{column}: {row:?}");
            }
        }
        let hidden = rows
            .iter()
            .filter(|row| row["network"] == "net2" && row["portal_views"].is_empty());
        let told = rows
            .iter()
            .filter(|row| row["network"] == "net0" && !row["portal_views"].is_empty());
        assert!(
            hidden.count() > 0 && told.count() > 20,
            "a quiet place hides what a busy one tells"
        );
    }
}

#[test]
fn lost_days_are_counted_from_the_first_of_january() {
    let mut wanted = order(Kind::Availability, Format::Csv, 2);
    wanted.period = period("2025-12-01", "2026-11-30");
    let (_folder, path, told) = export(&wanted);
    assert!(
        told.notes[0].contains("2026-11-22"),
        "the running day is left out, and this is said"
    );
    let rows = rows(&path);
    assert_eq!(rows.len(), 2 * (31 + 325));
    let mut lost = 0;
    for row in rows.iter().filter(|row| row["network"] == "net1") {
        if row["date"].ends_with("-01-01") {
            lost = 0;
        }
        if row["date"].starts_with("2026") {
            lost += u64::from(row["day_lost"] == "true");
            assert_eq!(row["days_lost_year"], lost.to_string());
        }
        assert_eq!(
            row["day_lost"] == "true",
            row["minutes_down"].parse::<f64>().unwrap() >= 690.0
        );
    }
    assert!(lost >= 3);
}

/// A network whose third day nobody looked after, and the fourth from noon on.
fn seen_in_part() -> Book {
    let mut book = Book::default();
    for day in period("2026-10-01", "2026-10-31").days() {
        let observed = |place: usize| match day.date().day() {
            3 => None,
            4 => (place >= 12).then_some(3_600),
            _ => Some(3_600),
        };
        let hours = day.hours(&portico::model::TimeZone::rome()).enumerate();
        let hours: Vec<_> = hours
            .filter_map(|(place, hour)| {
                let figures = HourFigures {
                    observed: observed(place)?,
                    ..HourFigures::default()
                };
                Some((hour, figures))
            })
            .collect();
        if !hours.is_empty() {
            let figures = DayFigures::default();
            book.put_day(network(0), DayRecord { day, hours, figures });
        }
    }
    book
}

#[test]
fn where_of_no_day_anything_is_known_no_lost_days_are_told() {
    // Of the first three days it is only known that the portal was away for five minutes.
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> {
        let mut book = Book::default();
        for day in period("2026-10-01", "2026-10-05").days() {
            let is_seen = day.date().day() > 3;
            let mut outages = Outages::default();
            outages.add(Outage::Daemon, 300);
            let figures = HourFigures {
                outages,
                observed: if is_seen { 3_600 } else { 300 },
                ..HourFigures::default()
            };
            let hours = day.hours(&portico::model::TimeZone::rome());
            let hours = hours.take(if is_seen { 24 } else { 1 });
            let record = DayRecord {
                day,
                hours: hours.map(|hour| (hour, figures.clone())).collect(),
                figures: DayFigures::default(),
            };
            book.put_day(network(0), record);
        }
        Ok(Box::new(book))
    };
    let folder = tempfile::tempdir().unwrap();
    let table = |kind: Kind, until: &str| {
        let mut wanted = order(kind, Format::Csv, 1);
        wanted.period = period("2026-10-01", until);
        let path = folder.path().join("a.csv");
        wanted
            .write(&ledgers, &path, &mut |_, _| Ok(()), &mut |_| Ok(()))
            .unwrap();
        rows(&path)
    };
    let days = table(Kind::Availability, "2026-10-05");
    let lost: Vec<&str> = days.iter().map(|row| row["days_lost_year"].as_str()).collect();
    assert_eq!(lost, ["", "", "", "0", "0"]);
    let most = |until: &str| {
        let summary = table(Kind::Summary, until).into_iter();
        let mut found = summary.filter(|row| row["figure"] == "days_lost_year_most");
        found.next().unwrap()["value"].clone()
    };
    assert_eq!([most("2026-10-03"), most("2026-10-05")], ["", "0"]);
}

#[test]
fn time_that_nobody_looked_after_is_not_told_as_in_service() {
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(seen_in_part())) };
    let folder = tempfile::tempdir().unwrap();
    let table = |kind: Kind, step: Step| {
        let wanted = Order {
            step,
            ..order(kind, Format::Csv, 1)
        };
        let path = folder.path().join(format!("{step:?}-{}", wanted.file_name()));
        wanted
            .write(&ledgers, &path, &mut |_, _| Ok(()), &mut |_| Ok(()))
            .unwrap();
        rows(&path)
    };
    let days = table(Kind::Availability, Step::Day);
    let cells =
        |day: usize| ["minutes_observed", "minutes_down", "day_lost"].map(|name| days[day][name].as_str());
    assert_eq!(days.len(), 31);
    assert_eq!(cells(0), ["1440.00", "0.00", "false"]);
    assert_eq!(cells(2), ["0.00", "", ""]);
    assert_eq!(
        cells(3),
        ["720.00", "0.00", ""],
        "twelve hours that may have been bad"
    );
    assert_eq!(days[2]["best_down_mbps"], "");
    let hours = table(Kind::Usage, Step::Hour);
    let cells = |hour: usize| {
        [
            hours[hour]["minutes_observed"].as_str(),
            hours[hour]["minutes_down"].as_str(),
        ]
    };
    assert_eq!(
        (cells(3 * 24), cells(3 * 24 + 12)),
        (["0.00", ""], ["60.00", "0.00"])
    );
    let summary = table(Kind::Summary, Step::Day);
    let told = |what: &str| {
        let all = summary.iter().find(|row| row["figure"] == what);
        all.unwrap()["value"].clone()
    };
    assert_eq!(told("minutes_observed"), format!("{}.00", 30 * 1_440 + 60 - 720));
}

#[test]
fn of_a_year_that_nobody_looked_at_no_lost_days_are_told() {
    let mut book = Book::default();
    for day in period("2026-10-01", "2026-10-31").days() {
        let hours = day.hours(&portico::model::TimeZone::rome());
        let hours: Vec<_> = hours.map(|hour| (hour, HourFigures::default())).collect();
        let figures = DayFigures::default();
        book.put_day(network(0), DayRecord { day, hours, figures });
    }
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(book.clone())) };
    let folder = tempfile::tempdir().unwrap();
    let table = |kind: Kind| {
        let wanted = order(kind, Format::Csv, 1);
        let path = folder.path().join(wanted.file_name());
        wanted
            .write(&ledgers, &path, &mut |_, _| Ok(()), &mut |_| Ok(()))
            .unwrap();
        rows(&path)
    };
    let days = table(Kind::Availability);
    assert!(days.iter().all(|day| day["days_lost_year"].is_empty()) && days.len() == 31);
    let summary = table(Kind::Summary);
    let lost = summary
        .iter()
        .filter(|row| row["figure"] == "days_lost_year_most");
    let lost: Vec<&str> = lost.map(|row| row["value"].as_str()).collect();
    assert!(
        !lost.is_empty() && lost.iter().all(|value| value.is_empty()),
        "{lost:?}"
    );
}
