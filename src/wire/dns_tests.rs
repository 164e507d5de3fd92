use std::net::IpAddr;

use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use simple_dns::rdata::{A, AAAA, CNAME, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, ResourceRecord, TYPE};

use super::{
    Query, address_answer, addresses, code, cut_answer, empty_answer, is_answer, is_cut, kind, lower_ttls,
    outcome, read_query, set_id,
};

/// An answer under construction, by another program than ours.
struct Reply(Packet<'static>);

impl Reply {
    fn to(name: &'static str, wanted: TYPE) -> Self {
        let mut packet = Packet::new_reply(7);
        let question = Question::new(
            Name::new(name).unwrap(),
            QTYPE::TYPE(wanted),
            QCLASS::CLASS(CLASS::IN),
            false,
        );
        packet.questions.push(question);
        Self(packet)
    }

    fn with(mut self, owner: &'static str, ttl: u32, data: RData<'static>) -> Self {
        let owner = Name::new(owner).unwrap();
        self.0
            .answers
            .push(ResourceRecord::new(owner, CLASS::IN, ttl, data));
        self
    }

    fn v4(self, owner: &'static str, ttl: u32, address: &str) -> Self {
        let address: std::net::Ipv4Addr = address.parse().unwrap();
        self.with(
            owner,
            ttl,
            RData::A(A {
                address: address.to_bits(),
            }),
        )
    }

    fn v6(self, owner: &'static str, ttl: u32, address: &str) -> Self {
        let address: std::net::Ipv6Addr = address.parse().unwrap();
        self.with(
            owner,
            ttl,
            RData::AAAA(AAAA {
                address: address.to_bits(),
            }),
        )
    }

    fn alias(self, owner: &'static str, ttl: u32, target: &'static str) -> Self {
        self.with(owner, ttl, RData::CNAME(CNAME(Name::new(target).unwrap())))
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.build_bytes_vec_compressed().unwrap()
    }

    /// What our code learns of it.
    fn learnt(&self) -> Vec<(String, u32)> {
        let query = query_of(&self.0);
        let found = addresses(&self.bytes(), &read_query(&query).unwrap());
        found
            .into_iter()
            .map(|(address, ttl)| (address.to_string(), ttl))
            .collect()
    }
}

fn query_of(reply: &Packet<'static>) -> Vec<u8> {
    let mut query = Packet::new_query(7);
    query.set_flags(PacketFlag::RECURSION_DESIRED);
    query.questions.clone_from(&reply.questions);
    query.build_bytes_vec_compressed().unwrap()
}

fn query(name: &'static str, wanted: TYPE) -> (Vec<u8>, Query) {
    let bytes = query_of(&Reply::to(name, wanted).0);
    let read = read_query(&bytes).unwrap();
    (bytes, read)
}

fn learnt(pairs: &[(&str, u32)]) -> Vec<(String, u32)> {
    pairs
        .iter()
        .map(|(address, ttl)| ((*address).to_owned(), *ttl))
        .collect()
}

#[test]
fn aliases_are_followed_from_the_question_on() {
    let reply = Reply::to("WWW.example.org", TYPE::A)
        .v4("edge7.cdn.example", 20, "192.0.2.7")
        .alias("www.example.org", 300, "www.cdn.example")
        .alias("www.CDN.example", 60, "edge7.cdn.example")
        .v6("edge7.cdn.example", 90, "2001:db8::7")
        .v4("edge7.cdn.example", 20, "192.0.2.8");
    let expected = [("192.0.2.7", 20), ("2001:db8::7", 60), ("192.0.2.8", 20)];
    assert_eq!(reply.learnt(), learnt(&expected));
}

#[test]
fn records_of_other_names_do_not_count() {
    let reply = Reply::to("www.example.org", TYPE::A)
        .v4("www.example.org.evil.example", 60, "198.51.100.1")
        .v4("example.org", 60, "198.51.100.2")
        .alias("other.example.org", 60, "www.example.org")
        .v4("www.example.org", 60, "192.0.2.7");
    assert_eq!(reply.learnt(), learnt(&[("192.0.2.7", 60)]));
    let mut extra = Reply::to("www.example.org", TYPE::A);
    let owner = Name::new("www.example.org").unwrap();
    let data = RData::A(A { address: 0xc000_0207 });
    extra
        .0
        .additional_records
        .push(ResourceRecord::new(owner, CLASS::IN, 60, data));
    assert_eq!(extra.learnt(), [], "only the answer section counts");
}

#[test]
fn loops_and_long_chains_end() {
    let reply = Reply::to("a.example", TYPE::A)
        .alias("a.example", 60, "b.example")
        .alias("b.example", 60, "a.example");
    assert_eq!(reply.learnt(), []);
    let names: Vec<&'static str> = (0..40)
        .map(|number| &*Box::leak(format!("n{number}.example").into_boxed_str()))
        .collect();
    let mut reply = Reply::to(names[0], TYPE::A);
    for pair in names.windows(2) {
        reply = reply.alias(pair[0], 60, pair[1]);
    }
    assert_eq!(reply.v4(names[39], 60, "192.0.2.1").learnt(), []);
}

#[test]
fn an_answer_with_thousands_of_addresses_gives_a_few() {
    let mut reply = Reply::to("www.example.org", TYPE::A);
    for number in 0..4_000_u32 {
        let data = RData::A(A {
            address: 0xc000_0200 + number,
        });
        reply = reply.with("www.example.org", 60, data);
    }
    assert_eq!(reply.learnt().len(), super::MOST_ADDRESSES);
    let (_, read) = query("www.example.org", TYPE::A);
    assert!(
        !lower_ttls(&mut reply.bytes(), &read, 30),
        "too long to be passed on"
    );
}

#[test]
fn times_to_live_are_lowered_and_nothing_else() {
    let reply = Reply::to("www.example.org", TYPE::A)
        .alias("www.example.org", 3_600, "cdn.example")
        .v4("cdn.example", 5, "192.0.2.7")
        .v4("cdn.example", 86_400, "192.0.2.8");
    let (_, read) = query("www.example.org", TYPE::A);
    let before = reply.bytes();
    let mut after = before.clone();
    assert!(lower_ttls(&mut after, &read, 30));
    let (before, after) = (Packet::parse(&before).unwrap(), Packet::parse(&after).unwrap());
    let ttls: Vec<u32> = after.answers.iter().map(|record| record.ttl).collect();
    assert_eq!(ttls, [30, 5, 30]);
    for (old, new) in before.answers.iter().zip(&after.answers) {
        assert_eq!((&old.name, &old.rdata), (&new.name, &new.rdata));
    }
}

#[test]
fn what_is_no_plain_query_is_not_forwarded() {
    let (good, read) = query("www.example.org", TYPE::HTTPS);
    assert_eq!(
        (read.name.as_str(), read.kind, read.id),
        ("www.example.org", kind::HTTPS, 7)
    );
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        read_query(&bytes)
    };
    assert!(changed(2, 0x81).is_none(), "an answer");
    assert!(changed(2, 0x28).is_none(), "an update");
    assert!(changed(5, 2).is_none(), "two questions");
    assert!(changed(7, 1).is_none(), "a record in the answer");
    assert!(changed(11, 1).is_none(), "a record that is not there");
    let last = good.len() - 1;
    assert!(changed(last, 3).is_none(), "class CHAOS");
    for length in 0..good.len() {
        assert!(read_query(&good[..length]).is_none(), "{length}");
    }
    assert!(
        read_query(&[&good[..], b"luggage"].concat()).is_none(),
        "something behind it"
    );
}

