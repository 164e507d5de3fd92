//! From the first link to the packets: a real Chromium at the real daemon, beside phones of the lab. The scripts
//! `hotspot.mjs` and `editor.mjs` of `tests/browser` say what the town is to do, a word a line, and wait for the answer.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::dns::Family;
use portico::app::lab::phone::Phone;
use portico::app::lab::traffic::Reach;
use portico::app::lab::{Lab, Programs, plan};
use portico::store::figures::FILE;

use crate::applied::{NOBODY, add_user, let_settings_be_written, session, speed};
use crate::figures::fill;

const PATIENCE: Duration = Duration::from_secs(30);
/// The script's whole time.
const SECONDS: &str = "300";

struct Town {
    lab: Lab,
    phone: Phone,
}

impl Town {
    /// With these lines behind `[[network]]`, and so many seconds to confirm changed settings.
    fn open(more: &str, confirm_within: u64) -> Self {
        let config = "[gateway]\nuplink = \"wan0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
                      interface = \"br-piazza\"\nhost = \"piazza.wifi.example\"\n";
        let programs = Programs {
            portico: env!("CARGO_BIN_EXE_portico").into(),
            netd: env!("CARGO_BIN_EXE_portico-netd").into(),
        };
        let mut lab = Lab::build(programs, &format!("{config}{more}")).unwrap();
        let_settings_be_written();
        remember();
        lab.confirm_within(confirm_within);
        lab.start().unwrap();
        let phone = lab.phone(0).unwrap();
        Self { lab, phone }
    }

    /// The secret of the first set-up's link.
    fn token() -> String {
        let path = Lab::state_dir().join("first-setup");
        let link = poll(PATIENCE, || std::fs::read_to_string(&path).ok()).unwrap();
        let link = link.lines().next().unwrap();
        link.split_once("token=").unwrap().1.to_owned()
    }

    /// Does what the script asks, and tells.
    fn act(&mut self, wish: &str) -> String {
        match wish.split_once(' ').unwrap_or((wish, "")) {
            ("join", _) => {
                self.phone.join().unwrap();
                "joined".to_owned()
            }
            ("tap", _) => {
                // Whoever is blocked finds no button.
                let tapped = self.phone.tap();
                tapped.map_or("refused", |_| "tapped").to_owned()
            }
            // Until it is so, or too long.
            ("online", wanted) => {
                let reaches = || self.reaches().to_string() == wanted;
                let is_so = poll(Duration::from_secs(3), || reaches().then_some(()));
                is_so.is_some().to_string()
            }
            // Kilobits a second.
            ("download", _) => {
                let measured = self.phone.download(Family::V4, 6).unwrap();
                (measured.bytes_per_second * 8 / 1_000).to_string()
            }
            ("shows", text) => {
                let shown = || {
                    self.phone
                        .open_portal()
                        .is_ok_and(|page| page.response.text().contains(text))
                };
                poll(PATIENCE, || shown().then_some(())).is_some().to_string()
            }
            ("resolve", name) => self.phone.resolve(name, Family::V4).unwrap().to_string(),
            ("mac", _) => self.phone.mac().to_string(),
            // Bytes a second, as the kernel has it.
            ("speed", "") => speed(&self.lab).unwrap_or_default().to_string(),
            ("speed", wanted) => {
                let has_it = || speed(&self.lab).is_some_and(|speed| speed.to_string() == wanted);
                poll(PATIENCE, || has_it().then_some(())).is_some().to_string()
            }
            // Minutes, as the kernel has it.
            ("left", "") => self.left().to_string(),
            ("left", least) => {
                let has_it = || self.left() >= least.parse().unwrap();
                poll(PATIENCE, || has_it().then_some(())).is_some().to_string()
            }
            ("user", name_and_role) => {
                let (name, role) = name_and_role.split_once(' ').unwrap();
                add_user(&self.lab, name, role);
                "added".to_owned()
            }
            // As an administrator does it without a browser.
            ("console", order) => {
                let (mac, run_dir) = (self.phone.mac().to_string(), Lab::run_dir());
                let end = [order, mac.as_str()].map(OsStr::new);
                let arguments = [
                    &["station", "--run-dir"].map(OsStr::new)[..],
                    &[run_dir.as_os_str()],
                    &end,
                ]
                .concat();
                self.lab.portico_command(&arguments).unwrap().1.trim().to_owned()
            }
            (other, _) => panic!("what is {other:?}?"),
        }
    }

    /// Minutes until the kernel would end the phone's session by itself.
    fn left(&self) -> u64 {
        let left = session(&self.lab).and_then(|session| session.entry.timeout_ms);
        left.unwrap_or_default() / 60_000
    }

    /// Whether the phone's packets get through: not to port 80, where the portal answers for everybody.
    fn reaches(&self) -> bool {
        self.phone.ping(plan::city(Family::V4)).unwrap() == Reach::Answered
    }
}

/// Figures of months that are over.
fn remember() {
    let file = Lab::state_dir().join(FILE);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(fill(&file));
    chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
}

/// Runs a script to its end, at the dashboard's door on the gateway itself.
fn play(town: &mut Town, script: &str, more: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/browser")
        .join(script);
    let mut browser = town
        .lab
        .gateway()
        .command("timeout")
        .args(["--kill-after=5", SECONDS, "node"])
        .arg(script)
        .arg("http://127.0.0.1:9443")
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = browser.stdin.take().unwrap();
    let wishes = BufReader::new(browser.stdout.take().unwrap());
    for wish in wishes.lines() {
        let answer = town.act(&wish.unwrap());
        // A script that has given up wants no answer; its end tells why.
        let _ = writeln!(answers, "{answer}");
    }
    let ended = browser.wait().unwrap();
    assert!(ended.success(), "{ended}\n{}", town.lab.logs(40));
}

#[test]
fn an_administrator_runs_the_hotspot_from_the_browser() {
    let mut town = Town::open("recognition = \"2h\"\n", 8);
    let token = Town::token();
    play(&mut town, "hotspot.mjs", &[&token]);
}

#[test]
fn an_editor_changes_the_page_of_a_phone_from_the_browser() {
    let mut town = Town::open(
        "[[network.garden]]\nname = \"www.garden.example\"\nports = [443]\n",
        120,
    );
    add_user(&town.lab, "edo", "editor");
    town.phone.join().unwrap();
    play(&mut town, "editor.mjs", &[]);
}
