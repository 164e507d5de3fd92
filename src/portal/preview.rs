//! People's first page as it would be, for whoever writes for it.

use askama::Template as _;
use hyper::body::Bytes;
use jiff::Timestamp;

use super::assets;
use super::lang::Lang;
use super::pages::{Access, Frame, Login, Scene};
use crate::config::Config;
use crate::model::{Board, NetworkId};

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight<'a> {
    /// Whose.
    pub network: NetworkId,
    /// Code of a language; that of the place where it is none of the pages'.
    pub lang: &'a str,
    /// Where the links of its language switch lead: behind it stands the language.
    pub path: &'a str,
    /// Whether there is a page of figures that its foot leads to.
    pub numbers: bool,
}

/// The page of a device that has no access yet, without the Commission's snippet, which counts; `None` for a network
/// that there is not. Besides its crest, which is in it, it loads what [`loaded_by_preview`] gives, and the board's
/// pictures below `/pictures/`. Reads the crest's file.
#[must_use]
pub fn preview(config: &Config, sight: &Sight<'_>, board: &Board, now: Timestamp) -> Option<String> {
    let network = config.network(sight.network)?;
    let scene = Scene {
        config,
        network,
        board,
        now,
        access: Access::Captive,
        uplink: true,
    };
    let crest = assets::crest_in_place(network);
    let lang = Lang::from_code(sight.lang).unwrap_or(Lang::LOCAL);
    let frame = Frame {
        crest: crest.as_deref(),
        numbers: sight.numbers,
        ..Frame::new(scene, lang, false, sight.path)
    };
    match Login::new(frame, String::new(), false).render() {
        Ok(html) => Some(html),
        Err(error) => {
            tracing::error!(%error, "the preview cannot be rendered");
            None
        }
    }
}

/// What a page of the preview loads below `/assets/`: media type and content of the banner, the icon and the
/// typeface. Anybody on a network of people gets the same.
#[must_use]
pub fn loaded_by_preview(name: &str) -> Option<(&'static str, Bytes)> {
    assets::loaded(name)
}

#[cfg(test)]
mod tests {
    use super::{Board, Sight, loaded_by_preview, preview};
    use crate::portal::pages::samples;

    #[test]
    fn whatever_the_preview_loads_is_there() {
        let config = samples::config();
        let network = config.networks.first().unwrap().id;
        let sight = Sight {
            network,
            lang: "de",
            path: "/preview",
            numbers: true,
        };
        let html = preview(&config, &sight, &Board::default(), jiff::Timestamp::UNIX_EPOCH).unwrap();
        assert!(html.contains("<html lang=\"de\"") && html.contains("href=\"/preview?lang=fr\""));
        let loaded = html.split("/assets/").skip(1);
        let names: Vec<&str> = loaded
            .filter_map(|rest| rest.split(['"', ')', '\'', '?']).next())
            .collect();
        assert!(names.len() >= 4, "banner, icon, two typefaces: {names:?}");
        for name in names {
            assert!(loaded_by_preview(name).is_some(), "{name}");
        }
        assert!(loaded_by_preview("crest").is_none() && loaded_by_preview("../x").is_none());
    }
}
