//! The people's pages and API: bare hyper hot path for probes and redirects, pages, RFC 8908.
//!
//! ```text
//!  captive station's port 80 ──► http_port  ──► intercept ──► 302 to the portal
//!  anybody's gateway:80      ──►            ──► site (while there is no certificate)
//!  anybody's gateway:443     ──► https_port ──► site ──► Desk ──► core ──► kernel ──► "you are online"
//! ```
//!
//! One pair of listeners per network, bound to the network's interface, so a connection knows its
//! network by where it came in; its station is known by the kernel's neighbour table and never by
//! anything the client says.
//!
//! | file | holds |
//! |---|---|
//! | `server` | listeners, connections, reconfiguration, shutdown |
//! | `intercept` | what arrives on the intercept port and how it is turned towards the portal |
//! | `site`, `api` | the portal's own host: pages and forms; captive portal API |
//! | `leaves`, `sheets`, `compressed` | which pages there are; kept ready; compressed but for secrets |
//! | `assets` | banner, typeface, crests, pictures |
//! | `request`, `reply` | heads in, answers out |
//! | `pages`, `text`, `lang` | views, words, languages |
//! | `token`, `limits` | form tokens; what one station may cost |
//! | `measure` | what pages tell of themselves, for the statistics |
//! | `preview` | the first page, for whoever writes for it |
//! | `desk` | questions and notes to `core` |

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::Config;
use crate::model::{Board, Clock, Mac, NetworkId};

mod api;
mod assets;
mod compressed;
pub mod desk;
mod intercept;
pub mod lang;
mod leaves;
pub mod limits;
mod measure;
mod pages;
mod preview;
mod reply;
mod request;
mod server;
mod sheets;
mod site;
mod text;
pub mod token;

pub use api::API_PATH;
pub use assets::{CrestError, crest_type};
pub use preview::{Sight, loaded_by_preview, preview};
pub use server::{Addresses, Portal, PortalError};

/// The station behind an address of a network (IPv4 addresses unmapped). Called for each connection
/// and each form, so it should answer from memory or by one short system call.
pub type Lookup = Arc<dyn Fn(NetworkId, IpAddr) -> Option<Mac> + Send + Sync>;

/// What the comune tells now.
pub type Bulletin = Arc<dyn Fn() -> Arc<Board> + Send + Sync>;

/// Whether the uplink leads to the Internet now, as far as is known.
pub type Uplink = Arc<dyn Fn() -> bool + Send + Sync>;

/// Whether the Commission's snippet of a network is in self-test mode now.
pub type SelfTest = Arc<dyn Fn(NetworkId) -> bool + Send + Sync>;

/// "Il Wi-Fi in numeri": a comune's figures for everybody, drawn by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// In Italian.
    pub italian: NumbersText,
    /// In English.
    pub english: NumbersText,
    /// Rules of style for it.
    pub style: &'static str,
}

/// [`Numbers`] in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumbersText {
    /// The heading.
    pub title: String,
    /// What stands below it, HTML; addresses are no links, for those who are not online.
    pub captive: String,
    /// The same with links.
    pub online: String,
}

/// The page of figures of a network's comune, where it is to be shown and there is something to show.
pub type NumbersOf = Arc<dyn Fn(NetworkId) -> Option<Arc<Numbers>> + Send + Sync>;

/// What the portal is built from.
pub struct PortalContext {
    /// Configuration in force.
    pub config: Arc<Config>,
    /// Where questions go.
    pub desk: desk::Desk,
    /// Whose address it is.
    pub lookup: Lookup,
    /// What time it is.
    pub clock: Clock,
    /// News and notices.
    pub bulletin: Bulletin,
    /// Whether there is an Internet to tap for.
    pub uplink: Uplink,
    /// Whether the snippet is in self-test mode.
    pub self_test: SelfTest,
    /// Figures for everybody.
    pub numbers: NumbersOf,
    /// Secret of the form tokens.
    pub token_key: token::TokenKey,
    /// Rates of one station.
    pub rates: limits::StationRates,
}

impl crate::config::Network {
    /// Where phones find the captive portal API of this network (RFC 8908; the value of DHCP option
    /// 114, DHCPv6 option 103 and RA option 37).
    #[must_use]
    pub fn capport_url(&self) -> String {
        format!("https://{}{API_PATH}", self.host)
    }
}
