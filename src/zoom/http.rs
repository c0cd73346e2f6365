//! HTTPS with one client and one thread, and a limit on everything.
//!
//! The secrets of a request and the body of an answer are wiped when they are dropped. The buffers into which hyper,
//! rustls and the kernel copy them are not.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::body::Bytes;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response, Url, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use super::answer::{Answer, Silence};
use super::budget::{Budget, MIB, TooMuch};
use super::exchange::{self, TokenEndpoint};
use super::proxy::Proxy;
use super::roots::trust;
use super::{Credentials, Exchange, Grant, Granted, NotGranted, is_loopback};
use crate::clock::{Clock, Shutdown, runtime};
use crate::error::{Error, Left};
use crate::token::Token;

/// How long connecting may take. A reachable host answers in a fraction of it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The most that is read of a short answer, in bytes. Zoom's token answers have about 2 KiB.
pub(super) const SMALL_BODY: usize = MIB;

/// The bytes allocated at first for the body of an answer.
const ANSWER_ROOM: usize = 8 * 1024;

/// Zoom over the network.
#[derive(Debug, Default, Clone, Copy)]
pub struct Http;

/// A client and the single-threaded runtime that drives it.
pub(super) struct Connection {
    runtime: Option<Runtime>,
    client: Client,
}

impl Connection {
    pub(super) fn new(url: &Url) -> Result<Self, Error> {
        if !is_plain_loopback(url) {
            check_threads().map_err(not_set_up)?;
        }
        let client = client(url)?;
        let runtime = runtime().map_err(not_set_up)?;
        Ok(Self { runtime: Some(runtime), client })
    }

    /// Runs `work` until it is done, or until `end` returns the signal that interrupts it and what that leaves behind.
    pub(super) fn run<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
        end: impl Future<Output = (u8, Left)>,
    ) -> Result<T, Error> {
        let Some(runtime) = &self.runtime else { unreachable!("the runtime is there until the drop") };
        runtime.block_on(async {
            tokio::select! {
                biased;
                result = work => result,
                (signal, left) = end => Err(Error::Interrupted { signal, left }),
            }
        })
    }

    /// The same for work that may be interrupted at any time.
    pub(super) fn run_until_asked<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
        stop: &Shutdown,
    ) -> Result<T, Error> {
        stop.listen()?;
        self.run(work, async { (stop.requested().await, Left::Nothing) })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

/// A client for `url` that follows no redirect: the caller decides what may be sent where.
///
/// # Errors
///
/// [`Error::Setting`] if the environment names a proxy or certificates that cannot be used; [`Error::Other`] if HTTPS
/// cannot be set up on this machine.
pub(crate) fn client(url: &Url) -> Result<Client, Error> {
    // Fails if one is installed already, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("zoomtok/", env!("CARGO_PKG_VERSION")));
    if is_plain_loopback(url) {
        // A machine needs no proxy to reach itself, and no certificates for http: reading the system's takes longer
        // than the whole exchange.
        builder = builder.no_proxy().tls_certs_only([]);
    } else {
        builder = trust(builder.https_only(true))?;
        if let Some(proxy) = Proxy::of_process()? {
            let proxy =
                proxy.for_client().map_err(|error| not_set_up(std::io::Error::other(reason(&error))))?;
            builder = builder.proxy(proxy);
        }
    }
    builder.build().map_err(|error| not_set_up(std::io::Error::other(reason(&error))))
}

/// Checks that the system lets this process start a thread, which DNS lookups need: without one tokio would panic.
fn check_threads() -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("check".into()).spawn(|| {})?;
    // The thread does nothing that could panic.
    let _ = thread.join();
    Ok(())
}

fn not_set_up(source: std::io::Error) -> Error {
    Error::Other { action: "set up HTTPS".into(), source }
}

/// Whether a URL leads to this machine over plain http, like that of a stand-in for Zoom.
pub(super) fn is_plain_loopback(url: &Url) -> bool {
    is_loopback(url) && url.scheme() == "http"
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A DNS lookup runs in its own thread and cannot be cancelled; a plain drop would wait for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Exchange for Http {
    /// From the first call on, signals no longer end the program by themselves: an exchange is followed by the
    /// replacement of a file, which takes milliseconds and is better finished.
    fn exchange(
        &self,
        url: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<Granted, NotGranted> {
        stop.listen()?;
        let connection = Connection::new(url)?;
        let url = below(url, &["oauth", "token"]);
        let endpoint = Endpoint { client: connection.client(), url };
        let exchange = async { Ok(exchange::exchange(&endpoint, credentials, clock, stop).await) };
        if credentials.grant.is_single_use() {
            let is_stored = matches!(credentials.grant, Grant::RefreshToken(_));
            let left = if is_stored { Left::RefreshToken } else { Left::Nothing };
            connection.run(exchange, async { (stop.forced().await, left) })?
        } else {
            connection.run_until_asked(exchange, stop)?
        }
    }
}

struct Endpoint<'a> {
    client: &'a Client,
    url: Url,
}

impl TokenEndpoint for Endpoint<'_> {
    async fn ask(&self, credentials: &Credentials) -> Result<Answer, Silence> {
        // In the body and never in the URL: Zoom accepts no token there since 2023, and URLs are logged.
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from_owner(form(credentials)));
        if let Some(secret) = &credentials.client_secret {
            request = request.header(AUTHORIZATION, basic(&credentials.client_id, secret));
        }
        send(request, &Budget::new(SMALL_BODY)).await
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

/// The form that requests a token. A client without a secret names itself there.
fn form(credentials: &Credentials) -> Zeroizing<String> {
    let mut fields = match &credentials.grant {
        Grant::AccountCredentials { account_id } => {
            vec![("grant_type", "account_credentials"), ("account_id", account_id)]
        }
        Grant::RefreshToken(token) => {
            vec![("grant_type", "refresh_token"), ("refresh_token", token.expose())]
        }
        Grant::AuthorizationCode { code, redirect_uri, verifier } => vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ],
        Grant::DeviceCode(code) => {
            vec![("grant_type", DEVICE_CODE_GRANT), ("device_code", code.expose_secret())]
        }
    };
    if credentials.client_secret.is_none() {
        fields.push(("client_id", &credentials.client_id));
    }
    secret_form(&fields)
}

