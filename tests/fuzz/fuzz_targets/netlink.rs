//! Datagrams of the kernel: nf_tables elements and events, conntrack flows, routes, neighbours and queues.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::wire::netlink::{
    chain, conntrack, counters, elements, htb, maps, message, nft_events, qdisc, redirect, route, tracked, way,
};

fuzz_target!(|datagram: &[u8]| {
    for message in message::messages(datagram) {
        let _ = message.meaning();
        for element in elements::decode_elements(&message) {
            let _ = element;
        }
        let _ = elements::removes(&message);
        let _ = nft_events::decode_event(&message);
        let _ = conntrack::decode_flow(&message);
        let _ = (tracked::decode(&message), way::decode_way(&message), way::decode_device(&message));
        let _ = route::decode_route(&message);
        let _ = counters::decode(&message);
        let _ = qdisc::decode(&message);
        let _ = (htb::decode_class(&message), redirect::decode(&message));
        let _ = maps::decode(&message).count();
        let _ = chain::decode_flags(&message);
    }
    let _ = elements::decode_element(datagram);
});
