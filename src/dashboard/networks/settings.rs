//! Settings and access points of a network in words.

use crate::config::{Network, is_enough as enough};
use crate::core::NetworkSnapshot;
use crate::dashboard::units;
use crate::dashboard::words::Tongue;
use crate::model::{AccessPoint, LocationType, Placement, Recognition};

/// Access points of one place.
pub(super) struct Place {
    pub(super) name: String,
    /// What kind of place it is, and where.
    pub(super) about: String,
    pub(super) points: Vec<String>,
}

/// Rows of a word and a value.
pub(super) fn of(network: &Network, snapshot: &NetworkSnapshot, tongue: Tongue) -> Vec<(String, String)> {
    let plan = snapshot.plan;
    let rate = |rate: crate::model::Rate| units::rate(tongue, rate.bytes_per_second());
    let recognition = match network.policy.recognition {
        Recognition::Midnight => tongue.say("setting-midnight"),
        Recognition::Period(time) => units::length(time),
    };
    let number = |count: usize| units::count(tongue, u64::try_from(count).unwrap_or(u64::MAX));
    let none = || tongue.say("setting-none");
    let rows = [
        ("comune", network.comune.clone()),
        ("host", network.host.clone()),
        ("interface", network.interface.as_str().to_owned()),
        ("wifi4eu", network.wifi4eu_id.clone().unwrap_or_else(none)),
        ("recognition", recognition),
        ("down", rate(plan.down)),
        ("up", rate(plan.up)),
        ("schedule", snapshot.schedule.clone().unwrap_or_else(none)),
        ("most", number(network.policy.max_stations)),
        ("exempt", number(network.policy.exempt.len())),
        ("blocked", number(network.policy.blocked.len())),
        (
            "garden",
            number(network.garden.len() + network.garden_names.len()),
        ),
    ];
    let rows = rows.into_iter();
    rows.map(|(key, value)| (tongue.say(&format!("setting-{key}")), value))
        .collect()
}

/// The inventory by place, in the order of the file.
pub(super) fn places(network: &Network, tongue: Tongue) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for point in &network.access_points {
        let described = describe(point, tongue);
        if let Some(place) = places.iter_mut().find(|place| place.name == point.location) {
            place.points.push(described);
        } else {
            places.push(Place {
                name: point.location.clone(),
                about: format!(
                    "{}, {} {}",
                    tongue.say(place_key(point.location_type)),
                    point.latitude,
                    point.longitude
                ),
                points: vec![described],
            });
        }
    }
    places
}

/// Whether they would be enough for a voucher by themselves.
pub(super) fn is_enough(network: &Network) -> bool {
    let [outdoor, indoor] = [Placement::Outdoor, Placement::Indoor].map(|placement| {
        let points = network.access_points.iter();
        points.filter(|point| point.placement == placement).count()
    });
    enough(outdoor, indoor)
}

/// The word of a kind of place.
pub(in crate::dashboard) const fn place_key(kind: LocationType) -> &'static str {
    match kind {
        LocationType::TownHall => "place-town-hall",
        LocationType::HealthCentre => "place-health",
        LocationType::Square => "place-square",
        LocationType::Park => "place-park",
        LocationType::Street => "place-street",
        LocationType::Stop => "place-stop",
        LocationType::Metro => "place-metro",
        LocationType::Railway => "place-railway",
        LocationType::Airport => "place-airport",
        LocationType::SportHall => "place-sport",
        LocationType::School => "place-school",
        LocationType::Library => "place-library",
        LocationType::Museum => "place-museum",
        LocationType::TouristicSite => "place-tourism",
        LocationType::ShoppingMall => "place-mall",
        LocationType::Other => "place-other",
    }
}

fn describe(point: &AccessPoint, tongue: Tongue) -> String {
    let placement = match point.placement {
        Placement::Indoor => "point-indoor",
        Placement::Outdoor => "point-outdoor",
    };
    tongue.with(
        "point-about",
        &[
            ("brand", point.brand.clone().into()),
            ("model", point.model.clone().into()),
            ("serial", point.serial.clone().into()),
            ("mac", point.mac.to_string().into()),
            ("placement", tongue.say(placement).into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::place_key;
    use crate::dashboard::words::Tongue;
    use crate::model::LocationType;

    #[test]
    fn every_kind_of_place_has_words_in_both_languages() {
        for kind in LocationType::ALL {
            for tongue in [Tongue::It, Tongue::En] {
                assert_ne!(tongue.say(place_key(kind)), place_key(kind));
            }
        }
    }
}
