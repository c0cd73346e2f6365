//! The one ability of a tool: to call Zoom, with a valid token.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::error::Error;
use crate::keeper::Kept;
use crate::mcp::zoom::default::BUILT_IN;
use crate::mcp::zoom::failure::ToolFailure;
use crate::policy::file::PolicySource;
use crate::token::Token;
use crate::tokens::reach::Reach;
use crate::tokens::tries::Tries;
use crate::tokens::{Given, Pair, Tokens};
use crate::zoom::api::{ApiFailure, Request};
use crate::zoom::budget::Budget;

/// One call of a tool.
pub(crate) struct Session {
    tokens: Arc<Tokens>,
    reach: Arc<Reach>,
    /// The policy that let the call through.
    policy: Arc<PolicySource>,
    /// None where there were too many calls when it began.
    budget: Option<Budget>,
}

impl Session {
    /// For a call that begins now.
    pub(crate) fn new(tokens: Arc<Tokens>) -> Self {
        let budget = tokens.answers.call();
        let policy = Arc::new(PolicySource::BuiltIn(BUILT_IN));
        Self { tokens, reach: Arc::default(), policy, budget }
    }

    /// The same under another policy than the built-in one.
    pub(crate) fn under(self, policy: Arc<PolicySource>) -> Self {
        Self { policy, ..self }
    }

    /// The policy that it is under.
    pub(crate) fn policy(&self) -> &PolicySource {
        &self.policy
    }

    /// Asks Zoom's API for something, with the token that is kept here, or with one that was given. The answer is an
    /// object: an empty answer, or one of another form, would look as if nothing was found.
    pub(crate) async fn call(&self, request: &Request, given: Option<&Token>) -> Result<Value, ToolFailure> {
        let answer = self.answer(request, given).await?;
        if !answer.is_object() {
            return Err(ToolFailure::new(
                "Zoom's API has answered nothing of what it was asked for. See that ZOOM_API_URL is right and no proxy \
                 is in the way.",
            ));
        }
        Ok(answer)
    }

    /// Sends a request whose success has an empty answer.
    pub(crate) async fn order(&self, request: &Request) -> Result<(), ToolFailure> {
        self.answer(request, None).await.map(drop)
    }

    async fn answer(&self, request: &Request, given: Option<&Token>) -> Result<Value, ToolFailure> {
        let mut tries = self.tries(given).await?;
        loop {
            self.begin()?;
            match tries.api.call(request, &tries.token, self.budget()?).await {
                Ok(value) => {
                    self.reach.sent(true);
                    return Ok(value);
                }
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Downloads a text from Zoom.
    pub(crate) async fn download(&self, address: &str, given: Option<&Token>) -> Result<String, ToolFailure> {
        let mut tries = self.tries(given).await?;
        loop {
            self.begin()?;
            match tries.api.download(address, &tries.token, self.budget()?).await {
                Ok(text) => {
                    self.reach.sent(true);
                    return Ok(text);
                }
                Err(failure) => tries.after(failure).await?,
            }
        }
    }

    /// Whether Zoom's API takes the token that is kept here, as it is; none where there is no token.
    pub(crate) async fn is_token_live(&self) -> Result<Option<bool>, ToolFailure> {
        let Some((api, token)) = self.tokens.present()? else { return Ok(None) };
        self.begin()?;
        let asked = api.call(&Request::get(&["users", "me"]), &token, self.budget()?).await;
        self.reach.sent(asked.as_ref().err().is_none_or(ApiFailure::reached));
        match asked {
            // To look for what a token may be used for, or for its user, it has to be taken.
            Ok(_) | Err(ApiFailure::Scopes { .. } | ApiFailure::Refused { .. }) => Ok(Some(true)),
            Err(ApiFailure::Token { .. }) => Ok(Some(false)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Gets a new token in place of the present one.
    pub(crate) async fn renew(&self) -> Result<Kept, ToolFailure> {
        let kept = self.tokens.renewed(&self.reach).await?;
        // Also where it was another call that has asked for it.
        self.reach.count();
        Ok(kept)
    }

    /// Spends a refresh token that came with the call.
    pub(crate) async fn exchange(&self, given: Given) -> Result<Pair, ToolFailure> {
        let pair = self.tokens.exchange(given, &self.reach).await.map_err(|error| match error {
            // The fault is in the call then, and not in the settings that the hint of the error is about.
            Error::Refused { .. } => {
                ToolFailure::new(format!("{error}. Check the credentials of this call."))
            }
            error => error.into(),
        })?;
        self.reach.count();
        Ok(pair)
    }

    /// The memory for Zoom's answers to this call.
    pub(crate) fn budget(&self) -> Result<&Budget, ToolFailure> {
        self.budget.as_ref().ok_or_else(|| {
            ToolFailure::new(
                "Too many calls are under way. Wait until some have been answered, then call again.",
            )
        })
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.tokens.clock.now()
    }

    /// The keeper of the token.
    pub(crate) fn tokens(&self) -> &Arc<Tokens> {
        &self.tokens
    }

    /// How far this call has got on its way to Zoom.
    pub(crate) fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Takes note that Zoom may see something of this call from now on. Before it is sent: a client that has cancelled
    /// has reached Zoom all the same.
    fn begin(&self) -> Result<(), ToolFailure> {
        if self.reach.begin() { Ok(()) } else { Err(ToolFailure::cancelled()) }
    }

    async fn tries(&self, given: Option<&Token>) -> Result<Tries, ToolFailure> {
        Ok(Tries::begin(&self.tokens, &self.reach, given).await?)
    }
}
