//! Where something stands in the file.

use std::fmt;
use std::str::FromStr;

/// A step towards a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a table.
    Key(String),
    /// To an entry of an array, counted from 0.
    Index(usize),
}

/// A place, written like `network.0.rate.down`; the empty one is the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(Vec<Step>);

/// Not a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place is written like network.0.rate.down")]
pub struct NoPlace;

impl Place {
    /// The way there.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What has this key there.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.and(Step::Key(key.to_owned()))
    }

    /// The entry of this index there.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.and(Step::Index(index))
    }

    /// The key at its end, if there is one.
    #[must_use]
    pub fn last_key(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

impl From<Vec<Step>> for Place {
    fn from(steps: Vec<Step>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Index(index) => write!(f, "{index}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let step = |part: &str| {
            if part.is_empty() || !part.bytes().all(is_bare) {
                return Err(NoPlace);
            }
            if part.bytes().all(|byte| byte.is_ascii_digit()) {
                return part.parse().map(Step::Index).map_err(|_| NoPlace);
            }
            Ok(Step::Key(part.to_owned()))
        };
        text.split('.').map(step).collect::<Result<_, _>>().map(Self)
    }
}
