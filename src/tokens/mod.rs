//! The token inside the server: the one that every zoomtok on this machine uses, kept in `.env` and nowhere else.

pub(crate) mod ahead;
mod failed;
mod given;
pub(crate) mod reach;
pub(crate) mod tries;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::Url;

use self::failed::Failed;
pub(crate) use self::failed::Refreshing;
pub(crate) use self::given::{Given, Pair};
use self::given::{Undelivered, is_in_use, refresh_in};
use self::reach::{Noted, Reach};
use crate::clock::{Clock, SharedClock, Shutdown};
use crate::error::{Code, Diagnostic as _, Error, Refusal};
use crate::files::Unchanged;
use crate::keeper::{How, Keeper, Kept, Look, Need, Unlike};
use crate::mutex::locked;
use crate::settings::{Environment, NAMES, Origin};
use crate::store::{AccountStore, EnvStore, Store};
use crate::token::{Token, TokenState};
use crate::watch::COOLDOWN;
use crate::zoom::api::Api;
use crate::zoom::budget::Pool;

/// The seconds that a token must have left to be sent. `ahead.rs` renews it long before, and one that expires on the way
/// is renewed after the 401. With a setting in this place, one beyond the life of Zoom's tokens
/// would make every call an exchange.
const ENOUGH: u64 = 10;

/// The keeper of the token of one `.env`.
pub(crate) struct Tokens {
    environment: Environment,
    /// The same without a token, for when Zoom does not take that one.
    without_token: Environment,
    /// Whether Zoom's API has refused the token of the environment.
    is_exported_refused: AtomicBool,
    /// A token that Zoom's API has refused though it was just issued, and when, by the clock that never jumps.
    refused: Mutex<Option<(Token, Duration)>>,
    /// Where the token is kept.
    store: Box<dyn Store>,
    /// The clock.
    pub(crate) clock: SharedClock,
    /// Ends with the server: then nobody waits for a lock any more.
    pub(crate) stop: Shutdown,
    /// The one who asks Zoom; all others in this process wait for it, and find what it found.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// The client of the API, made at the first call, and where it leads.
    api: Mutex<Option<(Url, Api)>>,
    /// The look and the client that calls use as long as `.env` is unchanged.
    ready: Mutex<Unchanged<Arc<Ready>>>,
    refreshing: Mutex<Refreshing>,
    /// The last time that none could be had for a call.
    failed: Mutex<Option<Failed>>,
    undelivered: Undelivered,
    /// The memory that calls share for Zoom's answers.
    pub(crate) answers: Arc<Pool>,
}

/// The result of a look at `.env`, for calls.
struct Ready {
    look: Look,
    api: Api,
}

impl Ready {
    /// The token, if it lasts for more than `seconds` at this time. None for a time before the look.
    fn lasting(&self, seconds: u64, now: DateTime<Utc>) -> Option<&Token> {
        let since =
            u64::try_from((now - self.look.now).num_seconds()).ok().filter(|_| now >= self.look.now)?;
        let state = &self.look.held.state;
        state.token().filter(|_| state.lasts(seconds.saturating_add(since).saturating_add(1)))
    }
}

impl Tokens {
    pub(crate) fn new(
        environment: Environment,
        env_file: PathBuf,
        state_root: Option<PathBuf>,
        clock: impl Clock + Send + Sync + 'static,
        stop: Shutdown,
    ) -> Self {
        let env = EnvStore::new(env_file, NAMES, state_root);
        let store = AccountStore::new(env, Arc::new(environment.clone()));
        Self {
            without_token: environment.clone().without_token(),
            environment,
            is_exported_refused: AtomicBool::new(false),
            refused: Mutex::default(),
            store: Box::new(store),
            clock: Arc::new(clock),
            stop,
            turn: Arc::default(),
            api: Mutex::default(),
            ready: Mutex::default(),
            refreshing: Mutex::default(),
            failed: Mutex::default(),
            undelivered: Undelivered::default(),
            answers: Arc::default(),
        }
    }

