//! A login and a logout: what a person decides about what is kept, through the same turn as everything else.

use chrono::{DateTime, Utc};
use reqwest::Url;
use secrecy::ExposeSecret as _;

use super::Keeper;
use super::look::Look;
use super::recovery::{recoverable, rescue, unless_panicking};
use super::remember::{granted_to, is_of_another_client, name_of, name_with_secret, take_over};
use crate::clock::rfc3339;
use crate::error::{Code, Error};
use crate::store::{ClockDifference, Memory, NewApp, NewTokens, SECRET_COMMAND, Turn};
use crate::token::{Claims, Token};
use crate::zoom::{Credentials, Grant, Granted};

/// The grant of a login with the app that it is for.
pub struct LoginWith {
    /// Both.
    pub credentials: Credentials,
    /// Whether the client secret is stored. One that a command prints is not.
    pub keeps_secret: bool,
}

/// The result of a login.
#[derive(Debug)]
pub struct LoggedIn {
    /// The access token.
    pub token: Token,
    /// When it expires, by this machine's clock.
    pub expires_at: DateTime<Utc>,
    /// Zoom's scopes of it; empty where Zoom does not say.
    pub scopes: Vec<String>,
    /// Whether a refresh token came with it and is kept.
    pub is_lasting: bool,
    /// Whether the `.env` was made for it.
    pub made: bool,
    /// Warnings for the user, as sentences.
    pub warnings: Vec<String>,
}

