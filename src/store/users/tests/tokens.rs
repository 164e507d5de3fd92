//! Tokens of the API: whose they are, and what ends them.

use super::{api_token, directory, name, open, user};
use crate::accounts::{MOST_TOKENS, PasswordHash, Role, Spared, TotpSecret};

#[tokio::test]
async fn tokens_end_where_somebody_else_ends_the_ways_in() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Operator)).await.unwrap();
    let (bruno, password) = (name("bruno"), PasswordHash::stored("another".to_owned()));
    let secret = TotpSecret::random().unwrap();
    let own = Spared::Own(None);
    store
        .add_api_token(&api_token("anna", "hers"), None)
        .await
        .unwrap();
    for case in 0..3 {
        store
            .add_api_token(&api_token("bruno", "his"), None)
            .await
            .unwrap();
        store.set_password(&bruno, &password, own, None).await.unwrap();
        store
            .set_totp(&bruno, Some((&secret, &[])), Spared::Nothing, None)
            .await
            .unwrap();
        store.set_totp(&bruno, None, own, None).await.unwrap();
        store.end_sessions(&bruno, own).await.unwrap();
        store
            .set_role(&bruno, Some(Role::Editor), Some(false))
            .await
            .unwrap();
        assert_eq!(store.api_tokens(Some(&bruno)).await.unwrap().len(), 1, "{case}");
        match case {
            0 => drop(
                store
                    .set_password(&bruno, &password, Spared::Nothing, None)
                    .await
                    .unwrap(),
            ),
            1 => drop(store.set_totp(&bruno, None, Spared::Nothing, None).await.unwrap()),
            _ => drop(store.end_sessions(&bruno, Spared::Nothing).await.unwrap()),
        }
        assert_eq!(store.api_tokens(Some(&bruno)).await.unwrap(), [], "{case}");
    }
    assert_eq!(store.api_tokens(None).await.unwrap().len(), 1, "others' stay");
}

#[tokio::test]
async fn tokens_of_the_api_are_their_owners() {
    let (_dir, path) = directory();
    let mut store = open(&path).await;
    store.add(&user("anna", Role::Admin)).await.unwrap();
    store.add(&user("bruno", Role::Operator)).await.unwrap();
    let (first, second, other) = (
        api_token("anna", "grafana"),
        api_token("anna", "backup"),
        api_token("bruno", "grafana"),
    );
    for token in [&first, &second, &other] {
        assert!(store.add_api_token(token, None).await.unwrap());
    }
    assert!(
        !store
            .add_api_token(&api_token("anna", "grafana"), None)
            .await
            .unwrap(),
        "that name is taken"
    );
    assert!(
        !store.add_api_token(&api_token("carla", "x"), None).await.unwrap(),
        "of nobody"
    );
    let anna = name("anna");
    let own = store.api_tokens(Some(&anna)).await.unwrap();
    assert_eq!(own, [second.clone(), first.clone()]);
    assert_eq!(store.api_tokens(None).await.unwrap().len(), 3);
    let found = store.api_token(first.id).await.unwrap();
    assert_eq!(found, Some((first.clone(), user("anna", Role::Admin))));
    store
        .use_api_token(first.id, "2026-11-22".parse().unwrap())
        .await
        .unwrap();
    let found = store.api_token(first.id).await.unwrap().unwrap().0;
    assert_eq!(found.used_on, Some("2026-11-22".parse().unwrap()));

    assert!(store.revoke_api_token(&anna, &first.name).await.unwrap());
    assert!(!store.revoke_api_token(&anna, &first.name).await.unwrap());
    assert_eq!(store.api_token(first.id).await.unwrap(), None);
    store.set_role(&name("bruno"), None, Some(true)).await.unwrap();
    assert_eq!(store.api_token(other.id).await.unwrap(), None, "he may not enter");
    store.remove(&name("bruno")).await.unwrap();
    assert_eq!(store.api_tokens(None).await.unwrap(), [second]);
    let most = (1..MOST_TOKENS).map(|number| format!("t{number}"));
    for called in most {
        assert!(
            store
                .add_api_token(&api_token("anna", &called), None)
                .await
                .unwrap()
        );
    }
    assert!(
        !store
            .add_api_token(&api_token("anna", "more"), None)
            .await
            .unwrap()
    );
}
