//! DNS: queries of stations, and what a resolver answers to one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::wire::dns;

/// "www.example.org A IN", with EDNS.
const QUERY: &[u8] = b"\0\x07\x01\0\0\x01\0\0\0\0\0\x01\x03www\x07example\x03org\0\0\x01\0\x01\0\0\x29\x10\0\0\0\x80\0\0\0";

fuzz_target!(|bytes: &[u8]| {
    if let Some(query) = dns::read_query(bytes) {
        let answer = dns::address_answer(bytes, &query, std::net::Ipv4Addr::LOCALHOST, 5);
        assert!(dns::is_answer(&answer, bytes, &query));
        assert_eq!(dns::addresses(&answer, &query).len(), 1);
        assert!(dns::is_cut(&dns::cut_answer(bytes, &query)));
    }
    let query = dns::read_query(QUERY).unwrap();
    let _ = dns::is_answer(bytes, QUERY, &query);
    let found = dns::addresses(bytes, &query);
    let mut lowered = bytes.to_vec();
    if dns::lower_ttls(&mut lowered, &query, 30) {
        let after = dns::addresses(&lowered, &query);
        assert_eq!(after.len(), found.len());
        assert!(after.iter().all(|(_, ttl)| *ttl <= 30));
    }
});
