//! Zoom over HTTPS: the requests, and what each answer means.

pub(crate) mod answer;
pub mod api;
pub mod budget;
pub(crate) mod days;
mod exchange;
mod http;
mod live;
mod login;
mod proxy;
mod roots;

use reqwest::Url;
use secrecy::SecretString;

use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::token::Token;

pub use answer::{Granted, LONGEST_WAIT};
pub use exchange::BUDGET;
pub use http::Http;
pub(crate) use http::{bearer as bearer_header, client as http_client, reason as why_unanswered};
pub use live::Live;
pub use login::DeviceCode;

/// The credentials with which an app gets a token. An exchange is made with the `Secret` itself; before that it may be the way
/// to it.
#[derive(Debug, Clone)]
pub struct Credentials<Secret = SecretString> {
    /// `ZOOM_CLIENT_ID`.
    pub client_id: String,
    /// `ZOOM_CLIENT_SECRET`. A public client has none
    /// (<https://developers.zoom.us/docs/integrations/PKCE/>, blog post "public-pkce" of April 2026).
    pub client_secret: Option<Secret>,
    /// The grant: on whose behalf a token is requested.
    pub grant: Grant,
}

/// The OAuth grants: two that work without a person, and two that a login ends with.
#[derive(Debug, Clone)]
pub enum Grant {
    /// For a Server-to-Server OAuth app, on behalf of its owner. Repeating it does no harm.
    AccountCredentials {
        /// `ZOOM_ACCOUNT_ID`.
        account_id: String,
    },
    /// For a user-authorised app. Using the token spends it: the answer holds the next one, and losing the answer loses the
    /// authorization (Zoom's forum thread 10375).
    RefreshToken(Token),
    /// The code that a browser brings after a person has allowed it. It is valid for 5 minutes.
    AuthorizationCode {
        /// The code.
        code: SecretString,
        /// The address to which the browser was sent back, byte for byte.
        redirect_uri: String,
        /// The verifier of PKCE.
        verifier: SecretString,
    },
    /// The code with which a device waits for a person.
    DeviceCode(SecretString),
}

impl Grant {
    /// Whether one request spends it.
    pub fn is_single_use(&self) -> bool {
        !matches!(self, Self::AccountCredentials { .. })
    }

    /// Whether it gives access on behalf of a user, of whom an app has one grant at a time.
    pub fn is_of_user(&self) -> bool {
        self.is_single_use()
    }
}

/// Why no access token was granted, and what came with the failure.
#[derive(Debug)]
pub struct NotGranted {
    /// The reason.
    pub error: Error,
    /// The refresh token that replaces the spent one.
    pub refresh_token: Option<Token>,
}

impl From<Error> for NotGranted {
    fn from(error: Error) -> Self {
        Self { error, refresh_token: None }
    }
}

/// Exchanges credentials for a token: Zoom, or a script in a test.
pub trait Exchange {
    /// Requests a token, within [`BUDGET`]. With a repeatable grant it ends as soon as `stop` is requested. With a
    /// single-use grant it then waits for the answer to the request under way, and ends when `stop` insists.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a verdict, [`Error::Transient`] for a transient failure, [`Error::Interrupted`].
    fn exchange(
        &self,
        url: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<Granted, NotGranted>;
}

/// Whether a URL leads to this machine, where plain http is safe.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a host belongs to Zoom or to Zoom for Government. Recordings are at zoom.us and usNNweb.zoom.us.
pub(crate) fn is_zooms(host: &str) -> bool {
    ["zoom.us", "zoomgov.com"]
        .iter()
        .any(|zoom| host.strip_suffix(zoom).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}
