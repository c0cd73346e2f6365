//! The note of this machine that it has counted in a store today. Counts that are missing there are lost then, also for a process that
//! is started later.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::Tally;

/// The directory of these notes in a state root.
const NOTES: &str = "counted";

/// The note about the counts of one name.
pub(super) struct Noted {
    /// None where this machine has no place for one.
    path: Option<PathBuf>,
    /// The address of the store.
    store: String,
    /// The day that this process has noted.
    day: AtomicI64,
}

/// The content of a note.
#[derive(Serialize, Deserialize)]
struct Note {
    store: String,
    /// The start of the last day in which this machine has counted there, by the store's clock, in seconds since 1970.
    day: i64,
}

impl Noted {
    /// The note about the counts of this name in the store at this address.
    pub(super) fn new(state_root: Option<&Path>, store: String, name: &str) -> Self {
        let path = state_root.map(|root| root.join(NOTES).join(format!("{}.json", name.replace(':', "-"))));
        Self { path, store, day: AtomicI64::new(i64::MIN) }
    }

    /// The start of the last day in which this machine has counted there. One that cannot be read says nothing.
    pub(super) fn last_day(&self) -> Option<i64> {
        let path = self.path.as_ref().filter(|path| Tally::exists(path))?;
        let text = Tally::try_open(path).ok()??.read().ok()?;
        let note: Note = serde_json::from_slice(&text).ok()?;
        (note.store == self.store).then_some(note.day)
    }

    /// Takes note of a count at this time, once a day.
    pub(super) fn note(&self, at: DateTime<Utc>) {
        // No window of a limit is longer.
        let day = at.date_naive().and_time(NaiveTime::MIN).and_utc().timestamp();
        if self.day.load(Ordering::Relaxed) == day {
            return;
        }
        // A note that cannot be written is missed only where the store loses its counts, and no process is left that has seen them.
        if let Ok(true) = self.write(day) {
            self.day.store(day, Ordering::Relaxed);
        }
    }

    /// False where another process writes it now.
    fn write(&self, day: i64) -> Result<bool, Error> {
        let Some(path) = &self.path else { return Ok(true) };
        let Some(mut tally) = Tally::try_open(path)? else { return Ok(false) };
        tally.read()?;
        let note = Note { store: self.store.clone(), day };
        let text = serde_json::to_vec(&note)
            .map_err(|error| Error::Other { action: "note a count".into(), source: error.into() })?;
        tally.write(text)?;
        Ok(true)
    }
}
