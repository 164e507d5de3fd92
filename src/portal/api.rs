//! The captive portal API (RFC 8908).

use hyper::{StatusCode, header};
use serde::Serialize;

use super::reply::{self, Reply};
use super::site::Visit;
use crate::core::Standing;

/// Path of the API on every network's host.
pub const API_PATH: &str = "/captive-portal/api";

/// RFC 8908, section 5.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct CaptiveState {
    captive: bool,
    user_portal_url: String,
    venue_info_url: String,
    can_extend_session: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_remaining: Option<u64>,
}

/// Whatever happens, the API answers: phones take a broken one for a broken network. A station that is
/// not known to be granted is captive.
pub(super) async fn answer(visit: &Visit<'_>) -> Reply {
    let standing = match visit.mac {
        Some(mac) => visit.standing(mac).await,
        None => None,
    };
    let portal = visit.network.portal_url(visit.https);
    let seconds_remaining = match standing {
        Some(Standing::Granted { seconds_left, .. }) => Some(seconds_left),
        _ => None,
    };
    let state = CaptiveState {
        captive: !matches!(standing, Some(Standing::Granted { .. } | Standing::Exempt)),
        venue_info_url: format!("{portal}venue"),
        user_portal_url: portal,
        // A session ends at its hour; afterwards the button begins a new one.
        can_extend_session: false,
        seconds_remaining,
    };
    let Ok(body) = serde_json::to_vec(&state) else {
        return reply::sentence(StatusCode::INTERNAL_SERVER_ERROR, "Internal error\n");
    };
    let mut reply = reply::plain(StatusCode::OK, "application/captive+json", body);
    reply::set(&mut reply, header::CACHE_CONTROL, "private, no-store");
    reply
}
