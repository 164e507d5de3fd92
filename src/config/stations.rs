//! `exempt` and `blocked`: stations that a network knows by their MAC.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::{Complaint, Located, Section};
use super::values;
use super::words::words;
use crate::model::Mac;

/// Both lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) exempt: BTreeSet<Mac>,
    pub(super) blocked: BTreeSet<Mac>,
}

/// Reads both lists of a network; a station stands in one of them once.
pub(super) fn read(section: &mut Section<'_, '_>) -> Lists {
    let exempt = section.list("exempt", values::mac);
    let blocked = section.list("blocked", values::mac);
    let report = section.report();
    for private in exempt.iter().filter(|station| station.value.is_local()) {
        report.warn(
            &private.span,
            Complaint::new(
                words!(
                    "this looks like a private (made-up) address, which the device may change",
                    "questo sembra un indirizzo privato (inventato), che il dispositivo può cambiare"
                ),
                words!(
                    "turn private addresses off on the municipal device and list its factory address",
                    "disattivare gli indirizzi privati sul dispositivo comunale ed elencare quello di fabbrica"
                ),
            ),
        );
    }

    let mut first: BTreeMap<Mac, (&str, usize)> = BTreeMap::new();
    let named = |list: &'static str| move |station: &Located<Mac>| (list, station.clone());
    let all = exempt
        .iter()
        .map(named("exempt"))
        .chain(blocked.iter().map(named("blocked")));
    for (list, station) in all {
        let line = report.line(&station.span);
        if let Some((other, line)) = first.get(&station.value) {
            let hint = if *other == list {
                words!("remove one of them", "toglierne uno")
            } else {
                words!(
                    "a station is either exempt or blocked: remove one of them",
                    "un dispositivo è o comunale o rifiutato: toglierne uno"
                )
            };
            report.error(
                &station.span,
                Complaint::new(
                    words!(
                        "{list}: {} is already listed as {other} in line {line}",
                        "{list}: {} è già elencato come {other} nella riga {line}",
                        station.value
                    ),
                    hint,
                ),
            );
        } else {
            first.insert(station.value, (list, line));
        }
    }
    Lists {
        exempt: exempt.into_iter().map(|station| station.value).collect(),
        blocked: blocked.into_iter().map(|station| station.value).collect(),
    }
}
