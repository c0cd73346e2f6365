//! The heart: make sure that there is a token good for what it is needed for, with at most one exchange, however
//! many processes ask at once.
//!
//! The steps are those of [`Keeper::ensure`]. Who finds a good token reads one file and is done. Who does not takes
//! the lock, looks again, and only then asks Zoom; whoever waited meanwhile finds the new token, or the failure, and
//! asks nothing.

mod adopted;
mod carry;
mod issued;
mod look;
mod recovery;
mod remember;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::issued::{Issued, store};
pub use self::look::Look;
use self::recovery::{recover, unless_panicking};
use self::remember::applicable;
use crate::clock::{Clock, Stop};
use crate::error::Error;
use crate::files::{Lock, PATIENCE, clean, temporary};
use crate::settings::{Environment, NAMES, REFRESH_TOKEN, Settings};
use crate::store::{EnvFile, Memory, StateDirectory};
use crate::token::{Found, State, Token};
use crate::zoom::{Exchange, Granted, Http};

/// How much longer than now a `.env` may become by a change: two tokens of the greatest length, several times.
pub const ROOM: usize = 64 * 1024;

/// Looks after the token of one `.env`.
pub struct Keeper<'a> {
    /// The environment of the process.
    pub environment: &'a Environment,
    /// The `.env`, which need not exist.
    pub env_file: &'a Path,
    /// What was read in it where it can be read only once.
    pub given: Option<&'a EnvFile>,
    /// Where state is kept, if anywhere.
    pub state_root: Option<&'a Path>,
    /// The time.
    pub clock: &'a dyn Clock,
    /// What ends its waits.
    pub stop: &'a Stop,
    /// Whom to ask for a token.
    pub zoom: &'a dyn Exchange,
    /// Whether exchanges are remembered as attempts of a watch, which all watches keep apart.
    pub watching: bool,
}

/// What a token is needed for.
#[derive(Debug, Clone)]
pub struct Need {
    /// It must be valid for more than this many seconds.
    pub seconds: u64,
    /// It must be another one than this.
    pub unlike: Unlike,
}

/// Which token will not do.
#[derive(Debug, Clone)]
pub enum Unlike {
    /// Any that lasts will do.
    None,
    /// Not the one that is there now, whatever it is worth.
    Present,
    /// Not this one, which Zoom no longer takes.
    Rejected(Token),
}

/// A token that meets a need.
#[derive(Debug)]
pub struct Kept {
    /// The token.
    pub token: Token,
    /// When it ends, by this machine's clock.
    pub expires_at: DateTime<Utc>,
    /// The seconds it has left.
    pub left: i64,
    /// How it was come by.
    pub how: How,
    /// The `.env`.
    pub env_file: PathBuf,
    /// Whether the `.env` was made for it.
    pub made: bool,
    /// What the user should know, as sentences.
    pub warnings: Vec<String>,
}

/// How a token was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It was there.
    Kept,
    /// Another process fetched it while this one waited.
    Adopted,
    /// It was fetched now.
    Fetched,
    /// It was fetched in an earlier run that could not put it in its place.
    Recovered,
}

impl<'a> Keeper<'a> {
    /// The keeper of a `.env` that asks Zoom itself.
    pub fn new(
        environment: &'a Environment,
        env_file: &'a Path,
        state_root: Option<&'a Path>,
        clock: &'a dyn Clock,
        stop: &'a Stop,
    ) -> Self {
        Self { environment, env_file, given: None, state_root, clock, stop, zoom: &Http, watching: false }
    }

    /// Looks at the token that is there. Nothing is written, nobody is asked.
    ///
    /// # Errors
    ///
    /// The `.env` exists and cannot be read or parsed, or was found and may be somebody else's.
    pub fn look(&self) -> Result<Look, Error> {
        let read = self
            .given
            .map_or_else(|| self.finished(EnvFile::read(self.env_file, NAMES)), |given| Ok(given.clone()));
        self.held_by(read?)
    }

    /// The same while the lock is held.
    fn look_under(&self, lock: &Lock) -> Result<Look, Error> {
        self.held_by(self.finished(EnvFile::read_under(lock, self.env_file, NAMES))?)
    }

    fn held_by(&self, file: EnvFile) -> Result<Look, Error> {
        self.environment.admit(&file)?;
        let (file, now) = (Arc::new(file), self.clock.now());
        let ahead = || self.state(&file).memory().clock.map_or(0, |clock| applicable(clock, now));
        let settings = Settings::new(self.environment, &file);
        let (held, read_only) = (settings.token(now, ahead)?, settings.read_only().unwrap_or(true));
        Ok(Look { file, settings, held, now, read_only })
    }