#[test]
fn a_dot_within_a_label_is_not_the_one_between_two() {
    let mut bytes = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11];
    bytes.extend(b"example.org\x00\x00\x01\x00\x01");
    assert_eq!(read_query(&bytes).unwrap().name, "example?org");
}

#[test]
fn only_the_answer_to_the_very_question_is_taken() {
    let (sent, read) = query("www.example.org", TYPE::A);
    let good = Reply::to("WWW.example.ORG", TYPE::A).bytes();
    assert!(is_answer(&good, &sent, &read));
    assert!(!is_answer(
        &Reply::to("www.example.net", TYPE::A).bytes(),
        &sent,
        &read
    ));
    assert!(!is_answer(
        &Reply::to("www.example.org", TYPE::AAAA).bytes(),
        &sent,
        &read
    ));
    assert!(!is_answer(&sent, &sent, &read), "the query itself");
    let mut other = good;
    set_id(&mut other, 8);
    assert!(!is_answer(&other, &sent, &read));
}

#[test]
fn our_own_answers_are_read_by_others() {
    let mut asked = Packet::new_query(9);
    let question = Question::new(
        Name::new("captive.example").unwrap(),
        QTYPE::TYPE(TYPE::A),
        QCLASS::CLASS(CLASS::IN),
        false,
    );
    asked.questions.push(question);
    *asked.opt_mut() = Some(simple_dns::rdata::OPT {
        opt_codes: vec![],
        udp_packet_size: 4_096,
        version: 0,
    });
    for bytes in [
        asked.build_bytes_vec().unwrap(),
        query("captive.example", TYPE::A).0,
    ] {
        let read = read_query(&bytes).unwrap();
        let address = address_answer(&bytes, &read, "10.1.2.3".parse().unwrap(), 5);
        let packet = Packet::parse(&address).unwrap();
        assert_eq!(
            (packet.id(), packet.answers.len(), packet.answers[0].ttl),
            (read.id, 1, 5)
        );
        assert_eq!(
            packet.opt().is_some(),
            Packet::parse(&bytes).unwrap().opt().is_some()
        );
        assert_eq!(addresses(&address, &read), [("10.1.2.3".parse().unwrap(), 5)]);
        assert!(is_answer(&address, &bytes, &read));
        assert!(is_cut(&cut_answer(&bytes, &read)) && !is_cut(&address));
        assert_eq!(
            outcome(&empty_answer(&bytes, &read, code::SERVER_FAILURE)),
            Some(2)
        );
    }
}

