//! Open data: the data set described for dati.gov.it by the Italian profile DCAT-AP_IT 1.1, as JSON-LD beside
//! the CSV file.
//!
//! Written where the configuration says at which address the files are published and who the comune is in the
//! Index of public administrations: without the two a catalogue takes nothing.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::csvw::{self, beside, name_of};
use super::file::Draft;
use super::json::LICENCE;
use super::table::Rows;
use super::text::{Tongue, Words};
use super::{Kind, Order, ReportError, Step};

/// Vocabularies of the Publications Office of the EU.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

/// What the name of the description adds to that of the file.
const ENDING: &str = "-dcat.jsonld";

/// Whether there is a description.
pub(super) enum Described {
    Yes(Draft),
    /// Why there is none, where somebody asked for it.
    No(Option<String>),
}

/// Describes the file at `path`.
pub(super) fn write(
    order: &Order,
    rows: &dyn Rows,
    words: &Words,
    path: &Path,
) -> Result<Described, ReportError> {
    let Some(base) = order.published_at.as_deref() else {
        return Ok(Described::No(None));
    };
    if !matches!(order.kind, Kind::Usage | Kind::Availability) {
        return Ok(Described::No(None));
    }
    let Some(first) = order.sites.first() else {
        return Ok(Described::No(None));
    };
    if order.sites.iter().any(|site| site.comune != first.comune) {
        return Ok(Described::No(Some(words.say("note-dcat-comuni"))));
    }
    let Some(ipa) = first.ipa.as_deref() else {
        let missing = words.with("note-dcat-ipa", &[("network", first.id.to_string().into())]);
        return Ok(Described::No(Some(missing)));
    };
    let mut draft = Draft::new(&place(path))?;
    let document = describe(order, rows, base, &name_of(path), ipa);
    let text = format!("{document:#}\n");
    draft
        .write_all(text.as_bytes())
        .map_err(|error| draft.fault(error))?;
    Ok(Described::Yes(draft))
}

/// Where it stands beside a file of this name.
pub(super) fn place(path: &Path) -> PathBuf {
    beside(path, ENDING)
}

fn describe(order: &Order, rows: &dyn Rows, base: &str, file: &str, ipa: &str) -> Value {
    let kind = order.kind.name();
    let address = format!("{base}{}", csvw::encoded(file));
    let in_both = |key: &str| -> Value {
        let said = Tongue::ALL.map(|tongue| {
            let text = Words::new(tongue).say(key);
            json!({"@value": text, "@language": tongue.code()})
        });
        json!(said)
    };
    let comune = order
        .sites
        .first()
        .map(|site| site.comune.as_str())
        .unwrap_or_default();
    let agent = format!("{base}#{ipa}");
    // Days that are not over are not in the file.
    let period = order.over().unwrap_or(order.period);
    let networks: Vec<&str> = order.sites.iter().map(|site| site.id.as_str()).collect();
    let networks = networks.join("-");
    // Hours, days and months of one period are three data sets.
    let step = match (order.kind, order.step) {
        (Kind::Usage, Step::Day) => "-day",
        (Kind::Usage, Step::Month) => "-month",
        _ => "",
    };
    let date = |text: String| json!({"@value": text, "@type": "xsd:date"});
    let modified = order.now.to_zoned(order.zone.jiff().clone()).date().to_string();
    let dataset = json!({
        "@id": format!("{address}#dataset"),
        "@type": ["dcatapit:Dataset", "dcat:Dataset"],
        "dct:identifier": format!("{ipa}:wifi-{kind}{step}:{}_{}:{networks}", period.from(), period.to()),
        "dct:title": in_both(&format!("{kind}-title")),
        "dct:description": in_both(&format!("{kind}-about")),
        "dct:modified": date(modified.clone()),
        "dct:publisher": {"@id": agent},
        "dct:rightsHolder": {"@id": agent},
        "dct:creator": {"@id": agent},
        "dct:accrualPeriodicity": {"@id": format!("{AUTHORITY}/frequency/MONTHLY")},
        "dct:language": {"@id": format!("{AUTHORITY}/language/ITA")},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "schema:startDate": date(period.from().to_string()),
            "schema:endDate": date(period.to().to_string()),
        },
        "dcat:theme": [
            {"@id": format!("{AUTHORITY}/data-theme/GOVE")},
            {"@id": format!("{AUTHORITY}/data-theme/TECH")},
        ],
        "dcat:keyword": ["WiFi4EU", "Wi-Fi", comune],
        "dcat:distribution": {"@id": format!("{address}#distribution")},
    });
    let columns: Vec<&str> = rows.columns().iter().map(|column| column.name).collect();
    let distribution = json!({
        "@id": format!("{address}#distribution"),
        "@type": ["dcatapit:Distribution", "dcat:Distribution"],
        "dct:title": file,
        "dct:description": columns.join(", "),
        "dct:format": {"@id": format!("{AUTHORITY}/file-type/CSV")},
        "dct:license": {"@id": LICENCE},
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
    });
    let licence = json!({
        "@id": LICENCE,
        "@type": ["dcatapit:LicenseDocument", "dct:LicenseDocument"],
        "dct:type": {"@id": "http://purl.org/adms/licencetype/Attribution"},
        "foaf:name": "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)",
        "owl:versionInfo": "4.0",
    });
    let holder = json!({
        "@id": agent,
        "@type": ["dcatapit:Agent", "foaf:Agent"],
        "dct:identifier": ipa,
        "foaf:name": comune,
    });
    // A harvester asks for a catalogue, and finds the data sets in it.
    let catalogue = json!({
        "@id": format!("{base}#catalog"),
        "@type": ["dcatapit:Catalog", "dcat:Catalog"],
        "dct:title": in_both("catalogue-title"),
        "dct:description": in_both("catalogue-about"),
        "dct:publisher": {"@id": agent},
        "dct:modified": date(modified),
        "dct:language": {"@id": format!("{AUTHORITY}/language/ITA")},
        "dct:license": {"@id": LICENCE},
        "dcat:themeTaxonomy": {"@id": format!("{AUTHORITY}/data-theme")},
        "foaf:homepage": {"@id": base},
        "dcat:dataset": {"@id": format!("{address}#dataset")},
    });
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dcatapit": "http://dati.gov.it/onto/dcatapit#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "owl": "http://www.w3.org/2002/07/owl#",
            "schema": "http://schema.org/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": [catalogue, dataset, distribution, licence, holder],
    })
}
