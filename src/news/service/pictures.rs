//! Small pictures for what is shown.

use std::sync::Arc;

use url::Url;

use super::{Shared, refresh};
use crate::config::Feed;
use crate::model::{ItemId, Picture};
use crate::news::feed::PictureSource;
use crate::news::fetch::{Answer, Ask};
use crate::news::picture::{self, MOST_SOURCE_BYTES};

/// How often a picture is tried before it is left alone.
const MOST_FAILURES: u32 = 3;

/// Pictures on disk of what is shown.
pub(super) fn restore(shared: &Shared) {
    let lacking = shared.state.pictures_lacking(None, MOST_FAILURES);
    for source in lacking {
        match shared.cache.picture(&source.id) {
            Ok(Some(picture)) => shared.state.add_picture(source.id, picture),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a kept picture is not used"),
        }
    }
    shared.publish();
}

/// Fetches the pictures that a feed's items on the board lack. A failure is no more than a missing
/// picture: the log has it at DEBUG.
pub(super) async fn fetch(shared: &Arc<Shared>, feed: &Feed, name: &ItemId) {
    let lacking = shared.state.pictures_lacking(Some(name), MOST_FAILURES);
    let mut found = false;
    for source in lacking {
        match make(shared, feed, &source).await {
            Ok(picture) => {
                shared.state.add_picture(source.id, picture);
                found = true;
            }
            Err(reason) => {
                tracing::debug!(reason, "a picture cannot be used");
                shared.state.picture_failed(source.id);
            }
        }
    }
    if found {
        shared.publish();
    }
}

/// The picture from disk, else from its server.
async fn make(shared: &Arc<Shared>, feed: &Feed, source: &PictureSource) -> Result<Picture, String> {
    if let Ok(Some(picture)) = shared.cache.picture(&source.id) {
        return Ok(picture);
    }
    let ask = Ask {
        most: MOST_SOURCE_BYTES,
        ..refresh::ask_for(feed, with_tls(&source.url, feed.insecure))
    };
    let answer = shared.get(&ask).await.map_err(|error| error.to_string())?;
    let Answer::Changed { bytes, .. } = answer else {
        return Err("unchanged".to_owned());
    };
    let _alone = shared.decoding.lock().await;
    let (shared, name) = (Arc::clone(shared), source.id.clone());
    let shrunk = tokio::task::spawn_blocking(move || {
        let picture = picture::shrink(&bytes).map_err(|error| error.to_string())?;
        if let Err(error) = shared.cache.keep_picture(&name, &picture) {
            tracing::error!(%error, "a picture cannot be kept");
        }
        Ok(picture)
    });
    shrunk
        .await
        .unwrap_or_else(|_| Err("reading it failed inside".to_owned()))
}

/// Sites that went over to TLS still name old pictures without it.
fn with_tls(address: &str, insecure: bool) -> String {
    match Url::parse(address) {
        Ok(mut url) if url.scheme() == "http" && url.port().is_none() && !insecure => {
            // Both are web schemes, so this cannot fail.
            let _ = url.set_scheme("https");
            url.into()
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_tls;

    #[test]
    fn old_addresses_of_pictures_are_asked_with_tls() {
        assert_eq!(
            with_tls("http://a.example/x.jpg", false),
            "https://a.example/x.jpg"
        );
        for same in ["https://a.example/x", "http://a.example:8080/x"] {
            assert_eq!(with_tls(same, false), same);
        }
        assert_eq!(with_tls("http://a.example/x", true), "http://a.example/x");
    }
}
