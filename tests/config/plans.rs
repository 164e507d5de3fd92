//! Speeds in a configuration as `portico check` tells of them: what is refused, what is doubted, what
//! is shown.

use std::process::Output;

use crate::check::{check, text};

const NETWORK: &str = "[gateway]\nuplink = \"eth0\"\n\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
     comune = \"Comune\"\ninterface = \"br0\"\nhost = \"wifi.comune.example.it\"\nwifi4eu_id = \"a\"\n";

/// What is said of a file of these sections; the file is called `portico.toml` in it.
fn told(arguments: &[&str], sections: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.toml");
    std::fs::write(&file, format!("{NETWORK}{sections}")).unwrap();
    let mut output = check(arguments, &file);
    let name = file.display().to_string();
    for said in [&mut output.stdout, &mut output.stderr] {
        *said = text(said).replace(&name, "portico.toml").into_bytes();
    }
    output
}

fn assert_told(sections: &str, status: i32, wanted: &str) {
    let output = told(&[], sections);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains(wanted.trim_start()), "{wanted}\nis not in:\n{said}");
    assert_eq!(output.status.code(), Some(status), "{said}");
}

#[test]
fn speeds_that_cannot_be_are_refused_with_their_place_and_what_to_write() {
    let sections = r#"
[network.rate]
down = "0 Mbit/s"
up = "-2 Mbit/s"
burst = "1400 B"

[[network.schedule]]
name = "Market"
days = ["thu"]
down = "6 Mbit"
up = 3

[network.fair_use]
volume = "2 Gbit"
down = "1 Mbit/s"
up = "1 bit/s"

[uplink]
down = "0 Gbit/s"
"#;
    assert_told(sections, 2, include_str!("refused-speeds.txt"));
}

#[test]
fn bits_and_bytes_are_shown_in_one_unit_and_a_plan_above_the_uplink_is_doubted() {
    let sections = r#"
[network.rate]
down = "10 MB/s"
up = "10 Mbps"
burst = "2048 B"

[uplink]
down = "50 Mbit/s"
up = "1 MB/s"
"#;
    assert_told(sections, 0, include_str!("doubted-speeds.txt"));
    assert_told(sections, 0, "80 Mbit/s down, 10 Mbit/s up, burst 2 kB;");
    assert_told(sections, 0, "50 Mbit/s down; 8 Mbit/s up; shared fairly\n");
}

#[test]
fn the_line_the_schedule_and_the_volume_are_shown() {
    let sections = r#"
[[network.schedule]]
name = "Nights"
from = "23:00"
to = "06:30"
down = "2 Mbit/s"

[[network.schedule]]
name = "Market"
days = ["thu", "sat-sun"]
from = "07:00"
to = "14:00"
down = "6 Mbit/s"
up = "500 kB/s"

[[network.schedule]]
name = "Sundays of Advent"
dates = ["2026-11-29..2026-12-20", "2026-12-25"]
days = ["sun"]

[[network.schedule]]
name = "Feast"
dates = ["2026-12-08"]

[network.fair_use]
volume = "1.5 GB"
down = "1 Mbit/s"
up = "500 kbit/s"

[uplink]
down = "100 Mbit/s"
up = "measured"
reserve_down = "20%"
reserve_up = "1 Mbit/s"
"#;
    assert_told(
        sections,
        0,
        r"
         100 Mbit/s down, 20% of it kept back; up measured, at least 3 Mbit/s, 1 Mbit/s of it kept back; shared fairly
",
    );
    assert_told(
        sections,
        0,
        r#"
         "Sundays of Advent" sun of 2026-11-29..2026-12-20 2026-12-25 00:00 to 24:00: 10 Mbit/s down, 5 Mbit/s up
         "Feast" 2026-12-08 00:00 to 24:00: 10 Mbit/s down, 5 Mbit/s up
         "Market" thu sat sun 07:00 to 14:00: 6 Mbit/s down, 4 Mbit/s up
         "Nights" every day 23:00 to 06:30: 2 Mbit/s down, 5 Mbit/s up
         after 1.5 GB a day: 1 Mbit/s down, 500 kbit/s up until midnight
"#,
    );
    assert_told(
        "",
        0,
        "its capacity is not told: nothing is shared at peak times\n",
    );
}

#[test]
fn programs_are_told_the_same() {
    let sections = "[network.fair_use]\nvolume = \"2 GB\"\ndown = \"1 Mbit/s\"\nup = \"1 Mbit/s\"\n\
         [[network.schedule]]\nname = \"Market\"\ndays = [\"thu\"]\nfrom = \"07:00\"\ndown = \"6 Mbit/s\"\n\
         [uplink]\ndown = \"80 Mbit/s\"\nreserve_down = \"20%\"\n";
    let answer: serde_json::Value = serde_json::from_slice(&told(&["--json"], sections).stdout).unwrap();
    let way = serde_json::json!({
        "measured": false, "bytes_per_second": 10_000_000, "kept_back_bytes_per_second": 2_000_000,
    });
    assert_eq!(answer["line"], serde_json::json!({ "down": way, "up": null }));
    let network = &answer["networks"][0];
    assert_eq!(network["fair_use"]["volume_bytes"], 2_000_000_000_u64);
    let entry = &network["schedule"][0];
    assert_eq!(
        (&entry["days"], &entry["from"], &entry["to"]),
        (&"thu".into(), &"07:00".into(), &"24:00".into())
    );
    assert_eq!(entry["down_bytes_per_second"], 750_000);
}