/// The name of a device's grant (RFC 8628, section 3.4).
const DEVICE_CODE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A form that is wiped when it is dropped.
pub(super) fn secret_form(fields: &[(&str, &str)]) -> Zeroizing<String> {
    // An encoded byte takes up to three. A text that outgrows its buffer leaves a copy behind.
    let room = fields.iter().map(|(name, value)| "&=".len() + name.len() + 3 * value.len()).sum();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(room));
    form.extend_pairs(fields);
    form.finish().into()
}

pub(super) fn basic(client_id: &str, client_secret: &SecretString) -> HeaderValue {
    let pair = [client_id, ":", client_secret.expose_secret()].concat();
    let pair = Zeroizing::new(BASE64.encode(Zeroizing::new(pair)));
    secret_header(&["Basic ", &pair])
}

/// The header that carries a token to the API.
pub(crate) fn bearer(token: &Token) -> HeaderValue {
    secret_header(&["Bearer ", token.expose()])
}

/// A header that `Debug` does not show, wiped with its last clone.
fn secret_header(parts: &[&str]) -> HeaderValue {
    let text = Bytes::from_owner(Zeroizing::new(parts.concat()));
    // Base64 and tokens have no characters that are invalid in a header.
    let mut value = HeaderValue::from_maybe_shared(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

impl From<reqwest::Error> for Silence {
    fn from(error: reqwest::Error) -> Self {
        Self { what: reason(&error), sent: !(error.is_connect() || error.is_builder()) }
    }
}

/// Sends a request and reads the answer, if its body fits into the budget.
pub(super) async fn send(request: RequestBuilder, budget: &Budget) -> Result<Answer, Silence> {
    let mut response = request.send().await?;
    let mut answer = head(response.status().as_u16(), response.headers());
    answer.body = body(&mut response, budget).await?;
    Ok(answer)
}

/// The head of an answer.
pub(super) fn head(status: u16, headers: &HeaderMap) -> Answer {
    Answer {
        status,
        retry_after: header(headers, &RETRY_AFTER),
        date: header(headers, &DATE),
        content_type: header(headers, &CONTENT_TYPE),
        location: header(headers, &LOCATION),
        limit: header(headers, &HeaderName::from_static("x-ratelimit-type")),
        tracking_id: header(headers, &HeaderName::from_static("x-zm-trackingid")).filter(|id| is_plain(id)),
        body: Zeroizing::default(),
    }
}

async fn body(response: &mut Response, budget: &Budget) -> Result<Zeroizing<Vec<u8>>, Silence> {
    // Room for the announced length, or else for an answer with a token: a body that outgrows its buffer leaves a copy
    // behind. No more than that, since all of it is wiped at the end, byte by byte.
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    let room = announced.map_or(ANSWER_ROOM, |length| length.min(ANSWER_ROOM));
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    while let Some(chunk) = response.chunk().await? {
        let room = body.len() + chunk.len();
        budget.turn(room).await;
        budget.take(chunk.len()).map_err(|TooMuch(what)| Silence { what, sent: true })?;
        if room > body.capacity() {
            // By a quarter instead of doubling: unused room would be wiped for nothing.
            let more = chunk.len().max(body.len() / 4);
            body.reserve_exact(more);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Whether a tracking id looks like Zoom's, such as `v=2.0;clid=us02;rid=WEB_0a1b`, and may be printed on a terminal.
fn is_plain(id: &str) -> bool {
    id.len() <= 100 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.;".contains(&byte))
}

/// Why a request failed, without its URL, which is long and may contain an account id.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let host = error.url().and_then(Url::host_str).unwrap_or("Zoom");
    let proxy = Proxy::of_process().ok().flatten();
    let is_for = |proxy: &Proxy| error.url().is_some_and(|url| !is_plain_loopback(url) && proxy.is_for(url));
    let way = proxy
        .filter(is_for)
        .map(|proxy| format!(" through the proxy {}", proxy.description()))
        .unwrap_or_default();
    let what = if error.is_timeout() {
        return format!("{host} did not answer in time{way}");
    } else if error.is_connect() {
        format!("{host} cannot be reached{way}")
    } else if error.is_builder() {
        // A machine without CA certificates, as containers often are.
        return format!(
            "{cause}; install them (ca-certificates), or name a file that contains them with SSL_CERT_FILE"
        );
    } else {
        format!("the answer from {host} broke off")
    };
    format!("{what}: {cause}")
}