    /// Makes sure that there is a token that meets `need`; `before` is what a look has just found.
    ///
    /// # Errors
    ///
    /// Any of [`Error`]; whatever it is, nothing that was stored is lost, and what was obtained is either in its
    /// place or in the recovery file, but for [`Error::Lost`].
    pub fn ensure(&self, before: &Look, need: &Need) -> Result<Kept, Error> {
        let state = self.state(&before.file);
        let waiting = state.is_waiting() && !before.read_only;
        if !waiting && let Some(kept) = before.meets(need, before.held.state.token(), How::Kept)? {
            if !before.read_only {
                tidy(before.file.real());
            }
            return Ok(kept);
        }
        if before.file.is_stream() {
            return Err(Error::Stream { path: before.file.path().to_owned() });
        }
        if before.read_only {
            return Err(before.refusal_to_write());
        }

        if !waiting {
            // Whoever cannot ask need not wait for the lock, nor leave a lock file where there is nothing to lock.
            before.settings.credentials()?;
            before.settings.oauth_url()?;
        }
        let turn = match Lock::acquire(before.file.real(), PATIENCE, self.clock, self.stop) {
            Ok(turn) => turn,
            Err(error) => return before.meets_unwritten(need, error),
        };
        let mut look = self.look_under(&turn)?;
        if look.file.real() != before.file.real() {
            // A link that leads elsewhere by now, to a file with a lock of its own.
            drop(turn);
            return self.ensure(&look, need);
        }
        // Also what the holder saved there while this one waited: it may have spent the refresh token for it.
        let recovered = if state.is_waiting() { recover(&state, &look) } else { Ok(false) };
        let recovered = match recovered {
            Ok(recovered) => recovered,
            Err(error) => return look.meets_unwritten(need, error),
        };
        let mut warnings = Vec::new();
        if recovered {
            warnings.extend(self.carry(&look.file));
            look = self.look_under(&turn)?;
        }
        let (present, how) = if recovered {
            (look.held.state.token(), How::Recovered)
        } else {
            (before.held.state.token(), How::Adopted)
        };
        if let Some(kept) = look.meets(need, present, how)? {
            warnings.extend(kept.warnings);
            return Ok(Kept { warnings, ..kept });
        }
        if look.read_only {
            return Err(look.refusal_to_write());
        }
        self.ask(&look, need, &state, before.now, warnings)
    }

    /// Asks Zoom for a token and stores it, as whoever has the lock of the `.env` of `look`. `started` is when this process
    /// began to wait for it.
    fn ask(
        &self,
        look: &Look,
        need: &Need,
        state: &StateDirectory,
        started: DateTime<Utc>,
        mut warnings: Vec<String>,
    ) -> Result<Kept, Error> {
        let memory = state.memory();
        let (credentials, url) = (look.settings.credentials()?, look.settings.oauth_url()?);
        self.heed(&memory, &credentials, started)?;
        self.is_meetable(&memory, &credentials, need)?;
        let reservation = match look.file.reserve(ROOM, state) {
            Ok(reservation) => reservation,
            Err(error) => return look.meets_unwritten(need, error),
        };
        // From here on it goes to its end, within a bounded time.
        self.stop.check()?;
        let attempt = self.remember_attempt(state, &memory, &credentials);
        let exchanged = self.zoom.exchange(&url, &credentials, self.clock, self.stop);
        let issued = match &exchanged {
            Ok(granted) => Issued::from(granted),
            Err(failed) => Issued { token: None, refresh_token: failed.refresh_token.as_ref() },
        };
        let mut stored = None;
        if issued.token.is_some() || issued.refresh_token.is_some() {
            stored = unless_panicking(|| store(issued, &look.file, reservation))
                .map_err(|cause| self.rescue(state, &look.file, &credentials, issued, cause))?;
            warnings.extend(self.carry(&look.file));
        }
        let granted = match exchanged {
            Ok(granted) => granted,
            Err(failed) => return Err(attempt.failed(state, self.clock, failed)),
        };
        warnings.extend(attempt.succeeded(state, self.clock, &granted, need));
        warnings.extend(stored);
        warnings.extend(granted.refused_refresh.map(|problem| {
            format!(
                "Zoom's new refresh token was refused: {problem}; {REFRESH_TOKEN} is spent, so authorise the app in the \
                 browser again before this token expires"
            )
        }));
        self.fetched(&granted, need, &look.file, warnings)
    }

    /// What is remembered of the `.env` of a look.
    pub fn memory(&self, look: &Look) -> Memory {
        self.state(&look.file).memory()
    }

    fn state(&self, file: &EnvFile) -> StateDirectory {
        // The name of a pipe is that of another one the next time.
        StateDirectory::of(self.state_root.filter(|_| !file.is_stream()), file.real())
    }

    fn fetched(
        &self,
        granted: &Granted,
        need: &Need,
        before: &EnvFile,
        mut warnings: Vec<String>,
    ) -> Result<Kept, Error> {
        let found = Found { text: granted.token.expose(), recorded: Some(granted.expires_at) };
        let state = State::of(Some(&found), self.clock.now(), || granted.ahead);
        let left = state.left().unwrap_or_default();
        if !state.lasts(need.seconds) {
            return Err(Error::Unmeetable { asked: need.seconds, life: left });
        }
        if granted.ahead != 0 {
            let (seconds, direction) = (granted.ahead.abs(), if granted.ahead > 0 { "slow" } else { "fast" });
            warnings.insert(
                0,
                format!("this machine's clock is {seconds} s {direction} by Zoom's; set it right"),
            );
        }
        Ok(Kept {
            token: granted.token.clone(),
            expires_at: granted.expires_at,
            left,
            how: How::Fetched,
            env_file: before.path().to_owned(),
            made: !before.exists(),
            warnings,
        })
    }
}

/// Removes what a killed process left, if nobody is at work there right now.
fn tidy(target: &Path) {
    if temporary(target).exists()
        && let Ok(Some(_lock)) = Lock::try_acquire(target)
    {
        // What cannot be removed now is told by the next replace, which needs its place.
        let _ = clean(target);
    }
}

#[cfg(test)]
mod tests;
