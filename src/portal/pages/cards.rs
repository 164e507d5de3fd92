//! The comune's digital services as cards. A card is a link only where the link opens: before the tap
//! most do not, and a link that fails is worse than none.

use super::frame::{Frame, Phrase};
use crate::config::{Phrases, Service, ServiceKind};

/// A service.
pub(super) struct Card<'a> {
    pub(super) kind: ServiceKind,
    pub(super) label: Words<'a>,
    pub(super) hint: Option<Words<'a>>,
    /// Where to, if it opens now.
    pub(super) href: Option<&'a str>,
    /// When it opens; nothing where everything does.
    pub(super) badge: Option<Badge>,
}

/// Words of the configuration, in whatever language they are, or built-in ones in the reader's.
pub(super) enum Words<'a> {
    Own(Phrase<'a>),
    BuiltIn(String),
}

impl<'a> Words<'a> {
    fn own(frame: &Frame<'_>, phrases: &'a Phrases) -> Self {
        let (text, lang) = phrases.get(frame.code());
        Self::Own(Phrase { text, lang })
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Own(phrase) => phrase.text,
            Self::BuiltIn(text) => text,
        }
    }

    /// The language, where it is not the page's.
    pub(super) fn lang(&self, frame: &Frame<'_>) -> Option<&str> {
        match self {
            Self::Own(phrase) if phrase.lang != frame.code() => Some(phrase.lang),
            _ => None,
        }
    }
}

/// When a service opens.
pub(super) struct Badge {
    pub(super) text: String,
    /// Whether it does now.
    pub(super) now: bool,
}

impl<'a> Card<'a> {
    pub(super) fn new(frame: &Frame<'_>, service: &'a Service) -> Self {
        let name = service.kind.name();
        let opens = frame.opens(&service.url);
        Self {
            kind: service.kind,
            label: match &service.label {
                Some(own) => Words::own(frame, own),
                // The configuration demands a label of kind "other".
                None => Words::BuiltIn(frame.t(&format!("service-{name}"))),
            },
            hint: match &service.hint {
                Some(own) => Some(Words::own(frame, own)),
                None if service.kind == ServiceKind::Other => None,
                None => Some(Words::BuiltIn(frame.t(&format!("service-{name}-hint")))),
            },
            href: opens.then_some(service.url.as_str()),
            badge: badge(frame, service, opens),
        }
    }
}

fn badge(frame: &Frame<'_>, service: &Service, opens: bool) -> Option<Badge> {
    let text = if service.url.starts_with("tel:") {
        frame.call(&service.url)
    } else if !opens {
        frame.later()
    } else if frame.scene.access == super::Access::Captive {
        frame.t("service-now")
    } else {
        return None;
    };
    Some(Badge { text, now: opens })
}
