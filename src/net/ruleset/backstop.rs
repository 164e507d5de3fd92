//! The second line of defence: a table of nftables that belongs to the helper's own socket. Nobody else
//! can change it, and `nft flush ruleset` passes it over. It drops whatever no other rule of ours has
//! judged: such a packet has no mark. So a gateway whose tables were removed leads nothing of a station
//! on, lets nothing of the Internet reach one, and answers none.

use rustix::io::Errno;
use rustix::net::netlink::NETFILTER;

use super::{RulesetError, mark};
use crate::config::Config;
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::chain::{self, Hook, OWNER, PERSIST, Rule};
use crate::wire::netlink::elements::{batch_begin, batch_end};
use crate::wire::netlink::message::{Meaning, Writer, flag, messages};

/// The table's name, of the family `inet`.
pub const BACKSTOP: &str = "portico_backstop";
/// Behind the rules that give answers, and what the gateway sends, their marks.
const AFTER_MARKS: i32 = 10;
/// Before whatever may answer.
const BEFORE_ANSWERS: i32 = -10;

/// Holds the table: it is ours as long as this lives. What becomes of it then is the kernel's
/// ([`chain::PERSIST`]); the next helper takes it over.
#[derive(Debug)]
pub struct Backstop {
    socket: Socket,
    /// Whether the last [`Backstop::put`] went well.
    stands: bool,
}

impl Backstop {
    /// Without a table yet.
    ///
    /// # Errors
    /// [`RulesetError::Backstop`].
    pub fn open() -> Result<Self, RulesetError> {
        let socket = Socket::open(Some(NETFILTER))?;
        Ok(Self {
            socket,
            stands: false,
        })
    }

    /// Puts the table for these networks in place of the one before, in one transaction. Comes after
    /// [`load`](super::load): until then what stood before may give other marks.
    ///
    /// # Errors
    /// [`RulesetError::Backstop`]; the kernel refuses all of it before 5.12.
    pub fn put(&mut self, config: &Config) -> Result<(), RulesetError> {
        self.stands = false;
        let mut outcome = self.put_owned(config);
        if is_unsupported(&outcome) && Self::standing()? == Held::Orphaned {
            // Somebody loaded a listing of ours as his own: such a table never gets an owner.
            self.remove()?;
            outcome = self.put_owned(config);
        }
        self.stands = outcome.is_ok();
        Ok(outcome?)
    }

    /// Whether the table was put in place.
    #[must_use]
    pub const fn stands(&self) -> bool {
        self.stands
    }

    fn put_owned(&mut self, config: &Config) -> Result<(), NetlinkError> {
        let outcome = self.put_with(config, OWNER | PERSIST);
        if is_unsupported(&outcome) {
            return self.put_with(config, OWNER);
        }
        outcome
    }

    /// Removes the table; none is not an error.
    ///
    /// # Errors
    /// [`RulesetError::Backstop`].
    pub fn remove(&mut self) -> Result<(), RulesetError> {
        self.stands = false;
        let outcome = self.transact(|out, next| {
            chain::delete_table(out, next(), flag::ACK, BACKSTOP);
        });
        match outcome {
            Err(error) if error.is_missing() => Ok(()),
            outcome => Ok(outcome?),
        }
    }

    /// How the second line stands on this machine, whoever holds it.
    ///
    /// # Errors
    /// [`RulesetError::Backstop`], also without `CAP_NET_ADMIN`.
    pub fn standing() -> Result<Held, RulesetError> {
        let mut socket = Socket::open(Some(NETFILTER))?;
        let asked = socket.ask(
            |out, seq| chain::get_table(out, seq, BACKSTOP),
            chain::decode_flags,
        );
        match asked {
            Ok(flags) if flags.unwrap_or(0) & OWNER != 0 => Ok(Held::Owned),
            Ok(_) => Ok(Held::Orphaned),
            Err(error) if error.is_missing() => Ok(Held::Missing),
            Err(error) => Err(error.into()),
        }
    }

    fn put_with(&mut self, config: &Config, flags: u32) -> Result<(), NetlinkError> {
        let lans = || config.networks.iter().map(|network| network.interface.as_str());
        let with_access = mark::GRANTED | mark::GARDEN;
        let [forward, input, output] =
            ["forward_judged", "take_judged", "send_marked"].map(|chain| (BACKSTOP, chain));
        let mut rules = vec![(forward, Rule::AcceptMarked(with_access))];
        rules.extend(lans().map(|lan| (forward, Rule::DropFrom(lan))));
        rules.extend(lans().map(|lan| (forward, Rule::DropTo(lan))));
        rules.push((input, Rule::AcceptMarked(with_access | mark::CAPTIVE)));
        rules.extend(lans().map(|lan| (input, Rule::DropFrom(lan))));
        rules.push((output, Rule::AcceptMarked(mark::LOCAL)));
        rules.extend(lans().map(|lan| (output, Rule::DropTo(lan))));
        self.transact(|out, next| {
            // Made first, so that removing it succeeds in any case.
            chain::new_table(out, next(), BACKSTOP, flags);
            chain::delete_table(out, next(), 0, BACKSTOP);
            chain::new_table(out, next(), BACKSTOP, flags);
            chain::new_chain(out, next(), BACKSTOP, forward.1, Hook::Forward, AFTER_MARKS);
            chain::new_chain(out, next(), BACKSTOP, input.1, Hook::Input, BEFORE_ANSWERS);
            chain::new_chain(out, next(), BACKSTOP, output.1, Hook::Output, AFTER_MARKS);
            let last = rules.len().saturating_sub(1);
            for (index, (place, rule)) in rules.iter().enumerate() {
                let flags = if index == last { flag::ACK } else { 0 };
                chain::new_rule(out, next(), flags, *place, *rule);
            }
        })
    }

    /// One transaction; its last message is to be acknowledged.
    fn transact(
        &mut self,
        write: impl FnOnce(&mut Writer, &mut dyn FnMut() -> u32),
    ) -> Result<(), NetlinkError> {
        let mut out = Writer::new();
        let begin = self.socket.reserve(1);
        batch_begin(&mut out, begin);
        let mut last = begin;
        write(&mut out, &mut || {
            last = self.socket.reserve(1);
            last
        });
        let end = self.socket.reserve(1);
        batch_end(&mut out, end);
        self.socket.send(out.bytes())?;
        loop {
            let datagram = self.socket.receive()?;
            for message in messages(datagram).filter(|message| message.seq >= begin) {
                match message.meaning() {
                    Meaning::Failed(errno) => return Err(NetlinkError::refused(errno)),
                    Meaning::Acknowledged if message.seq == last => return Ok(()),
                    _ => {}
                }
            }
        }
    }
}

/// Whether the kernel knows no such flag of a table, or not for this table.
const fn is_unsupported(outcome: &Result<(), NetlinkError>) -> bool {
    matches!(
        outcome,
        Err(NetlinkError::Refused(Errno::OPNOTSUPP | Errno::INVAL))
    )
}

/// How the second line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It belongs to a helper that runs.
    Owned,
    /// It stands and belongs to nobody: the helper that made it is gone.
    Orphaned,
    /// There is none.
    Missing,
}
