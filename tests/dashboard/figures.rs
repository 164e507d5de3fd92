//! Statistics on screen: who may see them, what they show, and that nothing is shown that exports do not tell.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::model::figures::{Figure, Period};
use portico::model::{NetworkId, Role};
use portico::store::figures::{FILE, FigureStore};
use tokio::process::Command;
use tokio::time::timeout;

use crate::people::{House, PASSWORD};
use crate::town::Town;

/// How long the browser may take.
const PATIENCE: Duration = Duration::from_mins(6);

/// Days of which something is known.
const KNOWN: (&str, &str) = ("2026-08-20", "2026-11-02");

/// A dashboard with one user of each role, and figures of its network and of one that is gone.
pub(crate) async fn house() -> House {
    let house = House::open().await;
    for (name, role) in [
        ("anna", Role::Admin),
        ("olga", Role::Operator),
        ("enzo", Role::Editor),
        ("aldo", Role::Auditor),
    ] {
        house.add(name, role, None).await;
    }
    fill(&house.folder.path().join(FILE)).await;
    house
}

/// A database as the daemon leaves it.
pub(crate) async fn fill(path: &Path) {
    let networks: [NetworkId; 2] = ["piazza", "mercato"].map(|name| name.parse().unwrap());
    let days = Period::new(KNOWN.0.parse().unwrap(), KNOWN.1.parse().unwrap()).unwrap();
    let town = Town::new(networks.to_vec(), days);
    let figures: Vec<Figure> = networks
        .into_iter()
        .flat_map(|network| town.figures(network, days))
        .collect();
    let mut store = FigureStore::open(path).await.unwrap();
    store.write(&figures, None).await.unwrap();
    store.close().await;
}

/// What stands in a table's row, its head first.
fn row<'a>(body: &'a str, head: &str) -> Vec<&'a str> {
    let row = body
        .split("<tr")
        .find(|row| row.contains(&format!("<th scope=\"row\">{head}</th>")))
        .unwrap_or_else(|| panic!("no row {head}: {body}"));
    let cells = row.split("<td class=\"number\">").skip(1);
    cells
        .map(|cell| cell.split("</td>").next().unwrap().trim())
        .collect()
}

/// The digits of a figure.
fn number(text: &str) -> u64 {
    text.replace(|sign: char| !sign.is_ascii_digit(), "")
        .parse()
        .unwrap()
}

#[tokio::test]
async fn charts_are_seen_by_those_who_may() {
    let house = house().await;
    for (name, charts, compare, exports) in [
        ("anna", 200, 200, 200),
        ("olga", 200, 200, 200),
        ("enzo", 403, 403, 403),
        ("aldo", 303, 403, 200),
    ] {
        let mut browser = house.browser_of(name).await;
        let answer = browser.get("/figures").await;
        assert_eq!(answer.status, charts, "{name}");
        if charts == 303 {
            assert_eq!(answer.header("location"), Some("/figures/exports"));
        }
        assert_eq!(browser.get("/figures/compare").await.status, compare, "{name}");
        assert_eq!(
            browser.get("/figures/availability").await.status,
            compare,
            "{name}"
        );
        assert_eq!(browser.get("/figures/exports").await.status, exports, "{name}");
    }
    assert_eq!(house.browser().get("/figures").await.status, 303);
}

#[tokio::test]
async fn every_span_is_drawn_and_told_in_a_table() {
    let house = house().await;
    let mut browser = house.browser_of("anna").await;
    for (span, rows, charts, title) in [
        ("day", 25, 4, "Piazza, 25 October 2026"),
        ("week", 7, 5, "Piazza, 19 October 2026 – 25 October 2026"),
        ("month", 31, 5, "Piazza, October 2026"),
        ("year", 12, 5, "Piazza, 2026"),
    ] {
        let page = browser
            .get(&format!("/figures?network=piazza&span={span}&at=2026-10-25"))
            .await;
        assert_eq!(page.status, 200, "{span}");
        assert!(page.body.contains(title), "{title}");
        assert_eq!(page.body.matches("<svg").count(), charts, "{span}");
        assert_eq!(
            page.body.matches("role=\"img\" aria-label=\"").count(),
            charts,
            "{span}"
        );
        // One for all of them together, one for the head.
        assert_eq!(page.body.matches("<tr").count(), rows + 2, "{span}");
        assert!(page.body.contains("class=\"bar\""), "{span}");
    }
    // Both networks together are as many sessions as each.
    let mut sessions = async |network: &str| -> u64 {
        let page = browser
            .get(&format!("/figures?network={network}&span=month&at=2026-10-25"))
            .await;
        number(row(&page.body, "In all")[1])
    };
    let sum = sessions("piazza").await + sessions("mercato").await;
    assert_eq!(sessions("").await, sum);
    let nothing = browser.get("/figures?span=day&at=2019-01-01").await;
    assert!(nothing.body.contains("Nothing is known of this period."));
}

