//! `[uplink]`: how to tell whether there is an Internet behind the gateway, how much the line to it
//! carries, and how that is shared when it becomes scarce.

use std::net::SocketAddr;

use toml::de::DeValue;

use super::reader::{Complaint, Located, Section};
use super::values;
use super::words::words;
use crate::model::{Capacity, Line, Rate, Reserve, Way};

/// Four addresses of two operators, in both families: one that answers is enough.
pub const DEFAULT_CHECK: [&str; 4] = [
    "1.1.1.1:443",
    "9.9.9.9:443",
    "[2606:4700:4700::1111]:443",
    "[2620:fe::9]:443",
];
/// Most addresses: each is tried at every look.
const MOST_CHECKS: usize = 8;

/// Share a scarce line fairly, where its capacity is told.
pub const DEFAULT_FAIR_SHARE: bool = true;
/// What the comune's offices keep of the line.
pub const DEFAULT_RESERVE: &str = "0%";
/// It needs no more than the kernel has.
pub const DEFAULT_QUEUE: QueueWish = QueueWish::Auto;
/// Where measuring begins: what the programme asks for at the least (grant agreement, Annex I, 2.3.2).
const LEAST_DOWN: &str = "30 Mbit/s";
/// The same for the way up, of which the programme tells nothing: a tenth of the least common lines.
const LEAST_UP: &str = "3 Mbit/s";
/// Least that is left to stations, per cent.
const MOST_RESERVED: u8 = 90;
/// The word for a capacity that is found out.
const MEASURED: &str = "measured";

/// `[uplink]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uplink {
    /// `check`: a TCP connection to one of them tells that there is an Internet. Without any, nobody
    /// looks, and there is taken to be one.
    pub check: Vec<SocketAddr>,
    /// `down`, `up`, `reserve_down`, `reserve_up`: what the line carries and what stations never get of
    /// it; `None` when nobody told, or with `fair_share = false`.
    pub line: Option<Line>,
    /// `queue`: which queue discipline orders what leaves.
    pub queue: QueueWish,
    /// `up`, where it is told as a rate: what leaves the gateway at most, shared fairly or not.
    pub up: Option<Rate>,
}

impl Uplink {
    /// What the line carries, down and up, where somebody told.
    #[must_use]
    pub fn capacity(&self) -> [Option<Rate>; 2] {
        let told = |way: Option<Way>| known(way?.capacity);
        let line = self.line.as_ref();
        [
            line.and_then(|line| told(line.down)),
            line.and_then(|line| told(line.up)).or(self.up),
        ]
    }
}

/// `queue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueWish {
    /// The best that the kernel has, if it has one.
    Auto,
    /// cake, or what stands already.
    Cake,
    /// `fq_codel`, or what stands already.
    FqCodel,
    /// What stands already.
    Off,
}

impl QueueWish {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Cake, Self::FqCodel, Self::Off];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cake => "cake",
            Self::FqCodel => "fq_codel",
            Self::Off => "off",
        }
    }
}

impl Default for Uplink {
    fn default() -> Self {
        Self {
            check: DEFAULT_CHECK
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
            line: None,
            queue: DEFAULT_QUEUE,
            up: None,
        }
    }
}

/// Reads the section; also what stations may use of the line, whether it is shared or not.
pub(super) fn read(mut section: Section<'_, '_>) -> (Uplink, Line) {
    let written = section.has("check");
    let found = section.list("check", address);
    if let Some(beyond) = found.get(MOST_CHECKS) {
        section.report().error(
            &beyond.span,
            Complaint::new(
                words!(
                    "more than {MOST_CHECKS} addresses",
                    "più di {MOST_CHECKS} indirizzi"
                ),
                words!(
                    "a few are enough: one that answers tells that there is an Internet",
                    "ne bastano pochi: uno che risponde dice che Internet c'è"
                ),
            ),
        );
    }
    if written && found.is_empty() {
        let what = words!(
            "check: nobody looks whether there is an Internet, so no day is known to be in service",
            "check: nessuno guarda se c'è Internet, quindi di nessun giorno si sa che il servizio funzionava"
        );
        let hint = words!(
            "leave the line out, or name addresses that answer: the 60 days a year of the grant agreement stay open otherwise",
            "togliere la riga, o indicare indirizzi che rispondono: altrimenti i 60 giorni l'anno della convenzione restano da dimostrare"
        );
        section.report().warn(section.span(), Complaint::new(what, hint));
    }
    let (line, is_shared) = read_line(&mut section);
    let up = line.up.and_then(|way| known(way.capacity));
    let queue = read_queue(&mut section, up);
    section.finish();
    let check = if written {
        found.into_iter().map(|address| address.value).collect()
    } else {
        Uplink::default().check
    };
    let uplink = Uplink {
        check,
        line: is_shared.then_some(line),
        queue,
        up,
    };
    (uplink, line)
}

