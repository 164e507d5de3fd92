//! Loading, checking and removing the ruleset: each one transaction of the kernel, all or nothing.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::standing::{FAMILIES, Parts, stale_commands, table_text};
use super::{Backstop, RulesetError, TABLE, render_closed, render_with};
use super::{flowtable, nft};
use crate::config::{Config, InterfaceName};
use crate::net::index_of;

/// What stands after a load, for a later [`verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Of the stateless listing of both tables: rules, chains, sets, but no element and no counter.
    pub fingerprint: u64,
}

/// Loads the ruleset of the configuration in one transaction that also removes the chains and sets of
/// networks that left. The elements of the other access sets stay, with their counters and time-outs.
///
/// # Errors
/// [`RulesetError`]; what stood before stands still.
pub async fn load(config: &Config) -> Result<Standing, RulesetError> {
    let interfaces = config.networks.iter().map(|network| &network.interface);
    let absent: Vec<&InterfaceName> = interfaces
        .chain([&config.gateway.uplink])
        .filter(|interface| !exists(interface))
        .collect();
    let flowtable = flowtable::is_wanted(config).await?;
    // Kernels since 6.16 hook by name and take absent devices; older ones refuse them.
    match load_attached(config, &|_| true, flowtable).await {
        Err(RulesetError::Refused(_)) if !absent.is_empty() => {
            load_attached(config, &|interface| !absent.contains(&interface), flowtable).await?;
        }
        other => other?,
    }
    Ok(Standing {
        fingerprint: fingerprint().await?.unwrap_or_default(),
    })
}

async fn load_attached(
    config: &Config,
    attached: &impl Fn(&InterfaceName) -> bool,
    flowtable: bool,
) -> Result<(), RulesetError> {
    let plain = render_with(config, attached, index_of, flowtable, &[])?;
    let mut stale = Vec::new();
    for (family, listing) in FAMILIES.into_iter().zip(list().await?) {
        if let Some(listing) = listing {
            let wanted = Parts::read(&table_text(&plain, family).unwrap_or_default());
            stale.extend(stale_commands(family, &Parts::read(&listing), &wanted));
        }
    }
    let text = render_with(config, attached, index_of, flowtable, &stale)?;
    nft::run(&["-f", "-"], &text).await?;
    Ok(())
}

/// Whether the kernel would take the ruleset of the configuration; changes nothing.
///
/// # Errors
/// [`RulesetError`].
pub async fn check(config: &Config) -> Result<(), RulesetError> {
    let flowtable = flowtable::is_wanted(config).await?;
    let text = render_with(config, |_| true, index_of, flowtable, &[])?;
    nft::run(&["-c", "-f", "-"], &text).await?;
    Ok(())
}

/// Closes the networks until [`load`] opens them, for early boot; without a readable configuration
/// nothing at all is forwarded. Does nothing if a ruleset of ours stands already; whether it closed.
///
/// # Errors
/// [`RulesetError`].
pub async fn close(config: Option<&Config>) -> Result<bool, RulesetError> {
    if fingerprint().await?.is_some() {
        return Ok(false);
    }
    let all = render_closed(config, |_| true)?;
    let result = nft::run(&["-f", "-"], &all).await;
    match result {
        Err(RulesetError::Refused(_)) => {
            let present = render_closed(config, exists)?;
            nft::run(&["-f", "-"], &present).await?;
        }
        other => {
            other?;
        }
    }
    Ok(true)
}

/// Whether exactly what [`load`] left still stands, apart from elements and counters.
///
/// # Errors
/// [`RulesetError`].
pub async fn verify(standing: &Standing) -> Result<bool, RulesetError> {
    Ok(fingerprint().await? == Some(standing.fingerprint))
}

/// A number that changes with every rule, chain, set or hook of our tables; `None` if neither table
/// stands.
///
/// # Errors
/// [`RulesetError`].
pub async fn fingerprint() -> Result<Option<u64>, RulesetError> {
    let listings = list().await?;
    let mut hasher = DefaultHasher::new();
    listings.hash(&mut hasher);
    let found = listings.iter().any(Option::is_some);
    Ok(found.then(|| hasher.finish()))
}

/// Removes our tables with everything in them; the [backstop](super::Backstop) too, if it belongs to
/// nobody. Removing what is not there is not an error.
///
/// # Errors
/// [`RulesetError`].
pub async fn remove() -> Result<(), RulesetError> {
    // Adding first makes the deletion succeed in any case; one transaction.
    let commands =
        FAMILIES.map(|family| format!("add table {family} {TABLE}\ndelete table {family} {TABLE}\n"));
    let text = commands.concat();
    nft::run(&["-f", "-"], &text).await?;
    Backstop::open()?.remove()
}

/// The stateless listings of our tables, by family; `None` where there is none. Asked for as a part of
/// everything: for one table by name nft 1.0.6 fetches all elements, even those it does not print.
async fn list() -> Result<[Option<String>; 2], RulesetError> {
    let everything = nft::run(&["-s", "-t", "list", "ruleset"], "").await?;
    Ok(FAMILIES.map(|family| table_text(&everything, family)))
}

fn exists(interface: &InterfaceName) -> bool {
    index_of(interface).is_some()
}