#[tokio::test]
async fn what_cannot_be_shown_marks_its_field() {
    let house = house().await;
    let mut browser = house.browser_of("olga").await;
    for (query, field) in [
        ("network=nowhere", "network"),
        ("network=..%2F..%2Fusers.db", "network"),
        ("span=decade", "span"),
        ("at=31.10.2026", "at"),
        ("at=9999-12-31", "at"),
    ] {
        let page = browser.get(&format!("/figures?{query}")).await;
        assert_eq!(page.status, 422, "{query}");
        let marked = format!("aria-invalid=\"true\" aria-describedby=\"{field}-wrong\"");
        assert!(page.body.contains(&marked), "{query}: {}", page.body);
        assert_eq!(page.body.matches("aria-invalid").count(), 1, "{query}");
    }
    let page = browser.get("/figures/compare?with=yesterday").await;
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("aria-describedby=\"with-wrong\"") && page.body.contains("value=\"yesterday\"")
    );
}

#[tokio::test]
async fn two_periods_stand_beside_each_other() {
    let house = house().await;
    let mut browser = house.browser_of("anna").await;
    let path = "/figures/compare?network=piazza&span=month&at=2026-10-25&with=2026-09-01";
    let page = browser.get(path).await;
    assert!(page.body.contains("Piazza: October 2026 / September 2026"));
    let cells = row(&page.body, "New sessions");
    let (now, before) = (number(cells[0]), number(cells[1]));
    assert!(now > 1_000 && before > 1_000);
    assert_eq!(number(cells[2]), now.abs_diff(before));
    assert_eq!(cells[2].starts_with('+'), now > before, "{cells:?}");
    assert!(cells[3].ends_with(" %"), "{cells:?}");
    // Nothing is known of July.
    let page = browser.get(&path.replace("2026-09-01", "2026-07-01")).await;
    assert_eq!(row(&page.body, "New sessions")[1..], ["—"; 3]);
}

#[tokio::test]
async fn the_calendar_tells_every_day_in_words() {
    let house = house().await;
    let mut browser = house.browser_of("anna").await;
    let all = browser.get("/figures/availability?at=2026-11-01").await;
    assert_eq!(all.status, 200);
    assert!(all.body.contains("Choose a network") && !all.body.contains("class=\"calendar\""));
    for network in ["Piazza", "mercato"] {
        assert!(all.body.contains(&format!(">{network}</a></th>")), "{network}");
    }
    let one = browser
        .get("/figures/availability?network=piazza&at=2026-11-01")
        .await;
    let told = one.body.matches("<span class=\"unseen\">").count();
    assert!(
        told >= 12 + 30 + 31 + 2,
        "from August 20 to November 2, and those that nobody saw"
    );
    for (month, days) in [("July", 0), ("August", 12), ("September", 30), ("October", 31)] {
        assert_eq!(
            one.body.matches(&format!(" {month} 2026: ")).count(),
            days,
            "{month}"
        );
    }
    assert!(one.body.contains("<span class=\"unseen\">20 August 2026: "));
    let lost = one.body.matches(">✗</span><span class=\"unseen\">").count();
    assert!(one.body.contains(&format!("{lost} / 60")));
    let before = browser
        .get("/figures/availability?network=piazza&at=2025-11-01")
        .await;
    assert_eq!(before.body.matches("<span class=\"unseen\">").count(), 0);
}

/// `tests/browser/figures.mjs` clicks its way through statistics, an export and the audit log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_exports_a_month_with_a_real_browser() {
    let house = house().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = Command::new("node")
        .arg(here.join("tests/browser/figures.mjs"))
        .arg(format!("http://127.0.0.1:{}", house.office.own().port()))
        .arg(PASSWORD)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let output = timeout(PATIENCE, script.wait_with_output()).await;
    let output = output.expect("the browser took too long").unwrap();
    assert!(output.status.success(), "see what the script says above");
    let log = std::fs::read_to_string(house.folder.path().join("audit.jsonl")).unwrap();
    assert_eq!(log.matches("\"did\":\"export\"").count(), 2, "{log}");
}
