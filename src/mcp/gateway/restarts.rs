//! When the server of a gateway last ended by itself, for `zoomtok doctor`. Nothing depends on it: what cannot be noted is
//! forgotten.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::{Lock, heir, make_private_parent, read_json, write_json};

/// The version of the file.
const RESTARTS_VERSION: u32 = 1;

/// How many are remembered.
const MOST_RESTARTS: usize = 20;

/// The largest file of them.
const LONGEST_RESTARTS: u64 = 64 * 1024;

/// The file with the times.
#[derive(Debug, Clone)]
pub(crate) struct Restarts(PathBuf);

#[derive(Default, Serialize, Deserialize)]
struct Content {
    /// The oldest first.
    ended: Vec<DateTime<Utc>>,
}

impl Restarts {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Notes that the server has ended.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub(crate) fn note(&self, now: DateTime<Utc>) -> Result<(), Error> {
        make_private_parent(&self.0)?;
        // The holder notes the same of another server of this name.
        let Some(_lock) = Lock::try_acquire(&self.0)? else { return Ok(()) };
        let mut content = self.read()?;
        content.ended.push(now);
        let more = content.ended.len().saturating_sub(MOST_RESTARTS);
        content.ended.drain(..more);
        write_json(&self.0, RESTARTS_VERSION, &content, heir)
    }

    /// When it ended within the last so many seconds, the oldest first.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn within(&self, time: TimeDelta, now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, Error> {
        let ended = self.read()?.ended.into_iter();
        Ok(ended.filter(|at| *at <= now && now - *at <= time).collect())
    }

    fn read(&self) -> Result<Content, Error> {
        Ok(read_json(&self.0, RESTARTS_VERSION, LONGEST_RESTARTS)?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ends_are_remembered_for_as_long_as_is_asked() {
        let directory = tempfile::tempdir().unwrap();
        let restarts = Restarts::new(directory.path().join("gateways/files/restarts.json"));
        let at = |minute: i64| {
            "2026-03-04T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
        };
        let within = |minutes, now| restarts.within(TimeDelta::minutes(minutes), at(now)).unwrap();
        assert!(within(60, 0).is_empty());
        for minute in 0..50 {
            restarts.note(at(minute)).unwrap();
        }
        assert_eq!(within(60, 50).len(), MOST_RESTARTS);
        assert_eq!(within(2, 50), [at(48), at(49)]);
        // After the clock was set back.
        assert!(within(60, 0).is_empty());
        assert!(within(60, 200).is_empty());
    }
}
