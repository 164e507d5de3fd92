//! DHCPv4 (RFC 2131) and DHCPv6 (RFC 8415), as far as stations are noticed by them: the messages of
//! clients only.

mod v4;
mod v6;

pub use v4::{KindV4, MessageV4, notice_v4, parse_v4};
pub use v6::{KindV6, MessageV6, notice_v6, parse_v6};
