//! Lines of the audit log about what is ordered by commands and signals.

use super::control::SelfTestWish;
use crate::core::{Acted, StationAct};
use crate::model::NetworkId;
use crate::model::audit::{Action, More, Origin, Who};

/// The line of the audit log about an order from the command line: how many, and which by the names that the
/// dashboard's lines have for them.
pub(super) fn console_line(
    (who, from): (Who, Origin),
    act: &StationAct,
    names: &[String],
    acted: &[Acted],
) -> Action {
    let done = names.iter().zip(acted).filter(|(_, acted)| acted.is_done());
    let done: Vec<&str> = done.map(|(name, _)| name.as_str()).collect();
    let colon = if done.is_empty() { "" } else { ": " };
    Action {
        who,
        from,
        did: act.deed(),
        what: format!("{}{colon}{}", Acted::tally(acted), done.join(", ")),
        more: More::new(),
    }
}

/// The line of the audit log about whoever has the whole list told at the command line.
pub(super) fn unmasked((who, from): (Who, Origin)) -> Action {
    Action {
        who,
        from,
        did: "station-unmask",
        what: "all".to_owned(),
        more: More::new(),
    }
}

/// A self-test that is begun or ended; asking changes nothing.
pub(super) fn self_tested(
    (who, from): (Who, Origin),
    network: NetworkId,
    wish: SelfTestWish,
) -> Option<Action> {
    let did = match wish {
        SelfTestWish::On => "self-test-begin",
        SelfTestWish::Off => "self-test-end",
        SelfTestWish::Status => return None,
    };
    Some(line((who, from), did, network.to_string()))
}

/// A reload that is ordered. What the service itself has changed is noted where it is changed.
pub(super) fn reloaded((who, from): (Who, Origin)) -> Option<Action> {
    let what = match who {
        Who::Portico => return None,
        Who::Nobody => "SIGHUP",
        _ => "",
    };
    Some(line((who, from), "reload", what.to_owned()))
}

fn line((who, from): (Who, Origin), did: &'static str, what: String) -> Action {
    Action {
        who,
        from,
        did,
        what,
        more: More::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{console_line, reloaded, self_tested};
    use crate::app::control::SelfTestWish;
    use crate::core::{Acted, StationAct};
    use crate::model::audit::{Origin, Who};

    #[test]
    fn an_order_from_the_command_line_is_noted_with_who_and_about_whom() {
        let by = || (Who::Uid(0), Origin::Command { login: Some(1_000) });
        let names = ["piazza 0a1b2c3d".to_owned(), "molini 4e5f6a7b".to_owned()];
        let acted = [Acted::Waiting, Acted::NoSession];
        let line = console_line(by(), &StationAct::End, &names, &acted);
        assert_eq!(
            (line.who, line.did, line.what.as_str()),
            (
                Who::Uid(0),
                "station-end",
                "1 of 2 (1 not yet in the kernel): piazza 0a1b2c3d"
            )
        );
        let none = console_line(by(), &StationAct::Lift, &names, &[Acted::NoOrder; 2]);
        assert_eq!((none.did, none.what.as_str()), ("station-lift", "0 of 2"));
    }

    #[test]
    fn self_tests_and_reloads_of_commands_are_noted() {
        let by = || (Who::Uid(0), Origin::Command { login: None });
        let network = "piazza".parse().unwrap();
        let told = |wish| self_tested(by(), network, wish).map(|line| (line.did, line.what));
        assert_eq!(
            told(SelfTestWish::On),
            Some(("self-test-begin", "piazza".to_owned()))
        );
        assert_eq!(
            told(SelfTestWish::Off),
            Some(("self-test-end", "piazza".to_owned()))
        );
        assert_eq!(told(SelfTestWish::Status), None);
        let reload = |by| reloaded(by).map(|line| (line.did, line.what));
        assert_eq!(reload(by()), Some(("reload", String::new())));
        assert_eq!(
            reload((Who::Nobody, Origin::Service)),
            Some(("reload", "SIGHUP".to_owned()))
        );
        assert_eq!(reload((Who::Portico, Origin::Service)), None);
    }
}
