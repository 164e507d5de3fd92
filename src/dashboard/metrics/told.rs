//! Which metrics there are. Names and units as Prometheus's conventions have them: base units, counters that
//! only grow until the daemon starts anew.

use std::fmt;
use std::iter::once;

use super::networks::{Networks, fives};
use super::page::{Labels, Page};
use crate::core::{LineSnapshot, WaySnapshot};
use crate::dashboard::desk::{FastPathLook, Look};
use crate::doors::certificate::{CertificateFault, CertificateState};

/// Tells everything.
pub(super) fn tell(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    tell_gateway(page, look)?;
    tell_processes(page, look)?;
    tell_line(page, look)?;
    tell_fast_path(page, look)?;
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
        "Whether the uplink leads to the Internet, as far as is known; absent where nobody looks",
        look.uplink.map(|up| (none(), u64::from(up))),
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
        "What stations use of the line; absent while fewer than five are online",
        ways(|way| way.used).into_iter().filter(|_| are_many(look)),
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

fn tell_fast_path(page: &mut Page<'_>, look: &Look) -> fmt::Result {
    let flows = look.machine.fast_path.map(|fast_path| match fast_path {
        FastPathLook::Stands(flows) => Some(flows),
        _ => None,
    });
    page.gauge(
        "fast_path_stands",
        "Whether established connections skip the IP stack",
        flows.map(|flows| (none(), u64::from(flows.is_some()))),
    )?;
    page.gauge(
        "fast_path_flows",
        "Connections that skip the IP stack; absent while fewer than five stations are online",
        flows
            .filter(|_| are_many(look))
            .map(|flows| (none(), flows.unwrap_or(0))),
    )
}

/// Whether what all stations do tells nobody's own doings.
fn are_many(look: &Look) -> bool {
    let online = look.figures.networks.values().map(|of| of.granted);
    fives(online.sum::<usize>()) > 0
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

#[cfg(test)]
mod tests {
    use super::super::page::{Dialect, render};
    use super::tell;
    use crate::dashboard::now::sample;

    #[test]
    fn an_uplink_that_nobody_looks_at_is_absent() {
        let told = |uplink| {
            let mut look = sample::moment().look;
            look.uplink = uplink;
            let text = render(Dialect::Text, move |page| tell(page, &look)).unwrap();
            let mut lines = text.lines();
            let found = lines.find(|line| line.starts_with("portico_uplink_up "));
            found.map(str::to_owned)
        };
        assert_eq!(told(Some(true)).as_deref(), Some("portico_uplink_up 1"));
        assert_eq!(told(Some(false)).as_deref(), Some("portico_uplink_up 0"));
        assert_eq!(told(None), None);
    }

    #[test]
    fn one_person_more_changes_nothing_and_five_do() {
        let told = |people: u32| {
            let mut look = sample::moment().look;
            let count = u64::from(people);
            for of in look.figures.networks.values_mut() {
                let here = usize::try_from(people).unwrap();
                (of.granted, of.captive, of.exempt, of.blocked) = (here, here, here, here);
                (of.known, of.slowed) = (here + 1, here);
                (of.share.active, of.share.held, of.share.queued) = (here, here, here);
                let totals = &mut of.totals;
                (totals.grants, totals.refused, totals.hasty) = (count, count, count);
                (totals.expired, totals.disconnected, totals.revoked) = (count, count, count);
                // What they moved follows when many have moved something.
                totals.usage.down.bytes = count * 1_000_000;
                let counted = &mut of.counted;
                (counted.views, counted.returning) = (count, count);
                (counted.snippet.told, counted.snippet.shown) = (count, count);
                for value in 0..count {
                    counted.to_online.record(7_000 + value);
                    counted.load_time.record(700 + value);
                    counted.session_length.record(1_000 + value);
                }
            }
            render(Dialect::Text, move |page| tell(page, &look)).unwrap()
        };
        for steps in 0..3 {
            let five = told(steps * 5);
            for more in 1..5 {
                assert!(told(steps * 5 + more) == five, "{steps} fives and {more}");
            }
            assert!(told(steps * 5 + 5) != five);
        }
    }

    #[test]
    fn what_the_line_carries_is_absent_while_few_are_online() {
        let told = |granted| {
            let mut look = sample::moment().look;
            for of in look.figures.networks.values_mut() {
                of.granted = 0;
            }
            look.figures.networks.first_entry().unwrap().get_mut().granted = granted;
            let text = render(Dialect::Text, move |page| tell(page, &look)).unwrap();
            ["portico_line_used_bytes_per_second{", "portico_fast_path_flows "]
                .map(|name| text.lines().any(|line| line.starts_with(name)))
        };
        assert_eq!(told(4), [false, false]);
        assert_eq!(told(5), [true, true]);
    }
}
