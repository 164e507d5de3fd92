//! The Common Alerting Protocol 1.2 (OASIS, 1 July 2010): an `alert` element → what it says.
//!
//! Only what a notice is made of is read. What an alert lacks although the standard requires it makes it
//! no alert at all, but for an unknown value of a list, which counts as "unknown" there.

use jiff::Timestamp;

use super::xml::Element;

/// Most information blocks of an alert that are read: the national bulletin has about a dozen.
const MOST_INFOS: usize = 200;
/// Most references that are read.
const MOST_REFERENCES: usize = 200;

/// An alert of status "Actual", meant for the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alert {
    /// Who and which: what others refer to.
    pub(super) name: Name,
    /// `sent`
    pub(super) sent: Timestamp,
    /// `msgType`
    pub(super) message: Message,
    /// `references`: the alerts it updates or cancels.
    pub(super) references: Vec<Name>,
    /// `info`
    pub(super) infos: Vec<Info>,
}

/// Sender and identifier, which together name an alert (3.2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) sender: String,
    pub(super) identifier: String,
}

/// `msgType`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Alert,
    /// In place of what it refers to.
    Update,
    /// Takes back what it refers to.
    Cancel,
}

/// `severity`, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    Extreme,
    Severe,
    Moderate,
    Minor,
    Unknown,
}

/// An information block: one hazard, in one language, for some areas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Info {
    /// `language`, two letters; the standard's default is English.
    pub(super) language: Option<String>,
    /// `event`
    pub(super) event: String,
    /// `headline`
    pub(super) headline: Option<String>,
    /// `severity`
    pub(super) severity: Severity,
    /// Whether `urgency` says that nothing is to be done any more.
    pub(super) past: bool,
    /// Whether `certainty` says that it is not expected, or `urgency` and `certainty` together that it
    /// is far away and only possible.
    pub(super) doubtful: bool,
    /// Whether a `responseType` is "AllClear".
    pub(super) all_clear: bool,
    /// `effective`: from when on it is to be told.
    pub(super) effective: Option<Timestamp>,
    /// `onset`: when what it warns of begins.
    pub(super) onset: Option<Timestamp>,
    /// `expires`
    pub(super) expires: Option<Timestamp>,
    /// `web`
    pub(super) web: Option<String>,
    /// The parameter `awareness_level` of Europe's weather services, like "3; orange; Severe".
    pub(super) awareness: Option<String>,
    /// `area`
    pub(super) areas: Vec<Area>,
}

/// An area. Polygons and circles are not read: the comune is known by its codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Area {
    /// `areaDesc`
    pub(super) description: String,
    /// `geocode`: name of the system and value.
    pub(super) codes: Vec<(String, String)>,
}

/// Reads an alert; `None` when it is a test, an exercise, for a closed circle, or incomplete.
pub(super) fn alert(element: &Element) -> Option<Alert> {
    let is = |name: &str, wanted: &str| {
        element
            .value(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(wanted))
    };
    // Required since CAP 1.1; feeds of version 1.0 have none.
    let public = element.value("scope").is_none() || is("scope", "Public");
    if !is("status", "Actual") || !public {
        return None;
    }
    let message = match element.value("msgType")?.to_ascii_lowercase().as_str() {
        "alert" => Message::Alert,
        "update" => Message::Update,
        "cancel" => Message::Cancel,
        // Acknowledgements and errors are between machines.
        _ => return None,
    };
    let references = element.value("references").unwrap_or_default();
    let references = references.split_whitespace().filter_map(reference);
    Some(Alert {
        name: Name {
            sender: element.value("sender")?.to_owned(),
            identifier: element.value("identifier")?.to_owned(),
        },
        sent: time(element.value("sent")?)?,
        message,
        references: references.take(MOST_REFERENCES).collect(),
        infos: element.all("info").take(MOST_INFOS).map(info).collect(),
    })
}

/// `sender,identifier,sent`; the sender comes first and has no comma (3.2.1).
fn reference(text: &str) -> Option<Name> {
    let (sender, rest) = text.split_once(',')?;
    let (identifier, _sent) = rest.rsplit_once(',')?;
    Some(Name {
        sender: sender.to_owned(),
        identifier: identifier.to_owned(),
    })
}

