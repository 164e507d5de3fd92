//! Who may administer: users, roles, passwords, second factors, sessions.
//!
//! It stands at level 1, below the edges: the store keeps what is here, the dashboard and the command line ask
//! it, and edges do not import each other.
//!
//! | file | holds |
//! |---|---|
//! | `name` | names of users |
//! | `password`, `guess` | rules for passwords; hashing them |
//! | `totp`, `recovery` | second factors |
//! | `token` | secrets of sessions and of the first set-up |
//! | `store` | what is kept, and where ([`Store`]) |
//! | `office` | what administrators do with users |
//! | `limits`, `login`, `session` | who gets in, and for how long |
//! | `api_token`, `call` | tokens of the API, and which program is let in by one |
//!
//! The place of a sign-in through the administration's own provider (OpenID Connect) is beside `login`: a step
//! that ends where the right password ends, in a session of a user who stands in the store with a role. What the
//! provider says of groups is mapped to a role there, and nothing beyond `login` knows which door was taken.

mod api_token;
mod call;
mod guess;
mod limits;
mod login;
mod name;
pub mod office;
mod password;
mod recovery;
mod session;
mod store;
mod token;
mod totp;

pub use crate::model::{Permission, Role};
pub use api_token::{
    ApiToken, ApiTokenId, Caller, MOST_DAYS, MOST_TOKENS, SCOPES, ScopeError, Scopes, TokenName,
    TokenNameError, USUAL_DAYS,
};
pub use call::end_of;
pub use limits::{Limits, Noting};
pub use login::{Accounts, Entered, Fault, Outcome, Refusal, Visitor};
pub use name::{NameError, UserName};
pub use password::{HashError, LEAST_CHARACTERS, Password, PasswordHash, Weakness};
pub use recovery::{CODES, RecoveryCode, RecoveryHash};
pub use session::{ABSOLUTE, HALF_WAY, IDLE, Ticket};
pub use store::{Answer, Session, SessionId, Spared, Stage, Store, StoreFailure, User};
pub use token::{Token, hex};
pub use totp::TotpSecret;
