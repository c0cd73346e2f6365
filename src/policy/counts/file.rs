//! Counts in a file of the state directory. All processes that share the file share the counts.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, Utc};

use super::ledger::{Ledger, Taken};
use super::{CountError, Counting, Counts, PATIENCE, PAUSE, Problem};
use crate::clock::retry_within;
use crate::error::Error;
use crate::files::{Released, Tally};
use crate::mutex::locked;
use crate::policy::Charge;

/// The counts in one file.
#[derive(Debug)]
pub(super) struct FileCounts {
    path: PathBuf,
    /// The file as it was left the last time.
    left: Mutex<Option<Left>>,
    /// Whether this process has found counts in the file, or put them there.
    kept: AtomicBool,
}

/// A file of counts as this process left it.
#[derive(Debug)]
struct Left {
    file: Option<Released>,
    text: Vec<u8>,
    ledger: Ledger,
}

impl Counts for FileCounts {
    fn take<'a>(
        &'a self,
        grant: &'a str,
        charges: &'a [Charge],
        now: DateTime<Utc>,
    ) -> Counting<'a, Taken, CountError> {
        Box::pin(async move {
            // Without a limit no file is touched.
            let Some(first) = charges.first() else { return Ok(Taken::default()) };
            match self.change(now, |ledger| ledger.take(grant, charges, now)).await {
                Ok(taken) => {
                    taken.map_err(|refused| refused.error(Some(self.path.display().to_string()), now))
                }
                Err(error) => Err(CountError { rule: first.rule.clone(), problem: Problem::Unkept(error) }),
            }
        })
    }

    fn give_back(&self, taken: Taken, now: DateTime<Utc>) -> Counting<'_, (), Error> {
        Box::pin(async move {
            if taken.is_empty() {
                return Ok(());
            }
            self.change(now, |ledger| ledger.give_back(&taken, now)).await
        })
    }
}

impl FileCounts {
    /// The counts kept at `path`.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, left: Mutex::default(), kept: AtomicBool::new(false) }
    }

    /// Changes the counts while nobody else does.
    async fn change<T>(&self, now: DateTime<Utc>, change: impl FnOnce(&mut Ledger) -> T) -> Result<T, Error> {
        let path = &self.path;
        let mut left = self.left().take();
        let open = || Tally::try_reopen(path, left.as_mut().and_then(|left| left.file.take()));
        // From here on nothing waits: the holder of the file also gives it back.
        let tally = retry_within(PATIENCE, PAUSE, open).await?;
        let mut tally =
            tally.ok_or_else(|| Error::Busy { path: path.clone(), waited: PATIENCE.as_secs() })?;
        let before = tally.read()?;
        let mut ledger = match left {
            Some(left) if left.text == before => left.ledger,
            _ => self.ledger(&tally, &before, now),
        };
        let done = change(&mut ledger);
        let after = ledger.text()?;
        if before != after {
            tally.write(&after)?;
        }
        if !self.kept.load(Ordering::Relaxed) {
            tally.note_kept()?;
            self.kept.store(true, Ordering::Relaxed);
        }
        *self.left() = Some(Left { file: tally.release(), text: after, ledger });
        Ok(done)
    }

    /// Another call that counts at the same time in this process finds nothing left, and opens the file.
    fn left(&self) -> MutexGuard<'_, Option<Left>> {
        locked(&self.left)
    }

    /// The ledger in the file. An empty file means that nothing was counted only where nothing was ever kept in it.
    fn ledger(&self, tally: &Tally, text: &[u8], now: DateTime<Utc>) -> Ledger {
        if !text.is_empty() {
            return Ledger::read(text, now);
        }
        let is_lost = self.kept.load(Ordering::Relaxed) || tally.was_kept();
        if is_lost { Ledger::lost(now) } else { Ledger::default() }
    }
}
