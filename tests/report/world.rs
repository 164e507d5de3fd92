//! Orders, and the folder that exports go to.

use std::path::{Path, PathBuf};
use std::process::Command;

use portico::model::figures::{Ledger, LedgerError, Period};
use portico::model::{AccessPoint, LocationType, NetworkId, Placement, Recognition, TimeZone};
use portico::report::{Export, Format, Kind, Order, ReportError, Site, Step, Tongue};

use crate::town::Town;

/// Names that need care: a formula, quotes, signs of XML, letters beyond ASCII.
const NAMES: [&str; 4] = [
    "Piazza Vittorio Emanuele",
    "=HYPERLINK(\"http://example.org\",\"x\")",
    "Molini Marzoli, \"Tessiture\" & <Museo>",
    "Škofja Loka – Città",
];

pub(crate) fn network(number: usize) -> NetworkId {
    format!("net{number}").parse().unwrap()
}

pub(crate) fn period(from: &str, to: &str) -> Period {
    Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

pub(crate) fn site(number: usize) -> Site {
    let host = format!("wifi{number}.comune.example.it");
    Site {
        id: network(number),
        name: NAMES[number % NAMES.len()].to_owned(),
        comune: "Comune di Busto Arsizio".to_owned(),
        istat: Some("012026".to_owned()),
        ipa: Some("c_b300".to_owned()),
        wifi4eu_id: (number != 2).then(|| format!("id-{number}")),
        url: format!("https://{host}/"),
        host,
        recognition: Some(Recognition::Midnight),
        access_points: (0..=number)
            .map(|point| AccessPoint {
                location_type: LocationType::ALL[point % LocationType::ALL.len()],
                location: format!("Lato {point}"),
                latitude: "45.611894".parse().unwrap(),
                longitude: "-8.850110".parse().unwrap(),
                placement: Placement::Outdoor,
                brand: "Acme".to_owned(),
                model: "+AX-10".to_owned(),
                serial: format!("S{number}-{point}"),
                mac: format!("00:00:5e:00:{number:02x}:{point:02x}").parse().unwrap(),
            })
            .collect(),
    }
}

pub(crate) fn order(kind: Kind, format: Format, networks: usize) -> Order {
    Order {
        kind,
        format,
        period: period("2026-10-01", "2026-10-31"),
        step: Step::Hour,
        sites: (0..networks).map(site).collect(),
        is_everything: false,
        works: std::sync::Arc::default(),
        tongue: Tongue::It,
        zone: TimeZone::rome(),
        today: "2026-11-22".parse().unwrap(),
        now: "2026-11-22T10:00:00Z".parse().unwrap(),
        published_at: Some("https://dati.comune.example.it/wifi/".to_owned()),
    }
}

/// Exports into a folder of its own; the folder and the file.
pub(crate) fn export(order: &Order) -> (tempfile::TempDir, PathBuf, Export) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(order.file_name());
    let export = write(order, &path).unwrap();
    (folder, path, export)
}

pub(crate) fn write(order: &Order, path: &Path) -> Result<Export, ReportError> {
    let networks = (0..order.sites.len()).map(network).collect();
    let town = Town::new(networks, period("2024-01-01", "2026-11-22"));
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(town.clone())) };
    order.write(&ledgers, path, &mut |_, _| Ok(()), &mut |_| Ok(()))
}

/// Runs a program and gives what it said.
pub(crate) fn run(command: &mut Command) -> (bool, String) {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output =
        output.unwrap_or_else(|error| panic!("{program}: {error}; tests/run installs what is missing"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A Python program with the packages of `requirements.txt`.
pub(crate) fn python(program: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("tests/report/.venv/bin").join(program));
    command.current_dir(root);
    command
}

/// A check of `check.py` that finds nothing wrong; what it says.
pub(crate) fn check(what: &str, files: &[&Path]) -> String {
    let (good, told) = run(python("python")
        .arg("tests/report/check.py")
        .arg(what)
        .args(files));
    assert!(good, "{what}: {told}");
    told
}
