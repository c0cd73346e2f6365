//! The state of the sandbox: tokens, meetings, queued faults, and the requests so far.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::Method;
use hyper::header::RANGE;

use super::api::{self, World};
use super::faults::{Endpoint, Fault, Outcome, Queue, later};
use super::hosted::{Hosted, is_hosted};
use super::message::{Fields, Reply, Request};
use super::oauth::{self, Logins};
use super::options::Options;
use super::shelf::Shelf;
use super::tokens::Tokens;
use crate::token::mask;

/// The most requests that are kept, so that a sandbox can run for weeks.
const MOST_REQUESTS: usize = 10_000;

/// A request that arrived, whatever its outcome.
#[derive(Clone)]
pub struct Seen {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path, still encoded.
    pub path: String,
    /// The query, still encoded.
    pub query: String,
    /// The body, as far as it is text.
    pub body: String,
    /// The form's fields; none if the body was not declared as a form.
    pub fields: Fields,
    /// The form's `grant_type`.
    pub grant_type: Option<String>,
    /// Whether Basic authentication had the right client id and secret.
    pub client_ok: bool,
    /// The token of Bearer authentication.
    pub bearer: Option<String>,
    /// The part of a file that it asks for.
    pub range: Option<String>,
    /// When it arrived, by this machine's clock.
    pub at: DateTime<Utc>,
    /// When it arrived, since the start of the sandbox.
    pub elapsed: Duration,
}

impl Seen {
    fn new(request: &Request, at: DateTime<Utc>, elapsed: Duration) -> Self {
        let fields = request.form();
        Self {
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            grant_type: fields.get("grant_type").cloned(),
            fields,
            client_ok: oauth::client(request).is_some(),
            bearer: request.bearer().map(str::to_owned),
            range: Some(request.header(&RANGE).to_owned()).filter(|range| !range.is_empty()),
            at,
            elapsed,
        }
    }

    pub(super) fn is_token_request(&self) -> bool {
        self.method == "POST" && self.path == "/oauth/token"
    }
}

/// Omits the body and values: a user may have sent real credentials.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .field("grant_type", &self.grant_type)
            .field("client_ok", &self.client_ok)
            .field("bearer", &self.bearer.as_deref().map(mask))
            .field("at", &self.at)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

pub(super) struct State {
    options: Options,
    origin: String,
    pub(super) tokens: Tokens,
    pub(super) logins: Logins,
    world: World,
    token_faults: Queue,
    api_faults: Queue,
    mcp_faults: Queue,
    login_faults: Queue,
    pub(super) hosted: Hosted,
    pub(super) seen: VecDeque<Seen>,
    replies: u64,
}

impl State {
    /// The initial state of a Zoom at this origin.
    pub(super) fn new(options: Options, origin: String, now: DateTime<Utc>) -> io::Result<Self> {
        let zooms_now = later(now, options.clock_offset);
        Ok(Self {
            tokens: Tokens::new(options.token_life, options.supersede, zooms_now.timestamp())?,
            logins: Logins::new(options.device_interval),
            world: World::new(&origin, zooms_now),
            options,
            origin,
            token_faults: Queue::default(),
            api_faults: Queue::default(),
            mcp_faults: Queue::default(),
            login_faults: Queue::default(),
            hosted: Hosted::default(),
            seen: VecDeque::new(),
            replies: 0,
        })
    }

    /// Puts recordings there.
    pub(super) fn record(&mut self, recordings: Shelf) {
        self.world.record(recordings);
    }

    /// The time by Zoom's clock.
    pub(super) fn zooms(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        later(now, self.options.clock_offset)
    }

    pub(super) fn tracking_id(&mut self) -> String {
        self.replies += 1;
        format!("v=2.0;clid=sandbox;rid=WEB_{:032x}", self.replies)
    }

    /// The queued faults of an endpoint.
    pub(super) fn faults(&mut self, on: Endpoint) -> &mut Queue {
        match on {
            Endpoint::Token => &mut self.token_faults,
            Endpoint::Api => &mut self.api_faults,
            Endpoint::Mcp => &mut self.mcp_faults,
            Endpoint::Login => &mut self.login_faults,
        }
    }

    /// Records a request to Zoom.
    pub(super) fn arrived(&mut self, request: &Request, at: DateTime<Utc>, elapsed: Duration) {
        if self.seen.len() >= MOST_REQUESTS {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen::new(request, at, elapsed));
    }

    /// The outcome of a request, including faults.
    pub(super) fn outcome(&mut self, request: &Request, now: DateTime<Utc>) -> Outcome {
        let endpoint = endpoint(request);
        match endpoint.and_then(|on| self.faults(on).take().map(|fault| (on, fault))) {
            None => Outcome::Reply(self.carry_out(request, now)),
            Some((on, fault)) => {
                let zooms_now = self.zooms(now);
                let text = if let Fault::Token(text) = &fault { Some(text.clone()) } else { None };
                let outcome = fault.apply(on, zooms_now, || self.carry_out(request, now));
                if let (Some(text), Outcome::Reply(reply)) = (text, &outcome)
                    && reply.value().is_some_and(|body| body["access_token"] == text.as_str())
                {
                    let seconds = zooms_now.timestamp();
                    self.tokens.accept(text, seconds.saturating_add(self.tokens.life()), seconds);
                }
                outcome
            }
        }
    }

    /// The normal answer.
    pub(super) fn carry_out(&mut self, request: &Request, now: DateTime<Utc>) -> Reply {
        let zooms_now = self.zooms(now);
        let seconds = zooms_now.timestamp();
        match (&request.method, request.path.as_str()) {
            (&Method::POST, "/oauth/token") => {
                let (tokens, logins, origin) = (&mut self.tokens, &mut self.logins, &self.origin);
                oauth::token(tokens, logins, request, origin, self.options.expires_in, seconds)
            }
            (&Method::GET, "/oauth/authorize") => oauth::authorize(&mut self.logins, request, seconds),
            (&Method::POST, "/oauth/devicecode") => {
                oauth::device_code(&mut self.logins, request, &self.origin, seconds)
            }
            (&Method::GET, "/oauth_device") => oauth::device_page(&mut self.logins, request, seconds),
            (&Method::POST, "/oauth/revoke") => oauth::revoke(&mut self.tokens, request, seconds),
            (_, path) if is_api(path) => {
                let standing = request.bearer().map(|token| self.tokens.standing(token, seconds));
                api::answer(&mut self.world, request, standing, zooms_now)
            }
            (_, path) if is_hosted(path) => {
                let standing = request.bearer().map(|token| self.tokens.standing(token, seconds));
                self.hosted.answer(&mut self.world, request, standing, &self.origin, zooms_now)
            }
            // On Zoom, these are pages of its website.
            _ => Reply::html(404, "Page Not Found - Zoom"),
        }
    }
}

fn endpoint(request: &Request) -> Option<Endpoint> {
    if request.method == Method::POST && request.path == "/oauth/token" {
        Some(Endpoint::Token)
    } else if request.path.starts_with("/oauth") {
        Some(Endpoint::Login)
    } else if is_hosted(&request.path) {
        Some(Endpoint::Mcp)
    } else {
        is_api(&request.path).then_some(Endpoint::Api)
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/v2/") || path.starts_with("/rec/")
}
