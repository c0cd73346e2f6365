//! The tries of one request to the API: a token that is not accepted costs one exchange and one more try, and a busy Zoom is
//! waited for if it asks for a short time.

use std::sync::Arc;
use std::time::Duration;

use super::Tokens;
use super::reach::Reach;
use crate::clock;
use crate::error::Error;
use crate::token::Token;
use crate::zoom::api::{Api, ApiFailure};

/// The longest wait that a busy Zoom may ask for and get, and how often. A longer wait is reported: the client
/// can wait better than a call that hangs.
const LONGEST_WAIT: Duration = Duration::from_secs(15);
const WAITS: u32 = 2;

/// How many other tokens are tried where Zoom does not take one: that of `.env` for one of the environment, and a new one.
const RENEWALS: u32 = 2;

/// The wait where Zoom says that it is busy and not for how long: its limits per second are over by then.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// The tries of one request.
pub(crate) struct Tries {
    tokens: Arc<Tokens>,
    reach: Arc<Reach>,
    /// The API to ask.
    pub(crate) api: Api,
    /// The token to ask with.
    pub(crate) token: Token,
    /// The token is the client's, and none of ours takes its place.
    given: bool,
    renewals: u32,
    /// The token was issued in the place of one that was refused.
    is_new: bool,
    waits: u32,
}

/// Why no further try is made.
#[derive(Debug)]
pub(crate) enum CallFailure {
    /// There is no token.
    NoToken(Error),
    /// The last answer.
    Api(ApiFailure),
}

impl From<Error> for CallFailure {
    fn from(error: Error) -> Self {
        Self::NoToken(error)
    }
}

impl Tries {
    /// The first try of a request, with this token or the one that is kept.
    ///
    /// # Errors
    ///
    /// There is no token and none can be had: any of [`Error`].
    pub(crate) async fn begin(
        tokens: &Arc<Tokens>,
        reach: &Arc<Reach>,
        given: Option<&Token>,
    ) -> Result<Self, Error> {
        let (api, token) = match given {
            Some(token) => (tokens.api_alone()?, token.clone()),
            None => tokens.for_call(reach).await?,
        };
        let (tokens, reach) = (Arc::clone(tokens), Arc::clone(reach));
        Ok(Self { tokens, reach, api, token, given: given.is_some(), renewals: 0, is_new: false, waits: 0 })
    }

    /// Makes ready for one more try, where that may help.
    ///
    /// # Errors
    ///
    /// It would not help, or no other token can be had.
    pub(crate) async fn after(&mut self, failure: ApiFailure) -> Result<(), CallFailure> {
        self.reach.sent(failure.reached());
        match &failure {
            ApiFailure::Token { .. } if !self.given && !self.is_new && self.renewals < RENEWALS => {
                self.renewals += 1;
                (self.api, self.token, self.is_new) =
                    self.tokens.instead_of(self.token.clone(), &self.reach).await?;
                Ok(())
            }
            ApiFailure::Busy { wait, .. }
                if self.waits < WAITS && wait.is_none_or(|wait| wait < LONGEST_WAIT) =>
            {
                self.waits += 1;
                // A little later than asked, so that clients with the same wait do not come back at once.
                let wait = wait.unwrap_or(USUAL_WAIT) + USUAL_WAIT.mul_f64(clock::jitter() / 2.0);
                clock::pause(wait).await;
                Ok(())
            }
            _ => {
                if self.is_new && matches!(failure, ApiFailure::Token { .. }) {
                    self.tokens.refuse(self.token.clone());
                }
                Err(CallFailure::Api(failure))
            }
        }
    }
}
