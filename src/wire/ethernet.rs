//! Ethernet II frames as captured (IEEE 802.3, clause 3; without the frame check sequence).

use pnet_packet::ethernet::{EtherType, EthernetPacket};

use super::FrameError;
use crate::model::Mac;

/// Bytes before the payload.
pub const HEADER: usize = 14;

/// A frame whose source is a station's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Who sent it.
    pub source: Mac,
    /// What is inside. Below 0x0600 it is an IEEE 802.3 length, which no parser here takes.
    pub ether_type: EtherType,
    /// What is inside, with whatever padding the sender added.
    pub payload: &'a [u8],
}

/// Splits a frame. VLAN tags are not followed: stations are untagged on their LAN.
///
/// # Errors
/// [`FrameError::Truncated`] or [`FrameError::Source`].
pub fn parse(frame: &[u8]) -> Result<Frame<'_>, FrameError> {
    let header = EthernetPacket::new(frame).ok_or(FrameError::Truncated("the Ethernet header"))?;
    let payload = frame
        .get(HEADER..)
        .ok_or(FrameError::Truncated("the Ethernet header"))?;
    Ok(Frame {
        source: Mac::new(header.get_source().octets())?,
        ether_type: header.get_ethertype(),
        payload,
    })
}

#[cfg(test)]
mod tests {
    use pnet_packet::ethernet::EtherTypes;

    use super::parse;
    use crate::model::MacError;
    use crate::wire::FrameError;

    const FRAME: &[u8] = &[
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x5e, 0x10, 0, 0, 0x0a, 0x08, 0x06, 0xaa,
    ];

    #[test]
    fn splits_a_frame() {
        let frame = parse(FRAME).unwrap();
        assert_eq!(frame.source.octets(), [0x02, 0x5e, 0x10, 0, 0, 0x0a]);
        assert_eq!(frame.ether_type, EtherTypes::Arp);
        assert_eq!(frame.payload, [0xaa]);
    }

    #[test]
    fn refuses_runts_and_sources_that_no_station_has() {
        for len in 0..14 {
            let error = parse(&FRAME[..len]).unwrap_err();
            assert_eq!(error, FrameError::Truncated("the Ethernet header"), "{len}");
        }
        let mut frame = FRAME.to_vec();
        frame[6] = 0x01;
        assert_eq!(parse(&frame), Err(FrameError::Source(MacError::Group)));
        frame[6..12].fill(0);
        assert_eq!(parse(&frame), Err(FrameError::Source(MacError::Zero)));
    }
}
