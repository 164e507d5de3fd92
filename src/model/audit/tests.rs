//! Whatever is done to a log shows.

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{
    Action, Flaw, HEAD_LOST, Head, Line, MENDED, More, Origin, Tail, Verdict, Verifier, Who, old_entry,
};
use super::{resume, seal};

const OLD: &str =
    "{\"at\":\"2026-11-20T10:00:00Z\",\"did\":\"export\",\"files\":[],\"uid\":0,\"what\":\"usage\"}\n";

fn action(what: &str) -> Action {
    Action {
        who: Who::User("anna".to_owned()),
        from: Origin::Address("192.0.2.7".parse().unwrap()),
        did: "export",
        what: what.to_owned(),
        more: More::new(),
    }
}

/// Appends as a writer does: from the bytes that are there and the head that was kept.
fn append(log: &mut Vec<u8>, kept: &mut Option<Head>, what: &str) {
    let resumed = resume(Tail::read(log, true).unwrap(), *kept);
    if resumed.end_line {
        log.push(b'\n');
    }
    let at = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut head = resumed.before;
    for action in resumed.notes.iter().chain([&action(what)]) {
        head = seal(head, at, action, log).unwrap();
    }
    *kept = Some(head);
}

fn log(old: usize, whats: &[String]) -> (Vec<u8>, Option<Head>) {
    let (mut log, mut kept) = (OLD.repeat(old).into_bytes(), None);
    for what in whats {
        append(&mut log, &mut kept, what);
    }
    (log, kept)
}

fn verify(log: &[u8], kept: Option<Head>) -> Verdict {
    let mut verifier = Verifier::new(kept, &[]);
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        verifier.take(line);
    }
    verifier.finish()
}

fn flaws(log: &[u8], kept: Option<Head>) -> Vec<(u64, Flaw)> {
    let verdict = verify(log, kept);
    verdict
        .faults
        .iter()
        .map(|fault| (fault.line, fault.flaw))
        .collect()
}

