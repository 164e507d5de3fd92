//! Settings by forms of the real daemon, with the real helper and a phone.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::model::KernelSession;
use portico::net::Kernel as _;
use portico::net::nftables::Nftables;

use crate::Answer;
use crate::people::{PASSWORD, proof};
use crate::reach::world;

const PATIENCE: Duration = Duration::from_secs(15);
/// The lab's unprivileged user and group.
pub(crate) const NOBODY: u32 = 65_534;

/// A browser on the gateway itself.
pub(crate) struct Web<'l> {
    pub(crate) lab: &'l Lab,
    cookies: BTreeMap<String, String>,
}

impl<'l> Web<'l> {
    /// Of a user that it adds: an administrator, logged in.
    pub(crate) fn of_admin(lab: &'l Lab, name: &str) -> Self {
        add_user(lab, name, "admin");
        let mut web = Self {
            lab,
            cookies: BTreeMap::new(),
        };
        let entered = web.send("/login", "/login", &[("name", name), ("password", PASSWORD)]);
        assert_eq!(entered.status, 303, "{}", entered.body);
        web
    }

    fn ask(&mut self, what: &str, fields: &[(&str, &str)]) -> Answer {
        let connected = self
            .lab
            .gateway()
            .within(|| TcpStream::connect(("127.0.0.1", 9_443)));
        let mut stream = connected.unwrap().unwrap();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let body = body.finish();
        let cookies = self.cookies.iter();
        let cookies = cookies.map(|(name, value)| format!("Cookie: {name}={value}\r\n"));
        let cookies = cookies.collect::<Vec<_>>().concat();
        let request = format!(
            "{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Language: en\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{cookies}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let answer = Answer::read(&text);
        for cookie in answer.headers("set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Opens a page and sends its form.
    pub(crate) fn send(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let seen = self.ask(&format!("GET {page}"), &[]);
        let hidden = |name: &str| {
            let after = seen.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
            after.unwrap_or_default().split('"').next().unwrap().to_owned()
        };
        let (form, base, id) = (proof(&seen), hidden("base"), hidden("id"));
        let own = [
            ("form", form.as_str()),
            ("base", base.as_str()),
            ("id", id.as_str()),
        ];
        self.ask(&format!("POST {to}"), &[&own[..], fields].concat())
    }
}

/// Lets the daemon of the lab write its configuration file, as systemd/portico.tmpfiles has the directory.
pub(crate) fn let_settings_be_written() -> PathBuf {
    let file = Lab::config_path();
    let folder = file.parent().unwrap();
    chown(folder, Some(0), Some(NOBODY)).unwrap();
    fs::set_permissions(folder, Permissions::from_mode(0o2775)).unwrap();
    chown(&file, Some(0), Some(NOBODY)).unwrap();
    // The lab's helper is root without the right to read everything, and in no group; portico-netd is in portico's.
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    file
}

/// Adds a user with [`PASSWORD`].
pub(crate) fn add_user(lab: &Lab, name: &str, role: &str) {
    let mut command = lab.gateway().command(env!("CARGO_BIN_EXE_portico"));
    let config = Lab::config_path();
    command
        .args(["user", "add", name, "--role", role, "--config"])
        .arg(config);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(PASSWORD.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
}

/// The phone's session, as the kernel has it.
pub(crate) fn session(lab: &Lab) -> Option<KernelSession> {
    let piazza = "piazza".parse().unwrap();
    let held = lab
        .gateway()
        .within(|| Nftables::open().unwrap().sessions(piazza));
    held.unwrap().unwrap().into_iter().next()
}

/// The speed to the phone, bytes a second, as the kernel has it.
pub(crate) fn speed(lab: &Lab) -> Option<u64> {
    Some(session(lab)?.entry.plan?.down.bytes_per_second())
}

fn rules_say(lab: &Lab, word: &str) -> bool {
    lab.nft(&["list", "table", "inet", "portico"])
        .unwrap()
        .contains(word)
}

#[test]
fn a_plan_by_form_is_in_the_kernel_and_what_nobody_confirms_does_not_stay() {
    let (mut lab, _office, _folder) = world();
    let file = let_settings_be_written();
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    phone.tap().unwrap();
    let mut web = Web::of_admin(&lab, "anna");

    let plans = "/settings/section/plans";
    let applied = web.send(
        plans,
        "/settings/section/plans/apply",
        &[("network.0.rate.down", "2 Mbit/s")],
    );
    assert_eq!(applied.status, 303, "{}", applied.body);
    let is_slower = || (speed(&lab) == Some(250_000)).then_some(());
    assert!(poll(PATIENCE, is_slower).is_some(), "{:?}", speed(&lab));
    let confirmed = web.send("/settings/waiting", "/settings/confirm", &[]);
    assert!(
        confirmed.body.contains("The new settings stay"),
        "{}",
        confirmed.body
    );

    // Where no browser gets in: status, and a word.
    let say = |wish: &str| {
        let run_dir = Lab::run_dir();
        let words = ["settings", "--run-dir"].map(OsStr::new);
        lab.portico_command(&[&words[..], &[run_dir.as_os_str(), OsStr::new(wish)]].concat())
            .unwrap()
    };
    assert_eq!(
        say("status"),
        (0, "no changed settings wait for a word\n".to_owned())
    );
    assert_eq!(say("confirm").0, 1, "there is nothing to confirm");
    for (wish, bytes) in [("undo", 250_000), ("confirm", 125_000)] {
        let slower = [("network.0.rate.down", "1 Mbit/s")];
        let applied = web.send(plans, "/settings/section/plans/apply", &slower);
        assert_eq!(applied.status, 303, "{}", applied.body);
        let (code, told) = say("status");
        assert!(
            code == 0 && told.starts_with("changed by user anna, undone at "),
            "{told}"
        );
        assert_eq!(say(wish).0, 0, "{wish}");
        let is_so = || (speed(&lab) == Some(bytes)).then_some(());
        assert!(poll(PATIENCE, is_so).is_some(), "{wish}: {:?}", speed(&lab));
        assert_eq!(say("status").1, "no changed settings wait for a word\n");
    }

    let gateway = "/settings/section/gateway";
    let applied = web.send(
        gateway,
        "/settings/section/gateway/apply",
        &[("gateway.uplink", "wrong0")],
    );
    assert_eq!(applied.status, 303, "{}", applied.body);
    assert!(rules_say(&lab, "\"wrong0\""), "the kernel has it");
    lab.portico().unwrap().kill().unwrap();
    // And somebody writes what is no configuration at all.
    let nonsense = format!("{}\n[[[ not yet", fs::read_to_string(&file).unwrap());
    fs::write(&file, &nonsense).unwrap();
    lab.start_portico().unwrap();
    let is_back = || (rules_say(&lab, "\"wan0\"") && !rules_say(&lab, "\"wrong0\"")).then_some(());
    assert!(poll(PATIENCE, is_back).is_some(), "{}", lab.logs(20));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\"wan0\"") && text.contains("1 Mbit/s"), "{text}");
    let kept = fs::read_to_string(Lab::state_dir().join("settings-by-hand.toml"));
    assert_eq!(kept.unwrap(), nonsense);
    // The last of them when service and helper have taken the former file.
    for did in ["settings-change", "settings-confirmed", "settings-undone"] {
        let log = || fs::read_to_string(Lab::state_dir().join("audit.jsonl")).unwrap();
        let is_noted = poll(PATIENCE, || log().contains(did).then_some(()));
        assert!(is_noted.is_some(), "{did}: {}", log());
    }
    assert_eq!(speed(&lab), Some(125_000), "nobody was dropped");
}
