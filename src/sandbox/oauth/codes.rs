//! Authorization codes: what each was issued for, and how long it holds.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use subtle::ConstantTimeEq as _;

use crate::sandbox::tokens::Client;

/// How long an authorization code holds, in seconds, as in Zoom's documentation of its errors (4733).
const CODE_LIFE: i64 = 300;

/// How many codes are kept, so that a sandbox can run for weeks.
const MOST_CODES: usize = 1000;

/// How the challenge of PKCE was made from the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// The verifier itself: Zoom's default where a request names no method.
    Plain,
    /// Its SHA-256 as base64url.
    S256,
}

/// The request that a code is issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) client: Client,
    pub(super) redirect_uri: String,
    /// The challenge of PKCE, if there was one.
    pub(super) challenge: Option<(Method, String)>,
}

/// Why a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejected {
    /// Unknown, used, expired, or of another client.
    Code,
    /// The address differs from that of the authorization.
    RedirectUri,
    /// The verifier does not belong to the challenge.
    Verifier,
}

struct Code {
    text: String,
    request: Request,
    expires: i64,
}

/// All codes that were not used yet.
#[derive(Default)]
pub(super) struct Codes(Vec<Code>);

impl Codes {
    /// Issues a code.
    pub(super) fn issue(&mut self, request: Request, now: i64) -> io::Result<String> {
        let text = random()?;
        if self.0.len() >= MOST_CODES {
            self.0.remove(0);
        }
        self.0.push(Code { text: text.clone(), request, expires: now.saturating_add(CODE_LIFE) });
        Ok(text)
    }

    /// Uses a code up. A wrong address or verifier uses it up as well: RFC 6749, section 10.5, has a code used once.
    pub(super) fn redeem(
        &mut self,
        client: Client,
        text: &str,
        redirect_uri: &str,
        verifier: &str,
        now: i64,
    ) -> Result<(), Rejected> {
        let is_it = |code: &Code| code.text == text && code.request.client == client;
        let index = self.0.iter().position(is_it).ok_or(Rejected::Code)?;
        let code = self.0.remove(index);
        if code.expires <= now {
            return Err(Rejected::Code);
        }
        if code.request.redirect_uri != redirect_uri {
            return Err(Rejected::RedirectUri);
        }
        match &code.request.challenge {
            Some((method, challenge)) if !meets(*method, challenge, verifier) => Err(Rejected::Verifier),
            _ => Ok(()),
        }
    }

    /// Makes every code expire at once.
    pub(super) fn expire(&mut self) {
        for code in &mut self.0 {
            code.expires = i64::MIN;
        }
    }
}

/// Whether a verifier belongs to a challenge (RFC 7636, section 4.6).
fn meets(method: Method, challenge: &str, verifier: &str) -> bool {
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let made = match method {
        Method::Plain => verifier.to_owned(),
        Method::S256 => URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())),
    };
    is_verifier && bool::from(made.as_bytes().ct_eq(challenge.as_bytes()))
}

/// A text that nobody can guess.
pub(super) fn random() -> io::Result<String> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no random numbers are available"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const REDIRECT: &str = "http://127.0.0.1:1/callback";
    // The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn request() -> Request {
        Request {
            client: Client::Public,
            redirect_uri: REDIRECT.into(),
            challenge: Some((Method::S256, CHALLENGE.into())),
        }
    }

    #[test]
    fn a_code_can_be_used_once() {
        let mut codes = Codes::default();
        let code = codes.issue(request(), NOW).unwrap();
        assert_eq!(codes.redeem(Client::Public, &code, REDIRECT, VERIFIER, NOW + 299), Ok(()));
        assert_eq!(codes.redeem(Client::Public, &code, REDIRECT, VERIFIER, NOW), Err(Rejected::Code));
    }

    #[test]
    fn a_code_holds_for_what_it_was_issued_for() {
        let other = "http://127.0.0.1:2/callback";
        for (client, redirect, verifier, now, expected) in [
            (Client::Public, REDIRECT, VERIFIER, NOW + 300, Rejected::Code),
            (Client::Confidential, REDIRECT, VERIFIER, NOW, Rejected::Code),
            (Client::Public, other, VERIFIER, NOW, Rejected::RedirectUri),
            (Client::Public, REDIRECT, &VERIFIER[1..], NOW, Rejected::Verifier),
            (Client::Public, REDIRECT, "", NOW, Rejected::Verifier),
            (Client::Public, REDIRECT, CHALLENGE, NOW, Rejected::Verifier),
        ] {
            let mut codes = Codes::default();
            let code = codes.issue(request(), NOW).unwrap();
            assert_eq!(codes.redeem(client, &code, redirect, verifier, now), Err(expected), "{expected:?}");
        }
        let mut codes = Codes::default();
        let code = codes.issue(request(), NOW).unwrap();
        codes.expire();
        assert_eq!(codes.redeem(Client::Public, &code, REDIRECT, VERIFIER, NOW), Err(Rejected::Code));
    }

    #[test]
    fn a_plain_challenge_is_the_verifier() {
        assert!(meets(Method::Plain, VERIFIER, VERIFIER));
        assert!(!meets(Method::Plain, CHALLENGE, VERIFIER));
        assert!(!meets(Method::Plain, "short", "short"));
    }
}
