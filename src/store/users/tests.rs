//! What every store of users does, and the database on a real disk.

mod tokens;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::sqlite::migrations;
use super::{FILE, SqliteUsers};
use crate::accounts::{
    ApiToken, PasswordHash, RecoveryCode, Role, Session, SessionId, Spared, Stage, Store, TotpSecret, User,
    UserName,
};

fn name(text: &str) -> UserName {
    text.parse().unwrap()
}

fn start() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn user(text: &str, role: Role) -> User {
    User {
        name: name(text),
        role,
        password: PasswordHash::stored(format!("hash of {text}")),
        disabled: false,
        totp: None,
        created_at: start(),
    }
}

fn session(of: &str, number: u8) -> Session {
    Session {
        id: SessionId([number; 32]),
        user: name(of),
        stage: Stage::Full,
        created_at: start() + SignedDuration::from_mins(i64::from(number)),
        seen_at: start() + SignedDuration::from_mins(i64::from(number)),
        address: "2001:db8::7".parse().unwrap(),
        agent: "Firefox".to_owned(),
    }
}

fn api_token(of: &str, called: &str) -> ApiToken {
    let (called, scopes) = (called.parse().unwrap(), "see-status export".parse().unwrap());
    let until = start() + SignedDuration::from_hours(24);
    ApiToken::random(&name(of), called, scopes, (start(), until))
        .unwrap()
        .0
}

fn directory() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    (dir, path)
}

async fn open(path: &Path) -> Box<dyn Store> {
    Box::new(SqliteUsers::open(path).await.unwrap())
}

/// Begins a session of whoever the store has by that name.
async fn begin(store: &mut Box<dyn Store>, session: &Session, instead: Option<SessionId>) -> bool {
    let kept = store.user(&session.user).await.unwrap();
    let of = kept.unwrap_or_else(|| user(session.user.as_str(), Role::Operator));
    store.begin_session(session, &of, instead).await.unwrap()
}

async fn ids(store: &mut Box<dyn Store>, of: &str) -> Vec<u8> {
    let sessions = store.sessions(&name(of)).await.unwrap();
    sessions.iter().map(|session| session.id.0[0]).collect()
}

#[tokio::test]
async fn users_are_added_found_and_removed() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    assert_eq!(store.users().await.unwrap(), []);
    let (anna, bruno) = (user("anna", Role::Admin), user("bruno", Role::Editor));
    assert!(store.add_first(&anna).await.unwrap());
    assert!(!store.add_first(&bruno).await.unwrap(), "there is one already");
    assert!(store.add(&bruno).await.unwrap());
    let other = User {
        role: Role::Admin,
        ..bruno.clone()
    };
    assert!(!store.add(&other).await.unwrap(), "that name is taken");
    drop(store);
    let mut store = open(&path).await;
    assert_eq!(store.users().await.unwrap(), [anna.clone(), bruno.clone()]);
    assert_eq!(store.user(&name("bruno")).await.unwrap(), Some(bruno));
    assert!(store.remove(&name("bruno")).await.unwrap());
    assert!(!store.remove(&name("bruno")).await.unwrap());
    assert_eq!(store.user(&name("bruno")).await.unwrap(), None);
}

#[tokio::test]
async fn an_admin_who_may_enter_is_always_left() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Admin)).await.unwrap();
    let (anna, bruno) = (name("anna"), name("bruno"));
    assert!(store.set_role(&bruno, None, Some(true)).await.unwrap());
    assert!(!store.remove(&anna).await.unwrap());
    assert!(!store.set_role(&anna, Some(Role::Operator), None).await.unwrap());
    assert!(!store.set_role(&anna, None, Some(true)).await.unwrap());
    assert!(!store.lower(&anna, Some(Role::Editor), false).await.unwrap());
    assert!(!store.lower(&anna, None, true).await.unwrap());
    assert_eq!(
        store.user(&name("anna")).await.unwrap(),
        Some(user("anna", Role::Admin))
    );
    assert!(store.set_role(&bruno, None, Some(false)).await.unwrap());
    assert!(store.remove(&anna).await.unwrap());
}

