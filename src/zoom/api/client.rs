//! The client that makes a call, once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::Value;

use super::answer::Reading;
use super::quoted::quoted;
use super::{ApiFailure, Method, Request};
use crate::clock::{Clock as _, SystemClock};
use crate::error::Error;
use crate::mutex::locked;
use crate::token::Token;
use crate::zoom::answer::{Answer, Silence, Times};
use crate::zoom::budget::{Budget, TooMuch};
use crate::zoom::http;
use crate::zoom::{is_loopback, is_zooms};

/// How long an answer may take, from connecting to the last byte.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The most redirects that are followed to a file.
pub(super) const MAX_REDIRECTS: usize = 5;

/// Zoom's API. Clones share their connections, which are kept for the next call.
///
/// Calls run where they are awaited and end when they are dropped; Zoom may still carry out a dropped call.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: Url,
    clock: SystemClock,
    /// The token that was sent last, and its header.
    shown: Arc<Mutex<Option<(Token, HeaderValue)>>>,
}

/// Whether a request has the token with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    WithToken,
    WithoutToken,
}

impl Api {
    /// A client of the API at `base`, usually `https://api.zoom.us/v2`.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if HTTPS cannot be set up on this machine.
    pub fn new(base: &Url) -> Result<Self, Error> {
        Ok(Self {
            client: http::client(base)?,
            base: base.clone(),
            clock: SystemClock::start(),
            shown: Arc::default(),
        })
    }

    /// Makes a call, once, within 30 s.
    ///
    /// # Errors
    ///
    /// A [`ApiFailure`]; whether to try again depends on the call too.
    pub async fn call(&self, request: &Request, token: &Token, budget: &Budget) -> Result<Value, ApiFailure> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut call = self.client.request(method, request.url(&self.base));
        if let Some(body) = &request.body {
            call = call.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let before = budget.held();
        let (answer, times) = self.ask(call, token, budget).await.inspect_err(|_| budget.shrink(before))?;
        let bytes = budget.held() - before;
        let value = Reading { answer: &answer, token, times, budget }.value();
        drop(answer);
        budget.shrink(budget.held().saturating_sub(bytes));
        value
    }

    /// Fetches a transcript from the `download_url` of a recording, through at most 5 redirects, each within 30 s.
    ///
    /// The token is sent along, but only to Zoom: other clients either lose it on the way (ZoomNet#257) or send it to
    /// any target of a redirect.
    ///
    /// # Errors
    ///
    /// [`ApiFailure::Elsewhere`] if the address or a redirect leads away from Zoom; nothing was sent there.
    /// [`ApiFailure::Broken`] if the file is not a transcript, and otherwise as with [`Api::call`].
    pub async fn download(
        &self,
        address: &str,
        token: &Token,
        budget: &Budget,
    ) -> Result<String, ApiFailure> {
        let mut url = self.first_address(address, token)?;
        let mut redirects = 0;
        loop {
            if redirects > 0
                && let Some(problem) = self.objection(&url)
            {
                return Err(ApiFailure::Elsewhere { problem: quoted(&problem, token), redirected: true });
            }
            let before = budget.held();
            let (answer, times) = self.ask(self.client.get(url.clone()), token, budget).await?;
            let reading = Reading { answer: &answer, token, times, budget };
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                reading.is_transcript()?;
                return text(answer, budget);
            }
            budget.shrink(before);
            if redirects == MAX_REDIRECTS {
                return Err(reading.broken("the file is behind too many redirects"));
            }
            redirects += 1;
            let next = answer.location.as_deref().and_then(|location| url.join(location).ok());
            url = next.ok_or_else(|| reading.broken("the file is behind a redirect to nowhere"))?;
        }
    }

    /// The client that makes the requests.
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The clock.
    pub(super) fn clock(&self) -> SystemClock {
        self.clock
    }

    /// The address that Zoom gives for a file.
    ///
    /// # Errors
    ///
    /// [`ApiFailure::Elsewhere`] if the token must not be sent there.
    pub(super) fn first_address(&self, address: &str, token: &Token) -> Result<Url, ApiFailure> {
        let elsewhere =
            |problem: &str| ApiFailure::Elsewhere { problem: quoted(problem, token), redirected: false };
        let url = Url::parse(address).map_err(|_| elsewhere("its address is not a URL"))?;
        self.objection(&url).map_or(Ok(url), |problem| Err(elsewhere(&problem)))
    }

    /// How a redirect to a URL is followed. A host that is not Zoom's gets no token.
    ///
    /// # Errors
    ///
    /// Why nothing at all is sent there.
    pub(super) fn way(&self, url: &Url) -> Result<Way, String> {
        let is_stand_in = http::is_plain_loopback(&self.base);
        if is_stand_in && url.origin() == self.base.origin() || !is_stand_in && self.objection(url).is_none()
        {
            return Ok(Way::WithToken);
        }
        let host = url.host_str().unwrap_or("nobody");
        if !url.username().is_empty() || url.password().is_some() {
            Err(format!("the address at {host} holds a user name"))
        } else if url.scheme() == "https" || is_stand_in && is_loopback(url) {
            Ok(Way::WithoutToken)
        } else {
            Err(format!("{host} would be reached without https"))
        }
    }

    async fn ask(
        &self,
        request: RequestBuilder,
        token: &Token,
        budget: &Budget,
    ) -> Result<(Answer, Times), ApiFailure> {
        let request = request.header(AUTHORIZATION, self.bearer(token)).timeout(CALL_TIMEOUT);
        let asked = self.clock.now();
        match http::send(request, budget).await {
            Ok(answer) => Ok((answer, Times { asked, answered: self.clock.now() })),
            Err(Silence { what, sent }) => Err(ApiFailure::Unanswered { what, sent }),
        }
    }

    /// The header for a token. It is kept, since most calls send the same token.
    fn bearer(&self, token: &Token) -> HeaderValue {
        let mut shown = locked(&self.shown);
        match &*shown {
            Some((last, header)) if last == token => header.clone(),
            _ => {
                let header = http::bearer(token);
                *shown = Some((token.clone(), header.clone()));
                header
            }
        }
    }

    /// Why the token must not be sent to a URL, if so. The files of a stand-in for the API on this machine are on this
    /// machine too.
    fn objection(&self, url: &Url) -> Option<String> {
        let host = url.host_str().unwrap_or("nobody");
        let has_user = !url.username().is_empty() || url.password().is_some();
        let is_stand_in = http::is_plain_loopback(&self.base) && is_loopback(url);
        if has_user {
            Some(format!("the address at {host} holds a user name"))
        } else if is_stand_in {
            None
        } else if !is_zooms(host) {
            Some(format!("{host} is not Zoom's"))
        } else if url.scheme() != "https" {
            Some(format!("{host} would be reached without https"))
        } else {
            None
        }
    }
}

/// The body of an answer as text, without a copy. Invalid UTF-8 is replaced, which takes at most three times the
/// memory.
fn text(mut answer: Answer, budget: &Budget) -> Result<String, ApiFailure> {
    let mark = answer.body.len() - answer.content().len();
    let mut body = std::mem::take(&mut *answer.body);
    body.drain(..mark);
    String::from_utf8(body).or_else(|error| {
        let bytes = error.into_bytes();
        budget.take(3 * bytes.len()).map_err(|TooMuch(what)| ApiFailure::Unanswered { what, sent: true })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })
}

#[cfg(test)]
mod tests;
