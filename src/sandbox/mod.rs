//! A stand-in for Zoom on loopback, for the demo and the tests.
//!
//! It issues tokens by Zoom's rules, answers the REST calls that zoomtok makes, and fails on demand in every way that
//! was seen or feared. It listens on 127.0.0.1 only, has one account, and keeps nothing after it ends.

mod api;
mod control;
mod data;
mod fast;
mod faults;
mod hosted;
mod jwt;
mod message;
mod oauth;
mod options;
mod server;
mod shared;
mod shelf;
mod state;
mod tokens;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub(crate) use self::fast::FastClock;
pub use self::faults::{Endpoint, Fault, RetryAfter};
pub use self::oauth::Consent;
pub use self::options::{
    ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, ExpiresIn, Options, PUBLIC_CLIENT_ID, REDIRECT_URI,
};
pub use self::shelf::Shelf;
pub use self::state::Seen;
pub use self::tokens::Client;

use self::shared::Shared;
use self::state::State;
use self::tokens::Standing;
use crate::clock::runtime;

/// A running sandbox, which ends when it is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    port: u16,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox in its own thread.
    ///
    /// # Errors
    ///
    /// The port is taken, or the system has no random numbers.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let clock = Arc::clone(&options.clock);
        let state = State::new(options, origin(port), clock.now())?;
        let shared = Arc::new(Shared { state: Mutex::new(state), arrived: Condvar::new(), clock });
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel::<Infallible>();
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("sandbox".into()).spawn(move || {
            runtime.block_on(async {
                // Registering a socket that was just bound fails only without memory; then nothing is served.
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    // Nothing is sent: dropping the sender stops the server.
                    _ = stopped => {}
                    never = server::serve(listener, served) => match never {},
                }
            });
            // Dropping the runtime closes the connections, even those that wait forever.
        })?;
        Ok(Self { shared, port, stop: Some(stop), thread: Some(thread) })
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The stand-in for `https://zoom.us`.
    pub fn oauth_url(&self) -> String {
        origin(self.port)
    }

    /// The stand-in for `https://api.zoom.us/v2`.
    pub fn api_url(&self) -> String {
        format!("{}/v2", origin(self.port))
    }

    /// The current refresh token.
    pub fn refresh_token(&self) -> String {
        self.refresh_token_of(Client::Confidential)
    }

    /// The refresh token of either client that is good now.
    pub fn refresh_token_of(&self, client: Client) -> String {
        self.shared.lock().tokens.refresh(client).to_owned()
    }

    /// Has the person at the authorization page do this from now on.
    pub fn consent(&self, consent: Consent) {
        self.shared.lock().logins.consent = consent;
    }

    /// Issues tokens with these scopes from now on, separated by spaces.
    pub fn grant_scopes(&self, scope: &str) {
        scope.clone_into(&mut self.shared.lock().logins.scope);
    }

    /// Makes every code of a login under way expire.
    pub fn expire_codes(&self) {
        self.shared.lock().logins.expire();
    }

    /// Creates an access token with this many seconds left; below zero it has expired. It supersedes no other.
    pub fn mint(&self, life: i64) -> String {
        let now = self.shared.zooms_now().timestamp();
        self.shared.lock().tokens.mint(life, now)
    }

    /// Whether the API accepts this access token now.
    pub fn accepts(&self, token: &str) -> bool {
        let now = self.shared.zooms_now().timestamp();
        self.shared.lock().tokens.standing(token, now) == Standing::Good
    }

    /// Puts recordings of the owner there, in the place of those of an earlier call.
    pub fn record(&self, recordings: Shelf) {
        self.shared.lock().record(recordings);
    }

    /// Invalidates every access token; the refresh token stays.
    pub fn revoke_all(&self) {
        self.shared.lock().tokens.revoke_all();
    }

    /// Adds a fault for this many requests, after the faults already queued; `u32::MAX` is for all requests.
    pub fn fail(&self, on: Endpoint, fault: Fault, times: u32) {
        self.shared.lock().faults(on).push(fault, times);
    }

    /// Clears the queued faults. Requests that already met one are not affected.
    pub fn heal(&self, on: Endpoint) {
        self.shared.lock().faults(on).clear();
    }

    /// The stand-in for `https://mcp.zoom.us`.
    pub fn mcp_url(&self) -> String {
        origin(self.port)
    }

    /// Makes the hosted MCP servers forget every session.
    pub fn forget_mcp_sessions(&self) {
        self.shared.lock().hosted.forget();
    }

    /// Closes the streams on which the hosted MCP servers speak first.
    pub fn hang_up_mcp_streams(&self) {
        self.shared.lock().hosted.hang_up();
    }

    /// Has the hosted MCP servers say this to every client.
    pub fn push_mcp(&self, message: &serde_json::Value) {
        self.shared.lock().hosted.push(message);
    }

    /// How many sessions the hosted MCP servers have, and how many clients listen to their streams.
    pub fn mcp_sessions(&self) -> (usize, usize) {
        self.shared.lock().hosted.counts()
    }

    /// Every `POST /oauth/token` so far, including those that met a fault.
    pub fn token_requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.iter().filter(|seen| seen.is_token_request()).cloned().collect()
    }

    /// The last 10 000 requests, including those that met a fault, except those under `/sandbox`.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.iter().cloned().collect()
    }

    /// Waits until this many `POST /oauth/token` have arrived; false if they have not within the timeout.
    pub fn wait_for_token_requests(&self, n: usize, timeout: Duration) -> bool {
        let too_few =
            |state: &mut State| state.seen.iter().filter(|seen| seen.is_token_request()).count() < n;
        let waited = self.shared.arrived.wait_timeout_while(self.shared.lock(), timeout, too_few);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Serves until the process ends.
    pub fn run_forever(mut self) {
        if let Some(thread) = self.thread.take() {
            // An error is a panic in the thread, which was reported there.
            let _ = thread.join();
        }
    }

    /// Instructions for the person who started it.
    pub fn instructions(&self) -> String {
        let (oauth, api, refresh) = (self.oauth_url(), self.api_url(), self.refresh_token());
        format!(
            "A made-up Zoom listens on {oauth}. Ctrl-C stops it.\n\
             \n\
             In another terminal, with a separate .env so that yours is not changed:\n\
             \n  \
               cd \"$(mktemp -d)\" && touch .env && export ZOOM_ENV_FILE=\"$PWD/.env\"\n  \
               export ZOOM_OAUTH_URL={oauth}\n  \
               export ZOOM_API_URL={api}\n  \
               export ZOOM_MCP_URL={oauth}\n  \
               export ZOOM_CLIENT_ID={CLIENT_ID}\n  \
               export ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n  \
               export ZOOM_ACCOUNT_ID={ACCOUNT_ID}\n  \
               zoomtok get\n\
             \n\
             As a user-authorised app, whose refresh token changes with each use:\n\
             \n  \
               unset ZOOM_ACCOUNT_ID\n  \
               echo ZOOM_REFRESH_TOKEN={refresh} >> .env\n  \
               zoomtok get -f\n\
             \n\
             To make the next requests fail:\n\
             \n  \
               curl {oauth}/sandbox/fault -d fault=status -d status=503 -d times=2\n  \
               curl {oauth}/sandbox/fault -d fault=busy -d retry-after=date -d seconds=5\n  \
               curl {oauth}/sandbox/fault -d on=api -d fault=cut-before -d times=always\n  \
               curl {oauth}/sandbox/fault -d on=api -d fault=none\n\
             \n\
             {FAULTS}\n\
             \n\
             To log in with the public client, id {PUBLIC_CLIENT_ID}, or with {CLIENT_ID}, whose only redirect is\n\
             {REDIRECT_URI}. A page asks you, unless you have decided before:\n\
             \n  \
               curl {oauth}/sandbox/login -d consent=ask|allow|deny\n  \
               curl {oauth}/sandbox/login -d scope='user:read:user:admin'\n  \
               curl {oauth}/sandbox/login -d expire=codes\n\
             \n\
             Its hosted MCP servers are at {oauth}/mcp/zoom/streamable, and so on. To make them lose their sessions,\n\
             or close their streams, or say something:\n\
             \n  \
               curl {oauth}/sandbox/mcp -d do=forget\n  \
               curl {oauth}/sandbox/mcp -d do=hang-up\n  \
               curl {oauth}/sandbox/mcp -d do=push --data-urlencode message=JSON\n\
             \n\
             To invalidate every access token, and to list the requests so far:\n\
             \n  \
               curl -X POST {oauth}/sandbox/revoke\n  \
               curl {oauth}/sandbox/requests\n"
        )
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // An error is a panic in the thread, which was reported there.
            let _ = thread.join();
        }
    }
}

/// The fields of `POST /sandbox/fault`.
const FAULTS: &str = "\
on=token|api|mcp|login (token), times=N|always (1), and fault= one of
  none                     clear the queued faults
  slow, late seconds=S     answer after this long; late: the tokens are issued at once
  never                    never answer
  cut-before, cut-after    close the connection; after: the tokens are issued and lost
  gateway status=N         a web page, and the tokens are issued and lost
  torn                     half of the answer, as if it were all
  truncated, chunked, bom  half of the answer; in chunks; with a byte order mark
  trickle seconds=S        one byte at a time, with this pause
  huge bytes=N, endless    200 with this many bytes
  empty, html status=N     200 without a body; a web page
  status status=N          an error in Zoom's format
  busy [retry-after=seconds|date|http-date seconds=N]
  redirect location=URL
  json status=N body=TEXT
  token text=TEXT          this text instead of the access token
  no-token                 no access token";

fn origin(port: u16) -> String {
    format!("http://{}:{port}", Ipv4Addr::LOCALHOST)
}

#[cfg(test)]
mod tests;
