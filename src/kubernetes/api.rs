//! The requests about a Secret, over HTTPS.

use std::io;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::body::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Certificate, Client, Method, RequestBuilder, Url, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use super::account::{Account, Surroundings};
use super::answer::{Answer, Meaning, meaning};
use super::error::Error;
use super::keep::{self, Api, Kept};
use super::name::{Place, SecretName};
use super::secret::{Held, Secret};
use super::verb::Verb;
use crate::clock::{Shutdown, runtime};
use crate::token::Token;
use crate::zoom::bearer_header;

/// How long one request may take.
const API_SERVER_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes. A Secret has at most 1 MiB, which base64 makes longer.
const LONGEST_SECRET: usize = 4 * 1024 * 1024;

/// Makes sure that a Secret holds this token, unless it has one that ends later. Gives where that is.
pub(crate) fn keep(
    surroundings: &Surroundings,
    secret: &SecretName,
    token: &Token,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
    stop: &Shutdown,
) -> Result<(String, Kept), Error> {
    let account = surroundings.account(secret)?;
    let place = account.place.clone();
    let server = Server::new(account, stop)?;
    let kept = keep::keep(&server, &place, Held { token, expires_at, now })?;
    Ok((place.to_string(), kept))
}

/// The API server, for one Secret.
struct Server<'a> {
    client: Client,
    /// None once it is dropped.
    runtime: Option<Runtime>,
    url: Url,
    authorization: HeaderValue,
    place: Place,
    stop: &'a Shutdown,
}

impl<'a> Server<'a> {
    fn new(account: Account, stop: &'a Shutdown) -> Result<Self, Error> {
        let not_set_up = |source| Error::NotSetUp { source };
        stop.listen().map_err(|error| not_set_up(io::Error::other(error)))?;
        let client = client(&account.authorities).map_err(not_set_up)?;
        Ok(Self {
            client,
            runtime: Some(runtime().map_err(not_set_up)?),
            url: account.server,
            authorization: bearer_header(&account.token),
            place: account.place,
            stop,
        })
    }

    /// The Secrets of the namespace, or the one that this is about. Neither name has anything that a path could mean.
    fn path(&self, verb: Verb) -> Url {
        let mut url = self.url.clone();
        let Place { namespace, name } = &self.place;
        let own = if verb == Verb::Create { String::new() } else { format!("/{name}") };
        url.set_path(&format!("/api/v1/namespaces/{namespace}/secrets{own}"));
        url
    }

    fn ask(&self, verb: Verb, body: Option<Zeroizing<Vec<u8>>>) -> Result<Meaning, Error> {
        let (method, content) = match verb {
            Verb::Get => (Method::GET, ""),
            Verb::Create => (Method::POST, "application/json"),
            Verb::Patch => (Method::PATCH, "application/merge-patch+json"),
        };
        let mut request = self.client.request(method, self.path(verb)).header(ACCEPT, "application/json");
        request = request.header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, content).body(Bytes::from_owner(body));
        }
        let Some(runtime) = &self.runtime else { unreachable!("the runtime is there until the drop") };
        let answer = runtime.block_on(async {
            tokio::select! {
                biased;
                signal = self.stop.requested() => Err(Error::Interrupted { signal }),
                answer = send(request) => answer.map_err(|error| self.silent(&error)),
            }
        })?;
        meaning(verb, &answer, &self.place)
    }

    /// Why no answer came.
    fn silent(&self, error: &Unanswered) -> Error {
        let server = self.url.authority().to_owned();
        let error = match error {
            Unanswered::TooLong => {
                return Error::Silent { server, what: "gives an answer that is too long".into() };
            }
            Unanswered::Failed(error) => error,
        };
        let mut cause: &dyn std::error::Error = error;
        let mut is_of_tls = false;
        while let Some(source) = cause.source() {
            is_of_tls |= is_of_rustls(source);
            cause = source;
        }
        let what = cause.to_string();
        if is_of_tls && error.is_connect() {
            return Error::Untrusted { server, what };
        }
        let what = match error {
            error if error.is_timeout() => "did not answer in time".into(),
            error if error.is_connect() => format!("cannot be reached: {what}"),
            _ => format!("broke off its answer: {what}"),
        };
        Error::Silent { server, what }
    }
}

impl Api for Server<'_> {
    fn get(&self) -> Result<Option<Secret>, Error> {
        match self.ask(Verb::Get, None)? {
            Meaning::Read(secret) => Ok(Some(*secret)),
            _ => Ok(None),
        }
    }

    fn create(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error> {
        Ok(matches!(self.ask(Verb::Create, Some(body))?, Meaning::Done))
    }

    fn patch(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error> {
        Ok(matches!(self.ask(Verb::Patch, Some(body))?, Meaning::Done))
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // A DNS lookup runs in a thread of its own, which is not waited for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A client that trusts these authorities and nobody else, and uses no proxy: the server is in the same cluster.
fn client(authorities: &[u8]) -> io::Result<Client> {
    // Fails if one is installed already, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let found = CertificateDer::pem_slice_iter(authorities).filter_map(Result::ok);
    let certificates: Vec<_> = found.filter_map(|found| Certificate::from_der(&found).ok()).collect();
    if certificates.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "ca.crt holds no certificate"));
    }
    Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(API_SERVER_TIMEOUT)
        .https_only(true)
        .no_proxy()
        .tls_certs_only(certificates)
        .user_agent(concat!("zoomtok/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(io::Error::other)
}

/// Whether an error is one of TLS. One of the system does not name the error that it was made of as its source.
fn is_of_rustls(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_of_rustls(inner))
}

/// Why there is no answer.
enum Unanswered {
    TooLong,
    Failed(reqwest::Error),
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        Self::Failed(error)
    }
}

async fn send(request: RequestBuilder) -> Result<Answer, Unanswered> {
    let mut response = request.send().await?;
    let status = response.status().as_u16();
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await? {
        let length = body.len() + chunk.len();
        if length > LONGEST_SECRET {
            return Err(Unanswered::TooLong);
        }
        if length > body.capacity() {
            // A body that outgrows its buffer leaves a copy behind, which is wiped here.
            let mut longer = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
            longer.extend_from_slice(&body);
            body = longer;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body })
}
