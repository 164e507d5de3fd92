//! Plans by time and volume, and the line that they share: what is read, refused and doubted.

use super::Config;
use super::tests::{refused, warned, with};

#[test]
fn plans_by_time_and_volume_are_read() {
    let text = with(
        "weight = 3\n[network.rate]\ndown = \"10 MB/s\"\n\
         [[network.schedule]]\nname = \"Always later\"\nfrom = \"18:30\"\nto = \"02:00\"\ndown = \"2 Mbit/s\"\n\
         [[network.schedule]]\nname = \"Market\"\ndays = [\"sat-mon\", \"thu\"]\nup = \"1 Mbit/s\"\n\
         [[network.schedule]]\nname = \"Feast\"\ndates = [\"2026-12-08\", \"2026-12-24..2026-12-26\"]\n\
         [network.fair_use]\nvolume = \"2 GB\"\ndown = \"1 Mbit/s\"\nup = \"500 kbit/s\"",
    );
    let policy = &Config::parse(&text, "p.toml").unwrap().networks[0].policy;
    assert_eq!(policy.plan.down.to_string(), "80 Mbit/s", "shown back in bits");
    let names: Vec<&str> = policy.schedule.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(
        names,
        ["Feast", "Market", "Always later"],
        "those for single days go first"
    );
    let [feast, market, later] = policy.schedule.as_slice() else {
        panic!("three")
    };
    assert_eq!((feast.from, feast.to, feast.dates.len()), (0, 1_440, 2));
    assert_eq!((later.from, later.to), (18 * 60 + 30, 120));
    assert_eq!(
        market.plan.down, policy.plan.down,
        "what is left out is the network's"
    );
    assert_eq!(later.plan.down.to_string(), "2 Mbit/s");
    let days = "mon tue wed thu fri sat sun".split(' ');
    let begins = days.enumerate().filter(|(index, _)| {
        let monday = jiff::civil::date(2026, 11, 23);
        let day = monday.checked_add(jiff::Span::new().days(i64::try_from(*index).unwrap()));
        market.begins_on(day.unwrap())
    });
    assert_eq!(
        begins.map(|(_, day)| day).collect::<Vec<_>>(),
        ["mon", "thu", "sat", "sun"]
    );
    let fair_use = policy.fair_use.unwrap();
    assert_eq!(
        (fair_use.volume, fair_use.up.to_string().as_str()),
        (2_000_000_000, "500 kbit/s")
    );
    assert_eq!(policy.weight, 3);
}

/// Each text with the words of its one complaint.
#[test]
fn wrong_plans_are_told_with_what_to_write() {
    let entry = "[[network.schedule]]\nname = \"A\"\n";
    let fair_use = "[network.fair_use]\nvolume = \"2 GB\"\n";
    for (lines, words) in [
        (
            "[network.rate]\ndown = \"0 Mbit/s\"".to_owned(),
            "\"0 Mbit/s\" does not do",
        ),
        (
            "[network.rate]\ndown = \"-5 Mbit/s\"".to_owned(),
            "\"-5 Mbit/s\" does not do",
        ),
        ("[network.rate]\nup = 5".to_owned(), "a text is wanted here"),
        (
            "[network.rate]\nburst = \"1 kB\"".to_owned(),
            "\"1 kB\" does not do",
        ),
        ("weight = 0".to_owned(), "0 is out of range"),
        ("weight = 101".to_owned(), "101 is out of range"),
        (entry.to_owned(), "always on"),
        (format!("{entry}days = [\"mar\"]"), "no day of the week"),
        (format!("{entry}dates = [\"8.12.2026\"]"), "is not a date"),
        (format!("{entry}dates = [\"2026-02-30\"]"), "is not a date"),
        (
            format!("{entry}dates = [\"2026-12-26..2026-12-24\"]"),
            "ends before it begins",
        ),
        (format!("{entry}from = \"8:00\""), "not a time of the day"),
        (format!("{entry}from = \"24:00\""), "not a time of the day"),
        (
            format!("{entry}days = [\"thu\"]\nto = \"00:00\""),
            "ends at 00:00",
        ),
        (
            format!("{entry}days = [\"thu\"]\nup = \"0 kbit/s\""),
            "does not do",
        ),
        (
            format!("{entry}days = [\"thu\"]\nrate = \"1 Mbit/s\""),
            "there is no key \"rate\"",
        ),
        (
            format!("{fair_use}down = \"1 Mbit/s\""),
            "the key \"up\" is missing",
        ),
        (
            "[network.fair_use]\ndown = \"1 Mbit/s\"".to_owned(),
            "without a volume",
        ),
        (
            "[network.fair_use]\nvolume = \"2 GBit\"".to_owned(),
            "not an amount of data",
        ),
        ("[network.fair_use]\nvolume = \"1 MB\"".to_owned(), "out of range"),
        ("[uplink]\ndown = \"fast\"".to_owned(), "\"fast\" does not do"),
        ("[uplink]\ndown = \"0 Mbit/s\"".to_owned(), "does not do"),
        (
            "[uplink]\nreserve_down = \"20%\"".to_owned(),
            "a capacity that is not told",
        ),
        (
            "[uplink]\ndown = \"10 Mbit/s\"\nreserve_down = \"120%\"".to_owned(),
            "not a part",
        ),
        (
            "[uplink]\ndown = \"100 Mbit/s\"\nreserve_down = \"200 Mbit/s\"".to_owned(),
            "leaves nothing",
        ),
    ] {
        let found = refused(&with(&lines));
        assert_eq!(found.len(), 1, "{lines}: {found:?}");
        assert!(found[0].contains(words), "{lines}: {found:?}");
    }
    let both = "[network.rate]\ndown = \"x\"\n[[network.schedule]]\nname = \"A\"\ndays = [\"x\"]\n[uplink]\nup = \"x\"";
    assert_eq!(
        refused(&with(both)).len(),
        3,
        "all at once: {:?}",
        refused(&with(both))
    );
}

