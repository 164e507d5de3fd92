//! The scripted journey: what a comune buys, played on real packets and looked at from outside,
//! from the phones, the Internet and the kernel's own tools.

mod arrival;
mod limits;
mod orders;
mod resilience;
mod time;

use anyhow::{Context, Result, bail};

use super::report::{Played, Report};
use crate::app::clock;
use crate::app::lab::dns::Family;
use crate::app::lab::phone::Phone;
use crate::app::lab::traffic::Reach;
use crate::app::lab::{Lab, Programs, plan};
use crate::config::Config;
use crate::model::{Mac, RatePlan};

/// Stations of the configuration: documentation addresses (RFC 7042, 2.1.2).
const EXEMPT: &str = "00:00:5e:00:53:01";
const BLOCKED: &str = "00:00:5e:00:53:02";
/// What the garden of the first network opens by name.
const GARDEN_NAME: &str = "www.garden.example";
const GARDEN_PORT: i64 = 443;

/// One step.
struct Step {
    name: &'static str,
    expected: &'static str,
    /// What was seen, or an error that says what was seen instead.
    play: fn(&mut Journey) -> Result<String>,
}

const fn step(name: &'static str, expected: &'static str, play: fn(&mut Journey) -> Result<String>) -> Step {
    Step { name, expected, play }
}

/// In the order they are played; later ones build on earlier ones.
const STEPS: &[Step] = &[
    step(
        "join",
        "IPv4 by DHCP, IPv6 by SLAAC, the portal's API by options 114 and 103",
        arrival::join,
    ),
    step(
        "shut",
        "nothing passes before the tap: ping, TCP, QUIC, outside DNS; IPv4 and IPv6",
        arrival::shut,
    ),
    step(
        "garden by name",
        "a name of the garden opens before the tap, another name and port stay shut; IPv4 and IPv6",
        arrival::garden_by_name,
    ),
    step(
        "probes",
        "every system's probe is sent to the portal, over IPv4 and IPv6",
        arrival::probes_are_answered,
    ),
    step(
        "api before",
        "the captive portal API says captive, with the portal's address",
        arrival::api_says_captive,
    ),
    step(
        "page",
        "the portal opens over https, with one button",
        arrival::page,
    ),
    step(
        "wrong token",
        "a forged form lets nobody in",
        arrival::wrong_token,
    ),
    step("tap", "one tap, and IPv4 and IPv6 are open", arrival::tap),
    step(
        "real answers",
        "probes reach the real servers",
        arrival::probes_are_real,
    ),
    step(
        "api after",
        "the captive portal API says online, with the time left",
        arrival::api_says_online,
    ),
    step("limit down", "downloads keep to the plan", limits::down),
    step("limit up", "uploads keep to the plan", limits::up),
    step(
        "second place",
        "the other network has its own portal and its own plan",
        limits::second_network,
    ),
    step("exempt", "a municipal device needs no tap", limits::exempt),
    step(
        "blocked",
        "a blocked station is not let in by tapping",
        limits::blocked,
    ),
    step("roam", "access goes along to the next access point", limits::roam),
    step(
        "return",
        "a station that comes back is online without the portal",
        limits::come_back,
    ),
    step(
        "helper killed",
        "kill -9 of portico-netd: no packet lost, usage and expiry kept",
        resilience::helper_killed,
    ),
    step(
        "portal killed",
        "kill -9 of portico: no packet lost, usage and expiry kept",
        resilience::portal_killed,
    ),
    step(
        "both killed",
        "kill -9 of both: no packet lost, usage and expiry kept",
        resilience::both_killed,
    ),
    step(
        "flush",
        "`nft flush ruleset` by somebody else is repaired within 3 s",
        resilience::flush,
    ),
    step(
        "reload",
        "a changed plan applies without ending a session",
        resilience::reload,
    ),
    step(
        "bad file",
        "a wrong file on reload changes nothing",
        resilience::bad_reload,
    ),
    step(
        "disconnect",
        "the other button shuts everything again at once",
        arrival::disconnect,
    ),
    step(
        "orders",
        "an administrator ends a session, blocks a station, exempts it: each at once",
        orders::orders,
    ),
    step(
        "no Internet",
        "with the uplink dead a tap lets nobody in and says why; when it is back, it is offered again",
        resilience::no_internet,
    ),
    step(
        "expiry",
        "after the recognition period the portal is shown again",
        time::expiry,
    ),
    step(
        "down",
        "`portico net down` leaves no rule behind",
        resilience::net_down,
    ),
];

/// Everything the steps share.
pub struct Journey {
    lab: Lab,
    /// Somebody in the first network.
    anna: Phone,
    /// Somebody in the second one.
    bruno: Phone,
}

