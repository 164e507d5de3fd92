//! Parts made beside each other, and taken in order.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::table::{Cell, Rows};
use super::{Ledgers, Progress, ReportError};
use crate::model::figures::{Ledger, LedgerError};

/// Most threads: more do not help, since one writes.
const MOST_WORKERS: usize = 4;
/// Parts that a thread may be ahead.
const AHEAD: usize = 2;

/// How a format writes rows.
pub(super) trait Encode: Sync {
    /// Appends a row.
    fn row(&self, cells: &[Cell<'_>], out: &mut Vec<u8>);

    /// Finishes a part, still beside the others.
    fn finish(&self, _part: &mut Chunk) {}
}

/// A part, written.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// As the format wants it.
    pub(super) bytes: Vec<u8>,
    /// Its rows.
    pub(super) rows: u64,
    /// Checksum of the bytes before compression.
    pub(super) crc: Option<crc32fast::Hasher>,
    /// Their number before compression.
    pub(super) plain: u64,
}

type Made<T> = Result<T, ReportError>;
type Make<'a, T> = dyn Fn(usize, &mut dyn Ledger) -> Result<T, LedgerError> + Sync + 'a;

/// Writes all rows and gives the parts to `take` in order; returns the number of rows.
pub(super) fn run(
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    encode: &dyn Encode,
    progress: &mut Progress<'_>,
    take: &mut dyn FnMut(Chunk) -> Made<()>,
) -> Made<u64> {
    let make = |part: usize, ledger: &mut dyn Ledger| {
        let mut chunk = Chunk::default();
        rows.part(part, ledger, &mut |cells| {
            encode.row(cells, &mut chunk.bytes);
            chunk.rows += 1;
        })?;
        encode.finish(&mut chunk);
        Ok(chunk)
    };
    let mut count = 0;
    each(rows.parts(), ledgers, progress, &make, &mut |chunk: Chunk| {
        count += chunk.rows;
        take(chunk)
    })?;
    Ok(count)
}

/// Makes all parts and gives them to `take` in order. Each thread makes every second, third or fourth
/// part, so that whose turn it is is known, and waits when it is too far ahead.
pub(super) fn each<T: Send>(
    parts: usize,
    ledgers: &Ledgers<'_>,
    progress: &mut Progress<'_>,
    make: &Make<'_, T>,
    take: &mut dyn FnMut(T) -> Made<()>,
) -> Made<()> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = threads.min(MOST_WORKERS).min(parts).max(1);
    std::thread::scope(|scope| {
        let mut queues: Vec<Receiver<Made<T>>> = Vec::new();
        for worker in 0..workers {
            let (sender, receiver) = sync_channel(AHEAD);
            scope.spawn(move || work((worker..parts).step_by(workers), ledgers, make, &sender));
            queues.push(receiver);
        }
        for (part, queue) in (0..parts).zip(queues.iter().cycle()) {
            progress(part, parts)?;
            let outcome = queue
                .recv()
                .map_err(|_| ReportError::Format("a thread has ended before its work was done".to_owned()))?;
            take(outcome?)?;
        }
        progress(parts, parts)
    })
}

/// Makes some of the parts, until nobody wants them any more.
fn work<T>(
    parts: impl Iterator<Item = usize>,
    ledgers: &Ledgers<'_>,
    make: &Make<'_, T>,
    sender: &SyncSender<Made<T>>,
) {
    let mut ledger = match ledgers() {
        Ok(ledger) => ledger,
        Err(error) => {
            // Nobody listens where another thread has failed before.
            drop(sender.send(Err(error.into())));
            return;
        }
    };
    for part in parts {
        let outcome = make(part, ledger.as_mut()).map_err(ReportError::from);
        let failed = outcome.is_err();
        if sender.send(outcome).is_err() || failed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::each;
    use crate::model::figures::{Book, Ledger, LedgerError};
    use crate::report::ReportError;

    #[expect(clippy::unnecessary_wraps, reason = "what opens figures may fail")]
    fn book() -> Result<Box<dyn Ledger>, LedgerError> {
        Ok(Box::new(Book::default()))
    }

    #[test]
    fn parts_come_in_order_and_progress_ends_at_all() {
        let (mut taken, mut steps) = (Vec::new(), Vec::new());
        each(
            101,
            &book,
            &mut |done, all| {
                steps.push((done, all));
                Ok(())
            },
            &|part, _| Ok(part),
            &mut |part| {
                taken.push(part);
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(taken, (0..101).collect::<Vec<_>>());
        assert_eq!((steps[0], steps[101]), ((0, 101), (101, 101)));
    }

    #[test]
    fn an_error_ends_it_wherever_it_comes_from() {
        let bad = |part: usize, _: &mut dyn Ledger| {
            if part == 30 {
                return Err(LedgerError("broken".into()));
            }
            Ok(part)
        };
        let error = each(1_000, &book, &mut |_, _| Ok(()), &bad, &mut |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("broken"));
        let full = |part: usize| {
            if part < 7 {
                Ok(())
            } else {
                Err(ReportError::NoData(crate::config::Words::same("full")))
            }
        };
        let error = each(
            1_000,
            &book,
            &mut |_, _| Ok(()),
            &|part, _| Ok(part),
            &mut |part| full(part),
        )
        .unwrap_err();
        assert_eq!(error.to_string(), "full");
        let shut = || Err(LedgerError("shut".into()));
        assert!(each(9, &shut, &mut |_, _| Ok(()), &|part, _| Ok(part), &mut |_| Ok(())).is_err());
    }
}
