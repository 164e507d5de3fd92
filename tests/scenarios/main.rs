//! Recorded scenarios: each file of events in this folder is played and its expected commands
//! compared. `portico replay FILE` writes such a file from a recording.

use std::path::Path;

use portico::core::replay;

#[test]
fn every_recorded_scenario_gives_its_commands_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut played = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let recording = replay::read(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert!(
            recording.iter().any(|line| line.commands.is_some()),
            "{name} expects nothing"
        );
        for (at, (line, commands)) in replay::play(recording).into_iter().enumerate() {
            if let Some(expected) = &line.commands {
                assert_eq!(expected, &commands, "{name}, event {}", at + 1);
            }
        }
        played += 1;
    }
    assert!(played >= 12, "only {played} scenarios were found");
}
