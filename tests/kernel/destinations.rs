//! Destinations of the walled garden: opened, renewed, shut, refused when there are too many.

use portico::model::{NetworkId, OpError, Opening};
use portico::net::Kernel;
use portico::net::fake::Fake;
use portico::net::nftables::Nftables;

use crate::bed::{enter_namespace, nft, piazza, run, sets};
use crate::contract::{SIZE, live};

fn opening(address: &str, port: u16, timeout_ms: u64) -> Opening {
    let address = address.parse().unwrap();
    Opening {
        address,
        port,
        timeout_ms,
    }
}

/// What the sets of destinations hold, one line each, as nft tells it.
fn destinations() -> String {
    ["named4_piazza", "named6_piazza"]
        .map(|set| run(&format!("nft list set netdev portico {set}")))
        .concat()
}

/// Destinations are opened, renewed and shut; on kernels that can move the end of an element in place,
/// and as on those that cannot.
#[test]
fn destinations_are_opened_renewed_and_shut() {
    for in_place in [true, false] {
        enter_namespace();
        nft(&sets(piazza(), 64));
        let mut kernel = Nftables::with_renewal(in_place).unwrap();
        let first = [
            opening("203.0.113.5", 443, 20_000),
            opening("203.0.113.5", 8_443, 20_000),
            opening("2001:db8:5::1", 443, 20_000),
        ];
        kernel.open(piazza(), &first).unwrap();
        let listed = destinations();
        for element in ["203.0.113.5 . 443", "203.0.113.5 . 8443", "2001:db8:5::1 . 443"] {
            assert!(
                listed.contains(&format!("{element} timeout 20s")),
                "{element}: {listed}"
            );
        }
        // One that is there, and one that is not; the same twice in one request.
        let second = [
            opening("203.0.113.5", 443, 600_000),
            opening("203.0.113.6", 443, 600_000),
        ];
        kernel.open(piazza(), &second).unwrap();
        let listed = destinations();
        for element in ["203.0.113.5 . 443", "203.0.113.6 . 443"] {
            // Listed within the same tick all ten minutes are left.
            let left = ["9m", "10m"].map(|left| format!("{element} timeout 10m expires {left}"));
            assert!(
                left.iter().any(|left| listed.contains(left)),
                "{element}: {listed}"
            );
        }
        assert!(listed.contains("203.0.113.5 . 8443 timeout 20s"), "{listed}");
        kernel.open(piazza(), &[]).unwrap();
        kernel.shut(piazza()).unwrap();
        assert!(!destinations().contains("timeout 20s"), "{}", destinations());
        kernel.shut(piazza()).unwrap();
        assert!(!destinations().contains("elements"), "{}", destinations());
        // A network without names has no such sets: nothing to shut, and nothing can be opened.
        let other: NetworkId = "molini".parse().unwrap();
        kernel.shut(other).unwrap();
        assert!(matches!(kernel.open(other, &first), Err(OpError::Kernel(_))));
        // The socket is of use after refusals.
        kernel.open(piazza(), &first).unwrap();
    }
}

#[test]
fn more_destinations_than_there_is_room_for_are_refused_as_a_whole() {
    let mut kernel = live();
    let many: Vec<Opening> = (0..100)
        .map(|last| opening(&format!("203.0.113.{last}"), 443, 60_000))
        .collect();
    assert_eq!(kernel.open(piazza(), &many), Err(OpError::Full));
    assert!(!destinations().contains("elements"), "{}", destinations());
    kernel.open(piazza(), &many[..SIZE]).unwrap();
}

#[test]
fn the_fake_opens_and_shuts_as_the_kernel_does() {
    let mut fake = Fake::new(&[piazza()], SIZE);
    let open = [
        opening("203.0.113.5", 443, 20_000),
        opening("2001:db8:5::1", 443, 20_000),
    ];
    fake.open(piazza(), &open).unwrap();
    assert_eq!(fake.openings(piazza()), open);
    fake.open(piazza(), &[opening("203.0.113.5", 443, 60_000)])
        .unwrap();
    assert_eq!(fake.openings(piazza())[0].timeout_ms, 60_000);
    fake.shut(piazza()).unwrap();
    assert_eq!(fake.openings(piazza()), []);
    assert!(matches!(
        fake.open("molini".parse().unwrap(), &open),
        Err(OpError::Kernel(_))
    ));
}
