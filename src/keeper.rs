//! The heart: make sure that there is a token good for what it is needed for, with at most one exchange, however
//! many processes ask at once.
//!
//! The steps are those of [`Keeper::ensure`]. A process that finds a good token reads one file and is done. One that does
//! not waits for its turn, looks again, and only then asks Zoom; those that waited meanwhile find the new token, or the
//! failure, and ask nothing.

mod login;
mod look;
mod need;
mod recovery;
mod remember;
mod secret;
mod watched;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use self::login::{LoggedIn, LoginWith};
pub use self::look::Look;
pub use self::need::{How, Kept, Need, Unlike};
use self::recovery::{recoverable, rescue, unless_panicking};
use self::remember::{Attempt, applicable, check_life, name_of, note_no_secret, take_over};
pub use self::secret::client_secret;
use self::secret::with_secret;
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::settings::{Environment, Settings};
use crate::store::{NewTokens, REFRESH_TOKEN, Snapshot, Store, Turn, digest};
use crate::token::{Found, TokenState};
use crate::zoom::{Exchange, Grant, Granted, Http, NotGranted};

/// Looks after the token of one account.
pub struct Keeper<'a> {
    /// The environment of the process.
    pub environment: &'a Environment,
    /// Where the token is kept.
    pub store: &'a dyn Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The request to stop, which ends its waits.
    pub stop: &'a Shutdown,
    /// The one that is asked for a token.
    pub zoom: &'a dyn Exchange,
    /// Whether exchanges are remembered as attempts of a watch, which all watches keep apart.
    pub watching: bool,
}

impl<'a> Keeper<'a> {
    /// The keeper of a store, which asks Zoom itself.
    pub fn new(
        environment: &'a Environment,
        store: &'a dyn Store,
        clock: &'a dyn Clock,
        stop: &'a Shutdown,
    ) -> Self {
        Self { environment, store, clock, stop, zoom: &Http, watching: false }
    }

    /// Looks at the existing token. Nothing is written, nobody is asked.
    ///
    /// # Errors
    ///
    /// The `.env` exists and cannot be read or parsed, or was found and may be somebody else's.
    pub fn look(&self) -> Result<Look, Error> {
        self.look_at(self.store.read()?)
    }

    fn look_at(&self, snapshot: Snapshot) -> Result<Look, Error> {
        self.environment.admit(snapshot.file())?;
        let (snapshot, now) = (Arc::new(snapshot), self.clock.now());
        let ahead = || self.store.memory(&snapshot).clock.map_or(0, |clock| applicable(clock, now));
        let settings = Settings::new(self.environment, &snapshot);
        let (held, read_only) = (settings.token(now, ahead)?, settings.read_only().unwrap_or(true));
        Ok(Look { snapshot, settings, held, now, read_only })
    }