fn lines(log: &[u8]) -> Vec<Vec<u8>> {
    log.split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

/// What may be done to a log behind its back.
#[derive(Debug, Clone)]
enum Damage {
    Change(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Double(prop::sample::Index, prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
}

impl Damage {
    fn done_to(&self, log: &[u8]) -> Vec<u8> {
        let mut lines = lines(log);
        match self {
            Self::Change(place, with) => {
                let (mut log, place) = (log.to_vec(), place.index(log.len()));
                log[place] ^= with;
                return log;
            }
            Self::Remove(line) => {
                lines.remove(line.index(lines.len()));
            }
            Self::Swap(one, other) => {
                let count = lines.len();
                lines.swap(one.index(count), other.index(count));
            }
            Self::Double(line, place) => {
                let copy = lines[line.index(lines.len())].clone();
                lines.insert(place.index(lines.len() + 1), copy);
            }
            Self::Insert(place, bytes) => lines.insert(place.index(lines.len() + 1), bytes.clone()),
        }
        lines.concat()
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let foreign = prop_oneof![
        Just(OLD.as_bytes().to_vec()),
        Just(b"\n".to_vec()),
        Just(log(0, &["another".to_owned()]).0),
        prop::collection::vec(any::<u8>(), 1..40),
    ];
    prop_oneof![
        (place(), 1_u8..).prop_map(|(place, with)| Damage::Change(place, with)),
        place().prop_map(Damage::Remove),
        (place(), place()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (place(), place()).prop_map(|(line, place)| Damage::Double(line, place)),
        (place(), foreign).prop_map(|(place, bytes)| Damage::Insert(place, bytes)),
    ]
}

proptest! {
    #[test]
    fn nothing_is_done_to_a_log_unseen(
        old in 0_usize..3,
        whats in prop::collection::vec("\\PC{0,20}", 1..8),
        torn in prop::option::of((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..30))),
        damage in damage(),
    ) {
        let (mut whole, mut kept) = log(old, &whats);
        if let Some((keep, garbage)) = torn {
            // The last line did not get to the disk as it should, and neither did its head.
            let mut before = lines(&whole);
            let last = before.pop().unwrap();
            let head = log(old, &whats[..whats.len() - 1]).1;
            whole = before.concat();
            whole.extend_from_slice(&last[..keep.index(last.len())]);
            whole.extend_from_slice(&garbage);
            kept = head;
            append(&mut whole, &mut kept, "after the loss of power");
        }
        let verdict = verify(&whole, kept);
        prop_assert_eq!(&verdict.faults, &Vec::new());
        prop_assert_eq!(verdict.head, kept);
        let damaged = damage.done_to(&whole);
        let found = verify(&damaged, kept);
        prop_assert!(damaged == whole || !found.faults.is_empty(), "{damage:?}");
    }

    #[test]
    fn a_log_that_was_cut_anywhere_shows_for_ever(
        whats in prop::collection::vec("[a-z]{0,9}", 2..8),
        cut in any::<prop::sample::Index>(),
        later in 0_usize..3,
    ) {
        let (mut log, mut kept) = log(1, &whats);
        // More than the end of the last line, which alone is put back and told of.
        log.truncate(cut.index(log.len() - 1));
        for _ in 0..later {
            append(&mut log, &mut kept, "later");
        }
        prop_assert!(!flaws(&log, kept).is_empty());
        // The end of the log alone; the rest can still be read.
        prop_assert!(!flaws(&log, None).is_empty() || later == 0);
    }
}

#[test]
fn the_first_line_that_does_not_fit_is_told() {
    let whats = ["a", "b", "c", "d"].map(str::to_owned);
    let (whole, kept) = log(2, &whats);
    assert_eq!(flaws(&whole, kept), []);
    let first = |damaged: &[Vec<u8>]| flaws(&damaged.concat(), kept)[0];
    let mut changed = lines(&whole);
    changed[3] = String::from_utf8(changed[3].clone())
        .unwrap()
        .replace("anna", "enzo")
        .into_bytes();
    assert_eq!(first(&changed), (4, Flaw::Broken));
    // Those after it follow what it says of itself, so the others can still be judged.
    assert_eq!(flaws(&changed.concat(), kept).len(), 1);
    let mut removed = lines(&whole);
    removed.remove(4);
    assert_eq!(first(&removed), (5, Flaw::Broken));
    let mut cut = lines(&whole);
    cut.truncate(4);
    assert_eq!(first(&cut), (5, Flaw::CutOff(kept.unwrap())));
    // Lines of the form before belong to the chain that began after them.
    let mut old = lines(&whole);
    old.remove(0);
    assert_eq!(first(&old), (2, Flaw::Broken));
    let mut foreign = lines(&whole);
    foreign.insert(5, OLD.as_bytes().to_vec());
    assert_eq!(first(&foreign), (6, Flaw::Foreign));
}

#[test]
fn a_log_made_anew_is_not_the_one_whose_head_was_written_down() {
    let (_, kept) = log(0, &["a".to_owned(), "b".to_owned()]);
    let (forged, own) = log(0, &["a".to_owned(), "x".to_owned()]);
    assert_eq!(flaws(&forged, own), []);
    assert_eq!(flaws(&forged, kept), [(2, Flaw::Replaced(kept.unwrap()))]);
    let written_down: Head = kept.unwrap().to_string().parse().unwrap();
    assert_eq!(Some(written_down), kept);
    for bad in ["", "1", "1:", "x:00", &format!("1:{}", "G".repeat(64))] {
        assert!(bad.parse::<Head>().is_err(), "{bad}");
    }
}

#[test]
fn a_torn_line_stays_and_is_told_of() {
    let (mut whole, mut kept) = log(0, &["a".to_owned()]);
    whole.extend_from_slice(b"{\"hash\":\"00");
    assert_eq!(flaws(&whole, kept), [(2, Flaw::Torn)]);
    append(&mut whole, &mut kept, "b");
    let verdict = verify(&whole, kept);
    assert_eq!((verdict.faults.len(), verdict.mended), (0, 1));
    let found = lines(&whole);
    assert_eq!(found[1], b"{\"hash\":\"00\n");
    assert_eq!(Line::read(&found[2]).unwrap().entry.did, MENDED);
    assert_eq!(Line::read(&found[3]).unwrap().entry.what, "b");
    // Neither does it go nor become another.
    let without = [&found[0], &found[2], &found[3]].map(Clone::clone).concat();
    assert_eq!(flaws(&without, kept), [(2, Flaw::NothingTorn)]);
    let other = [&found[0], &b"x\n".to_vec(), &found[2], &found[3]].map(Clone::clone);
    assert_eq!(flaws(&other.concat(), kept)[0], (2, Flaw::Foreign));
}

#[test]
fn a_line_that_lacks_its_end_alone_is_kept() {
    let (mut whole, mut kept) = log(0, &["a".to_owned(), "b".to_owned()]);
    whole.pop();
    assert_eq!(flaws(&whole, kept), [(2, Flaw::Torn)]);
    append(&mut whole, &mut kept, "c");
    assert_eq!(flaws(&whole, kept), []);
    assert_eq!(Line::read(&lines(&whole)[2]).unwrap().entry.did, MENDED);
}

#[test]
fn a_head_that_is_gone_is_told_of() {
    let (mut whole, _) = log(0, &["a".to_owned(), "b".to_owned()]);
    let mut kept = None;
    append(&mut whole, &mut kept, "c");
    assert_eq!(flaws(&whole, kept), [(3, Flaw::HeadLost)]);
    assert_eq!(Line::read(&lines(&whole)[2]).unwrap().entry.did, HEAD_LOST);
}

#[test]
fn a_log_and_its_head_may_be_a_step_apart() {
    let (before, kept) = log(1, &["a".to_owned()]);
    let (mut after, _) = log(1, &["a".to_owned(), "b".to_owned()]);
    assert!(after.starts_with(&before));
    assert_eq!(flaws(&after, kept), []);
    let mut head = kept;
    append(&mut after, &mut head, "c");
    assert_eq!(flaws(&after, head), []);
    assert_eq!(head.unwrap().number, 3);
}

#[test]
fn lines_of_the_form_before_are_read() {
    let entry = old_entry(OLD.trim_end().as_bytes()).unwrap();
    assert_eq!(
        (entry.who.as_str(), entry.did.as_str(), entry.what.as_str()),
        ("uid 0", "export", "usage")
    );
    assert!(entry.more.contains_key("files"));
    assert_eq!(old_entry(b"{}"), None);
}

#[test]
fn the_end_is_found_in_a_part_of_the_log() {
    let (whole, kept) = log(1, &["a".to_owned(), "b".to_owned()]);
    let last = lines(&whole).pop().unwrap().len();
    assert_eq!(Tail::read(&whole[whole.len() - last..], false), None);
    let Some(Tail::Chain { last, ended, torn }) = Tail::read(&whole[whole.len() - last - 1..], false) else {
        panic!("the line before the last is enough");
    };
    assert_eq!((Some(last), ended, torn), (kept, true, Vec::new()));
}
