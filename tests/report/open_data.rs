//! The data set as dati.gov.it wants it described.

use portico::report::{Format, Kind, Order, Step};

use crate::world::{check, export, order};

#[test]
fn the_description_has_what_the_italian_profile_wants() {
    for kind in [Kind::Usage, Kind::Availability] {
        let (_folder, _, told) = export(&order(kind, Format::Csv, 2));
        let path = &told.files[2].path;
        assert!(path.to_str().unwrap().ends_with(".csv-dcat.jsonld"));
        check("describes", &[path]);
    }
}

#[test]
fn an_inventory_is_no_open_data_and_neither_is_what_nobody_publishes() {
    let (_folder, _, told) = export(&order(Kind::Installation, Format::Csv, 2));
    assert_eq!(told.files.len(), 2);
    let mut wanted = order(Kind::Usage, Format::Csv, 2);
    wanted.published_at = None;
    let (_folder, _, told) = export(&wanted);
    assert_eq!((told.files.len(), told.notes.len()), (2, 0));
}

#[test]
fn a_data_set_has_one_publisher() {
    let mut wanted = order(Kind::Usage, Format::Csv, 2);
    wanted.sites[1].comune = "Comune di Arluno".to_owned();
    let (_folder, _, told) = export(&wanted);
    assert_eq!(told.files.len(), 2);
    assert!(told.notes[0].contains("--network"), "{:?}", told.notes);
    let mut wanted = order(Kind::Usage, Format::Csv, 2);
    wanted.sites[0].ipa = None;
    let (_folder, _, told) = export(&wanted);
    assert!(told.notes[0].contains("ipa"), "{:?}", told.notes);
}

#[test]
fn data_sets_of_other_rows_or_networks_are_others() {
    let identifier = |wanted: &Order| {
        let (_folder, _, told) = export(wanted);
        let text = std::fs::read_to_string(&told.files[2].path).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut parts = document["@graph"].as_array().unwrap().iter();
        let found = parts.find_map(|part| {
            let is_dataset = part["@type"]
                .as_array()?
                .iter()
                .any(|kind| kind == "dcat:Dataset");
            is_dataset.then(|| part["dct:identifier"].as_str().unwrap().to_owned())
        });
        found.unwrap()
    };
    let hours = order(Kind::Usage, Format::Csv, 2);
    let mut days = order(Kind::Usage, Format::Csv, 2);
    days.step = Step::Day;
    let one = order(Kind::Usage, Format::Csv, 1);
    let told = [identifier(&hours), identifier(&days), identifier(&one)];
    assert!(
        told[0] != told[1] && told[0] != told[2] && told[1] != told[2],
        "{told:?}"
    );
    assert_eq!(identifier(&hours), told[0], "and the same is the same");
}
