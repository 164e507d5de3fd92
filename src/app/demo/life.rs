//! A phone's day: it comes by, is asked by its system whether it is online, its owner taps (most of
//! the time), reads and watches something, puts it in the pocket, walks on, comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use super::chance::Chance;
use crate::app::lab::dns::Family;
use crate::app::lab::phone::Phone;
use crate::app::lab::probes::{PROBES, Probe, Verdict};

/// What a phone is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Out of reach.
    Away,
    /// Connected, not online.
    Captive,
    /// Online.
    Online,
    /// The last thing it tried did not work.
    Stuck,
}

/// What can be seen of a life from outside.
#[derive(Debug, Clone)]
pub struct Glimpse {
    /// Now.
    pub doing: Doing,
    /// Taps so far.
    pub taps: u64,
    /// Bytes downloaded so far.
    pub bytes: u64,
    /// What went wrong last.
    pub trouble: Option<String>,
}

/// A life being lived on a thread of its own.
#[derive(Debug)]
pub struct Life {
    glimpse: Arc<Mutex<Glimpse>>,
    thread: Option<std::thread::JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A life that ended in a panic has ended all the same.
            let _ended = thread.join();
        }
    }
}

impl Life {
    /// Begins it.
    #[must_use]
    pub fn begin(phone: Phone, seed: u64) -> Self {
        let glimpse = Arc::new(Mutex::new(Glimpse {
            doing: Doing::Away,
            taps: 0,
            bytes: 0,
            trouble: None,
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let mut person = Person {
            phone,
            chance: Chance::new(seed),
            glimpse: Arc::clone(&glimpse),
            stop: Arc::clone(&stop),
        };
        let thread = std::thread::spawn(move || person.live());
        Self {
            glimpse,
            thread: Some(thread),
            stop,
        }
    }

    /// How it goes.
    #[must_use]
    pub fn glimpse(&self) -> Glimpse {
        self.glimpse
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

struct Person {
    phone: Phone,
    chance: Chance,
    glimpse: Arc<Mutex<Glimpse>>,
    stop: Arc<AtomicBool>,
}

impl Person {
    fn live(&mut self) {
        let system = usize::try_from(self.chance.below(u64::try_from(PROBES.len()).unwrap_or(1)));
        let Some(probe) = PROBES.get(system.unwrap_or(0)) else {
            return;
        };
        self.pause(4);
        while !self.stop.load(Ordering::Relaxed) {
            if let Err(error) = self.visit(probe) {
                self.note(|glimpse| {
                    glimpse.doing = Doing::Stuck;
                    glimpse.trouble = Some(format!("{error:#}"));
                });
            }
            self.pause(2);
        }
    }

    /// From coming by to walking on.
    fn visit(&mut self, probe: &Probe) -> Result<()> {
        self.phone.join()?;
        match self.phone.probe(probe, Family::V4)? {
            Verdict::Online => {}
            Verdict::Portal(_) | Verdict::Neither(_) => {
                self.note(|glimpse| glimpse.doing = Doing::Captive);
                self.pause(4);
                let in_a_hurry = self.chance.percent(15);
                if in_a_hurry {
                    return self.walk_on();
                }
                self.phone.tap()?;
                self.note(|glimpse| glimpse.taps += 1);
            }
        }
        self.note(|glimpse| {
            glimpse.doing = Doing::Online;
            glimpse.trouble = None;
        });
        for _ in 0..=self.chance.below(5) {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.use_it()?;
            self.pause(8);
        }
        self.walk_on()
    }

    fn use_it(&mut self) -> Result<()> {
        match self.chance.below(5) {
            0 => self.phone.roam(u8::try_from(self.chance.below(2)).unwrap_or(0)),
            1 => {
                let video = self.phone.download(Family::V6, 2)?;
                self.note(|glimpse| glimpse.bytes += video.bytes);
                Ok(())
            }
            2 => self.phone.upload(Family::V4, 1).map(drop),
            _ => self.phone.browse("http://www.comune.example/").map(drop),
        }
        .context("while online")
    }

    fn walk_on(&mut self) -> Result<()> {
        self.phone.leave()?;
        self.note(|glimpse| glimpse.doing = Doing::Away);
        self.pause(10);
        Ok(())
    }

    /// Up to that many seconds, in which the life may be ended.
    fn pause(&mut self, seconds: u64) {
        for _ in 0..self.chance.below(seconds * 10) {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn note(&self, change: impl FnOnce(&mut Glimpse)) {
        change(&mut self.glimpse.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
