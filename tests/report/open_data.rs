//! The data set as dati.gov.it wants it described.

use portico::report::{Format, Kind};

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
