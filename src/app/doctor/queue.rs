//! The queues: what stands at the uplink and for stations, and whether the kernel has what is wanted.

use super::Group;
use super::tool::{self, Outcome};
use crate::config::{Config, InterfaceName, QueueWish};
use crate::model::Rate;
use crate::net::queue::{self, Owner, Standing};
use crate::net::trunk;

/// What the kernel says of a discipline that it does not have.
const UNKNOWN: &str = "kind is unknown";

/// Looks.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    examine_uplink(group, config).await;
    if config.queued_ways()[0] {
        examine_trunk(group);
    }
}

/// Whether packets to stations wait in queues of each.
fn examine_trunk(group: &mut Group<'_>) {
    let standing = InterfaceName::new(trunk::DOWN).map(|device| queue::look(&device));
    match standing {
        Some(Ok(Some(standing))) if standing.owner == Owner::Portico => group.ok(format!(
            "near the peak, packets to each active station wait in a queue of its own ({})",
            trunk::DOWN
        )),
        Some(Err(error)) => group.warn(
            format!("those of stations cannot be listed: {error}"),
            "run portico doctor as root",
        ),
        _ => group.warn(
            "stations have no queues of their own: limits alone share a scarce line, which uses less of it",
            "use a kernel with sch_htb, sch_ingress, cls_u32, act_mirred and ifb, as Debian builds it; \
             journalctl -u portico-netd tells which is missing",
        ),
    }
}

async fn examine_uplink(group: &mut Group<'_>, config: &Config) {
    let (uplink, wish) = (&config.gateway.uplink, config.uplink.queue);
    let standing = match queue::look(uplink) {
        Ok(standing) => standing,
        Err(error) => return group.warn(format!("cannot be listed: {error}"), "run portico doctor as root"),
    };
    let wanted = wanted(wish);
    match standing {
        Some(standing) if standing.owner == Owner::Portico => match wanted {
            [] => group.warn(
                format!("{} stands on {uplink}, though none is wanted", standing.kind),
                "systemctl restart portico-netd",
            ),
            _ => group.ok(format!("{} stands on {uplink}", described(&standing))),
        },
        standing if wanted.is_empty() => {
            let kind = standing.map_or_else(|| "none".to_owned(), |standing| described(&standing));
            group.ok(format!("{kind} on {uplink}, not Portico's business"));
        }
        Some(standing) if standing.owner == Owner::Other => group.ok(format!(
            "{} stands on {uplink}, put there by somebody else and left alone",
            described(&standing)
        )),
        Some(standing) if wanted.last() == Some(&standing.kind.as_str()) => {
            group.ok(format!(
                "{} stands on {uplink}, the kernel's own",
                described(&standing)
            ));
        }
        _ => examine_missing(group, config, wanted).await,
    }
}

/// Says why none of them stands.
async fn examine_missing(group: &mut Group<'_>, config: &Config, wanted: &[&str]) {
    let uplink = &config.gateway.uplink;
    let mut absent = Vec::new();
    for kind in wanted {
        let trial = ["-n", "tc", "qdisc", "add", "dev", "lo", "root", kind];
        match tool::run("unshare", &trial, "").await {
            Outcome::Done(_) => {
                return group.warn(
                    format!("{uplink} has no {kind}, though the kernel has it"),
                    "systemctl restart portico-netd, and see its log",
                );
            }
            Outcome::Refused(why) if why.contains(UNKNOWN) => absent.push(*kind),
            Outcome::Refused(_) => {
                return group.warn(
                    format!("{uplink} has no {kind}; whether the kernel has it cannot be tried"),
                    "run portico doctor as root",
                );
            }
            Outcome::Missing => {
                return group.warn(
                    format!("{uplink} has no {kind}; whether the kernel has it cannot be tried"),
                    "apt install iproute2 util-linux",
                );
            }
        }
    }
    let modules: Vec<String> = absent.iter().map(|kind| format!("sch_{kind}")).collect();
    group.warn(
        format!(
            "this kernel has no {}: packets wait on {uplink} in the order in which they came",
            absent.join(" and no ")
        ),
        format!(
            "use a kernel with the module {}, as Debian builds it; or write queue = \"off\" in [uplink]",
            modules.join(" or ")
        ),
    );
}

/// The best first.
const fn wanted(wish: QueueWish) -> &'static [&'static str] {
    match wish {
        QueueWish::Auto => &["cake", "fq_codel"],
        QueueWish::Cake => &["cake"],
        QueueWish::FqCodel => &["fq_codel"],
        QueueWish::Off => &[],
    }
}

fn described(standing: &Standing) -> String {
    let limit = standing
        .bandwidth
        .and_then(|bytes| Rate::from_bytes_per_second(bytes).ok());
    limit.map_or_else(
        || standing.kind.clone(),
        |limit| format!("{} at {limit}", standing.kind),
    )
}
