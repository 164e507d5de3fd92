//! Terms, privacy notice (art. 13 GDPR), accessibility statement (AgID's model), and the place.

use askama::Template;
use jiff::Timestamp;

use super::frame::Frame;
use super::login::Told;
use crate::portal::text::Text;

/// When the accessibility statement was last gone through against the pages; AgID's model wants it
/// renewed by 23 September of each year.
const ASSESSED: &str = "2026-11-22T12:00:00Z";

/// A headed part of a document.
pub(super) struct Section {
    title: String,
    paragraphs: Vec<String>,
}

/// A legal text, in the reader's language if it exists in it.
#[derive(Template)]
#[template(path = "portal/document.html")]
pub(in crate::portal) struct Document<'a> {
    frame: Frame<'a>,
    /// What its keys begin with.
    name: &'static str,
    /// What the text is in.
    words: Text,
    title: String,
    lead: Vec<String>,
    /// The comune's own text; out of reach until the grant, hence beside the built-in one.
    full_text: Option<&'a str>,
    sections: Vec<Section>,
}

impl<'a> Document<'a> {
    pub(in crate::portal) fn terms(frame: Frame<'a>) -> Self {
        let mut this = Self::new(frame, "terms", frame.network().terms_url.as_deref());
        this.add("service", &[("service", "comune", frame.comune())]);
        for part in ["duration", "conduct", "security", "limits", "law"] {
            this.add(part, &[(part, "", "")]);
        }
        this
    }

    pub(in crate::portal) fn privacy(frame: Frame<'a>) -> Self {
        let network = frame.network();
        let mut this = Self::new(frame, "privacy", network.privacy_url.as_deref());
        let controller = ("controller", "comune", frame.comune());
        match network.contact.as_deref() {
            Some(mail) => this.add(
                "controller",
                &[controller, ("controller-contact", "contact", mail)],
            ),
            None => this.add("controller", &[controller]),
        }
        match network.dpo.as_deref() {
            Some(mail) => this.add("dpo", &[("dpo-contact", "dpo", mail)]),
            None => this.add("dpo", &[("dpo", "", "")]),
        }
        this.add("data", &[("data", "", ""), ("provision", "", "")]);
        this.add("purpose", &[("purpose", "", "")]);
        let register = &frame.scene.config.register;
        if register.is_on() {
            this.add("period", &[("period-register", "", "")]);
            let days = register.days.to_string();
            this.add(
                "register",
                &[("register", "days", &days), ("register-why", "", "")],
            );
        } else {
            this.add("period", &[("period", "", "")]);
        }
        let recipients = [("recipients", "", ""), ("recipients-wifi4eu", "", "")];
        let with_collector = if network.wifi4eu_id.is_some() { 2 } else { 1 };
        this.add("recipients", recipients.get(..with_collector).unwrap_or_default());
        this.add("rights", &[("rights", "", "")]);
        this.add("complaint", &[("complaint", "", "")]);
        this
    }

    pub(in crate::portal) fn accessibility(frame: Frame<'a>) -> Self {
        let mut this = Self::new(frame, "accessibility", None);
        this.lead.push(this.sentence(("scope", "host", frame.host())));
        this.add("conformity", &[("conformity", "", "")]);
        let content = ["content-banner", "content-news", "content-legal", "burden"];
        this.add("content", &content.map(|part| (part, "", "")));
        let date = this.assessed();
        this.add(
            "drafting",
            &[
                ("drafting", "date", &date),
                ("version", "version", env!("CARGO_PKG_VERSION")),
            ],
        );
        let feedback = match frame.network().contact.as_deref() {
            Some(mail) => ("feedback-contact", "contact", mail),
            None => ("feedback", "", ""),
        };
        this.add("feedback", &[feedback, ("feedback-time", "", "")]);
        this.add("enforcement", &[("enforcement", "", "")]);
        this
    }

    fn new(frame: Frame<'a>, name: &'static str, full_text: Option<&'a str>) -> Self {
        let words = frame.text.legal();
        let mut this = Self {
            words,
            title: words.get(&format!("{name}-title")),
            lead: Vec::new(),
            full_text,
            sections: Vec::new(),
            frame,
            name,
        };
        this.lead.push(this.sentence(("lead", "comune", frame.comune())));
        this
    }

    /// A message of this document: the end of its key, and one variable.
    fn sentence(&self, (part, variable, value): (&str, &str, &str)) -> String {
        let key = format!("{}-{part}", self.name);
        if variable.is_empty() {
            self.words.get(&key)
        } else {
            self.words.with(&key, variable, value)
        }
    }

    fn add(&mut self, title: &str, paragraphs: &[(&str, &str, &str)]) {
        let section = Section {
            title: self.sentence((&format!("{title}-title"), "", "")),
            paragraphs: paragraphs.iter().map(|part| self.sentence(*part)).collect(),
        };
        self.sections.push(section);
    }

    /// The day of [`ASSESSED`] in the words of the document.
    fn assessed(&self) -> String {
        let frame = Frame {
            text: self.words,
            ..self.frame
        };
        let at: Result<Timestamp, _> = ASSESSED.parse();
        at.map_or_else(|_| ASSESSED.to_owned(), |at| frame.date(at))
    }

    /// Whether the text is not in the reader's language.
    fn is_foreign(&self) -> bool {
        self.words != self.frame.text
    }
}

/// The place: what phones show as a notification (RFC 8908, `venue-info-url`).
#[derive(Template)]
#[template(path = "portal/venue.html")]
pub(in crate::portal) struct Venue<'a> {
    frame: Frame<'a>,
    told: Told<'a>,
}

impl<'a> Venue<'a> {
    pub(in crate::portal) fn new(frame: Frame<'a>) -> Self {
        Self {
            told: Told::whole(&frame),
            frame,
        }
    }
}
