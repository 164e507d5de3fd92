//! Frames of the stream between the two processes: a little-endian `u32` length, then one
//! postcard-encoded message. See [`super::ipc`].

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::ipc::MAX_FRAME;

/// Length of the length.
const HEADER: usize = 4;

/// Why a frame could not be read or written; the connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    /// The peer went away in the middle of a frame.
    #[error("the connection ended inside a message")]
    Truncated,
    /// Over [`MAX_FRAME`].
    #[error("a message of {0} bytes is over the limit")]
    TooLong(usize),
    /// Not a message of this protocol, or one with a field out of range.
    #[error("the message cannot be read: {0}")]
    Malformed(#[from] postcard::Error),
    /// Bytes were left over after the message.
    #[error("{0} bytes follow the message in its frame")]
    TrailingBytes(usize),
}

/// Message → frame.
///
/// # Errors
/// [`FrameError::TooLong`].
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut frame = postcard::to_extend(message, vec![0; HEADER])?;
    let length = frame.len() - HEADER;
    let too_long = FrameError::TooLong(length);
    if length > MAX_FRAME {
        return Err(too_long);
    }
    let header = u32::try_from(length).map_err(|_| too_long)?.to_le_bytes();
    frame[..HEADER].copy_from_slice(&header);
    Ok(frame)
}

/// The first message of `bytes` and how many bytes it took; `None` if it is not complete yet.
///
/// # Errors
/// [`FrameError`]; a length over the limit is refused before its bytes arrive.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<Option<(T, usize)>, FrameError> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else {
        return Ok(None);
    };
    let length = usize::try_from(u32::from_le_bytes(*header)).unwrap_or(usize::MAX);
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    let Some(body) = rest.get(..length) else {
        return Ok(None);
    };
    let (message, left) = postcard::take_from_bytes(body)?;
    if !left.is_empty() {
        return Err(FrameError::TrailingBytes(left.len()));
    }
    Ok(Some((message, HEADER + length)))
}

/// Reads messages from a stream; a dropped [`FrameReader::next`] loses nothing.
#[derive(Debug)]
pub struct FrameReader<R> {
    stream: R,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads from `stream`.
    pub const fn new(stream: R) -> Self {
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// The next message; `None` when the peer closed between two messages.
    ///
    /// # Errors
    /// [`FrameError`].
    pub async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        loop {
            if let Some((message, used)) = decode(&self.buffer)? {
                self.buffer.drain(..used);
                return Ok(Some(message));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return match self.buffer.len() {
                    0 => Ok(None),
                    _ => Err(FrameError::Truncated),
                };
            }
        }
    }
}

/// Writes one message.
///
/// # Errors
/// [`FrameError`].
pub async fn write<W: AsyncWrite + Unpin, T: Serialize + Sync>(
    stream: &mut W,
    message: &T,
) -> Result<(), FrameError> {
    stream.write_all(&encode(message)?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{FrameError, FrameReader, HEADER, decode, encode};
    use crate::net::ipc::{MAX_FRAME, Request};

    fn hello() -> Request {
        Request::Hello {
            version: 1,
            subscribe: true,
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_its_bytes() {
        let header = u32::try_from(MAX_FRAME + 1).unwrap().to_le_bytes();
        let outcome = decode::<Request>(&header);
        assert!(matches!(outcome, Err(FrameError::TooLong(_))), "{outcome:?}");
    }

    #[test]
    fn bytes_after_the_message_are_refused() {
        let mut frame = encode(&hello()).unwrap();
        frame.push(0);
        frame[0] += 1;
        let outcome = decode::<Request>(&frame);
        assert!(
            matches!(outcome, Err(FrameError::TrailingBytes(1))),
            "{outcome:?}"
        );
    }

    #[tokio::test]
    async fn messages_arrive_whatever_the_pieces_and_a_cut_is_told() {
        let mut bytes = encode(&hello()).unwrap();
        bytes.extend(encode(&Request::Reload).unwrap());
        let whole = bytes.len();
        bytes.extend_from_slice(&[9, 0, 0]);
        for piece in 1..=bytes.len() {
            let stream = tokio_test_stream(&bytes, piece);
            let mut reader = FrameReader::new(stream);
            assert_eq!(reader.next().await.unwrap(), Some(hello()));
            assert_eq!(reader.next().await.unwrap(), Some(Request::Reload));
            let end = reader.next::<Request>().await;
            assert!(matches!(end, Err(FrameError::Truncated)), "{end:?}");
        }
        let mut reader = FrameReader::new(&bytes[..whole]);
        while reader.next::<Request>().await.unwrap().is_some() {}
    }

    /// A stream that hands out at most `piece` bytes at a time.
    fn tokio_test_stream(bytes: &[u8], piece: usize) -> impl tokio::io::AsyncRead + Unpin {
        let (mut write, read) = tokio::io::duplex(piece);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut write, &bytes).await;
        });
        read
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_error_or_wait_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Some((_, used))) = decode::<Request>(&bytes) {
                assert!(used >= HEADER && used <= bytes.len());
            }
        }
    }
}