/// Builds a lab and plays every step, telling each outcome to `tell` as it comes.
///
/// # Errors
/// The lab or the daemons do not start; a step that fails is in the report instead.
pub fn play(programs: Programs, config: &str, mut tell: impl FnMut(&Played)) -> Result<Report> {
    let mut lab = Lab::build(programs, config)?;
    prepare(&mut lab)?;
    lab.start()?;
    let (anna, bruno) = (lab.phone(0)?, lab.phone(1)?);
    let mut journey = Journey { lab, anna, bruno };
    let mut report = Report::default();
    for step in STEPS {
        let began = clock::boot();
        let outcome = (step.play)(&mut journey);
        let played = Played {
            step: step.name,
            expected: step.expected,
            ok: outcome.is_ok(),
            seen: outcome.unwrap_or_else(|error| format!("{error:#}")),
            millis: clock::boot().since(began),
        };
        tell(&played);
        report.steps.push(played);
    }
    if !report.passed() {
        let logs = journey.lab.logs(25);
        if let Some(failed) = report.steps.iter_mut().rfind(|step| !step.ok) {
            failed.seen.push_str("\nlogs of the daemons:\n");
            failed.seen.push_str(&logs);
        }
    }
    Ok(report)
}

/// Periods that do not depend on the hour at which the journey is played, one of them short enough
/// to wait for.
fn prepare(lab: &mut Lab) -> Result<()> {
    lab.edit_network(0, |network| {
        network.insert("recognition".to_owned(), "4h".into());
        network.insert("exempt".to_owned(), vec![EXEMPT].into());
        network.insert("blocked".to_owned(), vec![BLOCKED].into());
        let mut entry = toml::Table::new();
        entry.insert("name".to_owned(), GARDEN_NAME.into());
        entry.insert("ports".to_owned(), vec![GARDEN_PORT].into());
        let garden = network
            .entry("garden")
            .or_insert_with(|| toml::Value::Array(Vec::new()));
        garden
            .as_array_mut()
            .into_iter()
            .for_each(|list| list.push(entry.clone().into()));
    })?;
    lab.edit_network(1, |network| {
        network.insert("recognition".to_owned(), "1min".into());
    })
}

impl Journey {
    /// A further phone in the first network with a MAC of the configuration.
    fn station(&mut self, mac: &str) -> Result<Phone> {
        let mut phone = self.lab.phone(0)?;
        phone.set_mac(mac.parse()?);
        phone.join()?;
        Ok(phone)
    }

    /// Bytes that the kernel has counted for a station of the first network, up and down, as `nft`
    /// shows them: the truth from outside, to the byte.
    fn usage(&self, mac: Mac) -> Result<u64> {
        let id = &self.lab.lans().first().context("no network")?.id;
        let mut total = 0;
        for set in ["up", "down"] {
            let name = format!("{set}_{id}");
            let text = self.lab.nft(&["list", "set", "netdev", "portico", &name])?;
            let bytes = counted(&text, mac).with_context(|| format!("the station is not in {name}"))?;
            total += bytes;
        }
        Ok(total)
    }
}

/// Bytes that Portico tells of a station, up and down.
fn told_usage(lab: &Lab, mac: Mac) -> Result<u64> {
    let stations = lab.control(&serde_json::json!({"do": "stations"}))?;
    let mac = mac.to_string();
    let station = stations["ok"]
        .as_array()
        .and_then(|stations| stations.iter().find(|station| station["mac"] == mac.as_str()))
        .context("Portico does not know the station")?;
    let usage = &station["standing"]["granted"]["usage"];
    let way = |way: &str| usage[way]["bytes"].as_u64();
    let total = way("up").zip(way("down")).map(|(up, down)| up + down);
    total.with_context(|| format!("Portico tells no usage: {}", station["standing"]))
}

/// The rates in force in a network, as the configuration file says.
fn rates(position: usize) -> Result<RatePlan> {
    let config = Config::load(&Lab::config_path())?;
    let network = config.networks.get(position).context("no such network")?;
    Ok(network.policy.plan)
}

/// The byte counter of an element in a set's listing.
fn counted(listing: &str, mac: Mac) -> Option<u64> {
    let (_, element) = listing.split_once(&mac.to_string())?;
    let element = element.split(',').next()?;
    let (_, counter) = element.split_once("counter packets ")?;
    counter.split_whitespace().nth(2)?.parse().ok()
}

/// Fails unless both families' pings do `wanted`; what was seen.
fn ping_both(phone: &Phone, wanted: Reach) -> Result<String> {
    let mut seen = Vec::new();
    for family in Family::BOTH {
        let reach = phone.ping(plan::city(family))?;
        let as_wanted = if wanted == Reach::Answered {
            reach == Reach::Answered
        } else {
            reach != Reach::Answered
        };
        if !as_wanted {
            bail!("ping over {family} is {reach}");
        }
        seen.push(format!("ping over {family} {reach}"));
    }
    Ok(seen.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_read_from_nfts_listing() {
        let listing = "elements = { 02:00:5e:10:00:01 limit rate 1250000 bytes/second burst 131072 bytes \
                       counter packets 5 bytes 500 timeout 1h expires 59m, 02:00:5e:10:00:02 counter \
                       packets 7 bytes 700 }";
        assert_eq!(counted(listing, "02:00:5e:10:00:01".parse().unwrap()), Some(500));
        assert_eq!(counted(listing, "02:00:5e:10:00:02".parse().unwrap()), Some(700));
        assert_eq!(counted(listing, "02:00:5e:10:00:03".parse().unwrap()), None);
    }
}
