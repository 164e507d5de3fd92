//! In which order the entries of a list are to stand: each has its position in the form.

use super::fields::Section;
use super::form::{Posted, count};
use crate::config::edit::{Change, Place, Step};

/// What the name of an entry's position begins with.
pub(super) const ORDER: &str = "order.";

/// The order that a form wishes for the list of a section: which entry stands first, and so on; `None` where all stay.
pub(super) fn wished(section: &Section, text: &str, posted: &Posted) -> Option<(Place, Vec<usize>)> {
    let set = section.sets.iter().find(|set| set.is_list)?;
    let position = |entry: usize| {
        let here = entry + 1;
        let wanted = posted.get(&format!("{ORDER}{}.{entry}", set.of));
        let wanted = wanted.and_then(|text| text.trim().parse().ok()).unwrap_or(here);
        // Whoever comes from behind stands before the one that is there, whoever comes from before, behind it.
        let side = wanted.cmp(&here);
        (wanted, side)
    };
    let many = count(text, set.of);
    let mut order: Vec<usize> = (0..many).collect();
    order.sort_by_key(|entry| position(*entry));
    let stays = order.iter().copied().eq(0..many);
    (!stays).then_some((set.of.parse().ok()?, order))
}

/// Leads places of entries to where those are once they have been put in order; those behind first.
pub(super) fn follow(places: &mut [Place], list: &Place, order: &[usize]) {
    for place in places.iter_mut() {
        if let Some((Step::Index(entry), around)) = place.steps().split_last()
            && around == list.steps()
            && let Some(position) = order.iter().position(|known| known == entry)
        {
            *place = list.index(position);
        }
    }
    places.sort_unstable_by(|one, other| other.cmp(one));
}

/// The index that an entry of a list had before these changes put them in order.
pub(super) fn before(changes: &[Change], list: &Place, index: usize) -> usize {
    let order = changes.iter().find_map(|change| match change {
        Change::Order(place, order) if place == list => order.get(index),
        _ => None,
    });
    order.copied().unwrap_or(index)
}

#[cfg(test)]
mod tests {
    use crate::config::edit::edit;
    use crate::dashboard::settings::fields::PAGE_SECTIONS;
    use crate::dashboard::settings::form::{Posted, changes, name_of};

    #[test]
    fn entries_stand_where_their_positions_say_and_their_mistakes_are_found() {
        let text = "[[service]]\nurl = \"a\"\n[[service]]\nurl = \"b\"\n[[service]]\nurl = \"c\"\n[[service]]\nurl = \"d\"\n";
        let services = &PAGE_SECTIONS[1];
        let posted = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            Posted(owned.collect())
        };
        let urls = |pairs: &[(&str, &str)]| {
            let new = edit(text, &changes(services, text, &posted(pairs))).unwrap();
            new.lines()
                .filter_map(|line| line.strip_prefix("url = \"")?.strip_suffix('"'))
                .collect::<String>()
        };
        assert_eq!(urls(&[("order.service.3", "1")]), "dabc");
        assert_eq!(urls(&[("order.service.0", "3")]), "bcad");
        assert_eq!(
            urls(&[("order.service.0", "9"), ("order.service.1", "2")]),
            "bcda"
        );
        assert_eq!(
            urls(&[("order.service.0", "x"), ("order.service.1", "2")]),
            "abcd"
        );
        let all = [
            ("order.service.3", "1"),
            ("remove", "service.1"),
            ("service.2.url", "C"),
            ("service.new.url", "e"),
        ];
        assert_eq!(urls(&all), "daCe");
        let made = changes(services, text, &posted(&all));
        let name = |place: &str| name_of(&place.parse().unwrap(), text, &made);
        assert_eq!(name("service.0.url"), "service.3.url");
        assert_eq!(name("service.2.url"), "service.2.url");
        assert_eq!(name("service.3.url"), "service.new.url");
    }
}
