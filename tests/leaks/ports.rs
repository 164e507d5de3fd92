//! TCP and UDP to the world outside, by port and by flags.

use std::net::Ipv4Addr;

use crate::attempt::{Attempt, GARDEN4, GARDEN6, Shot, bare, granted};
use crate::packet::{ACK, FIN, PSH, RST, SYN, URG, V4, V6};

fn tcp(shot: &Shot<'_>, port: u16, flags: u8) -> Vec<Vec<u8>> {
    let ports = shot.to_port(port);
    [
        shot.routed4(&shot.v4().tcp(ports, flags, &shot.data())),
        shot.routed6(&shot.v6().tcp(ports, flags, &shot.data())),
    ]
    .concat()
}

fn udp(shot: &Shot<'_>, port: u16) -> Vec<Vec<u8>> {
    let ports = shot.to_port(port);
    [
        shot.routed4(&shot.v4().udp(ports, &shot.data())),
        shot.routed6(&shot.v6().udp(ports, &shot.data())),
    ]
    .concat()
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("TCP SYN to port 80 (answered by the portal)", |s| tcp(s, 80, SYN)),
    granted("TCP SYN to port 443 (also DNS over HTTPS)", |s| tcp(s, 443, SYN)),
    granted("TCP SYN to port 22", |s| tcp(s, 22, SYN)),
    granted("TCP SYN to port 25", |s| tcp(s, 25, SYN)),
    granted("TCP SYN to port 53", |s| tcp(s, 53, SYN)),
    granted("TCP SYN to port 853 (DNS over TLS)", |s| tcp(s, 853, SYN)),
    granted("TCP SYN to the portal's own ports outside", |s| {
        [tcp(s, 8_080, SYN), tcp(s, 8_443, SYN)].concat()
    }),
    granted("TCP SYN to port 0", |s| tcp(s, 0, SYN)),
    granted("TCP ACK without a connection", |s| tcp(s, 443, ACK)),
    granted("TCP PSH, ACK without a connection", |s| tcp(s, 443, PSH | ACK)),
    bare("TCP SYN, ACK without a connection", |s| tcp(s, 443, SYN | ACK)),
    granted("TCP ACK without a connection to port 80", |s| tcp(s, 80, ACK)),
    bare("TCP FIN without a connection", |s| tcp(s, 443, FIN)),
    bare("TCP RST without a connection", |s| tcp(s, 443, RST)),
    bare("TCP null scan", |s| tcp(s, 443, 0)),
    bare("TCP christmas tree", |s| tcp(s, 443, FIN | PSH | URG)),
    bare("TCP null scan to port 80", |s| tcp(s, 80, 0)),
    bare("TCP all flags to port 53", |s| tcp(s, 53, 0x3f)),
    bare("TCP header cut short", |s| {
        let whole = s.v4().tcp(s.to_port(443), SYN, &s.data());
        s.routed4(&s.v4().packet(6, &[&whole[20..28], &s.marker.bytes()].concat()))
    }),
    granted("UDP to port 53 (not a query)", |s| udp(s, 53)),
    bare("UDP to port 53 with a wrong checksum", |s| {
        let mut packet = s.v4().udp(s.to_port(53), &s.data());
        packet[26] ^= 0x55;
        s.routed4(&packet)
    }),
    granted("UDP to port 443 (QUIC)", |s| udp(s, 443)),
    granted("UDP to port 853 (DNS over QUIC)", |s| udp(s, 853)),
    granted("UDP to port 123 (NTP)", |s| udp(s, 123)),
    granted("UDP to port 5060 (SIP)", |s| udp(s, 5_060)),
    granted("UDP to port 5353 outside (mDNS, unicast)", |s| udp(s, 5_353)),
    granted("UDP to ports 1194 and 51820 (tunnels)", |s| {
        [udp(s, 1_194), udp(s, 51_820)].concat()
    }),
    granted("UDP to ports 500 and 4500 (IPsec)", |s| {
        [udp(s, 500), udp(s, 4_500)].concat()
    }),
    granted("UDP to ports 1701 and 4789 (L2TP, VXLAN)", |s| {
        [udp(s, 1_701), udp(s, 4_789)].concat()
    }),
    granted("UDP to port 3544 (Teredo)", |s| udp(s, 3_544)),
    bare("UDP to port 67 outside (DHCP relay)", |s| udp(s, 67)),
    bare("UDP to port 547 outside", |s| udp(s, 547)),
    bare("UDP from port 67 to port 68", |s| {
        s.routed4(&s.v4().udp((67, 68), &s.data()))
    }),
    granted("UDP to port 0", |s| udp(s, 0)),
    granted("UDP without a checksum", |s| {
        let mut packet = s.v4().udp(s.to_port(9), &s.data());
        packet[26..28].fill(0);
        s.routed4(&packet)
    }),
    granted("UDP to the walled garden's host", |s| {
        let (v4, v6) = (V4::new(s.me.v4, GARDEN4), V6::new(s.me.v6, GARDEN6));
        [
            s.routed4(&v4.udp(s.to_port(443), &s.data())),
            s.routed6(&v6.udp(s.to_port(443), &s.data())),
        ]
        .concat()
    }),
    granted("TCP to another port of the walled garden's host", |s| {
        let (v4, v6) = (V4::new(s.me.v4, GARDEN4), V6::new(s.me.v6, GARDEN6));
        [
            s.routed4(&v4.tcp(s.to_port(444), SYN, &s.data())),
            s.routed6(&v6.tcp(s.to_port(444), SYN, &s.data())),
        ]
        .concat()
    }),
    granted("TCP to the walled garden's neighbour", |s| {
        let [a, b, c, d] = GARDEN4.octets();
        let v4 = V4::new(s.me.v4, Ipv4Addr::new(a, b, c, d - 1));
        s.routed4(&v4.tcp(s.to_port(443), SYN, &s.data()))
    }),
    granted("TCP fragment to the walled garden", |s| {
        let whole = V4::new(s.me.v4, GARDEN4).tcp(s.to_port(443), SYN, &s.data());
        let (first, rest) = whole[20..].split_at(24);
        let part = |offset, more| V4::new(s.me.v4, GARDEN4).fragment(s.port, offset, more);
        [
            s.routed4(&part(0, true).packet(6, first)),
            s.routed4(&part(3, false).packet(6, rest)),
        ]
        .concat()
    }),
];
