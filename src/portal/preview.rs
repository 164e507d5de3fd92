//! People's first page as it would be, for whoever writes for it.

use askama::Template as _;
use jiff::Timestamp;

use super::lang::Lang;
use super::pages::{Access, Frame, Login, Scene};
use crate::config::Config;
use crate::model::{Board, NetworkId};

/// The page of a device that has no access yet, in Italian, without the Commission's snippet, which counts; `None`
/// for a network that there is not.
#[must_use]
pub fn preview(config: &Config, network: NetworkId, board: &Board, now: Timestamp) -> Option<String> {
    let network = config.networks.iter().find(|known| known.id == network)?;
    let scene = Scene {
        config,
        network,
        board,
        now,
        access: Access::Captive,
        uplink: true,
    };
    let frame = Frame::new(scene, Lang::It, false, "/");
    match Login::new(frame, String::new(), false).render() {
        Ok(html) => Some(html),
        Err(error) => {
            tracing::error!(%error, "the preview cannot be rendered");
            None
        }
    }
}
