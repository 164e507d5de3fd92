//! Each finding is made by what it is about, by nothing else, and says so in both languages.

use jiff::Timestamp;

use super::findings::{Finding, Weight, findings};
use super::sample::moment;
use crate::dashboard::desk::{FastPathLook, FeedLook, QueueLook, StateAside, StockLook};
use crate::dashboard::live::Moment;
use crate::dashboard::words::Tongue;
use crate::doors::certificate::{CertificateFault, CertificateState};
use crate::model::figures::Snippet;

/// What is found after a change to a gateway on which nothing is wrong.
fn found(change: impl FnOnce(&mut Moment)) -> Vec<Finding> {
    let mut moment = moment();
    change(&mut moment);
    let found = findings(&moment);
    for finding in &found {
        for tongue in [Tongue::It, Tongue::En] {
            let [what, todo] = finding.words(tongue, &moment);
            assert!(
                !what.contains("finding-") && !todo.contains("finding-"),
                "{what} {todo}"
            );
            assert!(!what.contains('{') && !what.contains("certificate-"), "{what}");
        }
    }
    found
}

/// The one finding after a change: weight and key.
fn only(change: impl FnOnce(&mut Moment)) -> (Weight, &'static str) {
    let found = found(change);
    assert_eq!(found.len(), 1, "{found:?}");
    (found[0].weight, found[0].key)
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(found(|_| {}), []);
}

#[test]
fn what_everybodys_access_hangs_on() {
    assert_eq!(
        only(|it| it.look.figures.helper_linked = false),
        (Weight::Bad, "helper")
    );
    assert_eq!(only(|it| it.look.uplink = Some(false)), (Weight::Bad, "uplink"));
    assert_eq!(found(|it| it.look.uplink = None), [], "nobody looks");
    let unset = time("2000-01-01T00:00:00Z");
    assert_eq!(only(|it| it.now.wall = unset), (Weight::Bad, "clock"));
    let peak = |it: &mut Moment| it.look.figures.line.as_mut().unwrap().is_peak = true;
    assert_eq!(only(peak), (Weight::Note, "line"));
}

#[test]
fn disk_and_memory_run_out_by_parts_of_themselves() {
    for (free, total, expected) in [
        (100, 1_000, None),
        (99, 1_000, Some(Weight::Doubtful)),
        (50, 1_000, Some(Weight::Doubtful)),
        (49, 1_000, Some(Weight::Bad)),
        (0, 0, None),
        (4 << 30, 1 << 40, None),
        ((4 << 30) - 1, 1 << 40, Some(Weight::Bad)),
    ] {
        let stock = Some(StockLook { free, total });
        let disk = found(|it| it.look.machine.disk = stock);
        let memory = found(|it| it.look.machine.memory = stock);
        let told = |found: &[Finding]| found.first().map(|finding| (finding.weight, finding.key));
        assert_eq!(
            told(&disk),
            expected.map(|weight| (weight, "disk")),
            "{free} of {total}"
        );
        assert_eq!(told(&memory), expected.map(|weight| (weight, "memory")));
    }
    assert_eq!(
        found(|it| it.look.machine.disk = None),
        [],
        "not known is not full"
    );
}

#[test]
fn certificates_end_and_are_wrong() {
    let until = time("2026-11-25T10:00:00Z");
    for (state, expected) in [
        (
            CertificateState::ExpiringSoon { until },
            (Weight::Doubtful, "soon"),
        ),
        (CertificateState::Expiring { until }, (Weight::Bad, "ending")),
        (CertificateState::Absent, (Weight::Doubtful, "plain")),
    ] {
        assert_eq!(only(|it| it.look.certificates[0].1 = state), expected);
    }
    let file = std::path::PathBuf::from("x");
    for fault in [
        CertificateFault::Unreadable {
            file,
            reason: String::new(),
        },
        CertificateFault::NoCertificate,
        CertificateFault::NoKey,
        CertificateFault::KeyMismatch,
        CertificateFault::Unordered { position: 1 },
        CertificateFault::WrongHost { host: String::new() },
        CertificateFault::NotYetValid { from: until },
        CertificateFault::Expired { since: until },
    ] {
        let state = CertificateState::Invalid(fault);
        assert_eq!(
            only(|it| it.look.certificates[0].1 = state),
            (Weight::Bad, "certificate")
        );
    }
}

#[test]
fn a_network_is_full_and_is_being_tested() {
    let id = moment().config.networks[0].id;
    let granted = |it: &mut Moment, count| it.look.figures.networks.get_mut(&id).unwrap().granted = count;
    assert_eq!(only(|it| granted(it, 16)), (Weight::Bad, "full"));
    assert_eq!(found(|it| granted(it, 15)), []);
    let testing = found(|it| {
        it.look.self_tests.insert(id, 1_800);
    });
    assert_eq!(
        (testing[0].weight, testing[0].key, testing[0].network),
        (Weight::Doubtful, "self-test", Some(id))
    );
    let [what, _] = testing[0].words(Tongue::En, &moment());
    assert!(what.contains("22.11.2026 11:30"), "{what}");
}

