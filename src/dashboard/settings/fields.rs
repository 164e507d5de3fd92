//! Which settings there are forms for, section by section. What a value may be is for `config` alone to say.

use crate::config::{DEFAULT_BURST, DEFAULT_DOWN, DEFAULT_TIME_ZONE, DEFAULT_UP};
use crate::dashboard::networks::place_key;
use crate::model::{LocationType, Placement, Role};

/// How a value is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of text.
    Text,
    /// A whole number.
    Whole,
    /// Yes or no.
    Truth,
    /// Several texts, one a line.
    Lines,
    /// Several whole numbers, one a line.
    Numbers,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words, each said as the key that begins so and ends with it.
    Named(&'static [&'static str], &'static str),
    /// One of these words, each with the key of what it is called.
    Said(&'static [(&'static str, &'static str)]),
    /// Any of the roles.
    Roles,
    /// Any of the file's networks.
    Networks,
    /// A text in one language or several.
    Phrases,
    /// `#0066cc`
    Color,
    /// One of the pictures that lie beside the file.
    Crest,
}

impl Kind {
    /// Whether it is typed as boxes: when none is ticked, a form says nothing of them.
    pub(super) const fn is_boxes(self) -> bool {
        matches!(self, Self::Roles | Self::Networks)
    }
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Where it stands in its group: `rate.down`.
    pub(super) path: &'static str,
    pub(super) kind: Kind,
    /// What holds when it is left empty; empty where words say so, or nothing does.
    pub(super) default: &'static str,
    pub(super) is_required: bool,
}

const fn field(path: &'static str, kind: Kind, default: &'static str) -> Field {
    Field {
        path,
        kind,
        default,
        is_required: false,
    }
}

const fn required(path: &'static str) -> Field {
    Field {
        path,
        kind: Kind::Text,
        default: "",
        is_required: true,
    }
}

/// Several settings under one heading.
#[derive(Debug, Clone, Copy)]
pub(super) struct Set {
    /// The section of the file; that of a network is `network`, each has one of them.
    pub(super) of: &'static str,
    pub(super) fields: &'static [Field],
    /// Entries of each network, below it: where they stand, and what each has.
    pub(super) entries: Option<(&'static str, &'static [Field])>,
    /// Whether the file has any number of them, in an order that somebody may choose.
    pub(super) is_list: bool,
}

const fn set(of: &'static str, fields: &'static [Field]) -> Set {
    Set {
        of,
        fields,
        entries: None,
        is_list: false,
    }
}

/// A page of settings.
#[derive(Debug, Clone, Copy)]
pub(in crate::dashboard) struct Section {
    /// Its name in paths and words.
    pub(super) name: &'static str,
    pub(super) sets: &'static [Set],
    /// What a new network is told by, where networks come and go.
    pub(super) newcomer: &'static [Field],
}

const fn section(name: &'static str, sets: &'static [Set]) -> Section {
    Section {
        name,
        sets,
        newcomer: &[],
    }
}

const QUEUES: &[&str] = &["auto", "cake", "fq_codel", "off"];
const CONFLICTS: &[&str] = &["count", "block"];

const GATEWAY: &[Field] = &[
    required("uplink"),
    field("masquerade", Kind::Truth, ""),
    field("time_zone", Kind::Text, DEFAULT_TIME_ZONE),
    field("protected", Kind::Lines, ""),
    field("resolver", Kind::Text, "network"),
];

const UPLINK: &[Field] = &[
    field("down", Kind::Text, ""),
    field("up", Kind::Text, ""),
    field("fair_share", Kind::Truth, ""),
    field("reserve_down", Kind::Text, "0%"),
    field("reserve_up", Kind::Text, "0%"),
    field("queue", Kind::Choice(QUEUES), ""),
    field("check", Kind::Lines, ""),
];

const IDENTITY: &[Field] = &[
    required("id"),
    required("name"),
    required("comune"),
    required("interface"),
    required("host"),
    field("wifi4eu_id", Kind::Text, ""),
];