#[test]
fn plans_that_cannot_be_meant_are_doubted() {
    let line = "\n[uplink]\ndown = \"20 Mbit/s\"\nup = \"5 Mbit/s\"\nreserve_down = \"10 Mbit/s\"";
    for (lines, words) in [
        (
            format!("[network.rate]\ndown = \"20 Mbit/s\"{line}"),
            "a plan of 20 Mbit/s is above",
        ),
        (
            format!("[[network.schedule]]\nname = \"A\"\ndays = [\"thu\"]\nup = \"6 Mbit/s\"{line}"),
            "up: a plan of 6 Mbit/s is above",
        ),
        (
            "[[network.schedule]]\nname = \"A\"\ndays = [\"mon-wed\"]\nto = \"12:00\"\n\
             [[network.schedule]]\nname = \"B\"\ndays = [\"wed\"]\nfrom = \"11:00\""
                .to_owned(),
            "\"B\" is on at the same time as \"A\"",
        ),
        (
            "[[network.schedule]]\nname = \"A\"\ndays = [\"sun\"]\ndates = [\"2026-11-29..2026-12-20\"]\n\
             [[network.schedule]]\nname = \"B\"\ndates = [\"2026-12-08\"]\n\
             [[network.schedule]]\nname = \"C\"\ndates = [\"2026-12-02..2026-12-06\"]"
                .to_owned(),
            "\"C\" is on at the same time as \"A\"",
        ),
        (
            "[network.fair_use]\nvolume = \"2 GB\"\ndown = \"10 Mbit/s\"\nup = \"1 Mbit/s\"".to_owned(),
            "not slower than the plan",
        ),
        ("[uplink]\nfair_share = true".to_owned(), "nothing is shared"),
        (
            "[uplink]\nqueue = \"cake\"".to_owned(),
            "cake has nothing to order",
        ),
    ] {
        let found = warned(&with(&lines));
        let of_plans: Vec<&String> = found.iter().filter(|what| !what.starts_with("no ")).collect();
        assert_eq!(of_plans.len(), 1, "{lines}: {found:?}");
        assert!(of_plans[0].contains(words), "{lines}: {found:?}");
    }
    assert!(
        !warned(&with(line)).iter().any(|what| what.contains("above")),
        "the default fits"
    );
}

#[test]
fn every_rate_above_the_line_is_doubted_once_whether_it_is_shared_or_not() {
    let above = |lines: &str| {
        let found = warned(&with(lines)).into_iter();
        let above = found.filter(|what| what.contains("is above what the uplink has"));
        above.collect::<Vec<_>>()
    };
    let line = "\n[uplink]\ndown = \"20 Mbit/s\"\nreserve_down = \"10 Mbit/s\"";
    let unshared = format!("{line}\nfair_share = false");
    let plan = "[network.rate]\ndown = \"15 Mbit/s\"";
    assert_eq!(above(&format!("{plan}{line}")).len(), 1);
    // What is not shared is kept for nobody, and that is told.
    assert_eq!(above(&format!("{plan}{unshared}")), [""; 0]);
    let found = warned(&with(&format!("{plan}{unshared}")));
    assert!(
        found
            .iter()
            .any(|what| what.contains("reserve_down: nothing is reserved")),
        "{found:?}"
    );
    let plan = "[network.rate]\ndown = \"25 Mbit/s\"";
    let found = above(&format!("{plan}{unshared}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("down: a plan of 25 Mbit/s"), "{found:?}");

    // One that leaves a rate out tells nothing of it.
    let entry = "\n[[network.schedule]]\nname = \"A\"\ndays = [\"thu\"]\nup = \"1 Mbit/s\"";
    assert_eq!(above(&format!("{plan}{entry}{line}")).len(), 1);

    let slow = "\n[network.fair_use]\nvolume = \"2 GB\"\ndown = \"12 Mbit/s\"\nup = \"1 Mbit/s\"";
    let found = above(&format!("{plan}{slow}{line}"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|what| what.contains("12 Mbit/s")), "{found:?}");
    // One that is not even slower is doubted as such.
    let fast = slow.replace("12 Mbit/s", "30 Mbit/s");
    let found = warned(&with(&format!("{plan}{fast}{line}")));
    let of_it = found
        .iter()
        .filter(|what| what.contains("30 Mbit/s") || what.contains("not slower"));
    assert_eq!(of_it.count(), 1, "{found:?}");
}

#[test]
fn the_line_is_shared_where_its_capacity_is_told() {
    let line = |lines: &str| Config::parse(&with(lines), "p.toml").unwrap().policy().line;
    assert_eq!(line(""), None);
    assert_eq!(line("[uplink]\ndown = \"20 Mbit/s\"\nfair_share = false"), None);
    let one = line("[uplink]\ndown = \"20 Mbit/s\"\nreserve_down = \"25%\"").unwrap();
    assert_eq!((one.down.unwrap().reserve.of(100), one.up), (25, None));
    let measured = line("[uplink]\nup = \"measured\"").unwrap();
    assert!(matches!(
        measured.up.unwrap().capacity,
        crate::model::Capacity::Measured { .. }
    ));
}