    /// The keeper of the `.env`.
    pub(crate) fn keeper(&self) -> Keeper<'_> {
        Keeper::new(self.environment(), &*self.store, &*self.clock, &self.stop)
    }

    /// Where state is kept, if anywhere.
    pub(crate) fn state_root(&self) -> Option<&Path> {
        self.store.state_root()
    }

    /// The environment that was there at the start, without a token that Zoom's API has refused.
    pub(crate) fn environment(&self) -> &Environment {
        if self.is_exported_refused.load(Ordering::Relaxed) { &self.without_token } else { &self.environment }
    }

    /// Takes note that Zoom's API has refused a token that was just issued: another one would fare no better, and every
    /// call would cost one.
    pub(crate) fn refuse(&self, token: Token) {
        *locked(&self.refused) = Some((token, self.clock.elapsed()));
    }

    /// Nothing, unless this token was refused lately right after it was issued: then it is not exchanged for another.
    fn is_not_refused(&self, token: &Token) -> Result<(), Error> {
        let refused = locked(&self.refused);
        let lately = |since: &Duration| self.clock.elapsed() < *since + COOLDOWN;
        match &*refused {
            Some((refused, since)) if refused == token && lately(since) => {
                Err(Error::Refused { refusal: Refusal::NewToken, status: 401, tracking_id: None })
            }
            _ => Ok(()),
        }
    }

    /// A token that is good for a call, and the API that it is for.
    ///
    /// # Errors
    ///
    /// There is none and none can be had: any of [`Error`].
    pub(crate) async fn for_call(self: &Arc<Self>, reach: &Arc<Reach>) -> Result<(Api, Token), Error> {
        let ready = self.ready()?;
        if let Some(token) = ready.lasting(ENOUGH, self.clock.now()) {
            return Ok((ready.api.clone(), token.clone()));
        }
        let look = self.keeper().look()?;
        // A token that is fetched is no longer that of the environment, and may be for another address.
        let (here, fetched) =
            (look.settings.api_url(look.held.origin.as_ref())?, look.settings.api_url(None)?);
        let present = look.held.state.token().filter(|_| look.held.state.lasts(0)).cloned();
        if look.held.state.lasts(ENOUGH)
            && let Some(token) = present
        {
            return Ok((self.api(&here)?, token));
        }
        let need = |seconds| Need { seconds, unlike: Unlike::None };
        let mut got = self.on_demand(look, need(ENOUGH), reach).await;
        if matches!(got, Err(Error::Unmeetable { .. })) {
            // No token lives longer, so the one to be had is as good as any.
            let look = self.keeper().look()?;
            got = self.on_demand(look, need(0), reach).await;
        }
        match (got, present) {
            (Ok(kept), _) => Ok((self.api(&fetched)?, kept.token)),
            // The last seconds of a token are better than none.
            (Err(error), Some(token)) if error.code() != Code::Refused => Ok((self.api(&here)?, token)),
            (Err(error), _) => Err(error),
        }
    }

    /// A token for a program that is started now, and when it ends, where that is known.
    ///
    /// # Errors
    ///
    /// As with [`Self::for_call`].
    pub(crate) async fn for_program(
        self: &Arc<Self>,
        reach: &Arc<Reach>,
    ) -> Result<(Token, Option<DateTime<Utc>>), Error> {
        let (_, token) = self.for_call(reach).await?;
        let state = self.keeper().look()?.held.state;
        let ends = match state {
            TokenState::Dated { token: present, expires_at, .. } if present == token => Some(expires_at),
            _ => None,
        };
        Ok((token, ends))
    }

    /// The token that is kept now, whatever it is worth, and the API that it is for.
    ///
    /// # Errors
    ///
    /// The `.env` cannot be read, or a setting is wrong.
    pub(crate) fn present(&self) -> Result<Option<(Api, Token)>, Error> {
        let ready = self.ready()?;
        Ok(ready.look.held.state.token().map(|token| (ready.api.clone(), token.clone())))
    }

    /// When the token ends that is kept now; none where there is none, or that cannot be known.
    pub(crate) fn ends(&self) -> Option<DateTime<Utc>> {
        match self.keeper().look().ok()?.held.state {
            TokenState::Dated { expires_at, .. } => Some(expires_at),
            TokenState::Missing | TokenState::Malformed { .. } => None,
        }
    }

    /// The API for a token that was given with a call.
    ///
    /// # Errors
    ///
    /// A setting is wrong, or HTTPS cannot be set up.
    pub(crate) fn api_alone(&self) -> Result<Api, Error> {
        let look = self.keeper().look()?;
        self.api(&look.settings.for_caller().api_url(None)?)
    }

    /// Another token than one that Zoom's API does not take, the API that it is for, and whether it was issued for this.
    /// One of the environment is not looked at again.
    ///
    /// # Errors
    ///
    /// None can be had: any of [`Error`].
    pub(crate) async fn instead_of(
        self: &Arc<Self>,
        rejected: Token,
        reach: &Arc<Reach>,
    ) -> Result<(Api, Token, bool), Error> {
        self.is_not_refused(&rejected)?;
        let mut look = self.keeper().look()?;
        if look.held.origin == Some(Origin::Environment) && look.held.state.token() == Some(&rejected) {
            self.is_exported_refused.store(true, Ordering::Relaxed);
            *locked(&self.ready) = Unchanged::default();
            look = self.keeper().look()?;
        }
        let need = Need { seconds: 0, unlike: Unlike::Rejected(rejected) };
        let kept = self.on_demand(look, need, reach).await?;
        let look = self.keeper().look()?;
        let origin = look.held.origin.as_ref().filter(|_| look.held.state.token() == Some(&kept.token));
        Ok((self.api(&look.settings.api_url(origin)?)?, kept.token, kept.how == How::Fetched))
    }

    /// A token unlike the present one.
    ///
    /// # Errors
    ///
    /// None can be had: any of [`Error`].
    pub(crate) async fn renewed(self: &Arc<Self>, reach: &Arc<Reach>) -> Result<Kept, Error> {
        let look = self.keeper().look()?;
        self.ensure(look, Need { seconds: 0, unlike: Unlike::Present }, reach).await
    }

    /// Begins nothing more, and waits until no exchange is under way in this process. Its answer may hold the only
    /// good refresh token. Gives whether there was one.
    pub(crate) async fn settle(&self) -> bool {
        self.stop.request();
        let is_busy = self.turn.try_lock().is_err();
        drop(self.turn.lock().await);
        is_busy
    }

    /// Spends a refresh token that a client has sent. Where it is the one that is kept here, the next one is kept here
    /// too: it would be lost to everybody else. With another client id or secret than is kept here it is for Zoom to
    /// judge: a refresh token without the secret is worth nothing.
    ///
    /// # Errors
    ///
    /// Zoom refuses, or cannot be asked: any of [`Error`].
    pub(crate) async fn exchange(self: &Arc<Self>, given: Given, reach: &Arc<Reach>) -> Result<Pair, Error> {
        let (this, asked) = (Arc::clone(self), given.clone());
        let looked = move || {
            let look = this.keeper().look()?;
            let is_in_use = is_in_use(&look, &asked, &this.stop)?;
            Ok((look, is_in_use))
        };
        let (look, is_in_use) = self.blocking(looked).await?;
        if is_in_use {
            let kept = self.ensure(look, Need { seconds: 0, unlike: Unlike::Present }, reach).await?;
            let refresh = refresh_in(&self.keeper().look()?).unwrap_or(given.refresh);
            return Ok(Pair { access: kept.token, refresh, expires_at: kept.expires_at });
        }
        if look.read_only {
            return Err(Error::Adopted { path: look.env_file().path().to_owned(), source: None });
        }
        let url = look.settings.for_caller().oauth_url()?;
        let (this, spent, reach) = (Arc::clone(self), given.clone(), Arc::clone(reach));
        let exchange = move || this.undelivered.spend(&url, spent, &reach, &*this.clock, &this.stop);
        let pair = self.blocking(exchange).await?;
        // Only here has the pair reached its caller.
        self.undelivered.delivered(&given);
        Ok(pair)
    }

    /// Gets a token because a call needs one. A call that waits for another one's attempt takes over its failure. And
    /// credentials that Zoom has just refused are not sent again: every call of an agent would be another refused request,
    /// and Zoom disables apps for too many.
    async fn on_demand(self: &Arc<Self>, look: Look, need: Need, reach: &Arc<Reach>) -> Result<Kept, Error> {
        let (this, reach, asked) = (Arc::clone(self), Arc::clone(reach), self.clock.elapsed());
        // In turn, so that no other call looks between a failure and the note of it.
        self.blocking(move || {
            // A token of the environment would hide that there is another one in `.env`. It may have changed while this
            // call waited.
            let keeper = Keeper { environment: &this.without_token, ..this.keeper() };
            let fingerprint = keeper.look()?.settings.fingerprint();
            let mut failed = locked(&this.failed);
            let now = this.clock.elapsed();
            if let Some(failed) = failed.as_ref().filter(|failed| failed.answers(fingerprint, asked, now)) {
                return Err(failed.again());
            }
            let zoom = Noted(&reach);
            Keeper { zoom: &zoom, ..this.keeper() }.ensure(&look, &need).inspect_err(|error| {
                // Any other failure costs no time, and is simply found again.
                if !matches!(error.code(), Code::Refused | Code::Transient | Code::Busy) {
                    return;
                }
                let message = match error {
                    // It already says that another process reported it.
                    Error::TakenOver { message, .. } => message.clone(),
                    _ => error.with_causes(),
                };
                let (since, at) = (this.clock.elapsed(), this.clock.now());
                let (code, hint) = (error.code(), error.hint());
                *failed = Some(Failed { fingerprint, since, at, code, message, hint });
            })
        })
        .await
    }

    async fn ensure(self: &Arc<Self>, before: Look, need: Need, reach: &Arc<Reach>) -> Result<Kept, Error> {
        let (this, reach) = (Arc::clone(self), Arc::clone(reach));
        self.blocking(move || {
            let zoom = Noted(&reach);
            Keeper { zoom: &zoom, ..this.keeper() }.ensure(&before, &need)
        })
        .await
    }

    /// Does work that waits for Zoom in a thread of its own, one at a time. Once begun it runs to its end, also when its
    /// caller has gone.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.stop.check()?;
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        let failed =
            |error| Error::Other { action: "ask for a token".into(), source: io::Error::other(error) };
        working.await.unwrap_or_else(|error| Err(failed(error)))
    }

    /// The look and the client for calls now. A token that another process has put into `.env` is used at the next call.
    fn ready(&self) -> Result<Arc<Ready>, Error> {
        let read = || {
            let look = self.keeper().look()?;
            let api = self.api(&look.settings.api_url(look.held.origin.as_ref())?)?;
            Ok(Arc::new(Ready { look, api }))
        };
        locked(&self.ready).get(|| self.clock.elapsed(), || self.store.stamp(), read)
    }

    fn api(&self, url: &Url) -> Result<Api, Error> {
        let mut known = locked(&self.api);
        if let Some((_, api)) = known.as_ref().filter(|(known, _)| known == url) {
            return Ok(api.clone());
        }
        let api = Api::new(url)?;
        *known = Some((url.clone(), api.clone()));
        Ok(api)
    }

    /// How the refreshing ahead of time is doing.
    pub(crate) fn refreshing(&self) -> MutexGuard<'_, Refreshing> {
        locked(&self.refreshing)
    }
}

#[cfg(test)]
mod tests;