fn read_queue(section: &mut Section<'_, '_>, up: Option<Rate>) -> QueueWish {
    let found = section.optional("queue", |value| {
        values::named(
            value,
            &QueueWish::ALL,
            QueueWish::as_str,
            &words!("queue discipline", "una coda"),
        )
    });
    if let Some(found) = found
        .as_ref()
        .filter(|found| found.value == QueueWish::Cake && up.is_none())
    {
        section.report().warn(
            &found.span,
            Complaint::new(
                words!(
                    "cake has nothing to order: what the line carries upwards is not told, so packets queue in the provider's router",
                    "cake non ha niente da ordinare: non è detto quanto porta la linea in salita, così i pacchetti fanno la coda nel router del fornitore"
                ),
                words!(
                    "add what the contract says: up = \"20 Mbit/s\"",
                    "indicare ciò che dice il contratto: up = \"20 Mbit/s\""
                ),
            ),
        );
    }
    found.map_or(DEFAULT_QUEUE, |found| found.value)
}

const fn known(capacity: Capacity) -> Option<Rate> {
    match capacity {
        Capacity::Known(rate) => Some(rate),
        Capacity::Measured { .. } => None,
    }
}

/// The line, and whether it is to be shared. Without that nothing is kept of it for anybody.
fn read_line(section: &mut Section<'_, '_>) -> (Line, bool) {
    let fair = section.optional("fair_share", values::boolean);
    let is_fair = fair.as_ref().map_or(DEFAULT_FAIR_SHARE, |fair| fair.value);
    let down = read_way(section, ("down", "reserve_down"), LEAST_DOWN, is_fair);
    let up = read_way(section, ("up", "reserve_up"), LEAST_UP, is_fair);
    let line = Line { down, up };
    let told = line.down.is_some() || line.up.is_some();
    if let Some(fair) = fair.as_ref().filter(|fair| fair.value && !told) {
        section.report().warn(
            &fair.span,
            Complaint::new(
                words!(
                    "nothing is shared: the line's capacity is unknown",
                    "non si divide niente: la capacità della linea non è nota"
                ),
                words!(
                    "add what the contract says: down = \"100 Mbit/s\" and up = \"20 Mbit/s\"",
                    "indicare ciò che dice il contratto: down = \"100 Mbit/s\" e up = \"20 Mbit/s\""
                ),
            ),
        );
    }
    (line, told && is_fair)
}

/// One direction; `least` is where measuring begins. Of a line that is not shared (`is_fair`) nothing is reserved.
fn read_way(
    section: &mut Section<'_, '_>,
    (key, reserve_key): (&'static str, &'static str),
    least: &str,
    is_fair: bool,
) -> Option<Way> {
    let least: Rate = least.parse().ok()?;
    let capacity = section.optional(key, |value| capacity(value, least));
    let found = section.optional(reserve_key, reserve);
    let reserve = found.as_ref().map_or(Reserve::NONE, |found| found.value);
    let Some(capacity) = capacity else {
        if let Some(found) = found.filter(|found| found.value != Reserve::NONE) {
            section.report().error(
                &found.span,
                Complaint::new(
                    words!(
                        "{reserve_key}: a part of a capacity that is not told",
                        "{reserve_key}: una parte di una capacità che non è indicata"
                    ),
                    words!(
                        "add a line like: {key} = \"100 Mbit/s\"",
                        "indicare la capacità, come nella riga: {key} = \"100 Mbit/s\""
                    ),
                ),
            );
        }
        return None;
    };
    let (Capacity::Known(whole) | Capacity::Measured { least: whole }) = capacity.value;
    if let Some(found) = found.as_ref().filter(|_| !is_fair && reserve != Reserve::NONE) {
        section.report().warn(
            &found.span,
            Complaint::new(
                words!(
                    "{reserve_key}: nothing is reserved of a line that is not shared",
                    "{reserve_key}: di una linea che non si divide non si riserva niente"
                ),
                words!(
                    "take out fair_share = false, or this line",
                    "togliere fair_share = false, oppure questa riga"
                ),
            ),
        );
    }
    check_reserve(section, reserve_key, found, whole);
    Some(Way {
        capacity: capacity.value,
        reserve: if is_fair { reserve } else { Reserve::NONE },
    })
}

/// Refuses a reserve that leaves stations nothing to speak of.
fn check_reserve(section: &Section<'_, '_>, key: &str, reserve: Option<Located<Reserve>>, whole: Rate) {
    let Some(found) = reserve else { return };
    let whole_bytes = whole.bytes_per_second();
    if found.value.of(whole_bytes) > whole_bytes / 100 * u64::from(MOST_RESERVED) {
        section.report().error(
            &found.span,
            Complaint::new(
                words!(
                    "{key}: of {whole} that leaves nothing, or nearly nothing, to the stations",
                    "{key}: di {whole} ai dispositivi non resta niente, o quasi"
                ),
                words!(
                    "at most {MOST_RESERVED}% of the capacity",
                    "al massimo {MOST_RESERVED}% della capacità"
                ),
            ),
        );
    }
}

