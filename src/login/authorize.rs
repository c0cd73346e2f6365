//! The address of Zoom's authorization page for one login.

use reqwest::Url;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;

use super::pkce::{Verifier, random};
use crate::error::Error;
use crate::zoom::Grant;

/// The path of the callback. Zoom compares it with the registered one, and ignores the port
/// (<https://developers.zoom.us/changelog/platform/pkce-loopback>).
pub(super) const CALLBACK: &str = "/callback";

/// A login that is about to begin in a browser.
pub(crate) struct Authorization {
    state: String,
    verifier: Verifier,
    redirect_uri: String,
}

impl Authorization {
    /// One whose browser is sent back to `redirect_uri`.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if the system has no random numbers.
    pub(crate) fn new(redirect_uri: String) -> Result<Self, Error> {
        Ok(Self { state: random()?, verifier: Verifier::new()?, redirect_uri })
    }

    /// The page at which the person allows it, of the Zoom at this URL. Scopes are not named: they come from the app, and
    /// long lists of them are refused (gumloop/guMCP#56).
    pub(crate) fn page(&self, zoom: &Url, client_id: &str) -> Url {
        let mut page = zoom.clone();
        if let Ok(mut path) = page.path_segments_mut() {
            path.pop_if_empty().extend(["oauth", "authorize"]);
        }
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("code_challenge", &self.verifier.challenge())
            // Without it Zoom takes the challenge for the verifier itself.
            .append_pair("code_challenge_method", "S256")
            .append_pair("state", &self.state);
        page
    }

    /// The state that Zoom sends back.
    pub(super) fn state(&self) -> State {
        State(self.state.clone())
    }

    /// The grant that a code stands for.
    pub(crate) fn redeemed_by(self, code: SecretString) -> Grant {
        let Self { verifier, redirect_uri, .. } = self;
        Grant::AuthorizationCode { code, redirect_uri, verifier: verifier.into_secret() }
    }
}

/// The state of a login, which is compared in constant time.
#[derive(Clone)]
pub(super) struct State(String);

impl State {
    pub(super) fn is(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }

    #[cfg(test)]
    pub(super) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_that_zoom_asks_for_and_no_scope() {
        let authorization = Authorization::new("http://127.0.0.1:52936/callback".into()).unwrap();
        let page = authorization.page(&Url::parse("https://zoom.us").unwrap(), "public id");
        let text = page.as_str();
        assert!(text.starts_with("https://zoom.us/oauth/authorize?response_type=code&client_id=public+id"));
        assert!(text.contains("&redirect_uri=http%3A%2F%2F127.0.0.1%3A52936%2Fcallback&"), "{text}");
        let names: Vec<String> = page.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let expected = [
            "response_type",
            "client_id",
            "redirect_uri",
            "code_challenge",
            "code_challenge_method",
            "state",
        ];
        assert_eq!(names, expected);
        let state = page.query_pairs().last().unwrap().1.into_owned();
        assert!(authorization.state().is(&state));
        assert!(!authorization.state().is(&state[1..]));
        assert!(!authorization.state().is(""));
    }
}
