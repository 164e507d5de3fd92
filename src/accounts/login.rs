//! Who gets in: password, then second factor; and what people change of their own account.

use std::net::IpAddr;
use std::sync::{Arc, Mutex as BlockingMutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use tokio::sync::{Mutex, MutexGuard, Semaphore};

use super::store::{Session, SessionId, Spared, Stage, Store, StoreFailure, User};
use super::{
    CODES, HashError, Limits, Noting, Password, PasswordHash, RecoveryCode, RecoveryHash, Role, Ticket,
    Token, TotpSecret, UserName,
};
use crate::limits::{Places, source};
use crate::model::Clock;

/// How many wait for a password to be hashed; each takes tens of milliseconds, one after the other, since each
/// takes 19 MiB.
const QUEUE: usize = 16;
/// How many of those from one source, so that others get a turn whatever one does.
const QUEUE_OF_ONE: usize = 4;
/// Longest name of a browser that is kept, bytes.
const AGENT: usize = 120;

/// Who tries to enter.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// From where.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub agent: &'a str,
}

/// Why somebody does not get in, or does not get what they want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Name, password or code are wrong; which, nobody tells.
    Wrong,
    /// Too many tries; how long to wait.
    TooMany(Duration),
    /// Too many others are entering.
    Busy,
}

