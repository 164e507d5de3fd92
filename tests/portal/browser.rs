//! A real Chromium plays a visitor: `tests/browser/portal.mjs`, told where the portal is, asks this
//! test to change how it stands.

use std::num::NonZeroU32;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use portico::core::Standing;
use portico::model::Board;
use portico::portal::limits::StationRates;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::lab::{Lab, Mood, config, granted, write_pair};
use crate::numbers::{numbers, write_standalone};
use crate::weight::board;

/// The browser connects from here.
const STATION: u8 = 1;
const PATIENCE: Duration = Duration::from_mins(8);

/// Does what a line of the script asks for.
fn obey(lab: &Lab, wish: &str) {
    let said = match wish {
        "board full" => Some(board()),
        "board empty" => Some(Board::default()),
        _ => None,
    };
    if let Some(board) = said {
        *lab.board.lock().unwrap() = Arc::new(board);
        return;
    }
    if wish == "numbers" {
        *lab.numbers.lock().unwrap() = Some(Arc::new(numbers()));
        return;
    }
    let mut world = lab.world.lock().unwrap();
    world.blind = wish == "stranger";
    world.mood = if wish == "tryagain" {
        Mood::TryAgain
    } else {
        Mood::Well
    };
    drop(world);
    lab.stand(
        STATION,
        match wish {
            "captive" | "tryagain" | "stranger" => Standing::Captive,
            "online" => granted(),
            other => panic!("the script asked for {other}"),
        },
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_with_a_real_browser() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = write_pair(dir.path());
    let mut config = config(Some(files));
    config.portal.max_connections_per_station = 64;
    let crest = dir.path().join("crest.svg");
    std::fs::write(&crest, include_str!("crest.svg")).unwrap();
    config.networks[0].look.crest = Some(crest);
    let rates = StationRates {
        forms_per_minute: NonZeroU32::new(200).unwrap(),
        measures_per_minute: NonZeroU32::MAX,
        connections_per_second: NonZeroU32::new(10_000).unwrap(),
    };
    let lab = Lab::with_rates(config, rates);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        here.join("tests/browser/node_modules/playwright-core").exists(),
        "run `npm ci` in tests/browser first (tests/run does)"
    );
    let standalone = dir.path().join("page.html");
    write_standalone(&standalone);
    let mut script = Command::new("node")
        .arg(here.join("tests/browser/portal.mjs"))
        .arg(lab.http().port().to_string())
        .arg(lab.https().port().to_string())
        .arg(&standalone)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let mut wishes = BufReader::new(script.stdout.take().unwrap()).lines();
    let mut answers = script.stdin.take().unwrap();
    let play = async {
        while let Some(line) = wishes.next_line().await.unwrap() {
            if let Some(wish) = line.strip_prefix("@stand ") {
                obey(&lab, wish);
                answers.write_all(b"done\n").await.unwrap();
            } else {
                println!("{line}");
            }
        }
        script.wait().await.unwrap()
    };
    let status = timeout(PATIENCE, play).await.expect("the browser finishes");
    assert!(status.success(), "see the lines above");
}