#[tokio::test]
async fn two_who_change_one_half_each_do_not_undo_each_other() {
    let (_dir, path) = directory();
    let (mut one, mut other) = (open(&path).await, open(&path).await);
    one.add(&user("anna", Role::Admin)).await.unwrap();
    one.add(&user("bruno", Role::Operator)).await.unwrap();
    let bruno = name("bruno");
    for _ in 0..20 {
        one.set_role(&bruno, Some(Role::Operator), Some(false))
            .await
            .unwrap();
        let (role, state) = tokio::join!(
            one.set_role(&bruno, Some(Role::Editor), None),
            other.set_role(&bruno, None, Some(true)),
        );
        assert!(role.unwrap() && state.unwrap());
        let found = one.user(&bruno).await.unwrap().unwrap();
        assert_eq!((found.role, found.disabled), (Role::Editor, true));
    }
}

#[tokio::test]
async fn two_admins_who_remove_each_other_at_once_leave_one() {
    let (_dir, path) = directory();
    let (mut one, mut other) = (open(&path).await, open(&path).await);
    let (anna, bruno) = (name("anna"), name("bruno"));
    for round in 0..20 {
        for admin in ["anna", "bruno"] {
            one.add(&user(admin, Role::Admin)).await.unwrap();
            one.set_role(&name(admin), Some(Role::Admin), Some(false))
                .await
                .unwrap();
        }
        let (first, second) = match round % 3 {
            0 => tokio::join!(one.remove(&anna), other.remove(&bruno)),
            1 => tokio::join!(one.set_role(&anna, None, Some(true)), other.remove(&bruno)),
            _ => tokio::join!(
                one.set_role(&anna, Some(Role::Editor), None),
                other.lower(&bruno, None, true)
            ),
        };
        assert!(first.unwrap() != second.unwrap(), "one of them alone");
        let users = one.users().await.unwrap();
        let left = users
            .iter()
            .filter(|user| user.role == Role::Admin && !user.disabled);
        assert_eq!(left.count(), 1);
    }
}

#[tokio::test]
async fn whoever_may_only_take_away_gives_nothing() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Operator)).await.unwrap();
    let bruno = name("bruno");
    for higher in [Role::Admin, Role::Auditor] {
        assert!(
            !store.lower(&bruno, Some(higher), true).await.unwrap(),
            "{higher}"
        );
    }
    assert_eq!(
        store.user(&bruno).await.unwrap(),
        Some(user("bruno", Role::Operator))
    );
    assert!(store.lower(&bruno, Some(Role::Editor), true).await.unwrap());
    assert!(!store.lower(&bruno, Some(Role::Operator), false).await.unwrap());
    let found = store.user(&bruno).await.unwrap().unwrap();
    assert_eq!((found.role, found.disabled), (Role::Editor, true));
    assert!(!store.lower(&name("carla"), None, true).await.unwrap());
}

#[tokio::test]
async fn what_is_changed_ends_sessions() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Operator)).await.unwrap();
    for number in 1..=3 {
        assert!(begin(&mut store, &session("bruno", number), None).await);
    }
    assert!(begin(&mut store, &session("anna", 9), None).await);
    assert_eq!(ids(&mut store, "bruno").await, [3, 2, 1]);
    let but = Spared::Own(Some(SessionId([2; 32])));
    let password = PasswordHash::stored("another".to_owned());
    assert!(
        store
            .set_password(&name("bruno"), &password, but, None)
            .await
            .unwrap()
    );
    assert_eq!(ids(&mut store, "bruno").await, [2]);
    assert_eq!(
        store.user(&name("bruno")).await.unwrap().unwrap().password,
        password
    );
    assert!(begin(&mut store, &session("bruno", 4), None).await);
    let secret = TotpSecret::random().unwrap();
    assert!(
        store
            .set_totp(&name("bruno"), Some((&secret, &[])), but, None)
            .await
            .unwrap()
    );
    assert_eq!(ids(&mut store, "bruno").await, [2]);
    let editor = Some(Role::Editor);
    assert!(store.set_role(&name("bruno"), editor, None).await.unwrap());
    assert_eq!(ids(&mut store, "bruno").await, [0_u8; 0]);
    assert_eq!(ids(&mut store, "anna").await, [9], "others' stay");
    let (carla, all) = (name("carla"), Spared::Nothing);
    assert!(!store.set_password(&carla, &password, all, None).await.unwrap());
    assert!(!store.set_role(&carla, editor, None).await.unwrap());
    assert!(!store.set_totp(&carla, None, all, None).await.unwrap());
}

