//! How often something was called: the counts that the limits of a policy are checked against.
//!
//! They are shared by all servers of one `.env` and outlive each of them. A runaway agent would have them back at 0 with
//! every server it crashes otherwise.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::ledger::Taken;
pub use self::shared::{FindCounts, SharedCounts};
use crate::clock::rfc3339;
use crate::error::{Diagnostic as _, Error};
use crate::policy::{Charge, Refusal, Window};

mod file;
mod ledger;
mod memory;
mod redis;
mod shared;

/// How long a call waits for another one that counts. The other is done within a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two looks at a file that another process counts in.
const PAUSE: Duration = Duration::from_millis(1);

/// Where calls are counted: one place, that all who count there share.
///
/// Each change is one step, of which the others see all or nothing.
pub trait Counts: Send + Sync {
    /// Counts a call of a grant at all of its limits, or at none. `now` is when the call came.
    ///
    /// # Errors
    ///
    /// [`CountError`] when a limit has no room for it, and when it cannot be counted. Nothing is counted then.
    fn take<'a>(
        &'a self,
        grant: &'a str,
        charges: &'a [Charge],
        now: DateTime<Utc>,
    ) -> Counting<'a, Taken, CountError>;

    /// Gives back what a call took that never reached Zoom, as far as it would still count.
    ///
    /// # Errors
    ///
    /// The counts cannot be kept; the call stays counted.
    fn give_back(&self, taken: Taken, now: DateTime<Utc>) -> Counting<'_, (), Error>;
}

/// A change of counts under way.
pub type Counting<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

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
        /// The place of the counts, if they have one.
        place: Option<String>,
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
            Self::Unknown { place, next: (at, seconds) } => {
                let at = rfc3339(*at);
                match place {
                    Some(place) => write!(f, "the counts in {place} were lost, or the clock was set back")?,
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

#[cfg(test)]
mod tests;
