use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

use super::{Change, EditError, Place, Value, check, edit, entries, value};

const SAMPLE: &str = include_str!("../../../firmware-config/portico.toml");
/// Every form that a section may have.
const FORMS: &str = "# first\n[gateway]  # the machine\nuplink = 'eth0' # literal\n\n# about the line\n[uplink]\n\
                     check = [\n  \"1.1.1.1:443\", # one\n]\nportal.x.a = 1\nportal.x.b = 2 # dotted\n[[network]]\nid = \"a\"\n\
                     rate = { down = \"1 Mbit/s\", up = \"2 Mbit/s\" } # inline\n# of a\n[[network.garden]]\nports = [443]\n\
                     [[network]]\nid = \"b\"\n[network.look.deep]\nx = 1\n# the end";

fn place(text: &str) -> Place {
    text.parse().unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn set(at: &str, to: Value) -> Change {
    Change::Set(place(at), to)
}

fn unset(at: &str) -> Change {
    Change::Unset(place(at))
}

/// The lines that differ.
fn changed(former: &str, changes: &[Change]) -> String {
    let new = edit(former, changes).unwrap();
    let mut told = String::new();
    for line in super::difference(former, &new, 0).into_iter().flatten() {
        let sign = if line.sign == super::Sign::Gone { '-' } else { '+' };
        writeln!(told, "{sign}{}", line.text).unwrap();
    }
    told
}

#[test]
fn one_value_is_one_line() {
    for (change, expected) in [
        (
            set("gateway.uplink", text("eth1")),
            "-uplink = 'eth0' # literal\n+uplink = \"eth1\" # literal\n",
        ),
        (set("gateway.uplink", text("eth0")), ""),
        (
            set("gateway.masquerade", Value::Truth(false)),
            "+masquerade = false\n",
        ),
        (set("uplink.portal.x.c", Value::Whole(3)), "+portal.x.c = 3\n"),
        (
            set("network.0.rate.burst", text("128 kB")),
            "-rate = { down = \"1 Mbit/s\", up = \"2 Mbit/s\" } # inline\n\
             +rate = { down = \"1 Mbit/s\", up = \"2 Mbit/s\", burst = \"128 kB\" } # inline\n",
        ),
        (
            unset("network.0.rate.down"),
            "-rate = { down = \"1 Mbit/s\", up = \"2 Mbit/s\" } # inline\n+rate = { up = \"2 Mbit/s\" } # inline\n",
        ),
        (
            unset("network.0.rate.up"),
            "-rate = { down = \"1 Mbit/s\", up = \"2 Mbit/s\" } # inline\n+rate = { down = \"1 Mbit/s\" } # inline\n",
        ),
        (
            unset("uplink.portal.x"),
            "-portal.x.a = 1\n-portal.x.b = 2 # dotted\n",
        ),
        (unset("gateway.uplink"), "-uplink = 'eth0' # literal\n"),
        (unset("gateway.nothing"), ""),
        (
            set("network.1.guards.connections", Value::Whole(9)),
            "+\n+[network.guards]\n+connections = 9\n",
        ),
        (
            set("network.1.look.color", text("#000000")),
            "+\n+[network.look]\n+color = \"#000000\"\n",
        ),
    ] {
        if change == set("network.1.guards.connections", Value::Whole(9)) {
            let new = edit(FORMS, std::slice::from_ref(&change)).unwrap();
            assert!(
                new.ends_with("x = 1\n\n[network.guards]\nconnections = 9\n# the end"),
                "{new}"
            );
        }
        assert_eq!(
            changed(FORMS, std::slice::from_ref(&change)),
            expected,
            "{change:?}"
        );
    }
}

#[test]
fn sections_are_made_where_they_belong() {
    let new = edit(FORMS, &[set("network.0.guards.connections", Value::Whole(9))]).unwrap();
    assert!(
        new.contains("ports = [443]\n\n[network.guards]\nconnections = 9\n[[network]]"),
        "{new}"
    );
    assert_eq!(
        value(&new, &place("network.0.guards.connections")),
        Some(Value::Whole(9))
    );
    let new = edit(FORMS, &[set("open_data.page", Value::Truth(true))]).unwrap();
    assert!(new.ends_with("# the end\n\n[open_data]\npage = true\n"), "{new}");
}

#[test]
fn entries_come_and_go() {
    let garden = vec![
        ("name".to_owned(), text("www.example.org")),
        ("ports".to_owned(), Value::List(vec![Value::Whole(443)])),
    ];
    let add = Change::Add(place("network.0.garden"), garden.clone());
    let new = edit(FORMS, std::slice::from_ref(&add)).unwrap();
    assert_eq!(entries(&new, &place("network.0.garden")), 2);
    let after = "[[network.garden]]\nports = [443]\n\n[[network.garden]]\nname = \"www.example.org\"\nports = [443]\n[[network]]";
    assert!(new.contains(after), "{new}");
    let back = edit(&new, &[Change::Remove(place("network.0.garden.1"))]).unwrap();
    assert_eq!(back.replace("\n\n[[network]]", "\n[[network]]"), FORMS);
    let first = edit(FORMS, &[Change::Add(place("network.1.garden"), garden.clone())]).unwrap();
    assert!(first.contains("x = 1\n\n[[network.garden]]\nname"), "{first}");
    let service = Change::Add(place("service"), vec![("kind".to_owned(), text("io"))]);
    let new = edit(FORMS, &[service.clone(), service]).unwrap();
    assert!(
        new.ends_with("# the end\n\n[[service]]\nkind = \"io\"\n\n[[service]]\nkind = \"io\"\n"),
        "{new}"
    );
    let without = edit(FORMS, &[Change::Remove(place("network.0"))]).unwrap();
    assert_eq!(value(&without, &place("network.0.id")), Some(text("b")));
    assert!(without.contains("# of a\n"), "{without}");
    let gone = Change::Remove(place("network.7"));
    assert_eq!(edit(FORMS, &[gone]), Err(EditError::Nowhere(place("network.7"))));
    let inline = "a = [{ x = 1 }, { x = 2 }]\n";
    let added = edit(
        inline,
        &[Change::Add(place("a"), vec![("x".to_owned(), Value::Whole(3))])],
    )
    .unwrap();
    assert_eq!(added, "a = [{ x = 1 }, { x = 2 }, { x = 3 }]\n");
    assert_eq!(
        edit(&added, &[Change::Remove(place("a.0"))]).unwrap(),
        "a = [{ x = 2 }, { x = 3 }]\n"
    );
}

#[test]
fn entries_change_places_with_their_comments() {
    let order = |text: &str, order: &[usize]| edit(text, &[Change::Order(place("s"), order.to_vec())]);
    let text = "# about all\n[[s]]\nx = 0 # zero\n\n# the first\n# in two lines\n[[s]]\nx = 1\n[s.y]\nz = 1\n\n# between\n\n[[s]]\nx = 2";
    let turned = "# about all\n[[s]]\nx = 2\n\n[[s]]\nx = 0 # zero\n\n# between\n\n# the first\n# in two lines\n[[s]]\nx = 1\n[s.y]\nz = 1\n";
    assert_eq!(order(text, &[2, 0, 1]).unwrap(), turned);
    assert_eq!(order(turned, &[1, 2, 0]).unwrap(), format!("{text}\n"));
    assert_eq!(order(text, &[0, 1, 2]).unwrap(), text);
    let first_two = order(text, &[1, 0]).unwrap();
    assert_eq!(value(&first_two, &place("s.0.x")), Some(Value::Whole(1)));
    assert_eq!(value(&first_two, &place("s.2.x")), Some(Value::Whole(2)));
    assert_eq!(
        order("s = [{ x = 0 }, { x = 1 }] # all\n", &[1, 0]).unwrap(),
        "s = [{ x = 1 }, { x = 0 }] # all\n"
    );
    for wrong in [&[0, 0][..], &[1, 2], &[0, 1, 2, 3]] {
        assert_eq!(
            order(text, wrong),
            Err(EditError::Nowhere(place("s"))),
            "{wrong:?}"
        );
    }
    assert!(order("t = 1\n", &[0]).is_err());
}

#[test]
fn a_text_of_several_languages_is_read_in_every_form() {
    let texts = Value::Table(vec![
        ("it".to_owned(), text("sì")),
        ("en".to_owned(), text("yes")),
    ]);
    for form in [
        "[a]\nx = { it = \"sì\", en = \"yes\" }\n",
        "[a]\ny = 1\nx.it = \"sì\"\nx.en = \"yes\"\n",
        "[a]\ny = 1\n[a.x]\nit = \"sì\"\nen = \"yes\"\n",
    ] {
        assert_eq!(value(form, &place("a.x")), Some(texts.clone()), "{form}");
        let new = edit(form, &[set("a.x", text("no"))]).unwrap();
        assert_eq!(value(&new, &place("a.x")), Some(text("no")), "{new}");
    }
}

#[test]
fn lines_end_as_they_did() {
    let dos = FORMS.replace('\n', "\r\n");
    let change = [
        set("gateway.masquerade", Value::Truth(false)),
        set("network.1.guards.connections", Value::Whole(9)),
        unset("network.0.id"),
    ];
    assert_eq!(
        edit(&dos, &change).unwrap(),
        edit(FORMS, &change).unwrap().replace('\n', "\r\n")
    );
    let marked = format!("\u{feff}{FORMS}");
    assert_eq!(
        edit(&marked, &change).unwrap(),
        format!("\u{feff}{}", edit(FORMS, &change).unwrap())
    );
}

#[test]
fn each_mistake_is_tied_to_its_field() {
    let changes = [
        set("network.0.rate.down", text("fast")),
        set("gateway.uplink", Value::Whole(5)),
        set("portal.http_port", Value::Whole(80)),
        set("network.0.guards.connections", Value::Whole(1)),
        unset("network.0.name"),
    ];
    let wrong = edit(SAMPLE, &changes).unwrap();
    let faults = check(&wrong, "portico.toml").unwrap_err();
    let mut places: Vec<String> = faults.iter().map(|fault| fault.place.to_string()).collect();
    places.sort();
    assert_eq!(
        places,
        [
            "gateway.uplink",
            "network.0.guards.connections",
            "network.0.name",
            "network.0.rate.down",
            "portal.http_port"
        ],
        "{faults:?}"
    );
    let port = faults
        .iter()
        .find(|fault| fault.place == place("portal.http_port"));
    assert!(
        port.unwrap()
            .what
            .english()
            .starts_with("80 is a privileged port"),
        "{port:?}"
    );
    let twice = edit(SAMPLE, &[set("gateway.uplink", text("br-piazza"))]).unwrap();
    let faults = check(&twice, "portico.toml").unwrap_err();
    assert_eq!(faults[0].place, place("network.0.interface"), "the second of two");
    let none = check("", "portico.toml").unwrap_err();
    assert!(
        none.iter().any(|fault| fault.place == Place::default()),
        "{none:?}"
    );
    assert_eq!(
        check("a = \nb", "portico.toml").unwrap_err()[0].place,
        Place::default()
    );
}

#[test]
fn places_are_read_as_they_are_written() {
    for good in ["gateway", "network.0.rate.down", "network.12.look.intro.it"] {
        assert_eq!(place(good).to_string(), good);
    }
    for bad in ["", ".", "a..b", "a b", "a.\"b\"", "99999999999999999999"] {
        assert!(bad.parse::<Place>().is_err(), "{bad}");
    }
}

/// Every comment, in order.
fn comments(text: &str) -> Vec<String> {
    let comment = |line: &str| line.find('#').map(|at| line[at..].trim_end().to_owned());
    // A colour is no comment.
    let lines = text.lines().filter(|line| !line.starts_with("color"));
    lines.filter_map(comment).collect()
}

/// Values of the example that change and come back, and some that are not there.
fn field() -> impl Strategy<Value = &'static str> {
    select(vec![
        "gateway.uplink",
        "gateway.masquerade",
        "gateway.protected",
        "portal.http_port",
        "uplink.down",
        "uplink.queue",
        "network.0.name",
        "network.0.max_stations",
        "network.0.exempt",
        "network.0.rate.down",
        "network.0.rate.burst",
        "network.0.guards.connections",
        "network.0.look.intro",
        "management.second_factor",
        "open_data.page",
        "register.days",
    ])
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        "\\PC{0,12}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Whole),
        any::<bool>().prop_map(Value::Truth),
    ];
    leaf.prop_recursive(2, 12, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map("[a-z]{1,3}", inner, 1..4)
                .prop_map(|pairs| Value::Table(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_set_is_read_and_nothing_else_moves(at in field(), new in any_value()) {
        let at = place(at);
        let edited = edit(SAMPLE, &[Change::Set(at.clone(), new.clone())]).unwrap();
        prop_assert_eq!(value(&edited, &at), Some(new));
        // Texts may hold the sign themselves.
        let kept = comments(SAMPLE);
        let mut left = comments(&edited).into_iter();
        prop_assert!(kept.iter().all(|comment| left.any(|other| other.ends_with(comment))));
        if let Some(former) = value(SAMPLE, &at) {
            prop_assert_eq!(edit(&edited, &[Change::Set(at, former)]).unwrap(), SAMPLE);
        }
    }

    #[test]
    fn changes_one_after_the_other(changes in prop::collection::vec((field(), prop::option::of(any_value())), 0..8)) {
        let wish = |(at, to): &(&str, Option<Value>)| match to {
            Some(to) => set(at, to.clone()),
            None => unset(at),
        };
        let edited = edit(SAMPLE, &changes.iter().map(wish).collect::<Vec<_>>()).unwrap();
        for (index, (at, to)) in changes.iter().enumerate() {
            if changes[index + 1..].iter().all(|(later, _)| later != at) {
                prop_assert_eq!(&value(&edited, &place(at)), to, "{}", at);
            }
        }
        let ids = (value(&edited, &place("network.0.id")), value(&edited, &place("network.0.host")));
        prop_assert_eq!(ids, (value(SAMPLE, &place("network.0.id")), value(SAMPLE, &place("network.0.host"))));
    }

    #[test]
    fn nothing_changed_is_nothing_touched(lines in prop::collection::vec("[ -~]{0,20}", 0..8), at in field()) {
        // Whatever stands in comments and however lines are spaced.
        let comments = lines.iter().map(|line| format!("  # {line}\n\n")).collect::<Vec<_>>().concat();
        let text = format!("{comments}{FORMS}\n{comments}");
        prop_assert_eq!(&edit(&text, &[]).unwrap(), &text);
        let same = value(&text, &place(at)).map(|value| Change::Set(place(at), value));
        let changes: Vec<Change> = same.into_iter().chain([unset("gateway.absent")]).collect();
        prop_assert_eq!(&edit(&text, &changes).unwrap(), &text);
    }
}