/// A name is spelt by bytes that the header or the rest of the message decides: what was checked under
/// the station's number would be asked under ours.
#[test]
fn a_question_whose_name_is_spelt_elsewhere_is_not_forwarded() {
    // A label of 28 bytes from the number on, over the question and the head of the EDNS record, then "ok".
    let mut query = vec![28, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0xc0, 0, 0, 1, 0, 1];
    query.extend(b"\0\0\x29\x10\0\0\0\0\0\0\x04\x02ok\0");
    assert!(read_query(&query).is_none());
    query[..2].copy_from_slice(&[1, 1]);
    for into_header in 0..12 {
        query[13] = into_header;
        assert!(read_query(&query).is_none(), "{into_header}");
    }
}

/// An answer to "a.example", with records given as owner, kind, time to live and data.
fn answer(records: &[(&[u8], u16, u32, &[u8])]) -> (Vec<u8>, Query) {
    let (bytes, read) = query("a.example", TYPE::A);
    let mut answer = bytes;
    answer[7] = u8::try_from(records.len()).unwrap();
    for (owner, kind, ttl, data) in records {
        answer.extend_from_slice(owner);
        answer.extend_from_slice(&kind.to_be_bytes());
        answer.extend_from_slice(&[0, 1]);
        answer.extend_from_slice(&ttl.to_be_bytes());
        answer.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        answer.extend_from_slice(data);
    }
    (answer, read)
}

/// The question's name, by a pointer.
const ASKED: &[u8] = &[0xc0, 12];

#[test]
fn an_alias_ends_with_its_record() {
    let target = |data: &[u8]| {
        let (mut answer, read) = answer(&[
            (ASKED, kind::CNAME, 60, data),
            (b"\x01b\0", kind::A, 60, &[192, 0, 2, 1]),
        ]);
        let found = addresses(&answer, &read).len();
        (found, lower_ttls(&mut answer, &read, 30))
    };
    assert_eq!(target(b"\x01b\0"), (1, true));
    assert_eq!(target(b"\x01b\0 and more"), (0, false));
    // The label runs on into the next record.
    assert_eq!(target(b"\x03b"), (0, false));
}

#[test]
fn an_answer_to_a_longer_name_tells_nothing() {
    let (mut message, read) = answer(&[(b"\0", kind::TXT, 60, b""), (ASKED, kind::A, 60, &[192, 0, 2, 1])]);
    assert_eq!(addresses(&message, &read).len(), 1);
    // The question's last label now runs on over what comes behind it.
    message[22] = 4;
    assert_eq!(addresses(&message, &read), []);
    assert!(!lower_ttls(&mut message, &read, 30));
}