const NETWORK: &[Field] = &[
    required("name"),
    required("comune"),
    required("interface"),
    required("host"),
    field("wifi4eu_id", Kind::Text, ""),
    field("recognition", Kind::Text, "midnight"),
    field("exempt", Kind::Lines, ""),
    field("blocked", Kind::Lines, ""),
    field("contact", Kind::Text, ""),
    field("dpo", Kind::Text, ""),
    field("terms_url", Kind::Text, ""),
    field("privacy_url", Kind::Text, ""),
    field("istat", Kind::Text, ""),
    field("ipa", Kind::Text, ""),
];

const PLANS: &[Field] = &[
    field("rate.down", Kind::Text, DEFAULT_DOWN),
    field("rate.up", Kind::Text, DEFAULT_UP),
    field("rate.burst", Kind::Text, DEFAULT_BURST),
    field("fair_use.volume", Kind::Text, ""),
    field("fair_use.down", Kind::Text, ""),
    field("fair_use.up", Kind::Text, ""),
    field("weight", Kind::Whole, "1"),
];

const SCHEDULE: &[Field] = &[
    required("name"),
    field("days", Kind::Lines, ""),
    field("dates", Kind::Lines, ""),
    field("from", Kind::Text, "00:00"),
    field("to", Kind::Text, "24:00"),
    field("down", Kind::Text, ""),
    field("up", Kind::Text, ""),
    field("burst", Kind::Text, ""),
];

const GARDEN: &[Field] = &[
    field("name", Kind::Text, ""),
    field("address", Kind::Text, ""),
    field("ports", Kind::Numbers, ""),
    field("reason", Kind::Text, ""),
];

const GUARDS: &[Field] = &[
    field("guards.new_connections", Kind::Whole, "100"),
    field("guards.connections", Kind::Whole, "1000"),
    field("on_conflict", Kind::Choice(CONFLICTS), ""),
    field("max_stations", Kind::Whole, "2048"),
];

const PORTAL: &[Field] = &[
    field("http_port", Kind::Whole, "8080"),
    field("https_port", Kind::Whole, "8443"),
    field("dns_port", Kind::Whole, "5354"),
    field("max_connections", Kind::Whole, "2048"),
    field("max_connections_per_station", Kind::Whole, "16"),
];

const TLS: &[Field] = &[field("certificate", Kind::Text, ""), field("key", Kind::Text, "")];

/// Without `enabled`: who switches this page off could not confirm it.
const MANAGEMENT: &[Field] = &[
    field("port", Kind::Whole, "9443"),
    field("interface", Kind::Text, ""),
    field("host", Kind::Text, ""),
    field("certificate", Kind::Text, ""),
    field("key", Kind::Text, ""),
    field("metrics_token", Kind::Text, ""),
    field("second_factor", Kind::Roles, ""),
];

const OPEN_DATA: &[Field] = &[field("page", Kind::Truth, ""), field("url", Kind::Text, "")];

const REGISTER: &[Field] = &[
    field("recipient", Kind::Text, ""),
    field("days", Kind::Whole, "7"),
];

const LOOK: &[Field] = &[
    required("name"),
    required("comune"),
    field("look.intro", Kind::Phrases, ""),
    field("look.color", Kind::Color, "#0066cc"),
    field("look.crest", Kind::Crest, ""),
];

const SERVICE_KINDS: &[&str] = &[
    "io",
    "municipium",
    "certificates",
    "fines",
    "payments",
    "appointments",
    "sue",
    "suap",
    "youtube",
    "help",
    "emergency",
    "website",
    "other",
];

const SERVICE: &[Field] = &[
    field("kind", Kind::Named(SERVICE_KINDS, "service-kind-"), ""),
    required("url"),
    field("label", Kind::Phrases, ""),
    field("hint", Kind::Phrases, ""),
    field("networks", Kind::Networks, ""),
    field("before_tap", Kind::Truth, ""),
];