    /// Makes sure that there is a token that meets `need`; `before` is what a look has just found.
    ///
    /// # Errors
    ///
    /// Any of [`Error`]; whatever it is, nothing that was stored is lost, and what was obtained is either in its
    /// place or in the recovery file, but for [`Error::Lost`].
    pub fn ensure(&self, before: &Look, need: &Need) -> Result<Kept, Error> {
        let waiting = self.store.is_waiting(&before.snapshot) && !before.read_only;
        if !waiting && let Some(kept) = before.meets(need, before.held.state.token(), How::Kept)? {
            if !before.read_only {
                self.store.clean(&before.snapshot);
            }
            return Ok(kept);
        }
        let refusal = self.store.refusal(&before.snapshot);
        if refusal.is_some() || before.read_only {
            let shared = self.adopted_elsewhere(before, need);
            return shared.unwrap_or_else(|| Err(refusal.unwrap_or_else(|| before.refusal_to_write())));
        }

        if !waiting && !self.store.is_shared(&before.snapshot) {
            // A keeper that cannot ask need not wait for a turn, nor leave a lock file where there is nothing to lock.
            before.settings.credentials()?;
            before.settings.oauth_url()?;
        }
        let turn = match self.store.turn(&before.snapshot, self.clock, self.stop) {
            Ok(turn) => turn,
            Err(error) => return before.meets_unwritten(need, error),
        };
        let mut look = self.look_at(turn.read()?)?;
        if look.snapshot.identity() != before.snapshot.identity() {
            // A link that leads elsewhere by now, to a home with turns of its own.
            drop(turn);
            return self.ensure(&look, need);
        }
        // Also what the holder saved there while this one waited: it may have spent the refresh token for it.
        let recovered = if self.store.is_waiting(&look.snapshot) {
            turn.recover(&look.snapshot, &|recovery| recoverable(recovery, &look))
        } else {
            Ok(None)
        };
        let recovered = match recovered {
            Ok(recovered) => recovered,
            Err(error) => return look.meets_unwritten(need, error),
        };
        let is_recovered = recovered.is_some();
        let mut warnings = recovered.unwrap_or_default();
        if is_recovered {
            look = self.look_at(turn.read()?)?;
        }
        let (present, how) = if is_recovered {
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
        if !claim(&*turn, &look)? {
            // The next turn finds what another machine has put there.
            drop(turn);
            return self.ensure(&Look { now: before.now, ..look }, need);
        }
        if let Some(kept) = self.ask(&*turn, &look, need, before.now, warnings)? {
            return Ok(kept);
        }
        drop(turn);
        self.ensure(&Look { now: before.now, ..look }, need)
    }

    /// The token that other machines share, where nothing may be written here. None where no store is shared.
    fn adopted_elsewhere(&self, before: &Look, need: &Need) -> Option<Result<Kept, Error>> {
        if !self.store.is_shared(&before.snapshot) {
            return None;
        }
        let adopted = || {
            let Some(there) = self.store.elsewhere(&before.snapshot)? else { return Ok(None) };
            self.look_at(there)?.meets(need, before.held.state.token(), How::Adopted)
        };
        adopted().transpose()
    }

    /// Asks Zoom for a token and stores it. None: another machine has stored one meanwhile. `started` is when this process began to wait for the turn.
    fn ask(
        &self,
        turn: &dyn Turn,
        look: &Look,
        need: &Need,
        started: DateTime<Utc>,
        mut warnings: Vec<String>,
    ) -> Result<Option<Kept>, Error> {
        let memory = turn.memory();
        let (credentials, url) = (look.settings.credentials()?, look.settings.oauth_url()?);
        look.check_client(&memory, &credentials)?;
        take_over(&memory, &name_of(&credentials), started, self.clock.now())?;
        check_life(&memory, &credentials, need, self.clock.now())?;
        let reserved = match turn.reserve(&look.snapshot) {
            Ok(reserved) => reserved,
            Err(error) => return look.meets_unwritten(need, error).map(Some),
        };
        // From here on it goes to its end, within a bounded time.
        self.stop.check()?;
        let asked_with = with_secret(&credentials, self.stop).inspect_err(|error| {
            if matches!(error, Error::NoSecret { .. }) {
                note_no_secret(turn, &memory, &name_of(&credentials), error, self.clock.now());
            }
        })?;
        let attempt = Attempt::begin(turn, &memory, &credentials, self.watching.then(|| self.clock.now()));
        let exchanged = self.zoom.exchange(&url, &asked_with, self.clock, self.stop);
        // A secret that a command has printed is wiped.
        drop(asked_with);
        let tokens = match &exchanged {
            Ok(granted) => {
                NewTokens::issued(Some((&granted.token, granted.expires_at)), granted.refresh_token.as_ref())
            }
            Err(failed) => NewTokens::issued(None, failed.refresh_token.as_ref()),
        };
        let mut stored = Vec::new();
        if !tokens.is_empty() {
            stored = unless_panicking(|| reserved.put(&tokens))
                .map_err(|cause| rescue(turn, look, &credentials, (&tokens, self.clock.now()), cause))?;
        }
        let granted = match exchanged {
            Ok(granted) => granted,
            Err(failed) => {
                let NotGranted { error, refresh_token } = failed;
                let Some(error) = turn.judge(error) else { return Ok(None) };
                return Err(attempt.failed(turn, self.clock, NotGranted { error, refresh_token }));
            }
        };
        warnings.extend(attempt.succeeded(turn, self.clock, &granted, need));
        warnings.extend(stored);
        self.note_user(look, &credentials, &granted.token);
        warnings.extend(granted.refused_refresh.map(|problem| {
            format!(
                "Zoom's new refresh token was refused: {problem}; {REFRESH_TOKEN} is spent, so log in with \
                 zoomtok login before this token expires"
            )
        }));
        self.fetched(&granted, need, &look.snapshot, warnings).map(Some)
    }

    fn fetched(
        &self,
        granted: &Granted,
        need: &Need,
        before: &Snapshot,
        mut warnings: Vec<String>,
    ) -> Result<Kept, Error> {
        let found = Found { text: granted.token.expose(), recorded: Some(granted.expires_at) };
        let state = TokenState::of(Some(&found), self.clock.now(), || granted.ahead);
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
            env_file: before.file().path().to_owned(),
            made: !before.file().exists(),
            warnings,
        })
    }
}

/// Makes sure that no other machine asks Zoom meanwhile. False: it is to be looked at again.
fn claim(turn: &dyn Turn, look: &Look) -> Result<bool, Error> {
    let credentials = look.settings.credentials();
    let spends = match credentials.as_ref().map(|credentials| &credentials.grant) {
        Ok(Grant::RefreshToken(token)) => Some(digest(token.expose().as_bytes())),
        _ => None,
    };
    turn.claim(spends.as_deref())
}

#[cfg(test)]
mod tests;
