//! Netlink messages: nf_tables elements, conntrack, routing.