/// The question is 15 bytes long and begins at 12; the first record's time to live stands at 33.
#[test]
fn no_part_of_a_name_stands_in_a_time_to_live() {
    for (spelt, owner) in [
        ("a root", &[0xc0, 33][..]),
        ("a pointer", &[0xc0, 33]),
        ("a label", &[0xc0, 32]),
        ("by way of another name", &[1, b'c', 0xc0, 36]),
    ] {
        let ttl = if spelt == "a pointer" {
            0xc00c_0000
        } else {
            0x0001_7a00
        };
        let (mut message, read) = answer(&[
            (ASKED, kind::A, ttl, &[192, 0, 2, 1]),
            (owner, kind::A, 60, &[192, 0, 2, 2]),
        ]);
        assert!(!lower_ttls(&mut message, &read, 30), "{spelt}");
    }
    // The second record stands at 43.
    let second = |owner: &[u8]| {
        let (mut message, read) = answer(&[
            (ASKED, kind::A, 600, &[192, 0, 2, 2]),
            (owner, kind::A, 60, &[192, 0, 2, 2]),
        ]);
        lower_ttls(&mut message, &read, 30)
    };
    assert!(second(b"\x01c\xc0\x0e"));
    assert!(!second(&[0xc0, 42]), "a label over its own pointer");
    assert!(!second(&[0xc0, 43]), "a pointer to itself");
}

/// Found by fuzzing: the name of the last record is spelt by the first one's time to live.
#[test]
fn a_name_that_points_into_a_time_to_live_is_not_passed_on() {
    let query = b"\0\x07\x01\0\0\x01\0\0\0\0\0\x01\x03www\x07example\x03org\0\0\x01\0\x01\0\0\x29\x10\0\0\0\x80\0\0\0";
    let read = read_query(query).unwrap();
    let mut answer = include_bytes!("../../tests/fuzz/corpus/dns/name-in-ttl").to_vec();
    assert_eq!(addresses(&answer, &read).len(), 0);
    assert!(!lower_ttls(&mut answer, &read, 30));
}

proptest! {
    #[test]
    fn garbage_is_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..600), counts in any::<[u8; 8]>()) {
        let (sent, read) = query("www.example.org", TYPE::A);
        let _ = read_query(&bytes);
        // Behind a right question, where the inner parsers begin.
        let mut message = sent.clone();
        message[4..12].copy_from_slice(&counts);
        message.extend_from_slice(&bytes);
        prop_assert!(addresses(&message, &read).len() <= super::MOST_ADDRESSES);
        let _ = is_answer(&message, &sent, &read);
        let length = message.len();
        let _ = lower_ttls(&mut message, &read, 30);
        prop_assert_eq!(message.len(), length);
    }

    /// Whatever another program reads as an address of the question's name, and nothing else, is found.
    #[test]
    fn a_plain_answer_is_understood_as_others_do(v4 in prop::collection::vec(any::<u32>(), 0..20), ttl in any::<u32>()) {
        let mut reply = Reply::to("www.example.org", TYPE::A);
        for address in &v4 {
            reply = reply.with("www.example.org", ttl, RData::A(A { address: *address }));
        }
        let found = addresses(&reply.bytes(), &read_query(&query_of(&reply.0)).unwrap());
        let expected: Vec<(IpAddr, u32)> = v4
            .iter()
            .map(|bits| (std::net::Ipv4Addr::from_bits(*bits).into(), ttl))
            .collect();
        prop_assert_eq!(found, expected);
    }

    /// After the change nothing may be kept for longer, whatever the message is.
    #[test]
    fn no_ttl_is_left_above_the_bound(ttls in prop::collection::vec(any::<u32>(), 1..20), most in 0_u32..100) {
        let mut reply = Reply::to("www.example.org", TYPE::A);
        for ttl in &ttls {
            reply = reply.with("www.example.org", *ttl, RData::A(A { address: 0xc000_0201 }));
        }
        let mut bytes = reply.bytes();
        let (_, read) = query("www.example.org", TYPE::A);
        prop_assert!(lower_ttls(&mut bytes, &read, most));
        for record in Packet::parse(&bytes).unwrap().answers {
            prop_assert!(record.ttl <= most);
        }
    }
}
