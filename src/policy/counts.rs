//! How often something was called: the counts that the limits of a policy are checked against.
//!
//! They are shared by all servers of one `.env` and outlive each of them. A runaway agent would have them back at 0 with
//! every server it crashes otherwise.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::ledger::Taken;
use self::ledger::{Ledger, Refused};
pub use self::shared::{FindCounts, SharedCounts};
use crate::clock::{retry_within, rfc3339};
use crate::error::{Diagnostic as _, Error};
use crate::files::{Released, Tally};
use crate::mutex::locked;
use crate::policy::{Charge, Refusal, Window};

mod ledger;
mod shared;

/// How long a call waits for another one that counts. The other is done within a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two looks at a file that another process counts in.
const PAUSE: Duration = Duration::from_millis(1);

/// The counts of one `.env`.
#[derive(Debug)]
pub struct Counts {
    home: Home,
    /// The file as it was left the last time.
    left: Mutex<Option<Left>>,
    /// Whether this process has found counts in the file, or put them there.
    kept: AtomicBool,
}

#[derive(Debug)]
enum Home {
    File(PathBuf),
    /// Where the system has no place for state, they live as long as the process.
    Memory(Mutex<Ledger>),
}

/// A file of counts as this process left it.
#[derive(Debug)]
struct Left {
    file: Option<Released>,
    text: Vec<u8>,
    /// What the text says.
    ledger: Ledger,
}

/// Why a call may not pass its limits.
#[derive(Debug)]
pub struct CountError {
    /// The place of the limit in the policy.
    pub rule: String,
    /// The obstacle.
    pub problem: Problem,
}

/// The obstacle to a call at a limit.
#[derive(Debug)]
pub enum Problem {
    /// The limit would be exceeded.
    Over {
        /// The most that it may come to.
        max: u64,
        /// In which time.
        window: Window,
        /// When it counts from 0 again, and the seconds until then. None where this call is more than the limit by itself.
        next: Option<(DateTime<Utc>, i64)>,
    },
    /// The counts are lost, or those of this window are forgotten already: the clock was set back. Until it ends, nobody
    /// knows what it has come to.
    Unknown {
        /// The file, if there is one.
        path: Option<PathBuf>,
        /// When the limit counts from 0 again, and the seconds until then.
        next: (DateTime<Utc>, i64),
    },
    /// The counts cannot be kept.
    Unkept(Error),
}

impl CountError {
    /// The message to the agent that called this tool.
    pub fn refusal(&self, tool: &str) -> Refusal {
        Refusal {
            tool: tool.into(),
            rule: self.rule.clone(),
            sentence: self.problem.to_string(),
            on_deny: None,
        }
    }
}

impl fmt::Display for CountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.problem)
    }
}

impl std::error::Error for CountError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over { max, window, next: None } => {
                write!(f, "this call alone is more than {max} {window}; waiting does not help")
            }
            Self::Over { max, window, next: Some((at, seconds)) } => {
                let at = rfc3339(*at);
                write!(f, "no more than {max} {window}; the next call is allowed at {at}, in {seconds} s")
            }
            Self::Unknown { path, next: (at, seconds) } => {
                let at = rfc3339(*at);
                match path {
                    Some(path) => {
                        write!(f, "the counts in {} were lost, or the clock was set back", path.display())?;
                    }
                    None => f.write_str("the clock was set back")?,
                }
                write!(f, ", so the limit counts as reached until {at}, in {seconds} s")
            }
            Self::Unkept(error) => {
                write!(f, "the call cannot be counted, and uncounted it is not let through: {error}")?;
                std::error::Error::source(error).map_or(Ok(()), |source| write!(f, ": {source}"))?;
                error.hint().map_or(Ok(()), |hint| write!(f, ". {hint}"))
            }
        }
    }
}

impl Counts {
    /// The counts kept at `path`; for this process alone where there is none.
    pub fn new(path: Option<PathBuf>) -> Self {
        let home = path.map_or_else(|| Home::Memory(Mutex::default()), Home::File);
        Self { home, left: Mutex::default(), kept: AtomicBool::new(false) }
    }

    fn path(&self) -> Option<&Path> {
        match &self.home {
            Home::File(path) => Some(path),
            Home::Memory(_) => None,
        }
    }

    /// Counts a call of a grant at all of its limits, or at none.
    ///
    /// # Errors
    ///
    /// [`CountError`] when a limit has no room for it, and when it cannot be counted. Nothing is counted then.
    pub async fn take(
        &self,
        grant: &str,
        charges: &[Charge],
        now: DateTime<Utc>,
    ) -> Result<Taken, CountError> {
        // Without a limit no file is touched.
        let Some(first) = charges.first() else { return Ok(Taken::default()) };
        match self.change(now, |ledger| ledger.take(grant, charges, now)).await {
            Ok(taken) => taken.map_err(|refused| self.error(refused, now)),
            Err(error) => Err(CountError { rule: first.rule.clone(), problem: Problem::Unkept(error) }),
        }
    }

    /// Gives back what a call took that never reached Zoom, as far as it would still count.
    ///
    /// # Errors
    ///
    /// The counts cannot be kept; the call stays counted.
    pub async fn give_back(&self, taken: Taken, now: DateTime<Utc>) -> Result<(), Error> {
        if taken.is_empty() {
            return Ok(());
        }
        self.change(now, |ledger| ledger.give_back(&taken, now)).await
    }

    /// Changes the counts while nobody else does.
    async fn change<T>(&self, now: DateTime<Utc>, change: impl FnOnce(&mut Ledger) -> T) -> Result<T, Error> {
        let path = match &self.home {
            Home::File(path) => path,
            Home::Memory(ledger) => {
                return Ok(change(&mut locked(ledger)));
            }
        };
        let mut left = self.left().take();
        let open = || Tally::try_reopen(path, left.as_mut().and_then(|left| left.file.take()));
        // From here on nothing waits: what holds the file also gives it back.
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
            tally.write(after.clone())?;
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

    /// What the file holds. Only where nothing was ever kept in it an empty one means that nothing was counted.
    fn ledger(&self, tally: &Tally, text: &[u8], now: DateTime<Utc>) -> Ledger {
        if !text.is_empty() {
            return Ledger::read(text, now);
        }
        let is_lost = self.kept.load(Ordering::Relaxed) || tally.was_kept();
        if is_lost { Ledger::lost(now) } else { Ledger::default() }
    }

    fn error(&self, refused: Refused, now: DateTime<Utc>) -> CountError {
        let Refused { charge, next, unknown } = refused;
        let wait = |at: DateTime<Utc>| {
            // A started second counts as one: who waits so many must not be early.
            let left = (at - now).num_milliseconds();
            (at, left.div_euclid(1000) + i64::from(left.rem_euclid(1000) > 0))
        };
        let problem = match next {
            Some(at) if unknown => Problem::Unknown { path: self.path().map(Path::to_owned), next: wait(at) },
            _ => Problem::Over { max: charge.max, window: charge.window, next: next.map(wait) },
        };
        CountError { rule: charge.rule, problem }
    }
}

#[cfg(test)]
mod tests;
