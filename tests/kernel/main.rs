//! The kernel's edge against the live kernel, in network namespaces of its own. Needs root, `nft`,
//! `ip`, `nsenter`, `ping` and `bash`; a test whose tool is missing fails and says so.

mod bed;
mod contract;
mod flows;
mod packets;
mod routes;
mod watch;