#[tokio::test]
async fn second_factors_are_taken_once() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    let secret = TotpSecret::random().unwrap();
    let codes = [RecoveryCode::random().unwrap(), RecoveryCode::random().unwrap()];
    let hashes = codes.each_ref().map(RecoveryCode::hash);
    let anna = name("anna");
    store
        .set_totp(&anna, Some((&secret, &hashes)), Spared::Nothing, None)
        .await
        .unwrap();
    assert_eq!(store.user(&anna).await.unwrap().unwrap().totp, Some(secret));
    assert!(store.use_step(&anna, 60).await.unwrap());
    assert!(!store.use_step(&anna, 60).await.unwrap());
    assert!(!store.use_step(&anna, 59).await.unwrap());
    assert!(store.use_step(&anna, 61).await.unwrap());
    assert_eq!(store.recovery_left(&anna).await.unwrap(), 2);
    assert!(!store.use_recovery(&name("bruno"), hashes[0]).await.unwrap());
    assert!(store.use_recovery(&anna, hashes[0]).await.unwrap());
    assert!(!store.use_recovery(&anna, hashes[0]).await.unwrap());
    assert_eq!(store.recovery_left(&anna).await.unwrap(), 1);
    store.set_totp(&anna, None, Spared::Nothing, None).await.unwrap();
    assert_eq!(store.recovery_left(&anna).await.unwrap(), 0);
    assert_eq!(store.user(&anna).await.unwrap().unwrap().totp, None);
}

#[tokio::test]
async fn sessions_are_found_ended_and_swept() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Operator)).await.unwrap();
    for number in 1..=4 {
        assert!(begin(&mut store, &session("bruno", number), None).await);
    }
    let half = Session {
        stage: Stage::Second,
        ..session("bruno", 5)
    };
    assert!(begin(&mut store, &half, Some(SessionId([4; 32]))).await);
    assert_eq!(ids(&mut store, "bruno").await, [5, 3, 2, 1]);
    let found = store.session(half.id).await.unwrap();
    assert_eq!(found, Some((half.clone(), user("bruno", Role::Operator))));
    assert_eq!(store.session(SessionId([4; 32])).await.unwrap(), None);
    let later = start() + SignedDuration::from_mins(90);
    store.touch(half.id, later).await.unwrap();
    assert_eq!(store.session(half.id).await.unwrap().unwrap().0.seen_at, later);

    assert!(
        !store.end_session(&name("anna"), half.id).await.unwrap(),
        "not hers"
    );
    assert!(
        store
            .end_session(&name("bruno"), SessionId([1; 32]))
            .await
            .unwrap()
    );
    let sweep = start() + SignedDuration::from_mins(3);
    store.sweep(sweep, sweep).await.unwrap();
    assert_eq!(ids(&mut store, "bruno").await, [5, 3]);
    store.sweep(start(), later).await.unwrap();
    assert_eq!(ids(&mut store, "bruno").await, [5]);
    assert!(begin(&mut store, &session("bruno", 6), None).await);
    assert_eq!(
        store
            .end_sessions(&name("bruno"), Spared::Own(Some(half.id)))
            .await
            .unwrap(),
        1
    );
    assert_eq!(ids(&mut store, "bruno").await, [5]);

    // A user who may not enter has no session, even if one was begun meanwhile.
    store.set_role(&name("bruno"), None, Some(true)).await.unwrap();
    assert!(!begin(&mut store, &session("bruno", 7), None).await);
    assert_eq!(store.session(SessionId([7; 32])).await.unwrap(), None);
    assert!(store.remove(&name("bruno")).await.unwrap());
    assert_eq!(ids(&mut store, "bruno").await, [0_u8; 0]);
    assert!(!begin(&mut store, &session("bruno", 8), None).await, "of nobody");
}

