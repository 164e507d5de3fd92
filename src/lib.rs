//! Portico: captive portal and access controller for free municipal Wi-Fi.
//!
//! One sentence: **edges turn the world into [`core::Event`]s; one clock-free, IO-free
//! [`core::Gateway`] turns events into [`core::Command`]s; edges carry the commands out; nothing else
//! decides.**
//!
//! ```text
//!  DHCP/ARP/ND frame ─┐              core (pure, one owner)                    ┌─► nftables transaction
//!  neighbour change  ─┤  identity → lifecycle → policy → access-set diff       ├─► store batch
//!  HTTP request      ─┼─► Event ─────────────────────────────► Command ────────┤
//!  set counters      ─┤              accounting → statistics                   └─► HTTP reply
//!  timer             ─┘  ◄──────── poll_timeout() / handle_timeout(now)
//! ```
//!
//! # The tour of the house
//! An arrow never points up, and edges never import each other.
//!
//! | level | module | holds |
//! |---|---|---|
//! | 0 | [`model`] | words of the domain, parsed on entry |
//! | 1 | [`wire`] | bytes ↔ structs of everything that comes from the network |
//! | 1 | [`config`] | TOML → checked values, every mistake at once |
//! | 1 | [`core`] | decides |
//! | 1 | [`accounts`] | who may administer: users, roles, sessions |
//! | 1 | [`limits`] | what limits on one station are made of |
//! | 1 | [`doors`] | what listeners are made of: sockets tied to an interface, TLS |
//! | 1 | [`drawer`] | directories of files that the service and commands both write |
//! | 1 | [`charts`] | what charts and their numbers are made of |
//! | 2 | [`net`] | the kernel, and `portico-netd`, the only process with capabilities |
//! | 2 | [`garden`] | the walled garden by name: DNS of stations without access |
//! | 2 | [`portal`] | the people's pages and the RFC 8908 API |
//! | 2 | [`dashboard`] | the administrators' listener, pages and figures |
//! | 2 | [`news`] | the comune's news and urgent notices |
//! | 2 | [`register`] | the optional access register, closed with the comune's key |
//! | 2 | [`report`] | exports for the comune and the EU |
//! | 2 | [`store`] | sessions that survive a restart |
//! | 3 | [`app`] | wiring, commands, doctor, lab and demo |
//!
//! # Invariants
//! 1. No packet of a captive or blocked station leaves the LAN except to the walled garden
//!    (`tests/leaks`).
//! 2. Applying the difference of two access sets to one gives the other; the same events give the
//!    same commands; usage never decreases; a restart changes nothing (`core::tests`).
//! 3. The page says "you are online" only after the kernel has acknowledged (`core::tests`).
//! 4. A session never lasts past the next local midnight, or its period of at most 12 hours, across
//!    changes to and from summer time and steps of the clock (`core::lifecycle`).
//! 5. No MAC or IP address in logs above DEBUG, none in statistics, none at rest beyond the session
//!    (`store`) except, where it is switched on, in the access register (`register`).
//! 6. A ruleset that cannot be loaded leaves the one before; at boot the LAN is closed until the
//!    ruleset is in (`tests/netd`).

pub mod accounts;
pub mod app;
pub mod charts;
pub mod config;
pub mod core;
pub mod dashboard;
pub mod doors;
pub mod drawer;
pub mod garden;
pub mod limits;
pub mod model;
pub mod net;
pub mod news;
pub mod portal;
pub mod register;
pub mod report;
pub mod store;
pub mod wire;
