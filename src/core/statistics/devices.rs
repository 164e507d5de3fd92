//! How many different devices were online, without knowing any of them again.
//!
//! A MAC goes through HMAC-SHA256 under a key of the day, and of the month, into a sketch. The key of
//! the day is destroyed at local midnight, that of the month at the month's end: from then on nobody, the
//! gateway included, can find out whether a known MAC is in a sketch.
//!
//! The trade-off of the month: to tell how many different devices came within it, its key must last as
//! long. Whoever takes the gateway with its state within the month can try a MAC that he knows and learn
//! that the sketch would be the same with it; so he can for the running day by the running sessions
//! anyway. The registers of a sketch name nobody: without the MAC there is nothing to try, and with more
//! than some thousand devices nearly every MAC seems to be in. All networks of a gateway share a key, so
//! that those who were on two are not counted twice in the comune; figures of different days cannot be
//! compared at all, which is meant.
//!
//! A key can be lost, with the state database, and another one drawn in its period. Its number, which a
//! sketch carries, is made of it in a way that does not lead back.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::model::figures::{DayFigures, DeviceKey, Figure, KeyNumber, KeyPeriod, MonthFigures, Sketch};
use crate::model::{Mac, NetworkId};

/// Block size of SHA-256 (RFC 2104: shorter keys are filled with zeros).
const BLOCK: usize = 64;
/// What the number of a key is made of; longer than a MAC, so that it is not the hash of one.
const NUMBER: &[u8] = b"number of a key";

/// Sketches since the last save, and the keys they are made under.
#[derive(Debug, Clone, Default)]
pub(super) struct Devices {
    day: Option<(KeyPeriod, DeviceKey)>,
    month: Option<(KeyPeriod, DeviceKey)>,
    /// Keys of before the start, while nobody knows yet which day it is.
    kept: Vec<(KeyPeriod, DeviceKey)>,
    fresh: BTreeMap<NetworkId, Fresh>,
    /// How many keys there were since the start: sessions remember under which they were taken in, and
    /// 0 is a session that never was.
    serial: u32,
}

#[derive(Debug, Clone, Default)]
struct Fresh {
    day: Sketch,
    month: Sketch,
}

impl Devices {
    /// Takes a device in, unless `counted` says that it has been; sets it.
    pub(super) fn count(&mut self, network: NetworkId, mac: Mac, counted: &mut u32) {
        if *counted == self.serial {
            return;
        }
        let (Some((_, day)), Some((_, month))) = (&self.day, &self.month) else {
            return;
        };
        *counted = self.serial;
        let fresh = self.fresh.entry(network).or_default();
        fresh.day.insert(number(day), hash(day, &mac.octets()));
        fresh.month.insert(number(month), hash(month, &mac.octets()));
    }

    /// Keys of before the start wait for the periods to begin.
    pub(super) fn keep(&mut self, keys: Vec<(KeyPeriod, DeviceKey)>) {
        self.kept = keys;
    }

    /// Begins the periods it is time for: keys of others are destroyed. The keys to ask for.
    pub(super) fn begin(&mut self, periods: [KeyPeriod; 2]) -> Vec<KeyPeriod> {
        for (period, key) in std::mem::take(&mut self.kept) {
            self.adopt(period, key, periods);
        }
        let [day, month] = periods;
        let mut wanted = Vec::new();
        for (slot, period) in [(&mut self.day, day), (&mut self.month, month)] {
            if slot.as_ref().is_none_or(|(of, _)| *of != period) {
                // The key wipes itself.
                *slot = None;
                wanted.push(period);
            }
        }
        wanted
    }

    /// A key for a period; it is kept if the period is one of those that run.
    pub(super) fn adopt(&mut self, period: KeyPeriod, key: DeviceKey, running: [KeyPeriod; 2]) {
        let slot = match period {
            KeyPeriod::Day(_) => &mut self.day,
            KeyPeriod::Month(_) => &mut self.month,
        };
        if running.contains(&period) && slot.is_none() {
            *slot = Some((period, key));
            self.serial = self.serial.wrapping_add(1).max(1);
        }
    }

    /// What was taken in since the last time.
    pub(super) fn take(&mut self) -> Vec<Figure> {
        let (day, month) = (self.day.as_ref(), self.month.as_ref());
        let (Some((KeyPeriod::Day(day), _)), Some((KeyPeriod::Month(month), _))) = (day, month) else {
            return Vec::new();
        };
        let (day, month) = (*day, *month);
        let fresh = std::mem::take(&mut self.fresh).into_iter();
        fresh
            .flat_map(|(network, fresh)| {
                let of_day = DayFigures { devices: fresh.day };
                let of_month = MonthFigures { devices: fresh.month };
                [
                    Figure::Day {
                        network,
                        day,
                        figures: of_day,
                    },
                    Figure::Month {
                        network,
                        month,
                        figures: of_month,
                    },
                ]
            })
            .collect()
    }
}

/// The number of a key.
fn number(key: &DeviceKey) -> KeyNumber {
    let [a, b, c, d, ..] = hash(key, NUMBER).to_be_bytes();
    KeyNumber(u32::from_be_bytes([a, b, c, d]))
}

/// 64 bits of the keyed hash.
fn hash(key: &DeviceKey, what: &[u8]) -> u64 {
    let mut block = Zeroizing::new([0_u8; BLOCK]);
    block[..key.bytes().len()].copy_from_slice(key.bytes());
    let mut hmac: Hmac<Sha256> = Hmac::new((&*block).into());
    hmac.update(what);
    let digest = hmac.finalize().into_bytes();
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(head)
}