#[test]
fn a_banner_that_lacks_on_most_pages_is_the_collectors_fault() {
    let id = moment().config.networks[0].id;
    let pages = |told, shown| {
        move |it: &mut Moment| {
            it.lately.snippets.insert(id, Snippet { told, shown });
        }
    };
    assert_eq!(only(pages(10, 4)), (Weight::Doubtful, "collector"));
    assert_eq!(found(pages(10, 5)), []);
    assert_eq!(found(pages(9, 0)), [], "too few to tell");
}

#[test]
fn names_that_are_not_found_weigh_by_how_many() {
    let asked = |queries, failed| {
        move |it: &mut Moment| {
            it.lately.resolver.queries = queries;
            it.lately.resolver.failed = failed;
        }
    };
    assert_eq!(only(asked(100, 20)), (Weight::Doubtful, "resolver"));
    assert_eq!(only(asked(100, 50)), (Weight::Bad, "resolver"));
    assert_eq!(found(asked(100, 19)), []);
    assert_eq!(found(asked(9, 9)), [], "too few to tell");
}

#[test]
fn feeds_are_told_by_their_host() {
    let feed = |last_success, is_in_trouble| FeedLook {
        kind: "news".to_owned(),
        host: "www.comune.example.it".to_owned(),
        last_success,
        is_in_trouble,
    };
    let at = Some(time("2026-11-22T09:00:00Z"));
    assert_eq!(
        only(|it| it.look.feeds.push(feed(at, true))),
        (Weight::Doubtful, "feed")
    );
    assert_eq!(
        only(|it| it.look.feeds.push(feed(None, true))),
        (Weight::Doubtful, "feed-never")
    );
    assert_eq!(found(|it| it.look.feeds.push(feed(at, false))), []);
}

#[test]
fn what_cannot_be_written_is_told_while_it_cannot() {
    let fault = || Some("database or disk is full".to_owned());
    assert_eq!(only(|it| it.look.state_fault = fault()), (Weight::Bad, "state"));
    assert_eq!(only(|it| it.look.audit.is_failing = true), (Weight::Bad, "audit"));
    assert_eq!(
        only(|it| it.look.state_write_failures = 3),
        (Weight::Note, "state-before")
    );
    assert_eq!(
        only(|it| it.look.statistics.fault = fault()),
        (Weight::Doubtful, "statistics")
    );
    assert_eq!(
        only(|it| it.look.statistics.lost = 1),
        (Weight::Doubtful, "statistics-lost")
    );
}

#[test]
fn what_a_damaged_database_has_cost_is_told() {
    let aside = |orders| {
        move |it: &mut Moment| {
            it.look.state_aside = Some(StateAside {
                kept_as: "/var/lib/portico/state.db.unusable".to_owned(),
                orders,
            });
        }
    };
    assert_eq!(only(aside(None)), (Weight::Doubtful, "state-lost"));
    assert_eq!(only(aside(Some(2))), (Weight::Note, "state-aside"));
    let figures =
        |it: &mut Moment| it.look.statistics.set_aside = Some("/var/figures.db.damaged-1".to_owned());
    assert_eq!(only(figures), (Weight::Doubtful, "statistics-aside"));
}

#[test]
fn a_kernel_lacks_what_is_wanted_of_it() {
    let queue = |kind: &str, is_foreign| {
        let queue = QueueLook {
            kind: kind.to_owned(),
            is_foreign,
        };
        move |it: &mut Moment| it.look.machine.queue = Some(queue)
    };
    assert_eq!(only(queue("pfifo_fast", false)), (Weight::Note, "queue"));
    assert_eq!(found(queue("pfifo_fast", true)), [], "somebody wants it so");
    assert_eq!(found(queue("fq_codel", false)), []);
    assert_eq!(
        only(|it| it.look.figures.most_queued = 0),
        (Weight::Note, "station-queues")
    );
    assert_eq!(
        only(|it| it.look.machine.flowtable = Some(false)),
        (Weight::Note, "flowtable")
    );
}

#[test]
fn a_fast_path_that_should_work_and_does_not_is_told() {
    let stands_as = |fast_path| move |it: &mut Moment| it.look.machine.fast_path = fast_path;
    assert_eq!(
        only(stands_as(Some(FastPathLook::Failed))),
        (Weight::Note, "fast-path")
    );
    for quiet in [
        None,
        Some(FastPathLook::Stands(0)),
        Some(FastPathLook::Unwanted),
        Some(FastPathLook::Absent),
        Some(FastPathLook::Forbidden),
    ] {
        assert_eq!(found(stands_as(quiet)), [], "{quiet:?}");
    }
}

#[test]
fn the_worst_stands_first() {
    let found = found(|it| {
        it.look.machine.flowtable = Some(false);
        it.look.statistics.lost = 1;
        it.look.uplink = Some(false);
        it.look.state_fault = Some(String::new());
        it.look.figures.helper_linked = false;
    });
    let keys: Vec<&str> = found.iter().map(|finding| finding.key).collect();
    assert_eq!(
        keys,
        ["helper", "uplink", "state", "statistics-lost", "flowtable"]
    );
}
