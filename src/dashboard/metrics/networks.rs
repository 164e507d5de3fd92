//! Which metrics there are of each network.

use std::fmt;
use std::ops::{Rem, Sub};

use super::page::{Labels, Page, Spread, approximate};
use crate::core::NetworkSnapshot;
use crate::dashboard::desk::Look;
use crate::model::figures::Outage;
use crate::model::figures::suppress::LEAST;
use crate::model::{DropCause, NetworkId};

/// Milliseconds of a second.
const MILLIS: u32 = 1_000;
/// From the first probe to the kernel's word, seconds: people read, or do not.
const TO_ONLINE: &[f64] = &[1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// Load time of a page, seconds.
const LOAD: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0];
/// Length of a session, seconds.
const LENGTH: &[f64] = &[
    60.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 43_200.0,
];

/// What counts people is told in steps of so many.
const STEP: u8 = 5;
const _: () = assert!(STEP as u64 == LEAST);

/// What is told of each network.
pub(super) struct Networks<'a>(pub(super) &'a Look);

impl<'a> Networks<'a> {
    fn each<V>(&self, read: impl Fn(&'a NetworkSnapshot) -> V) -> impl Iterator<Item = (Labels, V)> {
        let networks = self.0.figures.networks.iter();
        networks.map(move |(id, snapshot)| (network(*id), read(snapshot)))
    }

    /// Several figures of each, told apart by a label.
    fn by<V>(
        &self,
        label: &'static str,
        read: impl Fn(&'a NetworkSnapshot) -> Vec<(&'static str, V)>,
    ) -> Vec<(Labels, V)> {
        let mut rows = Vec::new();
        for (id, snapshot) in &self.0.figures.networks {
            let values = read(snapshot).into_iter();
            rows.extend(values.map(|(name, value)| (with(*id, label, name), value)));
        }
        rows
    }

    pub(super) fn tell_people(&self, page: &mut Page<'_>) -> fmt::Result {
        page.gauge(
            "stations",
            "Stations seen lately, by what they may do, in steps of five",
            self.by("state", |of| {
                vec![
                    ("captive", fives(of.captive)),
                    ("granted", fives(of.granted)),
                    ("exempt", fives(of.exempt)),
                    ("blocked", fives(of.blocked)),
                ]
            }),
        )?;
        page.gauge(
            "stations_in_sight",
            "Whether any station was seen lately",
            self.each(|of| u64::from(of.known > 0)),
        )?;
        page.gauge(
            "stations_sharing",
            "Stations as they share a scarce line, in steps of five",
            self.by("state", |of| {
                let share = &of.share;
                vec![
                    ("active", fives(share.active)),
                    ("held", fives(share.held)),
                    ("queued", fives(share.queued)),
                ]
            }),
        )?;
        page.gauge(
            "stations_slowed",
            "Stations whose volume of the day is used up, in steps of five",
            self.each(|of| fives(of.slowed)),
        )?;
        page.counter(
            "sessions_started",
            "Sessions that began by a tap, in steps of five",
            self.each(|of| fives(of.totals.grants)),
        )?;
        page.counter(
            "sessions_ended",
            "Sessions that ended, in steps of five",
            self.by("reason", |of| {
                let totals = &of.totals;
                vec![
                    ("expired", fives(totals.expired)),
                    ("disconnected", fives(totals.disconnected)),
                    ("revoked", fives(totals.revoked)),
                ]
            }),
        )?;
        page.counter(
            "grants_refused",
            "Taps that let nobody in, in steps of five; those that the gateway itself failed one by one",
            self.by("reason", |of| {
                let totals = &of.totals;
                vec![
                    ("blocked", fives(totals.refused)),
                    ("failed", totals.failed),
                    ("too_often", fives(totals.hasty)),
                ]
            }),
        )?;
        page.counter(
            "stations_returned",
            "Times that a station came back within its period, in steps of five",
            self.each(|of| fives(of.counted.returning)),
        )?;
        page.counter(
            "address_conflicts",
            "Two stations with one address, or one station in two places",
            self.each(|of| of.totals.conflicts),
        )
    }

    pub(super) fn tell_traffic(&self, page: &mut Page<'_>) -> fmt::Result {
        page.counter(
            "traffic_bytes",
            "IP bytes to stations (down) and from them (up), brought up to date in minutes in which five moved some",
            self.by("direction", |of| {
                vec![
                    ("down", of.totals.usage_of_many.down.bytes),
                    ("up", of.totals.usage_of_many.up.bytes),
                ]
            }),
        )?;
        page.counter(
            "traffic_packets",
            "Packets to stations (down) and from them (up), brought up to date as their bytes",
            self.by("direction", |of| {
                vec![
                    ("down", of.totals.usage_of_many.down.packets),
                    ("up", of.totals.usage_of_many.up.packets),
                ]
            }),
        )?;
        page.counter(
            "dropped_packets",
            "Packets of and to stations that the packet path dropped",
            self.by("cause", |of| {
                let causes = DropCause::ALL.into_iter();
                causes
                    .map(|cause| (cause.as_str(), of.drops.get(&cause).copied().unwrap_or(0)))
                    .collect()
            }),
        )?;
        page.counter(
            "malformed_packets",
            "DHCP, ARP and neighbour messages that could not be read",
            self.each(|of| of.totals.malformed),
        )?;
        page.gauge(
            "plan_bytes_per_second",
            "What the plan in force allows each station",
            self.by("direction", |of| {
                vec![
                    ("down", of.plan.down.bytes_per_second()),
                    ("up", of.plan.up.bytes_per_second()),
                ]
            }),
        )
    }

    pub(super) fn tell_portal(&self, page: &mut Page<'_>) -> fmt::Result {
        page.counter(
            "portal_views",
            "Times that the page with the button, or of the session, was shown, in steps of five",
            self.each(|of| fives(of.counted.views)),
        )?;
        let spread = |read: fn(&NetworkSnapshot) -> &crate::model::figures::Histogram, per_second, bounds| {
            self.each(move |of| Spread {
                histogram: read(of),
                per_second,
                bounds,
            })
        };
        page.histogram(
            "probe_to_online_seconds",
            "From a station's first probe or page to being online, in steps of five",
            spread(|of| &of.counted.to_online, MILLIS, TO_ONLINE),
        )?;
        page.histogram(
            "portal_load_seconds",
            "How long the portal's page took to load, as it measured itself, in steps of five",
            spread(|of| &of.counted.load_time, MILLIS, LOAD),
        )?;
        page.histogram(
            "session_length_seconds",
            "How long sessions had lasted when they ended, in steps of five",
            spread(|of| &of.counted.session_length, 1, LENGTH),
        )?;
        page.counter(
            "snippet_told",
            "Pages that told whether the Commission's collector answered and drew the visual identity, in steps of five",
            self.each(|of| fives(of.counted.snippet.told)),
        )?;
        page.counter(
            "snippet_shown",
            "Of these, pages where it did, in steps of five",
            self.each(|of| fives(of.counted.snippet.shown)),
        )?;
        page.gauge(
            "snippet_self_test_seconds",
            "Time left of the snippet's self-test, in which the Commission counts nobody",
            self.0.self_tests.iter().map(|(id, left)| (network(*id), *left)),
        )?;
        page.counter(
            "out_of_service_seconds",
            "Time out of service",
            self.by("cause", |of| {
                let name = |cause| match cause {
                    Outage::Uplink => "uplink",
                    Outage::Power => "power",
                    Outage::Daemon => "daemon",
                    Outage::Planned => "planned",
                };
                let causes = Outage::ALL.into_iter();
                causes
                    .map(|cause| (name(cause), approximate(of.counted.outages.of(cause))))
                    .collect()
            }),
        )
    }

    /// The walled garden by name.
    pub(super) fn tell_names(&self, page: &mut Page<'_>) -> fmt::Result {
        let gardens = || self.0.gardens.iter();
        page.gauge(
            "garden_open_destinations",
            "Destinations of the walled garden that are open by name",
            gardens().map(|(id, garden)| (network(*id), garden.open)),
        )?;
        page.counter(
            "garden_refused_addresses",
            "Addresses that names led to and that may not be opened, or found no room",
            gardens().flat_map(|(id, garden)| {
                [
                    (with(*id, "reason", "forbidden"), garden.refused),
                    (with(*id, "reason", "no_room"), garden.no_room),
                ]
            }),
        )?;
        let asked = self.0.resolver;
        let outcome = |name: &str| vec![("outcome", name.to_owned())];
        page.counter(
            "dns_queries",
            "Queries of stations without access",
            [
                (outcome("answered"), asked.queries.saturating_sub(asked.failed)),
                (outcome("failed"), asked.failed),
                (outcome("dropped"), asked.dropped),
            ],
        )
    }
}

/// So that no count tells when one person did something.
pub(super) fn fives<N: Copy + Sub<Output = N> + Rem<Output = N> + From<u8>>(count: N) -> N {
    count - count % N::from(STEP)
}

fn network(id: NetworkId) -> Labels {
    vec![("network", id.to_string())]
}

fn with(id: NetworkId, name: &'static str, value: &str) -> Labels {
    vec![("network", id.to_string()), (name, value.to_owned())]
}
