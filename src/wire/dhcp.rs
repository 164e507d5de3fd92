//! DHCPv4 (RFC 2131) and DHCPv6 (RFC 8415), as far as stations are noticed by them.
