//! Whether the kernel follows: an administrator is told that an order is done when the kernel has taken it.

use super::gateway::Gateway;
use crate::model::{Mac, NetworkId};

/// A point in the order of what the kernel is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fence(u64);

impl Gateway {
    /// Behind everything that the kernel has been, or is to be, told until now.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        Fence(self.outbox.pushed())
    }

    /// Whether everything before a fence has come to its end: taken, refused, or void since the helper is away.
    #[must_use]
    pub fn is_settled(&self, fence: Fence) -> bool {
        self.outbox.first_open().is_none_or(|first| first >= fence.0)
    }

    /// Whether the kernel is known not to follow about a station: the helper is away, or the kernel has refused.
    #[must_use]
    pub fn is_behind(&self, network: NetworkId, mac: Mac) -> bool {
        !self.outbox.is_linked() || self.refused.contains(&(network, mac))
    }
}

#[cfg(test)]
mod tests {
    use crate::core::world::{World, mac, network};
    use crate::core::{Event, StationAct};
    use jiff::SignedDuration;

    /// Exempts the first three, without anything being carried out.
    fn exempt_three(world: &mut World) {
        let until = world.now.wall + SignedDuration::from_hours(1);
        for last in 1..=3 {
            let act = StationAct::Exempt { until, reason: None };
            let (network, mac) = (network("piazza"), mac(last));
            world.gateway.handle(Event::Act { network, mac, act }, world.now);
        }
    }

    fn behind(world: &World) -> [bool; 3] {
        [1, 2, 3].map(|last| world.gateway.is_behind(network("piazza"), mac(last)))
    }

    #[test]
    fn of_many_the_kernel_may_refuse_one_which_is_known_and_mended_later() {
        let mut world = World::new();
        let place = network("piazza");
        world.refused = Some((place, mac(2)));
        let before = world.gateway.fence();
        assert!(world.gateway.is_settled(before));
        exempt_three(&mut world);
        let fence = world.gateway.fence();
        assert!(!world.gateway.is_settled(fence) && world.gateway.is_settled(before));
        let Some(crate::core::Command::KeepOrder(_)) = world.gateway.next_command() else {
            panic!("what is stored comes first");
        };
        assert!(!world.gateway.is_settled(fence), "nothing has been handed out");
        world.pass(0);
        assert!(world.gateway.is_settled(fence));
        assert_eq!(behind(&world), [false, true, false]);
        assert!(world.kernel.contains_key(&(place, mac(1))) && !world.kernel.contains_key(&(place, mac(2))));
        world.refused = None;
        world.pass(5_000);
        assert_eq!(behind(&world), [false; 3]);
        assert!(world.kernel.contains_key(&(place, mac(2))));
    }

    #[test]
    fn without_the_helper_nothing_is_waited_for_and_everybody_is_behind() {
        let mut world = World::new();
        world.unlink();
        exempt_three(&mut world);
        let fence = world.gateway.fence();
        assert!(world.gateway.is_settled(fence));
        assert_eq!(behind(&world), [true; 3]);
        world.link();
        assert_eq!(behind(&world), [false; 3]);
    }
}
