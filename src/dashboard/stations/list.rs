//! Which stations are on the page, in which order: pure.

use std::cmp::Ordering;
use std::net::IpAddr;

use super::handles::visible;
use crate::core::{StationLook, StationState};
use crate::model::figures::DeviceFamily;
use crate::model::{Mac, NetworkId};

/// Stations on a page.
pub(in crate::dashboard) const PAGE: usize = 50;
/// Longest search, characters.
pub(in crate::dashboard) const LONGEST_SEARCH: usize = 64;

/// What the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dashboard) enum Column {
    Mac,
    State,
    Network,
    Since,
    Left,
    Plan,
    Usage,
    Addresses,
    Family,
    Active,
}

impl Column {
    /// In the order of the table.
    pub(super) const ALL: [Self; 10] = [
        Self::Mac,
        Self::State,
        Self::Network,
        Self::Since,
        Self::Left,
        Self::Plan,
        Self::Usage,
        Self::Addresses,
        Self::Family,
        Self::Active,
    ];

    /// Its name in forms and words.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Mac => "mac",
            Self::State => "state",
            Self::Network => "network",
            Self::Since => "since",
            Self::Left => "left",
            Self::Plan => "plan",
            Self::Usage => "usage",
            Self::Addresses => "addresses",
            Self::Family => "family",
            Self::Active => "active",
        }
    }

    fn compare(self, one: &StationLook, other: &StationLook) -> Ordering {
        let usage = |look: &StationLook| look.usage.down.bytes.saturating_add(look.usage.up.bytes);
        // What is seen: the order must not tell what is masked.
        let seen = |mac: Mac| {
            let [first, second, third, .., last] = mac.octets();
            [first, second, third, last]
        };
        match self {
            Self::Mac => seen(one.mac).cmp(&seen(other.mac)),
            Self::State => one.state.cmp(&other.state),
            Self::Network => one.network.cmp(&other.network),
            Self::Since => one.since.cmp(&other.since),
            Self::Left => one.seconds_left.cmp(&other.seconds_left),
            Self::Plan => one
                .plan
                .map(|plan| plan.down)
                .cmp(&other.plan.map(|plan| plan.down)),
            Self::Usage => usage(one).cmp(&usage(other)),
            Self::Addresses => one.addresses.len().cmp(&other.addresses.len()),
            Self::Family => one.family.map(family_code).cmp(&other.family.map(family_code)),
            Self::Active => one.active_at.cmp(&other.active_at),
        }
    }
}

/// What is typed into the search.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    /// Whoever has the device in hand knows its whole address.
    Whole(Mac),
    Address(IpAddr),
    /// Of what is shown of an address.
    Part(String),
}

impl Wish {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return None;
        }
        let address = text.parse().ok().map(Self::Address);
        let whole = text.parse().ok().map(Self::Whole);
        Some(
            address
                .or(whole)
                .unwrap_or_else(|| Self::Part(text.replace('-', ":"))),
        )
    }

    fn fits(&self, look: &StationLook) -> bool {
        match self {
            Self::Whole(mac) => look.mac == *mac,
            Self::Address(address) => look.addresses.contains(address),
            Self::Part(part) => {
                let (head, tail) = visible(look.mac);
                head.contains(part) || tail == *part
            }
        }
    }
}

/// What somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) struct View {
    pub(in crate::dashboard) search: String,
    pub(in crate::dashboard) network: Option<NetworkId>,
    pub(in crate::dashboard) state: Option<StationState>,
    pub(in crate::dashboard) family: Option<DeviceFamily>,
    pub(in crate::dashboard) column: Column,
    pub(in crate::dashboard) is_down: bool,
    /// From 1.
    pub(in crate::dashboard) page: usize,
}

impl Default for View {
    fn default() -> Self {
        Self {
            search: String::new(),
            network: None,
            state: None,
            family: None,
            column: Column::Since,
            is_down: true,
            page: 1,
        }
    }
}

/// One page of the list.
pub(in crate::dashboard) struct Found<'a> {
    pub(in crate::dashboard) looks: Vec<&'a StationLook>,
    /// Of all pages.
    pub(in crate::dashboard) count: usize,
    /// From 1.
    pub(in crate::dashboard) page: usize,
    pub(in crate::dashboard) pages: usize,
}

