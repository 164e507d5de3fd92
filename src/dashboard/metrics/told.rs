//! Which metrics there are. Names and units as Prometheus's conventions have them: base units, counters that
//! only grow until the daemon starts anew.

use std::fmt;
use std::iter::once;

use super::page::{Labels, Page, Spread, approximate};
use crate::core::{LineSnapshot, NetworkSnapshot, WaySnapshot};
use crate::dashboard::desk::Look;
use crate::doors::certificate::{CertificateFault, CertificateState};
use crate::model::figures::Outage;
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

/// Tells everything.
pub(super) fn tell(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    tell_gateway(page, look)?;
    tell_processes(page, look)?;
    tell_line(page, look)?;
    let networks = Networks(look);
    networks.tell_people(page)?;
    networks.tell_traffic(page)?;
    networks.tell_portal(page)?;
    networks.tell_names(page)?;
    tell_feeds(page, look)?;
    tell_certificates(page, look)
}

const fn none() -> Labels {
    Vec::new()
}

fn tell_gateway(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    page.info("build", "Which Portico this is", &vec![("version", version)])?;
    let linked = u64::from(look.figures.helper_linked);
    page.gauge(
        "packet_path_linked",
        "Whether portico-netd answers, so that people can be let online",
        once((none(), linked)),
    )?;
    page.gauge(
        "uplink_up",
        "Whether the uplink leads to the Internet, as far as is known",
        once((none(), u64::from(look.uplink))),
    )?;
    page.gauge(
        "statistics_fault",
        "Whether figures cannot be written to disk; they wait in memory",
        once((none(), u64::from(look.statistics.fault.is_some()))),
    )?;
    page.gauge(
        "statistics_waiting_records",
        "Hourly figures that wait in memory to be written",
        once((none(), look.statistics.waiting)),
    )?;
    page.counter(
        "statistics_lost_records",
        "Hourly figures lost because too many waited",
        once((none(), look.statistics.lost)),
    )?;
    page.counter(
        "state_write_failures",
        "Times that running sessions could not be written to disk",
        once((none(), look.state_write_failures)),
    )?;
    page.counter(
        "audit_write_failures",
        "Lines that could not be written into the audit log",
        once((none(), look.audit.failures)),
    )?;
    page.gauge(
        "audit_failing",
        "Whether the last line could not be written into the audit log",
        once((none(), u64::from(look.audit.is_failing))),
    )
}

fn tell_processes(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    let process = |name: &str| vec![("process", name.to_owned())];
    page.gauge(
        "process_resident_memory_bytes",
        "Resident memory",
        look.processes
            .iter()
            .map(|one| (process(one.name), one.resident_bytes)),
    )?;
    page.counter(
        "process_cpu_seconds",
        "Processor time, user and system",
        look.processes
            .iter()
            .map(|one| (process(one.name), one.cpu_seconds)),
    )?;
    page.gauge(
        "process_start_time_seconds",
        "When the process started, since the epoch",
        look.processes
            .iter()
            .map(|one| (process(one.name), one.started_at)),
    )
}

fn tell_line(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    let line = look.figures.line.as_ref();
    let ways = |read: fn(&WaySnapshot) -> u64| -> Vec<(Labels, u64)> {
        let both = line.map(|line: &LineSnapshot| [("down", line.down), ("up", line.up)]);
        let ways = both.into_iter().flatten();
        ways.filter_map(|(name, way)| Some((direction(name), read(&way?))))
            .collect()
    };
    page.gauge(
        "line_scarce",
        "Whether the line is shared because it is scarce",
        line.map(|line| (none(), u64::from(line.is_peak))),
    )?;
    page.gauge(
        "line_capacity_bytes_per_second",
        "What the line carries",
        ways(|way| way.capacity),
    )?;
    page.gauge(
        "line_room_bytes_per_second",
        "What stations may have of the line together",
        ways(|way| way.room),
    )?;
    page.gauge(
        "line_used_bytes_per_second",
        "What stations use of the line",
        ways(|way| way.used),
    )?;
    page.gauge(
        "line_queued",
        "Whether the kernel shares the line by a queue for each station",
        ways(|way| u64::from(way.queued)),
    )?;
    page.gauge(
        "queues_most",
        "Stations that can have queues of their own",
        once((none(), look.figures.most_queued)),
    )
}

fn tell_feeds(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    // The number keeps two of one host apart.
    let feeds = || {
        let numbered = look.feeds.iter().zip(1_u32..);
        numbered.map(|(feed, number)| {
            let labels = vec![
                ("feed", number.to_string()),
                ("kind", feed.kind.clone()),
                ("host", feed.host.clone()),
            ];
            (labels, feed)
        })
    };
    page.gauge(
        "feed_up",
        "Whether a feed of news or alerts can be used",
        feeds().map(|(labels, feed)| (labels, u64::from(!feed.is_in_trouble))),
    )?;
    page.gauge(
        "feed_last_success_timestamp_seconds",
        "When a feed last answered well",
        feeds().filter_map(|(labels, feed)| Some((labels, feed.last_success?.as_second()))),
    )
}