#[tokio::test]
async fn whoever_was_locked_out_meanwhile_does_not_get_in() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    let bruno = user("bruno", Role::Operator);
    store.add(&bruno).await.unwrap();
    assert!(begin(&mut store, &session("bruno", 1), None).await);
    // He proved to know the password; then it was changed, by another process even.
    let password = PasswordHash::stored("another".to_owned());
    let mut command = open(&path).await;
    command
        .set_password(&name("bruno"), &password, Spared::Nothing, None)
        .await
        .unwrap();
    assert!(
        !store
            .begin_session(&session("bruno", 2), &bruno, None)
            .await
            .unwrap()
    );
    let bruno = User { password, ..bruno };
    // The session that was to go on has ended.
    let instead = Some(SessionId([1; 32]));
    assert!(
        !store
            .begin_session(&session("bruno", 3), &bruno, instead)
            .await
            .unwrap()
    );
    // A second factor is asked for since.
    let secret = TotpSecret::random().unwrap();
    command
        .set_totp(&name("bruno"), Some((&secret, &[])), Spared::Nothing, None)
        .await
        .unwrap();
    assert!(
        !store
            .begin_session(&session("bruno", 4), &bruno, None)
            .await
            .unwrap()
    );
    assert_eq!(ids(&mut store, "bruno").await, [0_u8; 0]);
    let bruno = User {
        totp: Some(secret),
        ..bruno
    };
    assert!(
        store
            .begin_session(&session("bruno", 5), &bruno, None)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_command_changes_what_the_daemon_has_open() {
    let (_dir, path) = directory();
    let (mut daemon, mut command) = (open(&path).await, open(&path).await);
    command.add(&user("anna", Role::Admin)).await.unwrap();
    assert!(begin(&mut daemon, &session("anna", 1), None).await);
    assert_eq!(ids(&mut command, "anna").await, [1]);
    command
        .end_sessions(&name("anna"), Spared::Nothing)
        .await
        .unwrap();
    assert_eq!(daemon.session(SessionId([1; 32])).await.unwrap(), None);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_database_of_before_has_users_and_sessions_afterwards() {
    let (_dir, path) = directory();
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut old = options.connect().await.unwrap();
    let before = Migrator::with_migrations(migrations()[..1].to_vec());
    before.run(&mut old).await.unwrap();
    let rows = "INSERT INTO user VALUES ('anna', 'admin', 'hash of anna', 0, NULL, 0, 1795341600000)";
    sqlx::query(rows).execute(&mut old).await.unwrap();
    old.close().await.unwrap();
    let mut store = open(&path).await;
    let anna = User {
        created_at: Timestamp::from_millisecond(1_795_341_600_000).unwrap(),
        ..user("anna", Role::Admin)
    };
    assert_eq!(store.users().await.unwrap(), [anna]);
    assert!(
        store
            .add_api_token(&api_token("anna", "grafana"), None)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_lets_nobody_in() {
    let (_dir, path) = directory();
    std::fs::write(
        &path,
        "not a database, but long enough to be taken for one".repeat(40),
    )
    .unwrap();
    assert!(SqliteUsers::open(&path).await.is_err());
    assert!(
        std::fs::read_to_string(&path).unwrap().starts_with("not a"),
        "left as it is"
    );
}
