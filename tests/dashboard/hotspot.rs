//! From the first link to the packets: a real Chromium at the real daemon, beside phones of the lab. The scripts
//! `hotspot.mjs` and `editor.mjs` of `tests/browser` say what the town is to do, a word a line, and wait for the answer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::dns::Family;
use portico::app::lab::phone::Phone;
use portico::app::lab::traffic::Reach;
use portico::app::lab::{Lab, Programs, plan};

use crate::applied::{add_user, open_directory};

const PATIENCE: Duration = Duration::from_secs(30);
/// The script's whole time.
const SECONDS: &str = "300";

struct Town {
    lab: Lab,
    phone: Phone,
}

impl Town {
    /// With these lines behind `[[network]]`.
    fn open(more: &str) -> Self {
        let config = "[gateway]\nuplink = \"wan0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
                      interface = \"br-piazza\"\nhost = \"piazza.wifi.example\"\n";
        let programs = Programs {
            portico: env!("CARGO_BIN_EXE_portico").into(),
            netd: env!("CARGO_BIN_EXE_portico-netd").into(),
        };
        let mut lab = Lab::build(programs, &format!("{config}{more}")).unwrap();
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
            (other, _) => panic!("what is {other:?}?"),
        }
    }

    /// Whether the phone's packets get through: not to port 80, where the portal answers for everybody.
    fn reaches(&self) -> bool {
        self.phone.ping(plan::city(Family::V4)).unwrap() == Reach::Answered
    }
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
    let mut town = Town::open("");
    let token = Town::token();
    play(&mut town, "hotspot.mjs", &[&token]);
}

#[test]
fn an_editor_changes_the_page_of_a_phone_from_the_browser() {
    let mut town = Town::open("[[network.garden]]\nname = \"www.garden.example\"\nports = [443]\n");
    open_directory();
    add_user(&town.lab, "edo", "editor");
    town.phone.join().unwrap();
    play(&mut town, "editor.mjs", &[]);
}
