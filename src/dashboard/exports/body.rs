//! A file as the body of an answer, a piece at a time; when it was wholly taken, somebody hears of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncRead as _, ReadBuf};

/// Read at once.
const PIECE: usize = 64 * 1_024;

struct Sending {
    file: File,
    left: u64,
    done: Option<Box<dyn FnOnce() + Send>>,
}

/// The first `length` bytes of a file; `done` is called when they are on their way.
pub(super) fn body(file: File, length: u64, done: Box<dyn FnOnce() + Send>) -> Body {
    Body::new(Sending {
        file,
        left: length,
        done: Some(done),
    })
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            if let Some(done) = self.done.take() {
                done();
            }
            return Poll::Ready(None);
        }
        let piece = usize::try_from(self.left).map_or(PIECE, |left| left.min(PIECE));
        let mut bytes = vec![0; piece];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut self.file).poll_read(context, &mut buffer))?;
        let count = buffer.filled().len();
        if count == 0 {
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof))));
        }
        bytes.truncate(count);
        self.left = self.left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
        if self.left == 0
            && let Some(done) = self.done.take()
        {
            // Whoever knows the length asks for no more after the last piece.
            done();
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(bytes)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
