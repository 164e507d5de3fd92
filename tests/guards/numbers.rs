//! `[open_data] page = true`: "il Wi-Fi in numeri" of the running daemon, before and after the tap; and nowhere
//! without it.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::time::Duration;

use jiff::ToSpan as _;
use portico::app::clock;
use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::app::lab::phone::Phone;
use portico::model::TimeZone;
use portico::model::figures::{Day, Figure, Period};
use portico::store::figures::{FILE, FigureStore};

use crate::town::Town;
use crate::{network, programs};

/// The page is drawn beside everything else.
const DRAWN: Duration = Duration::from_mins(1);
const TITLE: &str = "The Wi-Fi in numbers";

/// Figures of four months up to yesterday, as a daemon left them.
fn leave_figures() {
    let id = "square".parse().unwrap();
    let yesterday = Day::containing(clock::wall(), &TimeZone::rome()).previous();
    let first = Day::new(yesterday.date().checked_sub(120.days()).unwrap());
    let days = Period::new(first, yesterday).unwrap();
    let figures: Vec<Figure> = Town::new(vec![id], days).figures(id, days);
    let path = Lab::state_dir().join(FILE);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut store = FigureStore::open(&path).await.unwrap();
        store.write(&figures, None).await.unwrap();
        store.close().await;
    });
    let owner = std::fs::metadata(Lab::state_dir()).unwrap();
    for file in std::fs::read_dir(Lab::state_dir()).unwrap() {
        chown(file.unwrap().path(), Some(owner.uid()), Some(owner.gid())).unwrap();
    }
}

/// What a phone gets at `/numeri`: where it ended, status, text.
fn look(phone: &Phone) -> (String, u16, String) {
    let page = phone.browse("http://square.wifi.example/numeri").unwrap();
    (
        page.url.path.clone(),
        page.response.status(),
        page.response.text(),
    )
}

#[test]
fn the_page_of_figures_is_there_before_and_after_the_tap_where_it_is_wanted() {
    let config = format!(
        "[gateway]\nuplink = \"wan0\"\n{}[open_data]\npage = true\n",
        network("square")
    );
    let mut lab = Lab::build(programs(), &config).unwrap();
    leave_figures();
    lab.start().unwrap();
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    let drawn = poll(DRAWN, || {
        Some(look(&phone)).filter(|(path, ..)| path == "/numeri")
    });
    let (_, status, captive) = drawn.unwrap();
    assert_eq!(status, 200);
    assert!(
        captive.contains(TITLE) && captive.contains("<svg"),
        "{captive:.600}"
    );
    assert!(!captive.contains("<script"), "it needs none");
    let portal = phone.open_portal().unwrap();
    assert!(
        portal.response.text().contains("href=\"/numeri\""),
        "the portal leads there"
    );
    phone.press(&portal).unwrap();
    let (path, status, online) = look(&phone);
    assert_eq!((path.as_str(), status), ("/numeri", 200));
    assert!(
        online.contains(TITLE) && online.contains("creativecommons.org"),
        "{online:.600}"
    );

    // Taken away by a changed configuration, it is gone at once.
    lab.edit_config(|config| {
        config.remove("open_data");
    })
    .unwrap();
    let run_dir = Lab::run_dir();
    let words = ["reload", "--run-dir", run_dir.to_str().unwrap()].map(std::ffi::OsStr::new);
    let (code, said) = lab.portico_command(&words).unwrap();
    assert_eq!(code, 0, "{said}");
    let (path, _, text) = look(&phone);
    assert!(path != "/numeri" && !text.contains(TITLE), "{path}");
}
