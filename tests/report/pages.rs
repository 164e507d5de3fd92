//! The two pages.

use std::path::Path;
use std::process::Command;

use portico::report::{Format, Kind, Step, Tongue};

use crate::world::{check, export, order, period, python, run};

#[test]
fn the_pages_are_accessible_and_say_what_they_must() {
    for (tongue, networks, words) in [
        (
            Tongue::It,
            1,
            [
                "Obblighi della convenzione",
                "Rispettato",
                "Metodo",
                "dal 01/10/2026 al 31/10/2026",
            ],
        ),
        (
            Tongue::En,
            20,
            [
                "Duties of the grant agreement",
                "Not yet shown",
                "Method",
                "from 1 January 2024",
            ],
        ),
    ] {
        let mut wanted = order(Kind::Summary, Format::Pdf, networks);
        wanted.tongue = tongue;
        if networks > 1 {
            wanted.period = period("2024-01-01", "2026-10-31");
        }
        let (_folder, path, _) = export(&wanted);
        let said = check("accessible", &[&path]);
        assert!(said.contains("2 pages"), "{said}");
        let (good, text) = run(Command::new("pdftotext").arg("-layout").arg(&path).arg("-"));
        assert!(good, "{text}");
        for word in words {
            assert!(text.contains(word), "{word:?} is not on the pages:\n{text}");
        }
        assert!(
            text.contains("Škofja Loka") || networks == 1,
            "letters beyond ASCII are set"
        );
        let (_, facts) = run(Command::new("pdfinfo").arg(&path));
        assert!(
            facts.contains("Tagged:          yes") && facts.contains("Comune di Busto Arsizio"),
            "{facts}"
        );
        let (_, fonts) = run(Command::new("pdffonts").arg(&path));
        let embedded = fonts
            .lines()
            .skip(2)
            .filter(|line| line.contains("yes yes yes"))
            .count();
        assert_eq!(
            (embedded, fonts.lines().count()),
            (2, 4),
            "all type is embedded:\n{fonts}"
        );
    }
}

#[test]
fn nothing_runs_off_the_page() {
    let mut wanted = order(Kind::Summary, Format::Pdf, 20);
    wanted.period = period("2024-01-01", "2026-10-31");
    for site in &mut wanted.sites {
        site.name = "Piazzale della Stazione Ferroviaria di Busto Arsizio Nord e dintorni vari".to_owned();
    }
    let (_folder, path, _) = export(&wanted);
    let words = words_on_pages(&path);
    assert!(words.len() > 300);
    let foot = |line: &&String| number(line, "yMin") > 800.0;
    for line in &words {
        assert!(
            number(line, "xMax") < 560.0 && number(line, "yMax") < 830.0,
            "{line}"
        );
    }
    // Beside the line at the foot nothing stands as low as that.
    let low = words.iter().filter(foot).count();
    assert!(low > 0 && low < 40, "{low} words at the foot");
    let between = words
        .iter()
        .filter(|line| (796.0..804.0).contains(&number(line, "yMax")))
        .count();
    assert_eq!(between, 0, "a gap above the foot");
}

#[test]
fn the_checker_sees_a_picture_without_words() {
    let (folder, path, _) = export(&order(Kind::Summary, Format::Pdf, 1));
    let mut bytes = std::fs::read(&path).unwrap();
    let mut changed = 0;
    for place in 0..bytes.len() - 5 {
        if &bytes[place..place + 5] == b"/Alt("
            || &bytes[place..place + 5] == b"/Alt "
            || &bytes[place..place + 5] == b"/Alt<"
        {
            bytes[place + 1] = b'X';
            changed += 1;
        }
    }
    assert!(changed >= 3, "three pictures have words");
    let damaged = folder.path().join("damaged.pdf");
    std::fs::write(&damaged, bytes).unwrap();
    let (good, told) = run(python("python")
        .arg("tests/report/check.py")
        .arg("accessible")
        .arg(&damaged));
    assert!(!good && told.contains("not PDF/UA-1"), "{told}");
}

#[test]
fn every_table_can_be_printed() {
    for (kind, step, networks, words) in [
        (
            Kind::Usage,
            Step::Hour,
            1,
            ["Uso del Wi-Fi pubblico", "ricevuti", "2026-10-31"],
        ),
        (
            Kind::Usage,
            Step::Month,
            3,
            ["Uso del Wi-Fi pubblico", "(stima)", "2026-10"],
        ),
        (
            Kind::Availability,
            Step::Day,
            2,
            ["Disponibilità", "perso", "2026-10-25"],
        ),
        (
            Kind::Installation,
            Step::Day,
            2,
            ["Punti di accesso", "45.611894", "00:00:5E:00:01:01"],
        ),
    ] {
        let mut wanted = order(kind, Format::Pdf, networks);
        wanted.step = step;
        let (_folder, path, told) = export(&wanted);
        assert!(told.rows > 0);
        check("accessible", &[&path]);
        let (good, text) = run(Command::new("pdftotext").arg("-layout").arg(&path).arg("-"));
        assert!(good, "{text}");
        for word in words {
            assert!(text.contains(word), "{word:?} is not on the pages:\n{text}");
        }
        for line in words_on_pages(&path) {
            assert!(
                number(&line, "xMax") < 560.0 && number(&line, "yMax") < 830.0,
                "{line}"
            );
        }
    }
}

#[test]
fn more_rows_than_anybody_prints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = order(Kind::Usage, Format::Pdf, 20);
    let error = crate::world::write(&wanted, &folder.path().join("a.pdf")).unwrap_err();
    assert!(error.to_string().contains("more than 4000 rows"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Every word with its place, as pdftotext tells.
fn words_on_pages(path: &Path) -> Vec<String> {
    let (good, text) = run(Command::new("pdftotext").arg("-bbox").arg(path).arg("-"));
    assert!(good, "{text}");
    let words = text.lines().filter(|line| line.contains("<word"));
    words.map(str::to_owned).collect()
}

fn number(line: &str, name: &str) -> f64 {
    let rest = line.split_once(&format!("{name}=\"")).unwrap().1;
    rest.split('"').next().unwrap().parse().unwrap()
}