fn capacity(value: &DeValue<'_>, least: Rate) -> Result<Capacity, Complaint> {
    if value.as_str() == Some(MEASURED) {
        return Ok(Capacity::Measured { least });
    }
    values::parsed::<Rate>(value)
        .map(Capacity::Known)
        .map_err(|complaint| Complaint {
            hint: complaint.hint.map(|hint| {
                words!(
                    "{hint}; or \"{MEASURED}\" to find it out",
                    "{hint}; oppure \"{MEASURED}\" per misurarla";
                    hint = hint,
                )
            }),
            ..complaint
        })
}

/// `"20%"` or a rate.
fn reserve(value: &DeValue<'_>) -> Result<Reserve, Complaint> {
    let text = values::text(value)?;
    let Some(percent) = text.strip_suffix('%') else {
        return values::parsed::<Rate>(value).map(Reserve::Rate);
    };
    let percent = percent.trim().parse::<u8>().ok();
    percent
        .filter(|percent| *percent <= MOST_RESERVED)
        .map(Reserve::Percent)
        .ok_or_else(|| {
            Complaint::new(
                words!(
                    "{text:?} is not a part that can be reserved",
                    "{text:?} non è una parte che si può riservare"
                ),
                words!(
                    "write \"0%\" to \"{MOST_RESERVED}%\", or a rate like \"20 Mbit/s\"",
                    "scrivere da 0% a {MOST_RESERVED}%, o una velocità come 20 Mbit/s"
                ),
            )
        })
}

/// An address that can be connected to.
fn address(value: &DeValue<'_>) -> Result<SocketAddr, Complaint> {
    let text = values::text(value)?;
    let address: Option<SocketAddr> = text.parse().ok();
    let of_a_host = |address: &SocketAddr| {
        let ip = address.ip();
        address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !ip.is_loopback()
    };
    address.filter(of_a_host).ok_or_else(|| {
        Complaint::new(
            words!(
                "{text:?} is not the address and port of a host",
                "{text:?} non è indirizzo e porta di un host"
            ),
            words!(
                "write \"1.1.1.1:443\" or \"[2606:4700:4700::1111]:443\": a name could not be resolved when the uplink is down",
                "scrivere 1.1.1.1:443 o [2606:4700:4700::1111]:443: un nome non si può risolvere quando la linea è interrotta"
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_CHECK, QueueWish, Uplink};
    use crate::config::Config;

    const NETWORK: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                           interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n";

    fn read(line: &str) -> Result<Uplink, String> {
        let text = format!("{NETWORK}[uplink]\n{line}\n");
        let config = Config::parse(&text, "p.toml");
        config
            .map(|config| config.uplink)
            .map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_few_addresses_or_none() {
        assert_eq!(read("").unwrap(), Uplink::default());
        assert_eq!(Uplink::default().check.len(), DEFAULT_CHECK.len());
        assert_eq!(read("check = []").unwrap().check, []);
        let text = format!("{NETWORK}[uplink]\ncheck = []\n");
        let doubts = Config::check(&text, "p.toml").unwrap().warnings;
        let mut told = doubts.iter().map(|doubt| doubt.what.english());
        assert!(told.any(|doubt| doubt.contains("nobody looks")), "{doubts:?}");
        let two = read("check = [\"192.0.2.1:80\", \"[2001:db8::1]:443\"]").unwrap();
        assert_eq!(two.check.len(), 2);
    }

    #[test]
    fn what_cannot_be_connected_to_is_refused() {
        for bad in [
            "one.one.one.one:443",
            "1.1.1.1",
            "0.0.0.0:443",
            "[ff02::1]:443",
            "127.0.0.1:443",
            "1.1.1.1:0",
        ] {
            let told = read(&format!("check = [\"{bad}\"]")).unwrap_err();
            assert!(told.contains("is not the address and port of a host"), "{told}");
        }
        let nine = ["\"1.1.1.1:443\""; 9].join(", ");
        assert!(
            read(&format!("check = [{nine}]"))
                .unwrap_err()
                .contains("more than 8")
        );
    }

    #[test]
    fn the_queue_is_named_and_knows_what_leaves_at_most() {
        for wish in QueueWish::ALL {
            let told = read(&format!("queue = \"{}\"", wish.as_str())).unwrap();
            assert_eq!((told.queue, told.up), (wish, None));
        }
        assert_eq!(read("").unwrap().queue, QueueWish::Auto);
        let unshared = read("up = \"20 Mbit/s\"\nfair_share = false").unwrap();
        assert_eq!((unshared.line, unshared.up), (None, "20 Mbit/s".parse().ok()));
        assert_eq!(read("up = \"measured\"").unwrap().up, None, "not reliable enough");
        let told = read("queue = \"cacke\"").unwrap_err();
        assert!(
            told.contains("\"cacke\" is no kind of queue discipline"),
            "{told}"
        );
        assert!(told.contains("did you mean \"cake\"?"), "{told}");
        let told = read("queue = true").unwrap_err();
        assert!(told.contains("a text is wanted here"), "{told}");
    }
}
