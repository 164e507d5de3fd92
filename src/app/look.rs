//! How everything stands, for the dashboard and for monitoring.

use std::sync::atomic::Ordering;

use super::clock;
use super::event_loop::EventLoop;
use crate::dashboard::{FeedLook, Look, OpeningLook, ProcessLook, Pulse, ResolverLook, StatisticsLook};
use crate::model::Now;

/// Clock ticks of a second as the kernel tells them to programs (proc(5), `USER_HZ` of every architecture that
/// this is built for).
const TICKS: f64 = 100.0;

impl EventLoop {
    /// How everything stands.
    pub(super) fn look(&self) -> Look {
        let now = clock::now();
        let health = self.hands.figures.health();
        let feeds = self.services.news().feeds.into_iter();
        let own = i32::try_from(std::process::id()).ok();
        let processes = [("portico", own), ("portico-netd", self.hands.helper.process())];
        let seen = processes
            .into_iter()
            .filter_map(|(name, process)| process_look(name, process?, now));
        let figures = self.gateway.snapshot();
        let mut machine = self.services.machine();
        // The helper's word outlives the helper, and its fast path does not.
        machine.fast_path = machine.fast_path.filter(|_| figures.helper_linked);
        Look {
            figures,
            uplink: self.services.uplink_seen(),
            gardens: self.gateway.gardens(now),
            resolver: self.resolver_look(),
            certificates: self.services.certificates(),
            feeds: feeds
                .map(|feed| FeedLook {
                    kind: feed.kind.to_owned(),
                    host: feed.host,
                    last_success: feed.last_success,
                    is_in_trouble: feed.trouble.is_some(),
                })
                .collect(),
            self_tests: self.services.self_tests(),
            statistics: StatisticsLook {
                fault: health.fault,
                waiting: health.waiting,
                lost: health.lost,
                set_aside: health.set_aside.map(|aside| aside.display().to_string()),
            },
            state_write_failures: self.state_faults.load(Ordering::Relaxed),
            state_fault: self.hands.state_fault.borrow().clone(),
            state_aside: self.state_aside.clone(),
            audit: self.audit_health.look(),
            machine,
            processes: seen.collect(),
        }
    }

    /// What moves all the time.
    pub(super) fn pulse(&self) -> Pulse {
        Pulse {
            traffic: self.gateway.pulse(),
            resolver: self.resolver_look(),
        }
    }

    /// What is open before the tap by names, and by which.
    pub(super) fn openings(&self) -> Vec<OpeningLook> {
        let learnt = self.services.learnt();
        let mut looks: Vec<OpeningLook> = Vec::new();
        for open in self.gateway.destinations(clock::now()) {
            let port = (open.port, open.left_ms.div_ceil(1_000));
            match looks.last_mut() {
                Some(last) if (last.network, last.address) == (open.network, open.address) => {
                    last.ports.push(port);
                }
                _ => {
                    let reasons = learnt.get(&(open.network, open.address)).into_iter().flatten();
                    looks.push(OpeningLook {
                        network: open.network,
                        address: open.address,
                        ports: vec![port],
                        names: reasons
                            .map(|reason| (reason.name.clone(), reason.aliases.clone()))
                            .collect(),
                    });
                }
            }
        }
        looks
    }

    fn resolver_look(&self) -> ResolverLook {
        let asked = self.services.forwarded();
        ResolverLook {
            queries: asked.queries,
            dropped: asked.dropped,
            failed: asked.failed,
        }
    }
}

/// What `/proc` tells of a process; nothing where it may not be seen.
fn process_look(name: &'static str, process: i32, now: Now) -> Option<ProcessLook> {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).ok();
    let status = read("status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = resident.split_whitespace().next()?.parse().ok()?;
    let (ticks, start) = times(&read("stat")?)?;
    let booted =
        (now.wall.as_duration().as_secs_f64()) - std::time::Duration::from_millis(now.boot.0).as_secs_f64();
    Some(ProcessLook {
        name,
        resident_bytes: kibibytes.saturating_mul(1_024),
        cpu_seconds: ticks / TICKS,
        started_at: booted + start / TICKS,
    })
}

/// Processor time of its own, and the time of its start after the boot, both in ticks (proc(5), fields 14, 15
/// and 22 of `stat`). The name of the program, in brackets, may hold anything.
fn times(stat: &str) -> Option<(f64, f64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    // From field 3 on.
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    Some((field(14)? + field(15)?, field(22)?))
}

#[cfg(test)]
mod tests {
    use super::{process_look, times};
    use crate::app::clock;

    #[test]
    fn a_process_tells_of_itself() {
        let own = i32::try_from(std::process::id()).unwrap();
        let now = clock::now();
        let look = process_look("portico", own, now).unwrap();
        assert!(look.resident_bytes > 1 << 20, "{look:?}");
        let age = now.wall.as_duration().as_secs_f64() - look.started_at;
        assert!((-2.0..86_400.0).contains(&age), "{age} s old");
        assert!(look.cpu_seconds >= 0.0);
        assert_eq!(process_look("portico", i32::MAX, now), None);
    }

    #[test]
    fn a_program_may_have_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 900 1 1";
        assert_eq!(times(stat), Some((200.0, 900.0)));
        assert_eq!(times("7 (a) S 1"), None);
        assert_eq!(times(""), None);
    }
}
