//! Attempts of stations without access to get a packet out of their network, or one in: in real
//! network namespaces, against the real helper and its ruleset, with listeners that must stay silent.
//!
//! Every attempt is a row of a family's table and carries a marker. A listener counts only if it has
//! proven to hear: each round ends with a marked packet of the gateway's own; most rows get through a
//! gateway that forwards without Portico, and many from a granted station, and are required to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a whole file of tests: a failure is a panic, and the table is for README"
)]

mod attempt;
mod ears;
mod helper;
mod inward;
mod ipv4;
mod ipv6;
mod lan;
mod link;
mod names;
mod packet;
mod ports;
mod protocols;
mod range;
mod riders;
mod services;
mod spoof;
mod transfer;
mod tunnel;
mod world;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::net::ipc::{Reply, Request};

use crate::attempt::{Control, Host};
use crate::ears::Place;
use crate::range::{BLOCKED, Identity, Outcome, PATIENCE, Range};
use crate::world::{HOUR, World};

/// A line of the table at the end.
struct Line {
    who: &'static str,
    attempts: usize,
    seen: usize,
}

/// What happened, judged at the end so that one failure does not hide the others.
#[derive(Default)]
struct Table {
    lines: Vec<Line>,
    wrong: Vec<String>,
}

impl Table {
    /// A round that is told and not judged.
    fn add(&mut self, who: &'static str, outcomes: &[Outcome]) {
        self.lines.push(Line {
            who,
            attempts: outcomes.len(),
            seen: outcomes.iter().filter(|outcome| !outcome.seen.is_empty()).count(),
        });
    }

    /// A round of which nothing may have come out.
    fn add_silent(&mut self, who: &'static str, outcomes: &[Outcome]) {
        self.add_control(who, outcomes, &[]);
    }

    /// A silent round in which most attempts got as far as being refused, so that it is not some
    /// share or some closed gate that stopped them.
    fn add_refused(&mut self, who: &'static str, world: &World, identity: Identity, me: Host) {
        const MOST: u64 = 150;
        let before = world.refused();
        self.add_silent(who, &world.range.volley(identity, me));
        let refused = world.refused() - before;
        assert!(refused >= MOST, "{who}: only {refused} packets were refused");
    }

    /// A round of which exactly those rows must have come out.
    fn add_control(&mut self, who: &'static str, outcomes: &[Outcome], through: &[Control]) {
        self.add(who, outcomes);
        self.wrong.extend(
            outcomes
                .iter()
                .filter(|outcome| through.contains(&outcome.attempt.control) == outcome.seen.is_empty())
                .map(|outcome| format!("{who}: {}: {:?}", outcome.attempt.name, outcome.seen)),
        );
    }

    fn judge(self) {
        println!("{:<58} {:>8} {:>5}", "round", "attempts", "seen");
        for Line { who, attempts, seen } in &self.lines {
            println!("{who:<58} {attempts:>8} {seen:>5}");
        }
        assert!(self.wrong.is_empty(), "other than expected: {:#?}", self.wrong);
    }
}

#[test]
fn nothing_gets_out_without_access() {
    let mut world = World::new();
    let mut table = Table::default();
    let me = world.me;

    let outcomes = world.range.volley(Identity(1), me);
    listeners_tell_answers_apart(&outcomes);
    table.add_control(
        "control: a gateway without Portico",
        &outcomes,
        &[Control::Bare, Control::Granted],
    );
    world.close(Path::new("/nonexistent"));
    table.add_silent(
        "boot: closed, the configuration cannot be read",
        &world.range.volley(Identity(1), me),
    );
    world.lab.nft(&["flush", "ruleset"]).unwrap();
    world.close(&Lab::config_path());
    table.add_silent(
        "boot: closed until the ruleset is in",
        &world.range.volley(Identity(2), me),
    );
    world.open();
    table.add_refused("captive", &world, Identity(3), me);
    table.add_refused("blocked", &world, BLOCKED, world.barred);

    world.grant(Identity(4), HOUR);
    let outcomes = world.range.volley(Identity(4), me);
    table.add_control("control: granted", &outcomes, &[Control::Granted]);
    world.revoke(Identity(4));
    table.add_refused("revoked, flows still known", &world, Identity(4), me);

    expire(&world, &mut table);
    while_reloading(&world, &mut table);
    while_restarting(&mut world, &mut table);
    while_flushed(&world, &mut table);
    table.judge();
}

