//! How many different stations are behind a figure: what decides whether it may be told, and is never
//! told itself. Five taps of one phone are one person's.

use serde::{Deserialize, Serialize};

/// What a station did to be behind a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It was shown a page: `views`, `languages`.
    Viewed,
    /// Its page measured itself: `load_time`, `snippet`.
    Measured,
    /// It began a session: `grants`, `sessions`, `families`, `to_online`.
    Granted,
    /// It was online: `online`, `peak`, `session_seconds`.
    Online,
    /// It moved data: `bytes_down`, `bytes_up`.
    Moved,
    /// Its session ended: `session_length`.
    Ended,
    /// It came back: `returning`.
    Returned,
    /// It is blocked and pressed the button: `blocked`.
    Blocked,
    /// It pressed the button in vain: `refused`.
    Refused,
}

/// At least so many different stations, by what they did.
///
/// Of an hour it is their number, as far as one run of the daemon saw it; joined, it is the greatest of
/// the parts. So it is never more than the truth, whatever is joined: a station that was there in every
/// hour, before and after a restart, is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stations([u64; Role::ALL.len()]);

impl Role {
    /// Every one, in the order of their places.
    pub const ALL: [Self; 9] = [
        Self::Viewed,
        Self::Measured,
        Self::Granted,
        Self::Online,
        Self::Moved,
        Self::Ended,
        Self::Returned,
        Self::Blocked,
        Self::Refused,
    ];

    /// A bit of its own.
    #[must_use]
    pub const fn bit(self) -> u16 {
        1 << self.place()
    }

    const fn place(self) -> usize {
        match self {
            Self::Viewed => 0,
            Self::Measured => 1,
            Self::Granted => 2,
            Self::Online => 3,
            Self::Moved => 4,
            Self::Ended => 5,
            Self::Returned => 6,
            Self::Blocked => 7,
            Self::Refused => 8,
        }
    }
}

impl Stations {
    /// So many of each.
    #[must_use]
    pub const fn all(number: u64) -> Self {
        Self([number; Role::ALL.len()])
    }

    /// How many at least.
    #[must_use]
    pub const fn of(&self, role: Role) -> u64 {
        self.0[role.place()]
    }

    /// How many at least, to be changed.
    pub const fn of_mut(&mut self, role: Role) -> &mut u64 {
        &mut self.0[role.place()]
    }

    /// Joins what another part knows.
    pub fn merge(&mut self, other: &Self) {
        for (known, more) in self.0.iter_mut().zip(other.0) {
            *known = more.max(*known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Stations};

    #[test]
    fn every_role_has_a_place_and_a_bit_of_its_own() {
        let mut bits = 0_u16;
        for (number, role) in (1..).zip(Role::ALL) {
            let mut stations = Stations::default();
            *stations.of_mut(role) = number;
            assert_eq!(
                Role::ALL.iter().map(|role| stations.of(*role)).sum::<u64>(),
                number
            );
            assert_eq!(bits & role.bit(), 0);
            bits |= role.bit();
        }
    }

    #[test]
    fn the_same_people_in_two_hours_are_not_twice_as_many() {
        let mut stations = Stations::all(3);
        *stations.of_mut(Role::Moved) = 7;
        stations.merge(&Stations::all(5));
        assert_eq!((stations.of(Role::Online), stations.of(Role::Moved)), (5, 7));
    }
}
