//! A browser on a phone of the lab: `tests/browser/phone.mjs` in the phone's namespace, which plays what
//! it is asked for.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::phone::Phone;
use serde_json::Value;

/// Longest time for anything that is asked of a player.
const PATIENCE: Duration = Duration::from_mins(8);
/// Longest time for a browser to put itself away.
const AWAY: Duration = Duration::from_secs(5);

pub(crate) struct Player {
    pub(crate) phone: Phone,
    script: Child,
    /// Closed, the script ends.
    wishes: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Player {
    /// Starts the browser on a phone that has joined a network with that identifier.
    pub(crate) fn new(phone: Phone, language: &str, identifier: &str) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        assert!(
            here.join("node_modules/playwright-core").exists(),
            "run `npm ci` in tests/browser first (tests/run does)"
        );
        let mut script = phone
            .command("node")
            .unwrap()
            .arg(here.join("phone.mjs"))
            .args([language, &phone.lan().host, identifier])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node (Debian package nodejs)");
        let said = BufReader::new(script.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                let _heard = sender.send(line);
            }
        });
        Self {
            wishes: script.stdin.take(),
            phone,
            script,
            lines,
        }
    }

    /// Asks for something and does not wait for it.
    fn begin(&mut self, wish: &Value) {
        writeln!(self.wishes.as_ref().unwrap(), "{wish}").unwrap();
    }

    /// Waits until what was asked for is done.
    fn end(&mut self) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            match line.as_deref() {
                Ok("@done") => return,
                Ok(line) => println!("{line}"),
                Err(error) => panic!("{}: the browser failed ({error}), see above", self.phone.name()),
            }
        }
    }

    pub(crate) fn play(&mut self, wish: &Value) {
        self.begin(wish);
        self.end();
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.wishes = None;
        let ended = || self.script.try_wait().ok().flatten();
        if poll(AWAY, ended).is_none() {
            let _killed = self.script.kill();
            let _status = self.script.wait();
        }
    }
}

/// Asks the same of all, who do it at the same time.
pub(crate) fn all_play(players: &mut [Player], wish: &Value) {
    for player in players.iter_mut() {
        player.begin(wish);
    }
    players.iter_mut().for_each(Player::end);
}