/// In a gateway without Portico there are both, and attempts under the gateway's own address too.
fn listeners_tell_answers_apart(outcomes: &[Outcome]) {
    let places = |name: &str| {
        let mut named = outcomes.iter().filter(|outcome| outcome.attempt.name == name);
        named.next().unwrap().seen.clone()
    };
    for forged in ["the gateway's address, IPv6", "the uplink's address, IPv6"] {
        assert_eq!(places(forged), BTreeSet::from([Place::Uplink]), "{forged}");
    }
    let answered = "the gateway's answers sent to a forged outside source";
    assert_eq!(places(answered), BTreeSet::from([Place::Answer]));
}

fn expire(world: &World, table: &mut Table) {
    let identity = Identity(5);
    world.grant(identity, 3_000);
    let outcomes = world.range.volley(identity, world.me);
    let mine: BTreeSet<_> = identity.macs().into_iter().collect();
    let through = outcomes.iter().filter(|outcome| !outcome.seen.is_empty()).count();
    assert!(through > 0, "never granted");
    let expired = poll(PATIENCE, || helper::held().is_disjoint(&mine).then_some(()));
    assert!(expired.is_some(), "the kernel's elements do not expire");
    table.add_refused("expired, flows still known", world, identity, world.me);
}

/// Attempts without a pause while `work` goes on, at least one volley; what came out.
fn meanwhile(range: &Range, me: Host, identity: Identity, work: impl FnOnce()) -> Vec<Outcome> {
    let round = range.begin();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                range.fire(identity, round, me);
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        work();
        stop.store(true, Ordering::Relaxed);
    });
    range.collect(round)
}

fn while_reloading(world: &World, table: &mut Table) {
    let outcomes = meanwhile(&world.range, world.me, Identity(6), || {
        for _ in 0..15 {
            assert_eq!(helper::ask(&Request::Reload), Reply::Done(Ok(())));
        }
    });
    table.add_silent("captive, while the ruleset is loaded again and again", &outcomes);
}

fn while_restarting(world: &mut World, table: &mut Table) {
    let World { lab, range, me, .. } = world;
    let outcomes = meanwhile(range, *me, Identity(8), || {
        for _ in 0..3 {
            lab.netd().unwrap().kill().unwrap();
            lab.start_netd().unwrap();
        }
    });
    table.add_silent("captive, while portico-netd is killed and started", &outcomes);
}

/// Somebody else removes every rule of nftables. Until the helper has put them back (within three
/// seconds, as promised) the backstop alone stands: nothing of a captive station is led on, and nothing of
/// the Internet reaches one. What the machine answers before the backstop's hooks is told, not judged.
fn while_flushed(world: &World, table: &mut Table) {
    const ANSWERED_EARLY: [&str; 3] = [
        "life time exceeded from a forged outside source",
        "the same in frames to the LLDP address, past the bridge",
        "the same in frames to every reserved group address",
    ];
    let stands = || {
        world
            .lab
            .nft(&["list", "chain", "inet", "portico", "refuse"])
            .is_ok()
    };
    let outcomes = meanwhile(&world.range, world.me, Identity(9), || {
        world.lab.nft(&["flush", "ruleset"]).unwrap();
        let repaired = poll(Duration::from_secs(3), || stands().then_some(()));
        assert!(repaired.is_some(), "the ruleset was not put back");
    });
    let (early, others): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .partition(|outcome| ANSWERED_EARLY.contains(&outcome.attempt.name));
    assert_eq!(early.len(), ANSWERED_EARLY.len());
    table.add_silent("captive, until a foreign flush is mended", &others);
    table.add("… answered early to a forged source (not judged)", &early);
    table.add_refused(
        "captive, after the repair, flows still known",
        world,
        Identity(9),
        world.me,
    );
}
