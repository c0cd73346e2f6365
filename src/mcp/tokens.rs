//! The token inside the server: the one that every zoomtok on this machine uses, kept in `.env` and nowhere else.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Url;

use crate::clock::{Clock as _, SystemClock};
use crate::error::{Code, Error};
use crate::keeper::{Keeper, Kept, Look, Need, Unlike};
use crate::settings::{Environment, Settings};
use crate::token::Token;
use crate::watch::COOLDOWN;
use crate::zoom::api::Api;
use crate::zoom::{Credentials, Exchange as _, Grant, Http};

/// The seconds that a token must have left to be sent. That it is renewed long before is the business of `ahead.rs`, and
/// one that ends on the way is renewed after the 401. With a setting in this place, one beyond the life of Zoom's tokens
/// would make every call an exchange.
const ENOUGH: u64 = 10;

/// Who keeps the token of one `.env`.
pub(super) struct Tokens {
    environment: Environment,
    env_file: PathBuf,
    state_root: Option<PathBuf>,
    /// What is gone by.
    pub(super) clock: SystemClock,
    /// The one who asks Zoom; all others in this process wait for it, and find what it found.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The client of the API, made at the first call, and where it leads.
    api: Mutex<Option<(Url, Api)>>,
    refreshing: Mutex<Refreshing>,
    refused: Mutex<Option<Refused>>,
}

/// What a refresh token was spent for.
pub(super) struct Pair {
    pub(super) access: Token,
    pub(super) refresh: Token,
    pub(super) expires_at: DateTime<Utc>,
}

/// A refusal of Zoom's, which holds for a while.
#[derive(Clone)]
struct Refused {
    /// Of the token and the credentials that it was about.
    fingerprint: u64,
    since: Duration,
    at: DateTime<Utc>,
    message: String,
    hint: Option<String>,
}

impl Refused {
    fn again(self) -> Error {
        let Self { at, message, hint, .. } = self;
        Error::TakenOver { code: Code::Refused, message, hint, at }
    }
}

/// How the refreshing ahead of time is doing.
#[derive(Debug, Clone, Default)]
pub(super) struct Refreshing {
    /// The last attempt, if it failed.
    pub(super) failure: Option<String>,
    /// Since when there are no attempts, after too many that failed.
    pub(super) stopped_since: Option<DateTime<Utc>>,
    /// When one more is made all the same.
    pub(super) probe_at: Option<DateTime<Utc>>,
}

impl Tokens {
    pub(super) fn new(
        environment: Environment,
        env_file: PathBuf,
        state_root: Option<PathBuf>,
        clock: SystemClock,
    ) -> Self {
        let (turn, api, refreshing, refused) = Default::default();
        Self { environment, env_file, state_root, clock, turn, api, refreshing, refused }
    }

