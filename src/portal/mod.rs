//! The people's pages and API: bare hyper hot path for probes and redirects, pages, RFC 8908.

pub mod desk;
