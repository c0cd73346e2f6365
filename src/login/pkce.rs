//! The proof that whoever redeems a code is whoever asked for it (RFC 7636).

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::error::Error;

/// The random bytes of a verifier and of a state: 43 characters as base64url, the fewest that a verifier may have.
const RANDOM_BYTES: usize = 32;

/// The secret of one login: only its challenge is shown before the code is redeemed.
pub(super) struct Verifier(SecretString);

impl Verifier {
    /// A new one.
    ///
    /// # Errors
    ///
    /// [`Error::Other`] if the system has no random numbers.
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self(random()?.into()))
    }

    /// The challenge for the method S256.
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.expose_secret().as_bytes()))
    }

    /// The verifier, for the request that redeems the code.
    pub(super) fn into_secret(self) -> SecretString {
        self.0
    }
}

/// A text that nobody can guess.
///
/// # Errors
///
/// [`Error::Other`] if the system has no random numbers.
pub(super) fn random() -> Result<String, Error> {
    let mut bytes = Zeroizing::new([0; RANDOM_BYTES]);
    SystemRandom::new().fill(&mut *bytes).map_err(|_| Error::Other {
        action: "begin a login".into(),
        source: io::Error::other("no random numbers are available"),
    })?;
    Ok(URL_SAFE_NO_PAD.encode(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        // RFC 7636, appendix B.
        let verifier = Verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned().into());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn no_two_verifiers_are_the_same_and_each_may_be_one() {
        let [one, other] = [(); 2].map(|()| Verifier::new().unwrap().into_secret());
        assert_ne!(one.expose_secret(), other.expose_secret());
        let is_verifier = |text: &str| {
            (43..=128).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        assert!(is_verifier(one.expose_secret()));
    }
}