impl View {
    /// By the fields of a form: a later one counts, and what makes no sense is left out.
    pub(in crate::dashboard) fn of<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut view = Self::default();
        let mut is_resorted = false;
        for (name, value) in fields {
            match name {
                "q" => view.search = value.trim().chars().take(LONGEST_SEARCH).collect(),
                "network" => view.network = value.parse().ok(),
                "state" => {
                    view.state = StationState::ALL
                        .into_iter()
                        .find(|state| state_code(*state) == value);
                }
                "family" => view.family = FAMILIES.into_iter().find(|family| family_code(*family) == value),
                "order" | "sort" => {
                    is_resorted |= name == "sort";
                    view.sort_by(value);
                }
                "page" => view.page = value.parse().unwrap_or(1),
                _ => {}
            }
        }
        if is_resorted {
            view.page = 1;
        }
        view
    }

    /// What kind of whole address is searched for, if one is.
    pub(in crate::dashboard) fn whole(&self) -> Option<&'static str> {
        match Wish::of(&self.search)? {
            Wish::Whole(_) => Some("a whole MAC address"),
            Wish::Address(_) => Some("an IP address"),
            Wish::Part(_) => None,
        }
    }

    fn sort_by(&mut self, order: &str) {
        let Some((column, way)) = order.split_once('-') else {
            return;
        };
        if let Some(column) = Column::ALL.into_iter().find(|known| known.code() == column) {
            self.column = column;
            self.is_down = way == "down";
        }
    }

    /// The order as a field of a form.
    pub(super) fn order(&self) -> String {
        order(self.column, self.is_down)
    }

    /// The order after a press on the head of a column.
    pub(super) fn next_order(&self, column: Column) -> String {
        order(column, self.column == column && !self.is_down)
    }

    /// What it looks for, as fields of a form.
    pub(super) fn filters(&self) -> Vec<(&'static str, String)> {
        let state = self.state.map(|state| state_code(state).to_owned());
        let network = self.network.map(|network| network.to_string());
        let family = self.family.map(|family| family_code(family).to_owned());
        let search = (!self.search.is_empty()).then(|| self.search.clone());
        let fields = [
            ("q", search),
            ("state", state),
            ("network", network),
            ("family", family),
        ];
        let fields = fields.into_iter();
        fields.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Every station that it looks for, in the order of the list.
    pub(super) fn matching<'a>(&self, looks: &'a [StationLook]) -> Vec<&'a StationLook> {
        let wish = Wish::of(&self.search);
        let fits = |look: &&StationLook| {
            self.network.is_none_or(|network| network == look.network)
                && self.state.is_none_or(|state| state == look.state)
                && self.family.is_none_or(|family| look.family == Some(family))
                && wish.as_ref().is_none_or(|wish| wish.fits(look))
        };
        looks.iter().filter(fits).collect()
    }

    /// The stations on its page. Those that are the same by the column stand in order of networks and addresses.
    pub(in crate::dashboard) fn find<'a>(&self, looks: &'a [StationLook]) -> Found<'a> {
        let mut found = self.matching(looks);
        found.sort_by(|one, other| {
            let order = self.column.compare(one, other);
            if self.is_down { order.reverse() } else { order }
        });
        let count = found.len();
        let pages = count.div_ceil(PAGE).max(1);
        let page = self.page.clamp(1, pages);
        Found {
            looks: found.into_iter().skip((page - 1) * PAGE).take(PAGE).collect(),
            count,
            page,
            pages,
        }
    }
}

fn order(column: Column, is_down: bool) -> String {
    format!("{}-{}", column.code(), if is_down { "down" } else { "up" })
}

/// All families of devices.
pub(super) const FAMILIES: [DeviceFamily; 4] = [
    DeviceFamily::Android,
    DeviceFamily::Apple,
    DeviceFamily::Windows,
    DeviceFamily::Other,
];

/// Its name in forms and words.
pub(in crate::dashboard) const fn family_code(family: DeviceFamily) -> &'static str {
    match family {
        DeviceFamily::Android => "android",
        DeviceFamily::Apple => "apple",
        DeviceFamily::Windows => "windows",
        DeviceFamily::Other => "other",
    }
}

/// Its name in forms and words.
pub(super) const fn state_code(state: StationState) -> &'static str {
    match state {
        StationState::Captive => "captive",
        StationState::Granted => "granted",
        StationState::Exempt => "exempt",
        StationState::Blocked => "blocked",
    }
}

/// One of many stations, for tests.
#[cfg(test)]
pub(super) use tests::look as sample;

