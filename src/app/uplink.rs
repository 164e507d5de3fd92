//! Whether there is an Internet behind the gateway: a TCP connection to one of a few well-known
//! addresses, tried every now and then.
//!
//! The pages tell it: people are not made to tap for nothing, and nobody is told that they are online
//! when nothing is there to be on. One look that fails is no news; two are.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::town::Town;

/// How long a connection may take: satellites need less.
const PATIENCE: Duration = Duration::from_secs(3);
/// Until the next look while all is well.
const WHEN_GOOD: Duration = Duration::from_secs(30);
/// The same after one that failed.
const WHEN_DOUBTFUL: Duration = Duration::from_secs(3);
/// The same while there is none.
const WHEN_DOWN: Duration = Duration::from_secs(10);
/// Looks in a row that must fail.
const FAILURES: u32 = 2;

/// What the looks so far come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Judgement {
    failures: u32,
}

impl Judgement {
    /// Taken as good until it is known.
    const GOOD: Self = Self { failures: 0 };

    const fn is_up(self) -> bool {
        self.failures < FAILURES
    }

    const fn after(self, answered: bool) -> Self {
        let failures = if answered {
            0
        } else {
            self.failures.saturating_add(1)
        };
        Self { failures }
    }

    const fn pause(self) -> Duration {
        match self.failures {
            0 => WHEN_GOOD,
            1 => WHEN_DOUBTFUL,
            _ => WHEN_DOWN,
        }
    }
}

/// Looks until it is dropped.
#[derive(Debug)]
pub(super) struct Lookout {
    addresses: watch::Sender<Vec<SocketAddr>>,
    task: JoinHandle<()>,
}

impl Drop for Lookout {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lookout {
    /// Begins to look, and tells `town`. Must be called within a tokio runtime.
    pub(super) fn start(addresses: Vec<SocketAddr>, town: Town) -> Self {
        let (addresses, watched) = watch::channel(addresses);
        let task = tokio::spawn(keep_looking(watched, town));
        Self { addresses, task }
    }

    /// Looks at others from now on.
    pub(super) fn reconfigure(&self, addresses: &[SocketAddr]) {
        self.addresses.send_if_modified(|current| {
            let changed = *current != addresses;
            if changed {
                addresses.clone_into(current);
            }
            changed
        });
    }
}

async fn keep_looking(mut addresses: watch::Receiver<Vec<SocketAddr>>, town: Town) {
    let mut judgement = Judgement::GOOD;
    loop {
        let current = addresses.borrow_and_update().clone();
        judgement = judgement.after(current.is_empty() || reaches_any(&current).await);
        let was_up = town.uplink.swap(judgement.is_up(), Ordering::Relaxed);
        if was_up != judgement.is_up() {
            town.uplink_turned.notify_one();
        }
        match (was_up, judgement.is_up()) {
            (true, false) => tracing::warn!(
                "none of the addresses in [uplink] check answers: the pages say that there is no Internet now"
            ),
            (false, true) => {
                tracing::info!("the Internet is reached again");
                town.uplink_back.notify_waiters();
            }
            _ => {}
        }
        tokio::select! {
            () = sleep(judgement.pause()) => {}
            changed = addresses.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// Whether one of them answers. A refusal is an answer too: somebody out there gave it.
async fn reaches_any(addresses: &[SocketAddr]) -> bool {
    let mut tries: JoinSet<bool> = addresses.iter().map(|address| reaches(*address)).collect();
    while let Some(tried) = tries.join_next().await {
        if matches!(tried, Ok(true)) {
            return true;
        }
    }
    false
}

async fn reaches(address: SocketAddr) -> bool {
    match timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::sync::atomic::Ordering;

    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use tokio::net::TcpListener;

    use super::{FAILURES, Judgement, Lookout, PATIENCE, Town, reaches_any};

    /// A group of hosts: the kernel refuses to connect to one, so that nothing leaves the machine.
    const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(224, 0, 0, 1)), 443);

    proptest! {
        #[test]
        fn down_after_two_failures_in_a_row_and_up_after_one_success(looks in vec(any::<bool>(), 0..40)) {
            let mut judgement = Judgement::GOOD;
            for (place, answered) in looks.iter().enumerate() {
                judgement = judgement.after(*answered);
                let last = looks[..=place].iter().rev().take_while(|answered| !**answered).count();
                prop_assert_eq!(judgement.is_up(), u32::try_from(last).unwrap() < FAILURES);
            }
        }
    }

    #[tokio::test]
    async fn one_that_answers_is_enough() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let here = listener.local_addr().unwrap();
        assert!(reaches_any(&[NOBODY, here]).await);
        assert!(!reaches_any(&[NOBODY]).await);
        drop(listener);
        assert!(reaches_any(&[here]).await, "a refusal is an answer");
    }

    #[tokio::test]
    async fn the_town_is_told() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let town = Town::new();
        let lookout = Lookout::start(vec![NOBODY], town.clone());
        let until = async |up: bool| {
            let told = async {
                while town.uplink.load(Ordering::Relaxed) != up {
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(10 * PATIENCE, told).await.unwrap();
        };
        until(false).await;
        lookout.reconfigure(&[listener.local_addr().unwrap()]);
        until(true).await;
        lookout.reconfigure(&[NOBODY]);
        until(false).await;
        lookout.reconfigure(&[]);
        until(true).await;
    }
}
