//! What holds whatever happens to a gateway, in any order.

use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::world::{World, mac, network, plan};
use super::{Event, Question, Standing};
use crate::model::BootId;

const HOUR: u64 = 3_600_000;

/// Something that happens to a gateway.
#[derive(Debug, Clone)]
enum Step {
    Grant(bool, u8),
    Disconnect(bool, u8),
    Traffic(bool, u8, u32),
    Pass(u32),
    TurnClock(i32),
    Restart,
    Reboot,
    Flush,
    HelperRestart,
    Replan(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any::<bool>(), 1_u8..8).prop_map(|(second, last)| Step::Grant(second, last)),
        1 => (any::<bool>(), 1_u8..8).prop_map(|(second, last)| Step::Disconnect(second, last)),
        4 => (any::<bool>(), 1_u8..8, 1_u32..1_000_000).prop_map(|(second, last, bytes)| Step::Traffic(second, last, bytes)),
        3 => (0_u32..7_200_000).prop_map(Step::Pass),
        1 => (-90_000_i32..90_000).prop_map(Step::TurnClock),
        1 => Just(Step::Restart),
        1 => Just(Step::Reboot),
        1 => Just(Step::Flush),
        1 => Just(Step::HelperRestart),
        1 => (1_u8..5).prop_map(Step::Replan),
    ]
}

fn take(world: &mut World, step: &Step) {
    let at = |second: bool| network(if second { "molini" } else { "piazza" });
    match *step {
        Step::Grant(second, last) => {
            world.grant(at(second), mac(last));
        }
        Step::Disconnect(second, last) => {
            world.ask(at(second), mac(last), Question::Disconnect);
        }
        Step::Traffic(second, last, bytes) => world.traffic(at(second), mac(last), bytes.into()),
        Step::Pass(ms) => world.pass(ms.into()),
        Step::TurnClock(seconds) => {
            world.now.wall += jiff::SignedDuration::from_secs(seconds.into());
            world.pass(0);
        }
        Step::Restart => world.restart(),
        Step::Reboot => {
            world.kernel.clear();
            world.boot_id = BootId(format!("{:?}", world.now.wall));
            world.now.boot = crate::model::Boot(1_000);
            world.restart();
        }
        Step::Flush => {
            world.unlink();
            world.kernel.clear();
            world.link();
        }
        Step::HelperRestart => {
            world.unlink();
            world.link();
        }
        Step::Replan(mbit) => {
            world.policy.networks.get_mut(&network("piazza")).unwrap().plan = plan(mbit.into());
            world.tell(Event::Configured(world.policy.clone().into()));
        }
    }
}

fn online(world: &mut World) -> Vec<(bool, u8)> {
    let stations = [false, true]
        .into_iter()
        .flat_map(|second| (1..8).map(move |last| (second, last)));
    stations
        .filter(|&(second, last)| {
            world.is_online(network(if second { "molini" } else { "piazza" }), mac(last))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever happens: the kernel holds exactly those who are said to be online (and the exempt),
    /// the store the same, and nobody stays for more than a day.
    #[test]
    fn kernel_store_and_pages_always_agree(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
            let said = online(&mut world);
            let id = |second: bool| network(if second { "molini" } else { "piazza" });
            let said: Vec<_> = said.into_iter().map(|(second, last)| (id(second), mac(last))).collect();
            let held = world.kernel.keys().filter(|key| key.1 != mac(200)).count();
            prop_assert_eq!(held, said.len(), "the kernel holds others than are said to be online");
            prop_assert_eq!(world.store.len(), said.len(), "the store holds others than are online");
            for key in said {
                prop_assert!(world.kernel.contains_key(&key) && world.store.contains_key(&key));
                let (_, ends) = world.kernel[&key];
                let left = ends.unwrap().since(world.now.boot);
                prop_assert!(left <= 25 * HOUR + 10_000 && left > 0);
            }
            prop_assert!(world.gateway.next_command().is_none());
        }
    }

    /// The state before a stop is the state after it; doing it twice changes nothing.
    #[test]
    fn a_restart_changes_nothing(steps in proptest::collection::vec(step(), 1..30)) {
        let mut world = World::new();
        for step in &steps {
            take(&mut world, step);
        }
        let before = (online(&mut world), world.kernel.clone());
        for _ in 0..2 {
            world.restart();
            let after = (online(&mut world), world.kernel.clone());
            prop_assert_eq!(&before, &after);
        }
    }

    /// Usage of a session never decreases, and what the kernel counted is counted once.
    #[test]
    fn usage_never_decreases(steps in proptest::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        let piazza = network("piazza");
        let mut before: Option<(jiff::Timestamp, u64)> = None;
        for step in &steps {
            take(&mut world, step);
            let Standing::Granted { granted_at, usage, .. } = world.standing(piazza, mac(1)) else {
                before = None;
                continue;
            };
            if let Some((at, bytes)) = before && at == granted_at && !matches!(step, Step::Reboot) {
                prop_assert!(usage.up.bytes >= bytes, "{} < {bytes}", usage.up.bytes);
            }
            before = Some((granted_at, usage.up.bytes));
        }
    }

    /// The same events at the same times give the same commands.
    #[test]
    fn decisions_are_deterministic(steps in proptest::collection::vec(step(), 1..20)) {
        let run = || {
            let mut world = World::new();
            for step in &steps {
                take(&mut world, step);
            }
            (world.answers, world.kernel, world.store, world.batches)
        };
        let (first, second) = (run(), run());
        prop_assert_eq!(first, second);
    }
}
