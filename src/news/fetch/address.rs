//! Which addresses are asked.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use crate::config::may_be_opened;

/// Addresses of a name.
pub type Addresses = Arc<dyn Fn(String) -> Resolving + Send + Sync>;
/// See [`Addresses`].
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Most addresses of a family that are tried.
const MOST_TRIED: usize = 2;

/// Asks the system's resolver.
#[must_use]
pub fn system_addresses(name: String) -> Resolving {
    Box::pin(async move {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    })
}

/// Those of the addresses that may be asked, at most two of each family, in their order.
pub(super) fn choose(found: &[IpAddr], private: bool) -> Vec<IpAddr> {
    let (mut v4, mut v6) = (0, 0);
    let allowed = found
        .iter()
        .copied()
        .filter(|address| may_be_asked(*address, private));
    allowed
        .filter(|address| {
            let tried = if address.is_ipv4() { &mut v4 } else { &mut v6 };
            *tried += 1;
            *tried <= MOST_TRIED
        })
        .collect()
}

/// Whether an address is public, or a host's at all if private ones are meant.
fn may_be_asked(address: IpAddr, private: bool) -> bool {
    let address = address.to_canonical();
    if private {
        return !address.is_unspecified() && !address.is_multicast();
    }
    may_be_opened(address)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{choose, may_be_asked};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn private_and_special_addresses_are_not_asked_however_they_are_written() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.31.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
        ] {
            assert!(!may_be_asked(address(text), false), "{text}");
        }
        for text in [
            "8.8.8.8",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(may_be_asked(address(text), false), "{text}");
        }
    }

    #[test]
    fn a_private_server_may_be_meant_but_never_everybody() {
        assert!(may_be_asked(address("10.1.2.3"), true) && may_be_asked(address("::1"), true));
        for text in ["0.0.0.0", "::", "224.0.0.1", "ff02::1"] {
            assert!(!may_be_asked(address(text), true), "{text}");
        }
    }

    #[test]
    fn few_of_each_family_are_tried() {
        let found = ["10.0.0.1", "8.8.8.8", "8.8.4.4", "1.1.1.1", "2606:4700::1111"].map(address);
        let chosen = ["8.8.8.8", "8.8.4.4", "2606:4700::1111"].map(address);
        assert_eq!(choose(&found, false), chosen);
    }
}
