//! Who gets in, with the real store.

mod meanwhile;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use super::SqliteUsers;
use crate::accounts::{
    Accounts, Entered, Password, RecoveryCode, Refusal, Role, Stage, Ticket, Token, TotpSecret, User, Visitor,
};
use crate::model::{Boot, Clock, Now};

const PASSWORD: &str = "tram zaino nuvola";
const START: i64 = 1_795_000_000;

struct House {
    _folder: tempfile::TempDir,
    accounts: Accounts,
    seconds: Arc<AtomicI64>,
}

impl House {
    async fn with(role: Role) -> Self {
        let house = Self::empty().await;
        let user = User {
            name: "anna".parse().unwrap(),
            role,
            password: Password::new(PASSWORD.to_owned()).hash().unwrap(),
            disabled: false,
            totp: None,
            created_at: house.accounts.now(),
        };
        assert!(house.accounts.store().await.add(&user).await.unwrap());
        house
    }

    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicI64::new(START));
        let store = SqliteUsers::open(&Path::new(folder.path()).join("users.db"))
            .await
            .unwrap();
        let read = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || {
            let now = read.load(Ordering::Relaxed);
            Now {
                boot: Boot(u64::try_from(now - START).unwrap() * 1_000 + 1_000),
                wall: Timestamp::from_second(now).unwrap(),
            }
        });
        Self {
            _folder: folder,
            accounts: Accounts::new(Box::new(store), clock).unwrap(),
            seconds,
        }
    }

    fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    async fn log_in(&self, name: &str, password: &str) -> Result<Entered, Refusal> {
        let password = Password::new(password.to_owned());
        self.accounts.log_in(name, password, visitor(7)).await.unwrap()
    }

    async fn ticket(&self, token: &Token) -> Option<Ticket> {
        self.accounts.ticket(token).await.unwrap()
    }

    /// Logs in and sets a second factor up.
    async fn enrolled(&self) -> (Token, TotpSecret, Vec<RecoveryCode>) {
        let entered = self.log_in("anna", PASSWORD).await.unwrap();
        let ticket = self.ticket(&entered.token).await.unwrap();
        let secret = TotpSecret::random().unwrap();
        let code = secret.code(self.accounts.now());
        let enrolled = self
            .accounts
            .enrol(&ticket, &secret, &code, visitor(7))
            .await
            .unwrap();
        let (entered, codes) = enrolled.unwrap();
        (entered.token, secret, codes)
    }

    async fn second(&self, token: &Token, code: &str) -> Result<Entered, Refusal> {
        let ticket = self.ticket(token).await.unwrap();
        self.accounts.second(&ticket, code, visitor(7)).await.unwrap()
    }
}

fn visitor(last: u8) -> Visitor<'static> {
    Visitor {
        address: IpAddr::from([192, 0, 2, last]),
        agent: "Firefox\u{7}",
    }
}

#[tokio::test]
async fn name_and_password_let_in_and_the_session_ends_by_itself() {
    let house = House::with(Role::Operator).await;
    let entered = house.log_in("anna", PASSWORD).await.unwrap();
    assert_eq!(entered.stage, Stage::Full);
    let ticket = house.ticket(&entered.token).await.unwrap();
    assert_eq!(
        (ticket.user.role, ticket.session.agent.as_str()),
        (Role::Operator, "Firefox")
    );
    assert!(house.ticket(&Token::random().unwrap()).await.is_none());
    for _ in 0..24 {
        house.pass(29 * 60);
        assert!(house.ticket(&entered.token).await.is_some(), "in use");
    }
    house.pass(25 * 60);
    assert!(house.ticket(&entered.token).await.is_none(), "12 hours are over");
    let entered = house.log_in("anna", PASSWORD).await.unwrap();
    house.pass(31 * 60);
    assert!(house.ticket(&entered.token).await.is_none(), "it was silent");
    house.seconds.store(START + 1, Ordering::Relaxed);
    assert!(house.ticket(&entered.token).await.is_none(), "and it is gone");
}

#[tokio::test]
async fn whoever_is_refused_learns_nothing() {
    let house = House::with(Role::Admin).await;
    assert_eq!(
        house.log_in("anna", "tram zaino nuvole").await.unwrap_err(),
        Refusal::Wrong
    );
    assert_eq!(house.log_in("bruno", PASSWORD).await.unwrap_err(), Refusal::Wrong);
    assert_eq!(
        house.log_in("Not a name!", PASSWORD).await.unwrap_err(),
        Refusal::Wrong
    );
    let anna = "anna".parse().unwrap();
    let bruno = User {
        name: "bruno".parse().unwrap(),
        ..house.accounts.store().await.user(&anna).await.unwrap().unwrap()
    };
    let mut store = house.accounts.store().await;
    store.add(&bruno).await.unwrap();
    store.set_role(&anna, None, Some(true)).await.unwrap();
    drop(store);
    assert_eq!(house.log_in("anna", PASSWORD).await.unwrap_err(), Refusal::Wrong);
}

