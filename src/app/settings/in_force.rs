//! The text of the configuration file that is in force, which is not the file as soon as somebody has edited it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Config;

/// See the module. Cheap to clone.
#[derive(Debug, Clone)]
pub struct InForce(Arc<Mutex<String>>);

impl InForce {
    /// With what was read at the start.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Arc::new(Mutex::new(text)))
    }

    /// A text that was put in force.
    pub fn set(&self, text: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// What is in force, where the file means something else; comments mean nothing.
    pub(super) fn beside(&self, file: &str, name: &str) -> Option<String> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (!means_the_same(file, &text, name)).then_some(text)
    }
}

/// Whether two texts of a file make the same configuration; one that makes none is like itself alone.
pub(super) fn means_the_same(one: &str, other: &str, name: &str) -> bool {
    let means = |text: &str| Config::parse(text, name).ok();
    one == other || means(one).is_some_and(|config| means(other) == Some(config))
}