    /// The keeper of the `.env`.
    pub(super) fn keeper(&self) -> Keeper<'_> {
        Keeper {
            environment: &self.environment,
            env_file: &self.env_file,
            state_root: self.state_root.as_deref(),
            clock: &self.clock,
            zoom: &Http,
            watching: false,
        }
    }

    /// The settings of a look.
    pub(super) fn settings<'a>(&'a self, look: &'a Look) -> Settings<'a> {
        Settings::new(&self.environment, &look.file)
    }

    /// The environment that was there at the start.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// A token that is good for a call, and the API that it is for.
    ///
    /// # Errors
    ///
    /// There is none and none can be had: any of [`Error`].
    pub(super) async fn for_call(self: &Arc<Self>) -> Result<(Api, Token), Error> {
        let look = self.keeper().look()?;
        let settings = self.settings(&look);
        let api = self.api(&settings.api_url()?)?;
        let present = look.held.state.token().filter(|_| look.held.state.lasts(0)).cloned();
        if let Some(token) = present.clone().filter(|_| look.held.state.lasts(ENOUGH)) {
            return Ok((api, token));
        }
        match (self.on_demand(look, Need { seconds: ENOUGH, unlike: Unlike::None }).await, present) {
            (Ok(kept), _) => Ok((api, kept.token)),
            // The last seconds of a token are better than none.
            (Err(error), Some(token)) if error.code() != Code::Refused => Ok((api, token)),
            (Err(error), _) => Err(error),
        }
    }

    /// The API for a token that was given with a call.
    ///
    /// # Errors
    ///
    /// A setting is wrong, or HTTPS cannot be set up.
    pub(super) fn api_alone(&self) -> Result<Api, Error> {
        let look = self.keeper().look()?;
        self.api(&self.settings(&look).api_url()?)
    }

    /// Another token than one that Zoom's API does not take.
    ///
    /// # Errors
    ///
    /// None can be had: any of [`Error`].
    pub(super) async fn instead_of(self: &Arc<Self>, rejected: Token) -> Result<Kept, Error> {
        let look = self.keeper().look()?;
        self.on_demand(look, Need { seconds: 0, unlike: Unlike::Rejected(rejected) }).await
    }

    /// Another token than the one that is there.
    ///
    /// # Errors
    ///
    /// None can be had: any of [`Error`].
    pub(super) async fn renewed(self: &Arc<Self>) -> Result<Kept, Error> {
        let look = self.keeper().look()?;
        self.ensure(look, Need { seconds: 0, unlike: Unlike::Present }).await
    }

    /// Waits until no exchange is under way in this process. What it brings may be the only good refresh token.
    pub(super) async fn settled(&self) {
        drop(self.turn.lock().await);
    }

    /// Spends a refresh token that a client has sent. Where it is the one that is kept here, the next one is kept here
    /// too: it would be lost to everybody else.
    ///
    /// # Errors
    ///
    /// Zoom refuses, or cannot be asked: any of [`Error`].
    pub(super) async fn exchange(self: &Arc<Self>, credentials: Credentials) -> Result<Pair, Error> {
        let Grant::RefreshToken(spent) = &credentials.grant else {
            return Err(Error::Other {
                action: "refresh without a refresh token".into(),
                source: io::ErrorKind::InvalidInput.into(),
            });
        };
        let look = self.keeper().look()?;
        let settings = self.settings(&look);
        if self.kept_refresh_token(&look).as_ref() == Some(spent) {
            let kept = self.ensure(look, Need { seconds: 0, unlike: Unlike::Present }).await?;
            let refresh = self.kept_refresh_token(&self.keeper().look()?);
            let refresh = refresh.unwrap_or_else(|| spent.clone());
            return Ok(Pair { access: kept.token, refresh, expires_at: kept.expires_at });
        }
        let (url, spent, clock) = (settings.oauth_url()?, spent.clone(), self.clock);
        let granted = self.blocking(move || Http.exchange(&url, &credentials, &clock)).await?;
        let refresh = granted.refresh_token.unwrap_or(spent);
        Ok(Pair { access: granted.token, refresh, expires_at: granted.expires_at })
    }

    /// The refresh token that a look finds to be in use.
    fn kept_refresh_token(&self, look: &Look) -> Option<Token> {
        match self.settings(look).credentials().ok()?.grant {
            Grant::RefreshToken(token) => Some(token),
            Grant::AccountCredentials { .. } => None,
        }
    }

    /// Gets a token because a call needs one. What Zoom has refused a moment ago is not asked for again with the same
    /// credentials: every call of an agent would be another refused request, and Zoom disables apps for too many.
    async fn on_demand(self: &Arc<Self>, look: Look, need: Need) -> Result<Kept, Error> {
        // A token of the environment would hide that there is another one in `.env`.
        let environment = self.environment.clone().without_token();
        let fingerprint = Settings::new(&environment, &look.file).fingerprint();
        let lately = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(refused) = lately
            && refused.fingerprint == fingerprint
            && self.clock.elapsed() < refused.since + COOLDOWN
        {
            return Err(refused.again());
        }
        let asked = self.ensure(look, need).await;
        if let Err(error) = &asked
            && error.code() == Code::Refused
        {
            let (since, at) = (self.clock.elapsed(), self.clock.now());
            let message = match error {
                // It says already that it was told before.
                Error::TakenOver { message, .. } => message.clone(),
                _ => error.to_string(),
            };
            let refused = Refused { fingerprint, since, at, message, hint: error.hint() };
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(refused);
        }
        asked
    }

    async fn ensure(self: &Arc<Self>, before: Look, need: Need) -> Result<Kept, Error> {
        let this = Arc::clone(self);
        self.blocking(move || this.keeper().ensure(&before, &need)).await
    }

    /// Does what waits for Zoom in a thread of its own, one at a time. Once begun it goes on to its end, also when whoever
    /// asked for it has gone.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        let failed =
            |error| Error::Other { action: "ask for a token".into(), source: io::Error::other(error) };
        working.await.unwrap_or_else(|error| Err(failed(error)))
    }

    fn api(&self, url: &Url) -> Result<Api, Error> {
        let mut known = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, api)) = known.as_ref().filter(|(known, _)| known == url) {
            return Ok(api.clone());
        }
        let api = Api::new(url)?;
        *known = Some((url.clone(), api.clone()));
        Ok(api)
    }

    /// How the refreshing ahead of time is doing.
    pub(super) fn refreshing(&self) -> MutexGuard<'_, Refreshing> {
        self.refreshing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