impl Keeper<'_> {
    /// Makes sure that what a login will bring can be stored, before anybody is asked for anything. Tokens that wait from
    /// an earlier run are put in their place. Nobody has the turn afterwards: a person takes minutes.
    ///
    /// # Errors
    ///
    /// Any of [`Error`]; nothing has changed then.
    pub fn prepare_login(&self, look: &Look) -> Result<(), Error> {
        let turn = self.turn_to_change(look)?;
        let look = self.look_under(&*turn)?;
        turn.reserve(&look.snapshot).map(drop)
    }

    /// Exchanges the grant of a login, and stores the tokens with the app that they are for, in one write. Until Zoom has
    /// taken the credentials nothing is written, and a secret that a command has printed is never written.
    ///
    /// # Errors
    ///
    /// As with [`Keeper::ensure`].
    pub fn log_in(&self, before: &Look, url: &Url, login: &LoginWith) -> Result<LoggedIn, Error> {
        let LoginWith { credentials, keeps_secret } = login;
        let turn = self.turn_to_change(before)?;
        let look = self.look_under(&*turn)?;
        let app = app_of(credentials, *keeps_secret);
        turn.foresee(&app)?;
        let memory = turn.memory();
        take_over(&memory, &name_with_secret(credentials), self.clock.now(), self.clock.now())?;
        let reserved = turn.reserve(&look.snapshot)?;
        self.stop.check()?;
        let exchanged = self.zoom.exchange(url, credentials, self.clock, self.stop);
        let (token, refresh_token) = match &exchanged {
            Ok(granted) => (Some((&granted.token, granted.expires_at)), granted.refresh_token.as_ref()),
            Err(failed) => (None, failed.refresh_token.as_ref()),
        };
        let mut warnings = Vec::new();
        if token.is_some() || refresh_token.is_some() {
            let mut tokens = NewTokens::issued(token, refresh_token).of_login(app);
            if credentials.client_secret.is_none() && look.snapshot.get(SECRET_COMMAND).is_some() {
                tokens = tokens.without_secret_command();
            }
            warnings = unless_panicking(|| reserved.put(&tokens))
                .map_err(|cause| rescue(&*turn, &look, credentials, (&tokens, self.clock.now()), cause))?;
            // A failure to remember it costs a request, or a hint.
            let _ = turn.remember(&self.memory_of(&memory, credentials, &exchanged));
        }
        let granted = exchanged.map_err(|failed| failed.error)?;
        self.note_user(&look, credentials, &granted.token);
        warnings.extend(lacks(credentials, &granted));
        Ok(LoggedIn {
            token: granted.token,
            expires_at: granted.expires_at,
            scopes: granted.scopes,
            is_lasting: granted.refresh_token.is_some() || !credentials.grant.is_of_user(),
            made: !look.env_file().exists(),
            warnings,
        })
    }

    /// Has `revoke` end what the look under the turn finds, and then removes it, for all machines that share it: the tokens, and
    /// `with_app` the app too. Gives warnings, or none where there was nothing to remove.
    ///
    /// # Errors
    ///
    /// Those of `revoke`, and any of [`Error`]; nothing was removed then.
    pub fn log_out<E: From<Error>>(
        &self,
        before: &Look,
        with_app: bool,
        revoke: impl FnOnce(&Look) -> Result<(), E>,
    ) -> Result<Option<Vec<String>>, E> {
        let gone = NewTokens::logout(with_app);
        let is_elsewhere = self.store.is_waiting(&before.snapshot) || self.store.is_shared(&before.snapshot);
        if !is_elsewhere && !holds(before, &gone) {
            return Ok(None);
        }
        let turn = self.turn_to_change(before)?;
        let mut look = self.look_under(&*turn)?;
        while holds(&look, &gone) && !turn.claim_end()? {
            look = self.look_under(&*turn)?;
        }
        if !holds(&look, &gone) {
            return Ok(None);
        }
        let reserved = turn.reserve(&look.snapshot)?;
        revoke(&look)?;
        let warnings = reserved.put(&gone)?;
        let _ = turn.remember(&Memory { clock: turn.memory().clock, ..Memory::default() });
        Ok(Some(warnings))
    }

    /// Why a login is needed, if it is, as far as that is known without asking anybody.
    ///
    /// # Errors
    ///
    /// A setting is invalid.
    pub fn login_needed(&self, look: &Look) -> Result<Option<String>, Error> {
        let credentials = match look.settings.credentials() {
            Ok(credentials) => credentials,
            // The refresh token is in the store that many machines share.
            Err(Error::CredentialsMissing { .. }) if self.store.is_shared(&look.snapshot) => return Ok(None),
            Err(error @ Error::CredentialsMissing { .. }) => return Ok(Some(error.to_string())),
            Err(error) => return Err(error),
        };
        let memory = self.store.memory(&look.snapshot);
        if is_of_another_client(&memory, &credentials) {
            return Ok(Some(
                "the refresh token was issued to another client id than the one that is set".into(),
            ));
        }
        if let Grant::RefreshToken(token) = &credentials.grant {
            let ends = Claims::read(token.expose()).ok().and_then(|claims| claims.expires_at);
            if let Some(ended) = ends.filter(|ends| *ends <= look.now) {
                return Ok(Some(format!("the refresh token expired at {}", rfc3339(ended))));
            }
        }
        let refused = memory.failure.filter(|failure| {
            failure.code == Code::Refused.number() && failure.credentials == Some(name_of(&credentials))
        });
        Ok(refused.map(|failure| failure.message))
    }

    /// The turn, unless nothing may be changed.
    fn turn_to_change(&self, look: &Look) -> Result<Box<dyn Turn + '_>, Error> {
        if let Some(refusal) = self.store.refusal(&look.snapshot) {
            return Err(refusal);
        }
        if look.read_only {
            return Err(look.refusal_to_write());
        }
        self.store.turn(&look.snapshot, self.clock, self.stop)
    }

    /// A look while nobody else can change anything, once all that waited is in its place.
    fn look_under(&self, turn: &dyn Turn) -> Result<Look, Error> {
        let look = self.look_at(turn.read()?)?;
        if !self.store.is_waiting(&look.snapshot) {
            return Ok(look);
        }
        turn.recover(&look.snapshot, &|recovery| recoverable(recovery, &look))?;
        self.look_at(turn.read()?)
    }

    /// The memory after a login: nothing of the credentials before it.
    fn memory_of(
        &self,
        before: &Memory,
        credentials: &Credentials,
        exchanged: &Result<Granted, crate::zoom::NotGranted>,
    ) -> Memory {
        let refresh_token = match exchanged {
            Ok(granted) => granted.refresh_token.as_ref(),
            Err(failed) => failed.refresh_token.as_ref(),
        };
        let granted = exchanged.as_ref().ok();
        let ahead = granted.map(|granted| granted.ahead).filter(|ahead| *ahead != 0);
        Memory {
            attempt: before.attempt,
            clock: ahead.map(|ahead| ClockDifference { ahead, measured_at: self.clock.now() }),
            scopes: granted.map(|granted| granted.scopes.clone()).unwrap_or_default(),
            granted_to: granted_to(refresh_token, &credentials.client_id),
            ..Memory::default()
        }
    }
}

/// Whether a `.env` sets anything that a logout removes.
fn holds(look: &Look, gone: &NewTokens) -> bool {
    gone.gone.iter().any(|name| look.snapshot.get(name).is_some())
}

/// The app of these credentials, as it is stored.
fn app_of(credentials: &Credentials, keeps_secret: bool) -> NewApp {
    NewApp {
        client_id: credentials.client_id.clone(),
        client_secret: credentials
            .client_secret
            .as_ref()
            .filter(|_| keeps_secret)
            .map(|secret| secret.expose_secret().to_owned().into()),
        account_id: match &credentials.grant {
            Grant::AccountCredentials { account_id } => Some(account_id.clone()),
            _ => None,
        },
    }
}

/// The warning for a login that is worth an hour only.
fn lacks(credentials: &Credentials, granted: &Granted) -> Option<String> {
    if !credentials.grant.is_of_user() || granted.refresh_token.is_some() {
        return None;
    }
    let why = granted
        .refused_refresh
        .map_or("Zoom sent none".into(), |problem| format!("it was refused: {problem}"));
    Some(format!("there is no refresh token, so this login ends with its token: {why}"))
}
