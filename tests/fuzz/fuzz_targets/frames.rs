//! Captured frames: Ethernet, ARP, IP, UDP, DHCPv4, DHCPv6, neighbour discovery.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::wire::{arp, dhcp, may_be_a_stations, ndp, notice};

fuzz_target!(|frame: &[u8]| {
    if let Ok(Some(notice)) = notice(frame) {
        assert_eq!(&notice.mac.octets(), &frame[6..12]);
        let told = notice.uses.as_slice().iter().chain(notice.leaves.as_slice());
        assert!(told.copied().all(may_be_a_stations));
    }
    // Straight into the inner parsers, past the checksums that would hide them.
    let _ = arp::parse(frame);
    let _ = dhcp::parse_v4(frame);
    let _ = dhcp::parse_v6(frame);
    if let Ok(packet) = portico_fuzz::wire::ip::parse_v6(frame) {
        let _ = ndp::parse(&packet);
    }
});
