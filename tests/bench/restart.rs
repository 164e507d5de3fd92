//! What a restart costs: from the start of a process to serving, with 10,000 sessions in the kernel, and
//! what a running flow of a granted station loses meanwhile, against the same flow left alone for as
//! long, right afterwards. Each process is killed (`kill -9`) and stopped in order, alone and both together. Needs root.

mod bed;
mod crowd;
mod flow;
mod report;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use portico::app::lab::daemon::poll;
use portico::net::client::{Client, SOCKET};

use bed::Bed;
use crowd::Visitor;
use flow::{Flow, Lost};
use report::{Case, Figure, Goal, is_smoke, ms_since, quantile, say, tick};

/// The station whose flow runs.
const WALKER: u32 = 2_000_000;
/// Visitors, one for each look whether grants work again.
const VISITORS: std::ops::Range<u32> = 1_000_000..1_000_500;
/// How long an orderly stop may take.
const STOP: Duration = Duration::from_secs(15);
/// What a restart may take, milliseconds.
const SERVING: f64 = 300.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Portico,
    Netd,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Killed,
    Stopped,
}

fn main() -> Result<()> {
    let (sessions, rounds) = if is_smoke() { (100, 1) } else { (10_000, 7) };
    say("preparing");
    let mut bed = Bed::build(sessions + 2_048, &[0..sessions, VISITORS, WALKER..WALKER + 1])?;
    bed.start_netd()?;
    bed.preload(0..sessions)?;
    bed.preload(WALKER..WALKER + 1)?;
    let granted = sessions + 1;
    bed.start_portico(u64::from(granted))?;
    bed.wait_for_stored(i64::from(granted))?;
    let mut bench = Bench {
        bed,
        granted,
        next_visitor: VISITORS.start,
    };

    for (who, name) in [
        (Who::Portico, "portico"),
        (Who::Netd, "portico-netd"),
        (Who::Both, "both"),
    ] {
        for (how, word) in [(How::Killed, "killed"), (How::Stopped, "stopped")] {
            let name = format!("{name} {word}, {sessions} sessions");
            let case = Case {
                bench: "restart",
                name: &name,
            };
            bench.measure((who, how), case, rounds)?;
        }
    }
    Ok(())
}

struct Bench {
    bed: Bed,
    granted: u32,
    next_visitor: u32,
}

impl Bench {
    fn measure(&mut self, what: (Who, How), case: Case<'_>, rounds: usize) -> Result<()> {
        say(case.name);
        let (mut serving, mut granting) = (Vec::new(), Vec::new());
        let begun = tick();
        let flow = Flow::start(&self.bed, WALKER)?;
        for _ in 0..rounds {
            let (first, second) = self.restart(what)?;
            serving.push(first);
            granting.push(second);
        }
        let lost = flow.finish()?;
        let length = tick().saturating_sub(begun);
        let flow = Flow::start(&self.bed, WALKER)?;
        std::thread::sleep(length);
        let alone = flow.finish()?;
        let ms = |metric, value, goal| case.figure(metric, value, "ms", goal).print();
        let quick = Some(Goal::AtMost(SERVING));
        ms("start_to_serving_p50", quantile(&serving, 500), quick);
        ms("start_to_serving_max", quantile(&serving, 1_000), quick);
        ms("start_to_grant_p50", quantile(&granting, 500), None);
        print_lost(case, lost, alone);
        Ok(())
    }

    /// Milliseconds from the start of the new process to serving, and to the first new grant.
    fn restart(&mut self, (who, how): (Who, How)) -> Result<(f64, f64)> {
        let (portico, netd) = (who != Who::Netd, who != Who::Portico);
        if portico {
            end(self.bed.portico()?, how)?;
        }
        if netd {
            end(self.bed.netd()?, how)?;
        }
        let begun = tick();
        if netd {
            self.bed.spawn_netd()?;
        }
        if portico {
            self.bed.spawn_portico()?;
        }
        let serving = if portico {
            self.wait_for_page(begun)?
        } else {
            self.wait_for_helper(begun)?
        };
        let granting = self.wait_for_grant(begun)?;
        self.granted += 1;
        self.bed.wait_for_sessions(u64::from(self.granted))?;
        // The commits of this round shall not fall into the next.
        self.bed.wait_for_stored(i64::from(self.granted))?;
        Ok((serving, granting))
    }

    /// Until a page with a form is given over TLS, which needs the helper's inventory.
    fn wait_for_page(&self, begun: Duration) -> Result<f64> {
        let tls = Arc::clone(&self.bed.tls);
        self.bed.street.within(|| {
            crowd::runtime(async {
                for _ in 0..5_000 {
                    if Visitor::arrive(Arc::clone(&tls), self.next_visitor).await.is_ok() {
                        return Ok(ms_since(begun));
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                anyhow::bail!("portico gives no page")
            })
        })?
    }

    /// Until the helper greets.
    fn wait_for_helper(&self, begun: Duration) -> Result<f64> {
        let socket = self.bed.path("run").join(SOCKET);
        crowd::runtime(async {
            for _ in 0..5_000 {
                if Client::connect(&socket, false).await.is_ok() {
                    return Ok(ms_since(begun));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            anyhow::bail!("portico-netd does not greet")
        })
    }

    fn wait_for_grant(&mut self, begun: Duration) -> Result<f64> {
        let tls = Arc::clone(&self.bed.tls);
        let station = self.next_visitor;
        self.next_visitor += 1;
        self.bed.street.within(|| {
            poll(STOP, || {
                let pressed = crowd::runtime(async {
                    let mut visitor = Visitor::arrive(Arc::clone(&tls), station).await?;
                    visitor.press().await
                });
                pressed.ok().map(|()| ms_since(begun))
            })
            .context("no grant after the restart")
        })?
    }
}

/// What the flow lost by the restarts, and what the same flow lost in as much time without any.
fn print_lost(case: Case<'_>, lost: Lost, alone: Lost) {
    let packets = |metric, value, goal| case.figure(metric, value, "packets", goal).print();
    let segments = |metric, value, goal| case.figure(metric, value, "segments", goal).print();
    let none = Some(Goal::AtMost(0.0));
    packets("udp_packets_sent", lost.sent, None);
    packets("udp_packets_lost", lost.udp, none);
    packets("udp_packets_lost_left_alone", alone.udp, None);
    segments("tcp_segments_lost", lost.tcp(), none);
    segments("tcp_segments_lost_left_alone", alone.tcp(), None);
    segments("tcp_segments_repeated_needlessly", lost.needless, None);
    segments(
        "tcp_segments_repeated_needlessly_left_alone",
        alone.needless,
        None,
    );
    let silence = Figure {
        baseline: Some(alone.silence),
        ..case.figure("udp_longest_silence", lost.silence, "ms", None)
    };
    silence.print();
}

fn end(daemon: &mut portico::app::lab::daemon::Daemon, how: How) -> Result<()> {
    match how {
        How::Killed => daemon.kill(),
        How::Stopped => daemon.stop(STOP).map(drop),
    }
}