#[tokio::test]
async fn too_many_tries_end_and_nobody_else_is_locked_out() {
    let house = House::with(Role::Admin).await;
    for name in ["anna", "nobody"] {
        for _ in 0..6 {
            assert_eq!(
                house.log_in(name, "wrong wrong wrong").await.unwrap_err(),
                Refusal::Wrong
            );
        }
        let refusal = house.log_in(name, PASSWORD).await.unwrap_err();
        assert!(
            matches!(refusal, Refusal::TooMany(_)),
            "the same for who is not there"
        );
    }
    let elsewhere = Password::new(PASSWORD.to_owned());
    assert!(
        house
            .accounts
            .log_in("anna", elsewhere, visitor(8))
            .await
            .unwrap()
            .is_ok()
    );
    house.pass(30);
    assert!(house.log_in("anna", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_each_code_is_good_once() {
    let house = House::with(Role::Admin).await;
    let (_, secret, codes) = house.enrolled().await;
    assert_eq!(codes.len(), 10);
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    assert_eq!(half.stage, Stage::Second);
    let used = secret.code(house.accounts.now());
    assert_eq!(
        house.second(&half.token, &used).await.unwrap_err(),
        Refusal::Wrong,
        "taken at the set-up"
    );
    house.pass(30);
    let code = secret.code(house.accounts.now());
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(
        house.second(&half.token, wrong).await.unwrap_err(),
        Refusal::Wrong
    );
    let full = house.second(&half.token, &code).await.unwrap();
    assert_eq!(full.stage, Stage::Full);
    assert!(
        house.ticket(&half.token).await.is_none(),
        "the token is another one"
    );
    assert_eq!(
        house.ticket(&full.token).await.unwrap().session.stage,
        Stage::Full
    );

    let half = house.log_in("anna", PASSWORD).await.unwrap();
    let recovery = codes[3].to_string();
    assert!(house.second(&half.token, &recovery).await.is_ok());
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    assert_eq!(
        house.second(&half.token, &recovery).await.unwrap_err(),
        Refusal::Wrong
    );
    for _ in 0..10 {
        let _ = house.second(&half.token, wrong).await;
    }
    assert!(matches!(
        house.second(&half.token, wrong).await.unwrap_err(),
        Refusal::TooMany(_)
    ));
    house.pass(601);
    assert!(
        house.ticket(&half.token).await.is_none(),
        "ten minutes between the steps"
    );
}

#[tokio::test]
async fn six_digits_are_not_guessed_from_many_sources_and_their_owner_gets_in_meanwhile() {
    let house = House::with(Role::Admin).await;
    let (_, secret, codes) = house.enrolled().await;
    let right = secret.code(house.accounts.now() + jiff::SignedDuration::from_secs(30));
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    let ticket = house.ticket(&half.token).await.unwrap();
    let try_from =
        async |last: u8, code: &str| house.accounts.second(&ticket, code, visitor(last)).await.unwrap();
    let mut guesses = 0;
    for last in 0..100 {
        match try_from(last, wrong).await.unwrap_err() {
            Refusal::Wrong => guesses += 1,
            refusal => assert!(matches!(refusal, Refusal::TooMany(_)), "{refusal:?}"),
        }
    }
    assert_eq!(guesses, 20);
    assert!(
        matches!(try_from(200, &right).await, Err(Refusal::TooMany(_))),
        "nor by luck"
    );
    assert!(
        try_from(200, &codes[0].to_string()).await.is_ok(),
        "by a recovery code"
    );
    house.pass(3_600);
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    let code = secret.code(house.accounts.now());
    assert!(house.second(&half.token, &code).await.is_ok());
}

#[tokio::test]
async fn one_source_does_not_fill_the_queue_of_those_who_enter() {
    let house = House::empty().await;
    let try_from = async |last: u8, name: &str| {
        let password = Password::new(PASSWORD.to_owned());
        house
            .accounts
            .log_in(name, password, visitor(last))
            .await
            .unwrap()
            .unwrap_err()
    };
    let (first, second, third, fourth, fifth, other) = tokio::join!(
        try_from(7, "No Name 1"),
        try_from(7, "No Name 2"),
        try_from(7, "No Name 3"),
        try_from(7, "No Name 4"),
        try_from(7, "No Name 5"),
        try_from(8, "No Name 6"),
    );
    assert_eq!([first, second, third, fourth], [Refusal::Wrong; 4]);
    assert_eq!((fifth, other), (Refusal::Busy, Refusal::Wrong));
}

#[tokio::test]
async fn a_role_may_have_to_have_a_second_factor() {
    let house = House::with(Role::Admin).await;
    house.accounts.ask_second_factor_of(&[Role::Admin]);
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    assert_eq!(half.stage, Stage::Enrol);
    assert_eq!(
        house.second(&half.token, "000000").await.unwrap_err(),
        Refusal::Wrong
    );
    let ticket = house.ticket(&half.token).await.unwrap();
    let secret = TotpSecret::random().unwrap();
    let refused = house
        .accounts
        .enrol(&ticket, &secret, "12345", visitor(7))
        .await
        .unwrap();
    assert_eq!(refused.unwrap_err(), Refusal::Wrong);
    let (token, ..) = house.enrolled().await;
    assert_eq!(house.ticket(&token).await.unwrap().session.stage, Stage::Full);
    assert!(house.ticket(&half.token).await.is_none(), "the others have ended");
}

#[tokio::test]
async fn a_stolen_session_changes_no_password_and_half_a_login_no_second_factor() {
    let house = House::with(Role::Editor).await;
    let (token, other) = (
        house.log_in("anna", PASSWORD).await.unwrap().token,
        house.log_in("anna", PASSWORD).await.unwrap().token,
    );
    let ticket = house.ticket(&token).await.unwrap();
    let change = async |old: &str| {
        let (old, new) = (
            Password::new(old.to_owned()),
            Password::new("gufo ombrello lavagna".to_owned()),
        );
        house
            .accounts
            .change_password(&ticket, old, new, visitor(7))
            .await
            .unwrap()
    };
    assert_eq!(change("wrong").await, Err(Refusal::Wrong));
    assert!(house.ticket(&other).await.is_some());
    assert_eq!(change(PASSWORD).await, Ok(()));
    assert!(house.ticket(&other).await.is_none());
    assert!(house.ticket(&token).await.is_some());
    assert!(house.log_in("anna", PASSWORD).await.is_err());
    assert!(house.log_in("anna", "gufo ombrello lavagna").await.is_ok());

    let house = House::with(Role::Admin).await;
    house.enrolled().await;
    let half = house.log_in("anna", PASSWORD).await.unwrap();
    let ticket = house.ticket(&half.token).await.unwrap();
    let own = TotpSecret::random().unwrap();
    let code = own.code(house.accounts.now());
    let refused = house
        .accounts
        .enrol(&ticket, &own, &code, visitor(7))
        .await
        .unwrap();
    assert_eq!(refused.unwrap_err(), Refusal::Wrong);
}

#[tokio::test]
async fn the_first_set_up_is_open_once_and_for_a_while() {
    let house = House::empty().await;
    let token = Token::random().unwrap();
    let set_up = async |token: &Token, name: &str| {
        let password = Password::new(PASSWORD.to_owned());
        house
            .accounts
            .set_up(token, name.parse().unwrap(), password, visitor(9))
            .await
            .unwrap()
    };
    assert!(!house.accounts.is_setup(&token));
    let until = house.accounts.now() + jiff::SignedDuration::from_hours(1);
    house.accounts.open_setup(&token, until);
    assert!(house.accounts.is_setup(&token));
    assert_eq!(
        set_up(&Token::random().unwrap(), "eve").await.unwrap_err(),
        Refusal::Wrong
    );
    house.pass(3_600);
    assert_eq!(
        set_up(&token, "anna").await.unwrap_err(),
        Refusal::Wrong,
        "too late"
    );
    house
        .accounts
        .open_setup(&token, until + jiff::SignedDuration::from_hours(1));
    assert_eq!(set_up(&token, "anna").await.unwrap().stage, Stage::Full);
    assert_eq!(set_up(&token, "eve").await.unwrap_err(), Refusal::Wrong, "once");
    house
        .accounts
        .open_setup(&token, until + jiff::SignedDuration::from_hours(1));
    assert_eq!(
        set_up(&token, "eve").await.unwrap_err(),
        Refusal::Wrong,
        "there is a user"
    );
    assert!(house.log_in("anna", PASSWORD).await.is_ok());
}
