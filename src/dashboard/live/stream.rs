//! What one viewer is sent. Its task waits for the newest moment, for the next look at the session, or for the
//! viewer to take what was sent; it never makes anybody else wait.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::hub::Viewer;
use crate::dashboard::login::visit::Watched;
use crate::dashboard::words::Tongue;

/// Between two looks at the session; each is a sign of life for the viewer.
const CHECK: Duration = Duration::from_secs(5);
/// Longest time that a viewer does not take what it was sent.
const DEAF: Duration = Duration::from_mins(1);
/// A comment, by which proxies and browsers see that the line stands.
const BEAT: Bytes = Bytes::from_static(b": \n\n");
/// The last event: the session is over.
pub(super) const END: Bytes = Bytes::from_static(b"event: end\ndata: \n\n");

/// An answer that goes on as long as something comes.
pub(super) struct Frames(mpsc::Receiver<Bytes>);

impl Frames {
    pub(super) const fn new(frames: mpsc::Receiver<Bytes>) -> Self {
        Self(frames)
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = self.0.poll_recv(context);
        frame.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// Sends until the viewer is gone, its session is over, or the gateway stops.
pub(super) async fn tell(mut viewer: Viewer, tongue: Tongue, frames: mpsc::Sender<Bytes>, guest: Watched) {
    let mut check = interval(CHECK);
    // Whoever comes in was looked at just now.
    check.reset();
    check.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (bytes, is_last) = tokio::select! {
            biased;
            () = frames.closed() => return,
            _ = check.tick() => {
                let is_in = guest.is_in().await;
                (if is_in { BEAT } else { END }, !is_in)
            }
            moment = viewer.next() => match moment {
                Some(moment) => (moment.told(tongue), false),
                None => return,
            },
        };
        if !matches!(timeout(DEAF, frames.send(bytes)).await, Ok(Ok(()))) || is_last {
            return;
        }
    }
}
