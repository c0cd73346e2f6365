//! What a tool may do: call Zoom, with a token that is good.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::failure::Failure;
use super::tokens::{Given, Pair, Tokens};
use crate::clock::{self, Clock as _};
use crate::error::Error;
use crate::keeper::Kept;
use crate::token::Token;
use crate::zoom::api::{self, Api, Request};

/// The longest wait that a busy Zoom may ask for and get, and how often. What takes longer is told: the client can
/// wait better than a call that hangs.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
const WAITS: u32 = 2;

/// The wait where Zoom says that it is busy and not for how long: its limits per second are over by then.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// One call of a tool.
pub(super) struct Session {
    tokens: Arc<Tokens>,
    reached: AtomicBool,
}

/// The tries of one request.
struct Tries<'a> {
    session: &'a Session,
    api: Api,
    token: Token,
    /// The token is the client's, and none of ours takes its place.
    given: bool,
    renewed: bool,
    waits: u32,
    /// Whether Zoom may have seen something of this call before the last try.
    reached: bool,
}

impl Session {
    /// For a call that begins now.
    pub(super) fn new(tokens: Arc<Tokens>) -> Self {
        Self { tokens, reached: AtomicBool::new(false) }
    }

    /// Asks Zoom's API for something, with the token that is kept here, or with one that was given. What is answered is an
    /// object: an empty answer, or one of another form, would pass for one that there is nothing of what was asked for.
    pub(super) async fn call(&self, request: &Request, given: Option<&Token>) -> Result<Value, Failure> {
        let answer = self.answer(request, given).await?;
        if !answer.is_object() {
            return Err(Failure::new(
                "Zoom's API has answered nothing of what it was asked for. See that ZOOM_API_URL is right and no proxy \
                 is in the way.",
            ));
        }
        Ok(answer)
    }

    /// Has Zoom's API do something. It answers nothing when that is done.
    pub(super) async fn order(&self, request: &Request) -> Result<(), Failure> {
        self.answer(request, None).await.map(drop)
    }

    async fn answer(&self, request: &Request, given: Option<&Token>) -> Result<Value, Failure> {
        let mut tries = self.tries(given).await?;
        loop {
            self.reach();
            match tries.api.call(request, &tries.token).await {
                Ok(value) => return Ok(value),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Downloads a text from Zoom.
    pub(super) async fn download(&self, address: &str, given: Option<&Token>) -> Result<String, Failure> {
        let mut tries = self.tries(given).await?;
        loop {
            self.reach();
            match tries.api.download(address, &tries.token).await {
                Ok(text) => return Ok(text),
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Gets a new token in the place of the one that is there.
    pub(super) async fn renew(&self) -> Result<Kept, Failure> {
        self.reach();
        self.tokens.renewed().await.map_err(|error| self.explain(error))
    }

    /// Spends a refresh token that came with the call.
    pub(super) async fn exchange(&self, given: Given) -> Result<Pair, Failure> {
        self.reach();
        self.tokens.exchange(given).await.map_err(|error| match error {
            // What to mend then is in the call, and not in the settings that the hint of the error is about.
            Error::Refused { .. } => Failure::new(format!("{error}. See to the credentials of this call.")),
            error => self.explain(error),
        })
    }

    /// The wall clock.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.tokens.clock.now()
    }

    /// Who keeps the token.
    pub(super) fn tokens(&self) -> &Arc<Tokens> {
        &self.tokens
    }

    /// Whether Zoom may have seen anything of this call.
    pub(super) fn has_reached_zoom(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// Takes note that Zoom may see something of this call from now on. Before it is sent: a client that has cancelled
    /// has reached Zoom all the same.
    fn reach(&self) {
        self.reached.store(true, Ordering::Relaxed);
    }

    /// A failure to get a token, after taking note of whether Zoom may have seen the question.
    fn explain(&self, error: Error) -> Failure {
        self.reached.store(has_reached(&error), Ordering::Relaxed);
        error.into()
    }

    async fn tries(&self, given: Option<&Token>) -> Result<Tries<'_>, Failure> {
        let reached = self.has_reached_zoom();
        let (api, token) = match given {
            Some(token) => (self.tokens.api_alone()?, token.clone()),
            None => self.tokens.for_call().await.map_err(|error| {
                if has_reached(&error) {
                    self.reach();
                }
                Failure::from(error)
            })?,
        };
        Ok(Tries { session: self, api, token, given: given.is_some(), renewed: false, waits: 0, reached })
    }
}

/// Whether Zoom may have seen the question for a token that ended like this.
fn has_reached(error: &Error) -> bool {
    match error {
        Error::Refused { .. }
        | Error::UnsafeToken { .. }
        | Error::Unmeetable { .. }
        | Error::Unsaved { .. }
        | Error::Lost { .. } => true,
        Error::Passing { reached, .. } => *reached,
        _ => false,
    }
}

impl Tries<'_> {
    /// Makes ready for one more try, where that may help.
    async fn after(&mut self, failure: api::Failure) -> Result<(), Failure> {
        self.reached |= failure.reached();
        self.session.reached.store(self.reached, Ordering::Relaxed);
        match &failure {
            api::Failure::Token { .. } if !self.given && !self.renewed => {
                self.renewed = true;
                let kept = self.session.tokens.instead_of(self.token.clone()).await?;
                self.token = kept.token;
                Ok(())
            }
            api::Failure::Busy { wait, .. }
                if self.waits < WAITS && wait.is_none_or(|wait| wait < LONGEST_WAIT) =>
            {
                self.waits += 1;
                // A little later than asked, so that all who were told the same do not come back at once.
                let wait = wait.unwrap_or(USUAL_WAIT) + USUAL_WAIT.mul_f64(clock::jitter() / 2.0);
                clock::pause(wait).await;
                Ok(())
            }
            _ => Err(failure.into()),
        }
    }
}