#[cfg(test)]
mod tests {
    use super::{Column, PAGE, View, state_code};
    use crate::core::{StationLook, StationState};
    use crate::model::figures::DeviceFamily;
    use crate::model::{Counters, Mac};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    pub(in crate::dashboard::stations) fn look(index: usize) -> StationLook {
        let [high, low] = u16::try_from(index).unwrap().to_be_bytes();
        let mut usage = Counters::default();
        usage.down.bytes = u64::from(low) * 1_000;
        StationLook {
            network: if index.is_multiple_of(3) {
                "molini"
            } else {
                "piazza"
            }
            .parse()
            .unwrap(),
            mac: Mac::new([0xaa, 0xbb, 0xcc, high, 7, low]).unwrap(),
            state: StationState::ALL[index % 4],
            since: None,
            ends_at: None,
            seconds_left: None,
            plan: None,
            is_own_plan: false,
            usage,
            addresses: vec![std::net::Ipv4Addr::new(10, 0, high, low).into()],
            family: index.is_multiple_of(2).then_some(DeviceFamily::Apple),
            active_at: None,
            order: None,
        }
    }

    fn view(fields: &[(&str, &str)]) -> View {
        View::of(fields.iter().copied())
    }

    #[test]
    fn what_is_typed_finds_whole_addresses_and_what_is_shown_of_them() {
        let looks: Vec<StationLook> = (0..1_000).map(look).collect();
        let count = |text: &str| view(&[("q", text)]).find(&looks).count;
        assert_eq!(count("AA-BB-CC-01-07-02"), 1);
        assert_eq!(count("10.0.1.2"), 1);
        assert_eq!(count("aa:bb"), 1_000);
        assert_eq!(count(" 02 "), 4);
        assert_eq!(
            count("01:07"),
            0,
            "what is masked cannot be guessed piece by piece"
        );
        assert_eq!(count("<script>"), 0);
        let chosen = view(&[("network", "molini"), ("state", "blocked"), ("family", "apple")]);
        assert_eq!(chosen.find(&looks).count, 0, "blocked ones are odd");
        assert_eq!(
            view(&[("state", "captive"), ("family", "apple")])
                .find(&looks)
                .count,
            250
        );
    }

    #[test]
    fn the_fields_of_a_search_are_that_search() {
        let looks: Vec<StationLook> = (0..1_000).map(look).collect();
        for fields in [
            &[][..],
            &[("q", " aa:bb "), ("state", "captive")],
            &[("network", "molini"), ("family", "apple"), ("state", "nothing")],
        ] {
            let seen = view(fields);
            let filters = seen.filters();
            let again = View::of(filters.iter().map(|(name, value)| (*name, value.as_str())));
            assert_eq!(again, seen, "{fields:?}");
            assert_eq!(again.matching(&looks).len(), seen.find(&looks).count);
        }
    }

    #[test]
    fn a_press_on_a_head_sorts_and_turns_and_begins_at_the_first_page() {
        let seen = view(&[("order", "usage-down"), ("page", "7"), ("sort", "usage-up")]);
        assert_eq!((seen.column, seen.is_down, seen.page), (Column::Usage, false, 1));
        assert_eq!(seen.next_order(Column::Usage), "usage-down");
        assert_eq!(seen.next_order(Column::Mac), "mac-up");
        assert_eq!(view(&[("order", "nothing-up"), ("page", "x")]), View::default());
    }

    proptest! {
        #[test]
        fn every_page_together_is_every_station_once_in_order(
            count in 0_usize..400, column in 0..Column::ALL.len(), is_down in any::<bool>(),
        ) {
            let looks: Vec<StationLook> = (0..count).map(look).collect();
            let column = Column::ALL[column];
            let mut shown = Vec::new();
            for page in 1.. {
                let seen = View { column, is_down, page, ..View::default() };
                let found = seen.find(&looks);
                prop_assert!(found.looks.len() <= PAGE && found.count == count);
                shown.extend(found.looks);
                if page >= found.pages {
                    break;
                }
            }
            let ordered = |pair: &[&StationLook]| {
                let order = column.compare(pair[0], pair[1]);
                let order = if is_down { order.reverse() } else { order };
                // Equal ones keep the order of the list.
                order.then_with(|| pair[0].mac.octets()[3..].cmp(&pair[1].mac.octets()[3..])).is_lt()
            };
            prop_assert!(shown.windows(2).all(ordered));
            prop_assert_eq!(shown.len(), count);
            prop_assert!(StationState::ALL.iter().all(|state| !state_code(*state).is_empty()));
        }
    }
}