/// Why the answer is not known.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// No hash.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The operating system gave no randomness.
    #[error("no randomness: {0}")]
    Randomness(#[from] getrandom::Error),
    /// A thread broke off.
    #[error("the work was broken off: {0}")]
    Thread(#[from] tokio::task::JoinError),
}

/// What became of a try.
pub type Outcome<T> = Result<Result<T, Refusal>, Fault>;

/// A step that was taken.
#[derive(Debug)]
pub struct Entered {
    /// The session's secret, for its cookie. It is another one after each step.
    pub token: Token,
    /// Who.
    pub user: UserName,
    /// How far.
    pub stage: Stage,
}

/// The door of the dashboard.
pub struct Accounts {
    store: Mutex<Box<dyn Store>>,
    hashing: Arc<Semaphore>,
    waiting: Places<IpAddr>,
    limits: Limits,
    clock: Clock,
    /// Of a password that nobody has: for users who are not there, so that they take as long.
    decoy: PasswordHash,
    /// Roles whose users must have a second factor.
    strict: ArcSwap<Vec<Role>>,
    /// The first set-up, while it is open: what is kept of its token, and until when.
    setup: BlockingMutex<Option<([u8; 32], Timestamp)>>,
}

impl Accounts {
    /// Over a store.
    ///
    /// # Errors
    /// No randomness.
    pub fn new(store: Box<dyn Store>, clock: Clock) -> Result<Self, Fault> {
        Ok(Self {
            store: Mutex::new(store),
            hashing: Arc::new(Semaphore::new(1)),
            waiting: Places::default(),
            limits: Limits::new(&clock),
            clock,
            decoy: PasswordHash::of_nobody()?,
            strict: ArcSwap::default(),
            setup: BlockingMutex::default(),
        })
    }

    /// Whether a refusal of this visitor is still written down.
    #[must_use]
    pub fn may_note(&self, address: IpAddr) -> Noting {
        self.limits.may_note(address)
    }

    pub(super) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks users of these roles for a second factor.
    pub fn ask_second_factor_of(&self, roles: &[Role]) {
        self.strict.store(Arc::new(roles.to_vec()));
    }

    /// Whether this role's users must have a second factor.
    #[must_use]
    pub fn needs_second_factor(&self, role: Role) -> bool {
        self.strict.load().contains(&role)
    }

    /// The store, for what needs no door.
    pub async fn store(&self) -> MutexGuard<'_, Box<dyn Store>> {
        self.store.lock().await
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)().wall
    }

    /// Tries a name and a password.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn log_in(&self, name: &str, password: Password, visitor: Visitor<'_>) -> Outcome<Entered> {
        if let Err(wait) = self.limits.attempt(visitor.address, name) {
            return Ok(Err(Refusal::TooMany(wait)));
        }
        let user = match name.parse() {
            Ok(name) => self.store().await.user(&name).await?,
            Err(_) => None,
        };
        let user = user.filter(|user| !user.disabled);
        let hash = user.as_ref().map_or(&self.decoy, |user| &user.password).clone();
        let Some(is_right) = self.verify(visitor, password.clone(), hash).await? else {
            return Ok(Err(Refusal::Busy));
        };
        let Some(mut user) = user.filter(|_| is_right) else {
            return Ok(Err(Refusal::Wrong));
        };
        if !user.password.is_current()
            && let Some(hash) = self.hash(visitor, password).await?
        {
            let own = Spared::Own(None);
            let mut store = self.store().await;
            if !store.set_password(&user.name, &hash, own, Some(&user)).await? {
                return Ok(Err(Refusal::Wrong));
            }
            drop(store);
            user.password = hash;
        }
        let stage = match user.totp {
            Some(_) => Stage::Second,
            None if self.needs_second_factor(user.role) => Stage::Enrol,
            None => Stage::Full,
        };
        self.enter(&user, stage, visitor, None).await
    }

    /// Tries the code of the second factor, or a recovery code.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn second(&self, ticket: &Ticket, code: &str, visitor: Visitor<'_>) -> Outcome<Entered> {
        let Ticket { session, user } = ticket;
        // Counted apart from passwords, under a name that no user has.
        let key = format!("second factor of {}", user.name);
        if let Err(wait) = self.limits.attempt(visitor.address, &key) {
            return Ok(Err(Refusal::TooMany(wait)));
        }
        if session.stage != Stage::Second {
            return Ok(Err(Refusal::Wrong));
        }
        let is_right = if let Some(code) = RecoveryCode::typed(code) {
            self.store().await.use_recovery(&user.name, code.hash()).await?
        } else {
            // Six digits are few: from many sources together they would be guessed.
            if let Err(wait) = self.limits.code(user.name.as_str()) {
                return Ok(Err(Refusal::TooMany(wait)));
            }
            self.takes_code(user, code).await?
        };
        if !is_right {
            return Ok(Err(Refusal::Wrong));
        }
        self.enter(user, Stage::Full, visitor, Some(session.id)).await
    }

    /// Sets the second factor up, when a code shows that the app has the secret; returns the recovery codes,
    /// which are shown once, and the session in the place of this one. All others of the user end.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn enrol(
        &self,
        ticket: &Ticket,
        secret: &TotpSecret,
        code: &str,
        visitor: Visitor<'_>,
    ) -> Outcome<(Entered, Vec<RecoveryCode>)> {
        let Ticket { session, user } = ticket;
        let step = secret.step(code, self.now());
        let (Some(step), Stage::Full | Stage::Enrol) = (step, session.stage) else {
            return Ok(Err(Refusal::Wrong));
        };
        let mut codes = Vec::with_capacity(CODES);
        for _ in 0..CODES {
            codes.push(RecoveryCode::random()?);
        }
        let hashes: Vec<RecoveryHash> = codes.iter().map(RecoveryCode::hash).collect();
        {
            let mut store = self.store().await;
            let totp = Some((secret, hashes.as_slice()));
            let spared = Spared::Own(Some(session.id));
            if !store.set_totp(&user.name, totp, spared, Some(user)).await? {
                return Ok(Err(Refusal::Wrong));
            }
            // The code that was just shown is not good for a login any more.
            store.use_step(&user.name, step).await?;
        }
        let user = User {
            totp: Some(secret.clone()),
            ..user.clone()
        };
        let entered = self.enter(&user, Stage::Full, visitor, Some(session.id)).await?;
        Ok(entered.map(|entered| (entered, codes)))
    }

    /// Changes somebody's own password, and ends their other sessions.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn change_password(
        &self,
        ticket: &Ticket,
        old: Password,
        new: Password,
        visitor: Visitor<'_>,
    ) -> Outcome<()> {
        if let Err(refusal) = self.confirm(ticket, old, visitor).await? {
            return Ok(Err(refusal));
        }
        let Some(hash) = self.hash(visitor, new).await? else {
            return Ok(Err(Refusal::Busy));
        };
        let Ticket { session, user } = ticket;
        let spared = Spared::Own(Some(session.id));
        let mut store = self.store().await;
        let is_set = store.set_password(&user.name, &hash, spared, Some(user)).await?;
        Ok(if is_set { Ok(()) } else { Err(Refusal::Wrong) })
    }

    /// Whether the one who sits there knows the password, before something that must not be done by whoever
    /// finds an open browser.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn confirm(&self, ticket: &Ticket, password: Password, visitor: Visitor<'_>) -> Outcome<()> {
        let key = format!("password of {}", ticket.user.name);
        if let Err(wait) = self.limits.attempt(visitor.address, &key) {
            return Ok(Err(Refusal::TooMany(wait)));
        }
        Ok(
            match self
                .verify(visitor, password, ticket.user.password.clone())
                .await?
            {
                Some(true) => Ok(()),
                Some(false) => Err(Refusal::Wrong),
                None => Err(Refusal::Busy),
            },
        )
    }

    /// Hashes a password for somebody else, in its turn.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn hash_for(&self, password: Password, visitor: Visitor<'_>) -> Outcome<PasswordHash> {
        Ok(self.hash(visitor, password).await?.ok_or(Refusal::Busy))
    }

    /// The session of a token, if it is in force.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn ticket(&self, token: &Token) -> Result<Option<Ticket>, Fault> {
        let now = self.now();
        let id = SessionId(token.digest());
        let mut store = self.store().await;
        let Some((session, user)) = store.session(id).await? else {
            return Ok(None);
        };
        if !session.is_good(now) {
            store.end_session(&user.name, id).await?;
            return Ok(None);
        }
        if session.is_to_be_noted(now) {
            store.touch(id, now).await?;
        }
        Ok(Some(Ticket { session, user }))
    }

    /// The session as [`Self::ticket`] tells it, for what a page does by itself: it is not noted as a sign of
    /// life, so that a page left open does not keep its user in.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn glance(&self, token: &Token) -> Result<Option<Ticket>, Fault> {
        let found = self.store().await.session(SessionId(token.digest())).await?;
        let now = self.now();
        let ticket = found.map(|(session, user)| Ticket { session, user });
        Ok(ticket.filter(|ticket| ticket.session.is_good(now)))
    }

    /// Opens the first set-up to whoever has the token.
    pub fn open_setup(&self, token: &Token, until: Timestamp) {
        *self.lock_setup() = Some((token.digest(), until));
    }

    /// Whether a token opens the first set-up now.
    #[must_use]
    pub fn is_setup(&self, token: &Token) -> bool {
        let open = *self.lock_setup();
        open.is_some_and(|(digest, until)| bool::from(digest.ct_eq(&token.digest())) && self.now() < until)
    }

    /// Makes the first user, an admin, and closes the set-up; `None` when there is one already.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn set_up(
        &self,
        token: &Token,
        name: UserName,
        password: Password,
        visitor: Visitor<'_>,
    ) -> Outcome<Entered> {
        if let Err(wait) = self.limits.attempt(visitor.address, "first set-up") {
            return Ok(Err(Refusal::TooMany(wait)));
        }
        if !self.is_setup(token) {
            return Ok(Err(Refusal::Wrong));
        }
        let Some(password) = self.hash(visitor, password).await? else {
            return Ok(Err(Refusal::Busy));
        };
        let user = User {
            name: name.clone(),
            role: Role::Admin,
            password,
            disabled: false,
            totp: None,
            created_at: self.now(),
        };
        let is_first = self.store().await.add_first(&user).await?;
        *self.lock_setup() = None;
        if !is_first {
            return Ok(Err(Refusal::Wrong));
        }
        let stage = if self.needs_second_factor(Role::Admin) {
            Stage::Enrol
        } else {
            Stage::Full
        };
        self.enter(&user, stage, visitor, None).await
    }

    /// Lets somebody in who has proved to be this user; refused if that is not enough any more.
    async fn enter(
        &self,
        user: &User,
        stage: Stage,
        visitor: Visitor<'_>,
        instead: Option<SessionId>,
    ) -> Outcome<Entered> {
        let (token, now) = (Token::random()?, self.now());
        let session = Session {
            id: SessionId(token.digest()),
            user: user.name.clone(),
            stage,
            created_at: now,
            seen_at: now,
            address: visitor.address,
            agent: shortened(visitor.agent),
        };
        let begun = self.store().await.begin_session(&session, user, instead).await?;
        let user = session.user;
        Ok(if begun {
            Ok(Entered { token, user, stage })
        } else {
            Err(Refusal::Wrong)
        })
    }

    async fn takes_code(&self, user: &User, code: &str) -> Result<bool, Fault> {
        let step = user.totp.as_ref().and_then(|totp| totp.step(code, self.now()));
        match step {
            Some(step) => Ok(self.store().await.use_step(&user.name, step).await?),
            None => Ok(false),
        }
    }

    /// `None` when too many wait already.
    async fn verify(
        &self,
        visitor: Visitor<'_>,
        password: Password,
        hash: PasswordHash,
    ) -> Result<Option<bool>, Fault> {
        self.alone(visitor, move || password.is(&hash)).await
    }

    async fn hash(&self, visitor: Visitor<'_>, password: Password) -> Result<Option<PasswordHash>, Fault> {
        Ok(self.alone(visitor, move || password.hash()).await?.transpose()?)
    }

    /// One at a time.
    async fn alone<T: Send + 'static>(
        &self,
        visitor: Visitor<'_>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let Ok(_place) = self.waiting.enter(source(visitor.address), QUEUE_OF_ONE, QUEUE) else {
            return Ok(None);
        };
        let Ok(turn) = Arc::clone(&self.hashing).acquire_owned().await else {
            return Ok(None);
        };
        // The turn goes with the work: who hangs up does not make room for another before it is done.
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        });
        Ok(Some(done.await?))
    }

    fn lock_setup(&self) -> std::sync::MutexGuard<'_, Option<([u8; 32], Timestamp)>> {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shortened(agent: &str) -> String {
    let plain = agent.chars().filter(|sign| !sign.is_control());
    let mut short = String::new();
    for sign in plain {
        if short.len() + sign.len_utf8() > AGENT {
            break;
        }
        short.push(sign);
    }
    short
}