fn info(element: &Element) -> Info {
    let word = |name: &str| element.value(name).unwrap_or_default().to_ascii_lowercase();
    let (urgency, certainty) = (word("urgency"), word("certainty"));
    let owned = |name: &str| element.value(name).map(str::to_owned);
    let moment = |name: &str| element.value(name).and_then(time);
    Info {
        language: element.value("language").and_then(language),
        event: owned("event").unwrap_or_default(),
        headline: owned("headline"),
        severity: match word("severity").as_str() {
            "extreme" => Severity::Extreme,
            "severe" => Severity::Severe,
            "moderate" => Severity::Moderate,
            "minor" => Severity::Minor,
            _ => Severity::Unknown,
        },
        past: urgency == "past",
        doubtful: certainty == "unlikely" || (certainty == "possible" && urgency == "future"),
        all_clear: element
            .all("responseType")
            .any(|kind| kind.text().eq_ignore_ascii_case("AllClear")),
        effective: moment("effective"),
        onset: moment("onset"),
        expires: moment("expires"),
        web: owned("web"),
        awareness: element
            .all("parameter")
            .find(|parameter| parameter.value("valueName") == Some("awareness_level"))
            .and_then(|parameter| parameter.value("value"))
            .map(str::to_owned),
        areas: element.all("area").map(area).collect(),
    }
}

fn area(element: &Element) -> Area {
    let codes = element.all("geocode").filter_map(|code| {
        let (name, value) = (code.value("valueName")?, code.value("value")?);
        Some((name.to_owned(), value.to_owned()))
    });
    Area {
        description: element.value("areaDesc").unwrap_or_default().to_owned(),
        codes: codes.collect(),
    }
}

/// The first subtag of RFC 3066, which is what the pages know.
fn language(text: &str) -> Option<String> {
    let first = text.split(['-', '_']).next()?.to_ascii_lowercase();
    (first.len() == 2 && first.bytes().all(|byte| byte.is_ascii_lowercase())).then_some(first)
}

/// Date and time with an offset: the standard allows no other (3.3.2). "-00:00" is its way to say UTC.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let utc = text.strip_suffix("-00:00").map(|local| format!("{local}+00:00"));
    utc.as_deref().unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Message, Severity, alert, language, time};
    use crate::news::notices::xml;

    const WHOLE: &str = "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>A-2</identifier>\
        <sender>x@y.example</sender><sent>2026-11-22T09:00:00+01:00</sent><status>Actual</status>\
        <msgType>Update</msgType><scope>Public</scope>\
        <references>x@y.example,A-1,2026-11-22T08:00:00+01:00\n x@y.example,urn:a,b,2026-11-22T08:00:00+01:00</references>\
        <info><language>it-IT</language><event>Vento</event><urgency>Future</urgency><severity>Severe</severity>\
        <certainty>Possible</certainty><area><areaDesc>Busto</areaDesc><geocode><valueName>ISTAT</valueName>\
        <value>012026</value></geocode></area></info></alert>";

    fn read(text: &str) -> Option<super::Alert> {
        alert(&xml::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_whole_alert_is_read() {
        let alert = read(WHOLE).unwrap();
        assert_eq!(alert.message, Message::Update);
        assert_eq!(alert.sent.to_string(), "2026-11-22T08:00:00Z");
        assert_eq!(alert.references[0].identifier, "A-1");
        assert_eq!(alert.references[1].identifier, "urn:a,b");
        let info = &alert.infos[0];
        assert_eq!(
            (info.severity, info.doubtful, info.past),
            (Severity::Severe, true, false)
        );
        assert_eq!(info.areas[0].codes, [("ISTAT".to_owned(), "012026".to_owned())]);
    }

    #[test]
    fn what_is_not_for_the_public_or_not_whole_is_none() {
        for (from, to) in [
            ("Actual", "Test"),
            ("Actual", "Exercise"),
            ("Actual", "Draft"),
            ("Actual", "System"),
            ("Public", "Restricted"),
            ("Public", "Private"),
            ("Update", "Ack"),
            ("Update", "Error"),
            ("<identifier>A-2</identifier>", ""),
            ("<sent>2026-11-22T09:00:00+01:00</sent>", "<sent>today</sent>"),
        ] {
            assert_eq!(read(&WHOLE.replace(from, to)), None, "{from} -> {to}");
        }
    }

    #[test]
    fn times_have_an_offset() {
        assert_eq!(
            time("2026-11-22T09:00:00-00:00"),
            "2026-11-22T09:00:00Z".parse().ok()
        );
        assert_eq!(time("2026-11-22T09:00:00"), None);
        assert_eq!(time("-00:00"), None);
    }

    #[test]
    fn languages_have_two_letters() {
        assert_eq!(language("en-GB").as_deref(), Some("en"));
        assert_eq!(language("IT").as_deref(), Some("it"));
        assert_eq!((language("x-klingon"), language("")), (None, None));
    }
}
