//! Zoom over HTTPS: what is asked, and what each answer means.

pub(crate) mod answer;
pub mod api;
pub mod budget;
mod exchange;
mod http;
mod live;
mod proxy;
mod roots;

use reqwest::Url;
use secrecy::SecretString;

use crate::clock::{Clock, Stop};
use crate::error::Error;
use crate::token::Token;

pub use answer::{Granted, LONGEST_WAIT};
pub use exchange::BUDGET;
pub use http::Http;
pub use live::Live;

/// What an app shows to get a token.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `ZOOM_CLIENT_ID`.
    pub client_id: String,
    /// `ZOOM_CLIENT_SECRET`.
    pub client_secret: SecretString,
    /// What is asked for in whose name.
    pub grant: Grant,
}

/// The OAuth grants that keep going without a person.
#[derive(Debug, Clone)]
pub enum Grant {
    /// Of a Server-to-Server OAuth app, in the name of its owner. It may be repeated without harm.
    AccountCredentials {
        /// `ZOOM_ACCOUNT_ID`.
        account_id: String,
    },
    /// Of a user-authorised app. The token is spent by being used: the answer holds the next one, and who loses the
    /// answer has lost the authorization (Zoom's forum thread 10375).
    RefreshToken(Token),
}

impl Grant {
    /// Whether asking spends it.
    pub fn is_single_use(&self) -> bool {
        matches!(self, Self::RefreshToken(_))
    }
}

/// Why there is no access token, and what came all the same.
#[derive(Debug)]
pub struct NotGranted {
    /// Why.
    pub error: Error,
    /// The refresh token that takes the place of the spent one.
    pub refresh_token: Option<Token>,
}

impl From<Error> for NotGranted {
    fn from(error: Error) -> Self {
        Self { error, refresh_token: None }
    }
}

/// Something that turns credentials into a token: Zoom, or a test's script.
pub trait Exchange {
    /// Asks for a token, within [`BUDGET`]. Where the grant may be repeated it ends when `stop` asks for it. Where it is
    /// spent by being used it then goes on until the question that is out is answered, and ends when `stop` insists.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a verdict, [`Error::Passing`] for anything that may pass, [`Error::Interrupted`].
    fn exchange(
        &self,
        url: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        stop: &Stop,
    ) -> Result<Granted, NotGranted>;
}

/// Whether a URL leads to this machine, where plain http harms nobody.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
