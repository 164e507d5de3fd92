//! `portico-netd` and the base ruleset on the real kernel: every test makes network namespaces of its
//! own and leaves nothing behind. Needs root, `nft`, `ip`, `ping`, `nsenter` and `unshare`.

mod helper;
mod ruleset;
mod world;