/// The portal's kinds of places, as the page of a network calls them.
const PLACES: [(&str, &str); LocationType::ALL.len()] = {
    let mut places = [("", ""); LocationType::ALL.len()];
    let mut at = 0;
    while at < places.len() {
        let kind = LocationType::ALL[at];
        places[at] = (kind.as_str(), place_key(kind));
        at += 1;
    }
    places
};

const PLACEMENTS: [(&str, &str); 2] = [
    (Placement::Indoor.as_str(), "point-indoor"),
    (Placement::Outdoor.as_str(), "point-outdoor"),
];

const ACCESS_POINT: &[Field] = &[
    required("location"),
    Field {
        is_required: true,
        ..field("location_type", Kind::Said(&PLACES), "")
    },
    required("latitude"),
    required("longitude"),
    Field {
        is_required: true,
        ..field("placement", Kind::Said(&PLACEMENTS), "")
    },
    required("brand"),
    required("model"),
    required("serial"),
    required("mac"),
];

const NEWS: &[Field] = &[
    field("refresh_minutes", Kind::Whole, "15"),
    field("items", Kind::Whole, "6"),
    field("pictures", Kind::Truth, ""),
];

const FEED_KINDS: &[&str] = &["news", "municipium", "cap", "allertalom", "protezione-civile"];

const FEED: &[Field] = &[
    field("kind", Kind::Named(FEED_KINDS, "feed-kind-"), ""),
    required("url"),
    required("source"),
    field("lang", Kind::Text, "it"),
    field("istat", Kind::Text, ""),
    field("zone", Kind::Text, ""),
    field("networks", Kind::Networks, ""),
    field("private", Kind::Truth, ""),
    field("insecure", Kind::Truth, ""),
    field("ca", Kind::Text, ""),
];

/// Every page, in the order of the overview.
pub(super) const SECTIONS: [Section; 12] = [
    section(
        "gateway",
        &[
            set("gateway", GATEWAY),
            set("uplink", UPLINK),
            set(
                "forward",
                &[
                    field("fast_path", Kind::Truth, ""),
                    field("flowtable", Kind::Truth, ""),
                ],
            ),
        ],
    ),
    Section {
        newcomer: IDENTITY,
        ..section("networks", &[set("network", NETWORK)])
    },
    section(
        "points",
        &[Set {
            entries: Some(("access_point", ACCESS_POINT)),
            ..set("network", &[])
        }],
    ),
    section(
        "plans",
        &[Set {
            entries: Some(("schedule", SCHEDULE)),
            ..set("network", PLANS)
        }],
    ),
    section(
        "garden",
        &[Set {
            entries: Some(("garden", GARDEN)),
            ..set("network", &[])
        }],
    ),
    section(
        "news",
        &[
            set("news", NEWS),
            Set {
                is_list: true,
                ..set("news.feed", FEED)
            },
        ],
    ),
    section("guards", &[set("network", GUARDS)]),
    section("portal", &[set("portal", PORTAL)]),
    section("tls", &[set("network", TLS)]),
    section("management", &[set("management", MANAGEMENT)]),
    section("figures", &[set("open_data", OPEN_DATA)]),
    section("register", &[set("register", REGISTER)]),
];

/// What the page of people shows by its settings.
pub(in crate::dashboard) const PAGE_SECTIONS: [Section; 2] = [
    section("look", &[set("network", LOOK)]),
    section(
        "services",
        &[Set {
            is_list: true,
            ..set("service", SERVICE)
        }],
    ),
];

/// The key of a heading, `-new` behind it that of an entry that is to be added.
pub(super) fn heading(of: &str) -> String {
    format!("settings-set-{of}").replace(['.', '_'], "-")
}

impl Section {
    /// Whether one of its settings is a picture.
    pub(super) fn has_crest(&self) -> bool {
        let mut fields = self.sets.iter().flat_map(|set| set.fields);
        fields.any(|field| field.kind == Kind::Crest)
    }
}

impl Field {
    /// The key of its label, `-help` behind it that of its explanation.
    pub(super) fn word(&self, of: &str) -> String {
        format!("set-{of}-{}", self.path).replace(['.', '_'], "-")
    }
}

