//! `[[network.access_point]]` and what else the Commission's portal and open data know of a network.

use toml::de::DeValue;

use super::reader::{Complaint, Located, Section, kind};
use super::values;
use super::words::{Explain as _, words};
use crate::model::{AccessPoint, Coordinate, LocationType, Mac, Placement};

/// Longest name of a place: the portal's column `location`.
const MAX_LOCATION: usize = 75;
/// Longest brand, model and serial number: the portal's columns.
const MAX_DEVICE: usize = 255;
/// Longest code of an administration in the Index of public administrations (IPA).
const MAX_IPA: usize = 10;
/// Fewest access points outside for how many inside, of all networks of one voucher (grant agreement,
/// Annex I, 2.2).
const LEAST: [(usize, usize); 11] = [
    (10, 0),
    (9, 2),
    (8, 3),
    (7, 5),
    (6, 6),
    (5, 8),
    (4, 9),
    (3, 11),
    (2, 12),
    (1, 14),
    (0, 15),
];

/// Who the network's administration is in public registers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Administration {
    /// `istat`: six digits of the comune.
    pub istat: Option<String>,
    /// `ipa`: its code in the Index of public administrations, like `c_b300`.
    pub ipa: Option<String>,
}

/// An access point, with the place of what no other may share.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) mac: Located<Mac>,
    point: Option<AccessPoint>,
}

/// Whether so many access points are enough for a voucher.
#[must_use]
pub fn is_enough(outdoor: usize, indoor: usize) -> bool {
    LEAST
        .iter()
        .any(|(outside, inside)| outdoor >= *outside && indoor >= *inside)
}

/// Reads `istat` and `ipa`.
pub(super) fn administration(section: &mut Section<'_, '_>) -> Administration {
    Administration {
        istat: section.optional("istat", values::istat).map(|code| code.value),
        ipa: section.optional("ipa", ipa).map(|code| code.value),
    }
}

/// Reads the access points of a network.
pub(super) fn read(sections: Vec<Section<'_, '_>>) -> (Vec<AccessPoint>, Vec<Located<Mac>>) {
    let placed: Vec<Placed> = sections.into_iter().filter_map(read_one).collect();
    let macs = placed.iter().map(|placed| placed.mac.clone()).collect();
    (
        placed.into_iter().filter_map(|placed| placed.point).collect(),
        macs,
    )
}

fn read_one(mut section: Section<'_, '_>) -> Option<Placed> {
    let location_type = section.required("location_type", "\"Square\"", |value| {
        values::named(
            value,
            &LocationType::ALL,
            LocationType::as_str,
            &words!(
                "place of the WiFi4EU portal",
                "un tipo di luogo del portale WiFi4EU"
            ),
        )
    });
    let location = section.required("location", "\"Piazza Vittorio Emanuele, lato nord\"", |value| {
        values::line_of(value, MAX_LOCATION)
    });
    let latitude = section.required("latitude", "45.611894", |value| {
        coordinate(value, Coordinate::latitude)
    });
    let longitude = section.required("longitude", "8.850110", |value| coordinate(value, str::parse));
    let placement = section.required("placement", "\"outdoor\"", |value| {
        values::named(
            value,
            &Placement::ALL,
            Placement::as_str,
            &words!("placement", "una collocazione"),
        )
    });
    let device = |value: &DeValue<'_>| values::line_of(value, MAX_DEVICE);
    let brand = section.required("brand", "\"Ubiquiti\"", device);
    let model = section.required("model", "\"UAP-AC-M\"", device);
    let serial = section.required("serial", "\"F09FC2A1B2C3\"", device);
    let mac = section.required("mac", "\"f0:9f:c2:a1:b2:c3\"", values::mac);
    section.finish();
    let mac = mac?;
    let build = || {
        Some(AccessPoint {
            location_type: location_type?.value,
            location: location?.value,
            latitude: latitude?.value,
            longitude: longitude?.value,
            placement: placement?.value,
            brand: brand?.value,
            model: model?.value,
            serial: serial?.value,
            mac: mac.value,
        })
    };
    let point = build();
    Some(Placed { mac, point })
}

