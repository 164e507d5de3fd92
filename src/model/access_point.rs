//! Access points as the Commission's portal wants them declared.
//!
//! Source: the portal's own code (`wifi4eu/master`, 2018): its table `access_points`, the list of
//! location types and the patterns of its form. Grant agreement, Article 4.1(a).

use std::fmt;
use std::str::FromStr;

use super::mac::Mac;

/// Digits behind the point that are kept; the portal's column is `decimal(8,6)`.
const DIGITS: usize = 6;
/// Fewest digits behind the point that the portal takes: about a metre.
const LEAST_DIGITS: usize = 5;

/// One access point of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessPoint {
    /// What kind of place it is at.
    pub location_type: LocationType,
    /// What people call the place, at most 75 characters.
    pub location: String,
    /// Degrees north.
    pub latitude: Coordinate,
    /// Degrees east.
    pub longitude: Coordinate,
    /// Inside a building or outside.
    pub placement: Placement,
    /// Who made it, at most 255 characters.
    pub brand: String,
    /// Its model, at most 255 characters.
    pub model: String,
    /// Its serial number, at most 255 characters.
    pub serial: String,
    /// Its MAC address.
    pub mac: Mac,
}

/// The portal's list of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LocationType {
    /// Town hall.
    TownHall,
    /// Health centre.
    HealthCentre,
    /// Square.
    Square,
    /// Park.
    Park,
    /// Street.
    Street,
    /// Tramway or bus stop.
    Stop,
    /// Metro station.
    Metro,
    /// Railway station.
    Railway,
    /// Airport.
    Airport,
    /// Sport hall.
    SportHall,
    /// School or university.
    School,
    /// Library.
    Library,
    /// Museum.
    Museum,
    /// Touristic or archaeological site.
    TouristicSite,
    /// Shopping mall.
    ShoppingMall,
    /// Anything else.
    Other,
}

/// Whether it hangs inside or outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placement {
    /// Inside.
    Indoor,
    /// Outside.
    Outdoor,
}

/// Degrees, in millionths, as the portal's form takes them: an optional sign, one or two digits, a
/// point, five or six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate(i32);

/// Why a text is not a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoordinateError {
    /// Not in the form's pattern.
    #[error(
        "one or two digits, a point and five or six digits, like 45.611894: the portal takes nothing else"
    )]
    Format,
    /// North of the north pole.
    #[error("a latitude is between -90 and 90 degrees")]
    Latitude,
}

impl LocationType {
    /// All of them, in the portal's order.
    pub const ALL: [Self; 16] = [
        Self::TownHall,
        Self::HealthCentre,
        Self::Square,
        Self::Park,
        Self::Street,
        Self::Stop,
        Self::Metro,
        Self::Railway,
        Self::Airport,
        Self::SportHall,
        Self::School,
        Self::Library,
        Self::Museum,
        Self::TouristicSite,
        Self::ShoppingMall,
        Self::Other,
    ];

    /// The portal's words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TownHall => "Town Hall / Administrative building",
            Self::HealthCentre => "Health Centre / Hospital",
            Self::Square => "Square",
            Self::Park => "Park",
            Self::Street => "Street / Pedestrian street",
            Self::Stop => "Tramway or Bus Station / Stop",
            Self::Metro => "Metro Station",
            Self::Railway => "Railway Station",
            Self::Airport => "Airport",
            Self::SportHall => "Sport Hall / Stadium",
            Self::School => "School / Education or Research Centre / University",
            Self::Library => "Library",
            Self::Museum => "Museum / Cultural Centre",
            Self::TouristicSite => "Site of touristic interest / Archaeological Site",
            Self::ShoppingMall => "Shopping Mall",
            Self::Other => "Other",
        }
    }
}

impl Placement {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Indoor, Self::Outdoor];

    /// As the portal's form says it, in small letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Indoor => "indoor",
            Self::Outdoor => "outdoor",
        }
    }
}

impl Coordinate {
    /// A latitude: not beyond the poles.
    ///
    /// # Errors
    /// [`CoordinateError`].
    pub fn latitude(text: &str) -> Result<Self, CoordinateError> {
        let degrees: Self = text.parse()?;
        if degrees.0.abs() > 90_000_000 {
            return Err(CoordinateError::Latitude);
        }
        Ok(degrees)
    }

    /// Millionths of a degree.
    #[must_use]
    pub const fn millionths(self) -> i32 {
        self.0
    }
}

impl FromStr for Coordinate {
    type Err = CoordinateError;
    fn from_str(text: &str) -> Result<Self, CoordinateError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = digits.split_once('.').ok_or(CoordinateError::Format)?;
        let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let long_enough = (LEAST_DIGITS..=DIGITS).contains(&part.len()) && matches!(whole.len(), 1 | 2);
        if !long_enough || !numeric(whole) || !numeric(part) {
            return Err(CoordinateError::Format);
        }
        let millionths: i32 = format!("{whole}{part:0<DIGITS$}")
            .parse()
            .map_err(|_| CoordinateError::Format)?;
        Ok(Self(if negative { -millionths } else { millionths }))
    }
}

impl fmt::Display for Coordinate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::{Coordinate, CoordinateError, LocationType};
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(millionths in -99_999_999_i32..=99_999_999) {
            let degrees = Coordinate(millionths);
            prop_assert_eq!(degrees.to_string().parse::<Coordinate>(), Ok(degrees));
        }
    }

    #[test]
    fn the_portal_wants_five_or_six_digits() {
        assert_eq!("45.61189".parse::<Coordinate>().unwrap().to_string(), "45.611890");
        assert_eq!("+8.850110".parse::<Coordinate>().unwrap().millionths(), 8_850_110);
        assert_eq!("-0.00001".parse::<Coordinate>().unwrap().to_string(), "-0.000010");
        for bad in [
            "45",
            "45.6",
            "45.6118",
            "45.6118940",
            "145.61189",
            "45,61189",
            "4 5.61189",
            ".61189",
            "--1.00000",
            "",
        ] {
            assert_eq!(bad.parse::<Coordinate>(), Err(CoordinateError::Format), "{bad}");
        }
        assert_eq!(Coordinate::latitude("90.000001"), Err(CoordinateError::Latitude));
        assert!(Coordinate::latitude("-90.000000").is_ok());
    }

    #[test]
    fn the_list_has_each_place_once() {
        let mut names: Vec<&str> = LocationType::ALL.map(LocationType::as_str).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LocationType::ALL.len());
        assert!(names.iter().all(|name| name.len() <= 75));
    }
}