/// Roles as words of the file.
pub(super) fn roles() -> impl Iterator<Item = &'static str> {
    Role::ALL.into_iter().map(Role::code)
}

#[cfg(test)]
mod tests {
    use super::{Kind, LOOK, MANAGEMENT, PAGE_SECTIONS, PORTAL, SECTIONS, SERVICE_KINDS};
    use crate::config::{
        DEFAULT_COLOR, DEFAULT_CONNECTIONS, DEFAULT_DNS_PORT, DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT,
        DEFAULT_MANAGEMENT_PORT, DEFAULT_MAX_CONNECTIONS, DEFAULT_MAX_STATIONS, DEFAULT_MOST_ITEMS,
        DEFAULT_REFRESH_MINUTES, FeedKind, ServiceKind,
    };
    use crate::dashboard::words::Tongue;

    #[test]
    fn every_setting_has_its_words() {
        let mut keys = Vec::new();
        for section in SECTIONS.iter().chain(&PAGE_SECTIONS) {
            keys.push(format!("settings-{}", section.name));
            keys.push(format!("settings-{}-about", section.name));
            for set in section.sets {
                let heading = super::heading(set.of);
                if set.is_list {
                    keys.push(format!("{heading}-new"));
                }
                keys.push(heading);
                let below = set.entries.map(|(of, fields)| {
                    keys.push(format!("{}-new", super::heading(of)));
                    fields
                });
                for field in set.fields.iter().chain(below.into_iter().flatten()) {
                    match field.kind {
                        Kind::Named(words, begin) => {
                            keys.extend(words.iter().map(|word| format!("{begin}{word}")));
                        }
                        Kind::Said(words) => keys.extend(words.iter().map(|(_, key)| (*key).to_owned())),
                        _ => {}
                    }
                }
                let own = set.fields.iter().map(|field| field.word(set.of));
                let entries = set.entries.into_iter();
                let below = entries.flat_map(|(of, fields)| fields.iter().map(move |field| field.word(of)));
                let new = section.newcomer.iter().map(|field| field.word("network"));
                for word in own.chain(below).chain(new) {
                    keys.push(format!("{word}-help"));
                    keys.push(word);
                }
            }
        }
        for tongue in [Tongue::It, Tongue::En] {
            let missing: Vec<&String> = keys.iter().filter(|key| tongue.say(key) == **key).collect();
            assert!(missing.is_empty(), "{missing:#?}");
        }
    }

    #[test]
    fn defaults_are_those_of_the_file() {
        let told = |fields: &[super::Field], path: &str| {
            let field = fields.iter().find(|field| field.path == path).unwrap();
            field.default.to_owned()
        };
        assert_eq!(told(PORTAL, "http_port"), DEFAULT_HTTP_PORT.to_string());
        assert_eq!(told(PORTAL, "https_port"), DEFAULT_HTTPS_PORT.to_string());
        assert_eq!(told(PORTAL, "dns_port"), DEFAULT_DNS_PORT.to_string());
        assert_eq!(
            told(PORTAL, "max_connections"),
            DEFAULT_MAX_CONNECTIONS.to_string()
        );
        assert_eq!(told(LOOK, "look.color"), DEFAULT_COLOR.to_string());
        let kinds: Vec<&str> = ServiceKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(SERVICE_KINDS, kinds);
        let kinds: Vec<&str> = FeedKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(super::FEED_KINDS, kinds);
        assert_eq!(told(super::NEWS, "items"), DEFAULT_MOST_ITEMS.to_string());
        let minutes = DEFAULT_REFRESH_MINUTES.to_string();
        assert_eq!(told(super::NEWS, "refresh_minutes"), minutes);
        assert_eq!(told(MANAGEMENT, "port"), DEFAULT_MANAGEMENT_PORT.to_string());
        assert_eq!(
            told(super::GUARDS, "guards.connections"),
            DEFAULT_CONNECTIONS.to_string()
        );
        assert_eq!(
            told(super::GUARDS, "max_stations"),
            DEFAULT_MAX_STATIONS.to_string()
        );
    }
}
