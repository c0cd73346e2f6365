//! The heart: make sure that there is a token good for what it is needed for, with at most one exchange, however
//! many processes ask at once.
//!
//! The steps are those of [`Keeper::ensure`]. Who finds a good token reads one file and is done. Who does not takes
//! the lock, looks again, and only then asks Zoom; whoever waited meanwhile finds the new token, or the failure, and
//! asks nothing.

mod recovery;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use self::recovery::{recover, unless_panicking};
use crate::clock::{Clock, Stop, rfc3339};
use crate::error::{Code, Error};
use crate::settings::{Environment, Held, NAMES, REFRESH_TOKEN, Settings};
use crate::store::{
    ClockDifference, EnvFile, Failure, Lock, Memory, PATIENCE, Reservation, StateDirectory, clean, digest,
    temporary,
};
use crate::token::{Claims, Found, State, Token};
use crate::zoom::{Credentials, Exchange, Grant, Granted, Http, LONGEST_WAIT};

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

/// A `.env` and its token, as a look without a lock finds them.
pub struct Look {
    /// The file.
    pub file: EnvFile,
    /// The token.
    pub held: Held,
    /// When the look was.
    pub now: DateTime<Utc>,
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
        self.held_by(
            self.given.map_or_else(|| EnvFile::read(self.env_file, NAMES), |given| Ok(given.clone()))?,
        )
    }

    /// The same while the lock is held.
    fn look_under(&self, lock: &Lock) -> Result<Look, Error> {
        self.held_by(EnvFile::read_under(lock, self.env_file, NAMES)?)
    }

    fn held_by(&self, file: EnvFile) -> Result<Look, Error> {
        self.environment.admit(&file)?;
        let now = self.clock.now();
        let ahead = || self.state(&file).memory().clock.map_or(0, |clock| applicable(clock, now));
        let held = Settings::new(self.environment, &file).token(now, ahead)?;
        Ok(Look { file, held, now })
    }

    /// Makes sure that there is a token that meets `need`; `before` is what a look has just found.
    ///
    /// # Errors
    ///
    /// Any of [`Error`]; whatever it is, nothing that was stored is lost, and what was obtained is either in its
    /// place or in the recovery file, but for [`Error::Lost`].
    pub fn ensure(&self, before: &Look, need: &Need) -> Result<Kept, Error> {
        let state = self.state(&before.file);
        let is_saved = || state.recovery_path().is_some_and(|path| path.exists());
        let waiting = is_saved();
        if !waiting && let Some(kept) = self.meets(before, need, before.held.state.token(), How::Kept)? {
            tidy(before.file.real());
            return Ok(kept);
        }
        if before.file.is_stream() {
            return Err(Error::Stream { path: before.file.path().to_owned() });
        }

        if !waiting {
            // Whoever cannot ask need not wait for the lock, nor leave a lock file where there is nothing to lock.
            let settings = Settings::new(self.environment, &before.file);
            settings.credentials()?;
            settings.oauth_url()?;
        }
        let turn = Lock::acquire(before.file.real(), PATIENCE, self.clock, self.stop)?;
        let mut look = self.look_under(&turn)?;
        if look.file.real() != before.file.real() {
            // A link that leads elsewhere by now, to a file with a lock of its own.
            drop(turn);
            return self.ensure(&look, need);
        }
        // Also what the holder saved there while this one waited: it may have spent the refresh token for it.
        let recovered = is_saved() && recover(&state, &look)?;
        if recovered {
            look = self.look_under(&turn)?;
        }
        let (present, how) = if recovered {
            (look.held.state.token(), How::Recovered)
        } else {
            (before.held.state.token(), How::Adopted)
        };
        if let Some(kept) = self.meets(&look, need, present, how)? {
            return Ok(kept);
        }
        let mut memory = state.memory();
        let settings = Settings::new(self.environment, &look.file);
        let (credentials, url) = (settings.credentials()?, settings.oauth_url()?);
        self.heed(&memory, &credentials, before.now)?;
        let reservation = look.file.reserve(ROOM)?;
        // From here on it goes to its end, within a bounded time.
        self.stop.check()?;
        if self.watching {
            memory.attempt = Some(self.clock.now());
            state.remember(&memory)?;
        }
        let granted = match self.zoom.exchange(&url, &credentials, self.clock, self.stop) {
            Ok(granted) => granted,
            Err(error) => {
                self.remember_failure(&state, &memory, &credentials, &error);
                return Err(error);
            }
        };
        let left_alone = match unless_panicking(|| store(&granted, &look.file, reservation)) {
            Ok(left_alone) => left_alone,
            Err(cause) => return Err(self.rescue(&state, &look.file, &credentials, &granted, cause)),
        };
        let warnings =
            self.remember_success(&state, &memory, &granted).into_iter().chain(left_alone).collect();
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

    /// The token of `look`, if it meets `need`. `present` is the one that was there before.
    fn meets(
        &self,
        look: &Look,
        need: &Need,
        present: Option<&Token>,
        how: How,
    ) -> Result<Option<Kept>, Error> {
        let State::Dated { token, claims, expires_at, left } = &look.held.state else { return Ok(None) };
        let unlike = match &need.unlike {
            Unlike::None => None,
            Unlike::Present => present,
            Unlike::Rejected(token) => Some(token),
        };
        if !look.held.state.lasts(need.seconds) || unlike == Some(token) {
            return Ok(None);
        }
        let how = if how == How::Adopted && present == Some(token) { How::Kept } else { how };
        Ok(Some(Kept {
            token: token.clone(),
            expires_at: *expires_at,
            left: *left,
            how,
            env_file: look.file.path().to_owned(),
            made: false,
            warnings: Settings::new(self.environment, &look.file).foreign(claims)?,
        }))
    }

    /// Takes over a failure that another process met while this one waited, and obeys a wait that Zoom asked for. A
    /// verdict on other credentials is none on these.
    fn heed(&self, memory: &Memory, credentials: &Credentials, started: DateTime<Utc>) -> Result<(), Error> {
        let Some(failure) = &memory.failure else { return Ok(()) };
        let now = self.clock.now();
        let concerns = |code| {
            let asked_with = failure.credentials.as_ref();
            code != Code::Refused || asked_with.is_none_or(|those| *those == name_of(credentials))
        };
        if failure.at >= started
            && failure.at <= now
            && let Some(code) = Code::of_exchange(failure.code).filter(|code| concerns(*code))
        {
            let (message, hint) = (failure.message.clone(), failure.hint.clone());
            return Err(Error::TakenOver { code, message, hint, at: failure.at });
        }
        match failure.not_before {
            // One that is further ahead than any was written before the clock was set back.
            Some(time) if time > now && (time - now).to_std().is_ok_and(|wait| wait <= LONGEST_WAIT) => {
                Err(Error::Passing {
                    what: "Zoom was too busy for this app a moment ago".into(),
                    not_before: Some(time),
                    reached: false,
                    tracking_id: None,
                })
            }
            _ => Ok(()),
        }
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

    /// A failure is news for those who wait. That it cannot be written down makes them ask for themselves.
    fn remember_failure(
        &self,
        state: &StateDirectory,
        memory: &Memory,
        credentials: &Credentials,
        error: &Error,
    ) {
        let code = error.code().number();
        let not_before = match error {
            Error::Passing { not_before, .. } => *not_before,
            _ => None,
        };
        if Code::of_exchange(code).is_some() {
            let failure = Failure {
                at: self.clock.now(),
                code,
                message: error.to_string(),
                hint: error.hint(),
                not_before,
                credentials: Some(name_of(credentials)),
            };
            let _ = state.remember(&Memory { failure: Some(failure), ..memory.clone() });
        }
    }

    /// Gives a warning when what somebody may miss cannot be written down.
    fn remember_success(&self, state: &StateDirectory, memory: &Memory, granted: &Granted) -> Option<String> {
        let measured_at = self.clock.now();
        let clock = (granted.ahead != 0).then_some(ClockDifference { ahead: granted.ahead, measured_at });
        let mut now = Memory { failure: None, clock, ..memory.clone() };
        let is_missed = now != *memory;
        if !granted.scopes.is_empty() {
            now.scopes.clone_from(&granted.scopes);
        }
        if now == *memory {
            // Usually the same is remembered, and no file is touched.
            return None;
        }
        let error = state.remember(&now).err().filter(|_| is_missed)?;
        Some(format!("{error}; the difference of the clocks is not remembered"))
    }
}

/// A short name for what Zoom is asked with, that cannot be turned back into it.
fn name_of(credentials: &Credentials) -> String {
    let (grant, whose) = match &credentials.grant {
        Grant::AccountCredentials { account_id } => ("account", account_id.as_str()),
        Grant::RefreshToken(token) => ("refresh", token.expose()),
    };
    let secret = credentials.client_secret.expose_secret();
    digest(Zeroizing::new([&credentials.client_id, secret, grant, whose].join("\n")).as_bytes())
}

/// Puts what was granted into the `.env` as it is now: an editor may have saved it during the exchange. It is the file
/// that was reserved, wherever a link that led to it leads by now. `before` is the one that the credentials are of.
///
/// Gives a warning when the refresh token that was granted is left out, since somebody has put another one there.
fn store(granted: &Granted, before: &EnvFile, reservation: Reservation) -> Result<Option<String>, Error> {
    let expires_at = rfc3339(granted.expires_at);
    let file = before.again(NAMES)?;
    let mut values = values(granted, &expires_at);
    let is_left = granted.refresh_token.is_some() && is_authorised_anew(before, &file);
    if is_left {
        values.retain(|(name, _)| *name != REFRESH_TOKEN);
    }
    reservation.commit(file.with(&values)?.as_bytes())?;
    Ok(is_left.then(|| {
        format!("{REFRESH_TOKEN} was changed in {} while Zoom was asked, and stays", before.path().display())
    }))
}

/// Whether somebody has put another refresh token into a `.env` since `before`. One that says that it was issued before
/// the one that was there is an old text, saved again.
fn is_authorised_anew(before: &EnvFile, now: &EnvFile) -> bool {
    let Some(now) = now.get(REFRESH_TOKEN) else { return false };
    let Some(was) = before.get(REFRESH_TOKEN) else { return true };
    let is_older = match (Claims::issued(&now.value), Claims::issued(&was.value)) {
        (Some(this), Some(that)) => this < that,
        _ => false,
    };
    now.value != was.value && !is_older
}

/// A difference of the clocks as far as it can be believed now: one that was measured in the future was measured
/// before this clock was set right.
fn applicable(clock: ClockDifference, now: DateTime<Utc>) -> i64 {
    if clock.measured_at <= now { clock.ahead } else { 0 }
}

/// The lines of `.env` that hold what was granted.
fn values<'a>(granted: &'a Granted, expires_at: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut values =
        vec![("ZOOM_ACCESS_TOKEN", granted.token.expose()), ("ZOOM_TOKEN_EXPIRES_AT", expires_at)];
    values.extend(granted.refresh_token.as_ref().map(|token| (REFRESH_TOKEN, token.expose())));
    values
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
