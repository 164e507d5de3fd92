//! What happens to somebody while they change what is their own: the later word does not undo the other.

use super::{House, PASSWORD, visitor};
use crate::accounts::{Password, PasswordHash, Refusal, Role, Spared, TotpSecret, User, UserName};

/// What an administrator does to somebody while the proof of that user's own change is looked at.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Reset,
    Factor,
    Disabled,
    Ended,
}

impl Meanwhile {
    const ALL: [Self; 4] = [Self::Reset, Self::Factor, Self::Disabled, Self::Ended];

    async fn happen(self, house: &House, password: &PasswordHash) {
        let anna = "anna".parse().unwrap();
        let mut store = house.accounts.store().await;
        let all = Spared::Nothing;
        let is_done = match self {
            Self::Reset => store.set_password(&anna, password, all, None).await.unwrap(),
            Self::Factor => {
                let other = TotpSecret::random().unwrap();
                store
                    .set_totp(&anna, Some((&other, &[])), all, None)
                    .await
                    .unwrap()
            }
            Self::Disabled => store.set_role(&anna, None, Some(true)).await.unwrap(),
            Self::Ended => store.end_sessions(&anna, all).await.unwrap() > 0,
        };
        assert!(is_done);
    }
}

#[tokio::test]
async fn what_an_administrator_did_meanwhile_is_not_undone_by_the_users_own_change() {
    let reset = Password::new("gufo ombrello lavagna".to_owned()).hash().unwrap();
    for meanwhile in Meanwhile::ALL {
        let house = House::with(Role::Operator).await;
        let anna: UserName = "anna".parse().unwrap();
        // Somebody else is left to administer.
        let other = User {
            name: "boss".parse().unwrap(),
            role: Role::Admin,
            ..house.accounts.store().await.user(&anna).await.unwrap().unwrap()
        };
        assert!(house.accounts.store().await.add(&other).await.unwrap());
        let token = house.log_in("anna", PASSWORD).await.unwrap().token;
        let stale = house.ticket(&token).await.unwrap();
        meanwhile.happen(&house, &reset).await;
        let before = house.accounts.store().await.user(&anna).await.unwrap();

        let (old, new) = (PASSWORD.to_owned(), "carbone vela sentiero".to_owned());
        let changed = house
            .accounts
            .change_password(&stale, Password::new(old), Password::new(new), visitor(7))
            .await
            .unwrap();
        assert_eq!(changed, Err(Refusal::Wrong), "{meanwhile:?}");
        let secret = TotpSecret::random().unwrap();
        let code = secret.code(house.accounts.now());
        let enrolled = house
            .accounts
            .enrol(&stale, &secret, &code, visitor(7))
            .await
            .unwrap();
        assert_eq!(enrolled.unwrap_err(), Refusal::Wrong, "{meanwhile:?}");
        let given = house
            .accounts
            .give_token(
                &stale,
                "grafana".parse().unwrap(),
                "see-status".parse().unwrap(),
                7,
            )
            .await
            .unwrap();
        assert_eq!(given, None, "{meanwhile:?}");
        let spared = Spared::Own(Some(stale.session.id));
        let mut store = house.accounts.store().await;
        let is_set = store
            .set_totp(&anna, None, spared, Some(&stale.user))
            .await
            .unwrap();
        assert!(!is_set, "{meanwhile:?}");
        assert_eq!(store.user(&anna).await.unwrap(), before, "{meanwhile:?}");
        assert_eq!(store.recovery_left(&anna).await.unwrap(), 0, "{meanwhile:?}");
    }
}

#[tokio::test]
async fn a_better_hash_of_an_old_password_does_not_bring_it_back() {
    let house = House::with(Role::Operator).await;
    let anna: UserName = "anna".parse().unwrap();
    let mut store = house.accounts.store().await;
    let before = store.user(&anna).await.unwrap().unwrap();
    let reset = Password::new("gufo ombrello lavagna".to_owned()).hash().unwrap();
    let all = Spared::Nothing;
    assert!(store.set_password(&anna, &reset, all, None).await.unwrap());
    let better = Password::new(PASSWORD.to_owned()).hash().unwrap();
    let own = Spared::Own(None);
    assert!(
        !store
            .set_password(&anna, &better, own, Some(&before))
            .await
            .unwrap()
    );
    assert_eq!(store.user(&anna).await.unwrap().unwrap().password, reset);
    let now = store.user(&anna).await.unwrap().unwrap();
    assert!(store.set_password(&anna, &better, own, Some(&now)).await.unwrap());
}
