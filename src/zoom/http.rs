//! HTTPS: one client, one thread, everything bounded.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use secrecy::ExposeSecret as _;
use tokio::runtime::Runtime;

use super::answer::Answer;
use super::exchange::{self, TokenEndpoint};
use super::{Credentials, Exchange, Grant, Granted, is_loopback};
use crate::clock::{Clock, Signals};
use crate::error::Error;

/// How long a connection may take to be made. What is reachable answers in a fraction of it.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may still take after a signal. It may be on its way, and hold the only good refresh token; and
/// who pressed Ctrl-C should be rid of the program within a second. It is no longer than the shortest pause between two
/// tries, so that none begins in it.
const LAST_WORD: Duration = Duration::from_millis(500);

/// The most of an answer that is read. Zoom's token answers have about 2 KiB.
const MAX_BODY: usize = 1024 * 1024;

/// Zoom over the network.
#[derive(Debug, Default, Clone, Copy)]
pub struct Http;

/// A client and the thread-less runtime that drives it, both made when something is sent.
pub(super) struct Connection {
    runtime: Option<Runtime>,
    client: Client,
}

impl Connection {
    /// Makes ready to talk to `url`.
    pub(super) fn new(url: &Url) -> Result<Self, Error> {
        // Fails when one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .user_agent(concat!("zoomtok/", env!("CARGO_PKG_VERSION")));
        if is_loopback(url) && url.scheme() == "http" {
            // No proxy stands between a machine and itself, and no certificate is looked at: reading those of the
            // system takes longer than the whole exchange.
            builder = builder.no_proxy().tls_certs_only([]);
        } else {
            builder = builder.https_only(true);
        }
        let failed = |source| Error::Other { action: "set up HTTPS".into(), source };
        let client = builder.build().map_err(|error| failed(std::io::Error::other(reason(&error))))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        Ok(Self { runtime: Some(runtime), client })
    }

    /// Runs something to its end, or to a signal that asks the program to stop; shortly beyond that while something is
    /// at stake.
    ///
    /// From the first call on, SIGINT and SIGTERM no longer end the program by themselves: what follows an exchange
    /// is the replacement of a file, which is over in milliseconds and better finished.
    pub(super) fn run<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
        at_stake: impl Fn() -> bool,
    ) -> Result<T, Error> {
        let Some(runtime) = &self.runtime else { unreachable!("the runtime is there until the drop") };
        runtime.block_on(async {
            let mut work = pin!(work);
            let mut signals = Signals::listen();
            tokio::select! {
                result = &mut work => result,
                signal = signals.next() => {
                    let last_word = if at_stake() { LAST_WORD } else { Duration::ZERO };
                    tokio::time::timeout(last_word, work).await.unwrap_or(Err(Error::Interrupted { signal }))
                }
            }
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A look-up of a name runs in a thread of its own and cannot be stopped; a plain drop would wait for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Exchange for Http {
    fn exchange(&self, url: &Url, credentials: &Credentials, clock: &dyn Clock) -> Result<Granted, Error> {
        let connection = Connection::new(url)?;
        let url = below(url, &["oauth", "token"]);
        let endpoint = Endpoint { client: connection.client(), url, asking: Cell::new(false) };
        connection.run(exchange::exchange(&endpoint, credentials, clock), || endpoint.asking.get())
    }
}

struct Endpoint<'a> {
    client: &'a Client,
    url: Url,
    /// Whether a question is out.
    asking: Cell<bool>,
}

impl TokenEndpoint for Endpoint<'_> {
    async fn ask(&self, credentials: &Credentials) -> Result<Answer, String> {
        // In the body and never in the address: Zoom takes no token there since 2023, and addresses are logged.
        let form = match &credentials.grant {
            Grant::AccountCredentials { account_id } => {
                [("grant_type", "account_credentials"), ("account_id", account_id)]
            }
            Grant::RefreshToken(token) => {
                [("grant_type", "refresh_token"), ("refresh_token", token.expose())]
            }
        };
        let request =
            self.client.post(self.url.clone()).header(AUTHORIZATION, basic(credentials)).form(&form);
        self.asking.set(true);
        let answer = send(request).await;
        self.asking.set(false);
        answer
    }
}

/// `url` with path segments added, each encoded.
pub(super) fn below(url: &Url, segments: &[&str]) -> Url {
    let mut url = url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

fn basic(credentials: &Credentials) -> HeaderValue {
    let pair = format!("{}:{}", credentials.client_id, credentials.client_secret.expose_secret());
    let header = format!("Basic {}", BASE64.encode(pair));
    secret_header(&header)
}

/// A header that does not show itself in `Debug`.
pub(super) fn secret_header(text: &str) -> HeaderValue {
    // Base64 and tokens have no character that a header could not hold.
    let mut value = HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Sends a request and reads the answer, as far as it may be read. The error says what happened.
pub(super) async fn send(request: RequestBuilder) -> Result<Answer, String> {
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    let mut answer = Answer {
        status: response.status().as_u16(),
        retry_after: header(response.headers(), &reqwest::header::RETRY_AFTER),
        date: header(response.headers(), &reqwest::header::DATE),
        tracking_id: header(response.headers(), &HeaderName::from_static("x-zm-trackingid"))
            .filter(|id| is_plain(id)),
        body: Vec::new(),
    };
    answer.body = body(&mut response).await?;
    Ok(answer)
}

async fn body(response: &mut Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err("the answer did not end within 1 MiB".into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What Zoom's tracking ids are made of; anything else is not put on a terminal.
fn is_plain(id: &str) -> bool {
    id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte))
}

/// Why a request failed, in words; without its address, which is long and can hold an account id.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let host = error.url().and_then(Url::host_str).unwrap_or("Zoom");
    let what = if error.is_timeout() {
        return format!("{host} did not answer in time");
    } else if error.is_connect() {
        format!("{host} cannot be reached")
    } else if error.is_builder() {
        "HTTPS cannot be set up (are CA certificates installed?)".into()
    } else {
        format!("the answer of {host} broke off")
    };
    format!("{what}: {cause}")
}