/// A number as it is written, since its digits count, or a text.
fn coordinate(
    value: &DeValue<'_>,
    read: impl Fn(&str) -> Result<Coordinate, crate::model::CoordinateError>,
) -> Result<Coordinate, Complaint> {
    let text = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        DeValue::String(text) => text.as_ref(),
        other => {
            let what = words!(
                "degrees are wanted here, not {kind}",
                "qui ci vogliono gradi, non {kind}";
                kind = kind(other),
            );
            return Err(Complaint::new(
                what,
                words!("write them like 45.611894", "scriverli come 45.611894"),
            ));
        }
    };
    read(text).map_err(|error| {
        Complaint::new(
            words!(
                "{text:?} is not taken by the portal",
                "{text:?} non è accettato dal portale WiFi4EU"
            ),
            error.words(),
        )
    })
}

fn ipa(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = values::text(value)?;
    let legal = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !legal || text.is_empty() || text.len() > MAX_IPA {
        return Err(Complaint::new(
            words!(
                "{text:?} is not a code of the Index of public administrations",
                "{text:?} non è un codice dell'Indice delle pubbliche amministrazioni"
            ),
            words!(
                "as indicepa.gov.it shows it, like \"c_b300\"",
                "come lo mostra indicepa.gov.it, per esempio c_b300"
            ),
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_enough;
    use crate::config::Config;

    const HEAD: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
                        interface = \"br0\"\nhost = \"wifi.example.org\"\nwifi4eu_id = \"a\"\nistat = \"012026\"\nipa = \"c_b300\"\n";
    const POINT: &str = "[[network.access_point]]\nlocation_type = \"Square\"\nlocation = \"Lato nord\"\nlatitude = 45.61189\n\
                         longitude = 8.850110\nplacement = \"outdoor\"\nbrand = \"Acme\"\nmodel = \"M1\"\nserial = \"S1\"\n\
                         mac = \"02-00-5E-00-00-01\"\n";

    fn refused(text: &str) -> Vec<String> {
        let errors = Config::parse(text, "p.toml").unwrap_err();
        errors.findings().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_access_point_has_the_portal_s_fields() {
        let config = Config::parse(&format!("{HEAD}{POINT}"), "p.toml").unwrap();
        let network = &config.networks[0];
        assert_eq!(network.administration.istat.as_deref(), Some("012026"));
        assert_eq!(network.administration.ipa.as_deref(), Some("c_b300"));
        let point = &network.access_points[0];
        assert_eq!(
            point.latitude.to_string(),
            "45.611890",
            "the zero that a number loses is kept"
        );
        assert_eq!(point.location, "Lato nord");
    }

    #[test]
    fn what_the_portal_refuses_is_refused_here() {
        let long = "x".repeat(76);
        for (from, to, complaint) in [
            ("\"Square\"", "\"square\"", "did you mean \"Square\"?"),
            ("\"Square\"", "\"Moon\"", "is no kind of place"),
            ("\"Lato nord\"", &format!("\"{long}\""), "at most 75"),
            ("45.61189", "45.6118", "five or six digits"),
            ("45.61189", "91.61189", "between -90 and 90"),
            ("8.850110", "\"108.850110\"", "five or six digits"),
            ("8.850110", "8", "five or six digits"),
            ("8.850110", "true", "degrees are wanted"),
            ("\"outdoor\"", "\"out\"", "placement"),
            ("02-00-5E-00-00-01", "02-00-5E-00-00", "six pairs"),
            ("serial = \"S1\"\n", "", "the key \"serial\" is missing"),
            ("brand =", "brnad =", "did you mean \"brand\"?"),
            ("\"012026\"", "\"12026\"", "ISTAT"),
            ("\"c_b300\"", "\"c b300\"", "indicepa.gov.it"),
        ] {
            let text = format!("{HEAD}{POINT}").replace(from, to);
            let told = refused(&text);
            assert!(told.iter().any(|line| line.contains(complaint)), "{to}: {told:?}");
            assert!(
                told.iter().all(|line| line.contains("p.toml:")),
                "where it stands: {told:?}"
            );
        }
    }

    #[test]
    fn no_two_access_points_share_an_address() {
        let told = refused(&format!("{HEAD}{POINT}{POINT}"));
        assert!(
            told.iter().any(|line| line.contains("already stands in line")),
            "{told:?}"
        );
    }

    #[test]
    fn a_voucher_wants_enough_of_them() {
        assert!(is_enough(10, 0) && is_enough(0, 15) && is_enough(6, 6) && is_enough(12, 3));
        assert!(!is_enough(9, 1) && !is_enough(5, 7) && !is_enough(0, 0));
    }
}