fn tell_certificates(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    let host = |host: &String| vec![("host", host.clone())];
    page.gauge(
        "certificate_usable",
        "Whether the certificate of a host name can be served",
        look.certificates
            .iter()
            .map(|(name, state)| (host(name), u64::from(state.is_usable()))),
    )?;
    page.gauge(
        "certificate_expiry_timestamp_seconds",
        "When the certificate of a host name expires, or has expired",
        look.certificates
            .iter()
            .filter_map(|(name, state)| Some((host(name), expiry(state)?))),
    )
}

fn expiry(state: &CertificateState) -> Option<i64> {
    match state {
        CertificateState::Valid { until }
        | CertificateState::ExpiringSoon { until }
        | CertificateState::Expiring { until }
        | CertificateState::Invalid(CertificateFault::Expired { since: until }) => Some(until.as_second()),
        CertificateState::Absent | CertificateState::Invalid(_) => None,
    }
}

fn direction(name: &str) -> Labels {
    vec![("direction", name.to_owned())]
}

fn network(id: NetworkId) -> Labels {
    vec![("network", id.to_string())]
}

fn with(id: NetworkId, name: &'static str, value: &str) -> Labels {
    vec![("network", id.to_string()), (name, value.to_owned())]
}

/// What is told of each network.
struct Networks<'a>(&'a Look);

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

    fn tell_people(&self, page: &mut Page<'_>) -> fmt::Result {
        page.gauge(
            "stations",
            "Stations seen lately, by what they may do",
            self.by("state", |of| {
                vec![
                    ("captive", of.captive),
                    ("granted", of.granted),
                    ("exempt", of.exempt),
                    ("blocked", of.blocked),
                ]
            }),
        )?;
        page.gauge(
            "stations_sharing",
            "Stations as they share a scarce line",
            self.by("state", |of| {
                let share = &of.share;
                vec![
                    ("active", share.active),
                    ("held", share.held),
                    ("queued", share.queued),
                ]
            }),
        )?;
        page.gauge(
            "stations_slowed",
            "Stations whose volume of the day is used up",
            self.each(|of| of.slowed),
        )?;
        page.counter(
            "sessions_started",
            "Sessions that began by a tap",
            self.each(|of| of.totals.grants),
        )?;
        page.counter(
            "sessions_ended",
            "Sessions that ended",
            self.by("reason", |of| {
                let totals = &of.totals;
                vec![
                    ("expired", totals.expired),
                    ("disconnected", totals.disconnected),
                    ("revoked", totals.revoked),
                ]
            }),
        )?;
        page.counter(
            "grants_refused",
            "Taps that let nobody in",
            self.by("reason", |of| {
                let totals = &of.totals;
                vec![
                    ("blocked", totals.refused),
                    ("failed", totals.failed),
                    ("too_often", totals.hasty),
                ]
            }),
        )?;
        page.counter(
            "stations_returned",
            "Times that a station came back within its period",
            self.each(|of| of.counted.returning),
        )?;
        page.counter(
            "address_conflicts",
            "Two stations with one address, or one station in two places",
            self.each(|of| of.totals.conflicts),
        )
    }

    fn tell_traffic(&self, page: &mut Page<'_>) -> fmt::Result {
        page.counter(
            "traffic_bytes",
            "IP bytes to stations (down) and from them (up)",
            self.by("direction", |of| {
                vec![
                    ("down", of.totals.usage.down.bytes),
                    ("up", of.totals.usage.up.bytes),
                ]
            }),
        )?;
        page.counter(
            "traffic_packets",
            "Packets to stations (down) and from them (up)",
            self.by("direction", |of| {
                vec![
                    ("down", of.totals.usage.down.packets),
                    ("up", of.totals.usage.up.packets),
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

    fn tell_portal(&self, page: &mut Page<'_>) -> fmt::Result {
        page.counter(
            "portal_views",
            "Times that the page with the button, or of the session, was shown",
            self.each(|of| of.counted.views),
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
            "From a station's first probe or page to being online",
            spread(|of| &of.counted.to_online, MILLIS, TO_ONLINE),
        )?;
        page.histogram(
            "portal_load_seconds",
            "How long the portal's page took to load, as it measured itself",
            spread(|of| &of.counted.load_time, MILLIS, LOAD),
        )?;
        page.histogram(
            "session_length_seconds",
            "How long sessions had lasted when they ended",
            spread(|of| &of.counted.session_length, 1, LENGTH),
        )?;
        page.counter(
            "snippet_told",
            "Pages that told whether the Commission's collector answered and drew the visual identity",
            self.each(|of| of.counted.snippet.told),
        )?;
        page.counter(
            "snippet_shown",
            "Of these, pages where it did",
            self.each(|of| of.counted.snippet.shown),
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
    fn tell_names(&self, page: &mut Page<'_>) -> fmt::Result {
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
