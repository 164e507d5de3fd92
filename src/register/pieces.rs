//! Bytes of a day's file ↔ its pieces.

/// What a piece begins with: Portico's register, first form.
const MAGIC: &[u8; 4] = b"PRG1";
/// First letters, length, checksum.
const HEAD: usize = 12;

/// What a file is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces<'b> {
    /// The whole ones, in order.
    pub(super) whole: Vec<&'b [u8]>,
    /// How many stretches between them, or at the end, are no whole piece.
    pub(super) broken: usize,
}

/// A piece as it is written; nothing if it is longer than its head can tell.
pub(super) fn frame(body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).ok()?;
    let mut piece = Vec::with_capacity(HEAD + body.len());
    piece.extend_from_slice(MAGIC);
    piece.extend_from_slice(&length.to_be_bytes());
    piece.extend_from_slice(&crc32fast::hash(body).to_be_bytes());
    piece.extend_from_slice(body);
    Some(piece)
}

/// Finds the whole pieces, whatever is between them.
pub(super) fn split(bytes: &[u8]) -> Pieces<'_> {
    let mut pieces = Pieces::default();
    let mut rest = bytes;
    let mut was_broken = false;
    while !rest.is_empty() {
        if let Some((body, after)) = first(rest) {
            pieces.whole.push(body);
            rest = after;
            was_broken = false;
            continue;
        }
        if !was_broken {
            pieces.broken += 1;
            was_broken = true;
        }
        let next = rest
            .get(1..)
            .and_then(|tail| tail.windows(MAGIC.len()).position(|window| window == MAGIC));
        rest = next.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    }
    pieces
}

/// The piece that the bytes begin with, and what comes after it.
fn first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (checksum, rest) = rest.split_first_chunk::<4>()?;
    // Nothing is no piece: zeros behind the first letters would make one.
    let length = usize::try_from(u32::from_be_bytes(*length))
        .ok()
        .filter(|length| *length > 0)?;
    let (body, after) = rest.split_at_checked(length)?;
    (crc32fast::hash(body) == u32::from_be_bytes(*checksum)).then_some((body, after))
}

#[cfg(test)]
mod tests {
    use super::{Pieces, frame, split};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn pieces_are_found_behind_broken_ones() {
        let (one, other) = (frame(b"one").unwrap(), frame(b"other").unwrap());
        let all = [
            &one[..],
            &one[..7],
            &other,
            b"PRG1PRG1",
            &[0; 50],
            &one,
            &other[..16],
        ]
        .concat();
        let whole: Vec<&[u8]> = vec![b"one", b"other", b"one"];
        assert_eq!(split(&all), Pieces { whole, broken: 3 });
        assert_eq!(split(b""), Pieces::default());
    }

    proptest! {
        #[test]
        fn what_is_framed_is_found_and_what_is_cut_is_not(
            bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..60), 1..6), cut in 0_usize..400,
        ) {
            let framed: Vec<u8> = bodies.iter().flat_map(|body| frame(body).unwrap()).collect();
            prop_assert_eq!(split(&framed), Pieces { whole: bodies.iter().map(Vec::as_slice).collect(), broken: 0 });
            let cut = cut.min(framed.len());
            let found = split(&framed[..cut]);
            prop_assert!(found.whole.len() <= bodies.len() && found.broken <= 1);
            prop_assert!(found.whole.iter().zip(&bodies).all(|(found, body)| found == body));
        }

        #[test]
        fn any_bytes_are_split(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let found = split(&bytes);
            prop_assert!(found.whole.len() <= bytes.len() / super::HEAD);
        }
    }
}
