//! Ethernet II frames as captured.
