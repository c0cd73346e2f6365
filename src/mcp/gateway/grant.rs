//! Grants: who may connect to a gateway over HTTP, each with a bearer token of its own and, if wanted, a policy of its own.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::digest::sha256;
use super::grant_error::GrantError;
use super::name::Name;

/// The prefix of every bearer token, so that people and scanners of secrets know it when they see it.
pub(crate) const PREFIX: &str = "ztg_";

/// The random bytes of a bearer token.
const BEARER_BYTES: usize = 32;

/// A grant, without its bearer token, of which only the digest is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) name: Name,
    /// The SHA-256 of the bearer token. A fast digest is enough for one of 256 random bits.
    digest: String,
    pub(crate) created: DateTime<Utc>,
    /// The policy for its calls; without one that of the gateway.
    pub(crate) policy: Option<PathBuf>,
}

impl Grant {
    /// A new grant and its bearer token, which is shown once and then forgotten.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub(crate) fn new(
        name: Name,
        policy: Option<PathBuf>,
        created: DateTime<Utc>,
    ) -> Result<(Self, Zeroizing<String>), GrantError> {
        let mut bytes = Zeroizing::new([0; BEARER_BYTES]);
        ring::rand::SystemRandom::new().fill(&mut *bytes).map_err(|_| GrantError::NoRandom)?;
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes));
        let bearer = Zeroizing::new(format!("{PREFIX}{}", *encoded));
        let digest = sha256(bearer.as_bytes());
        Ok((Self { name, digest, created, policy }, bearer))
    }
}

/// The grant that a bearer token belongs to. It takes equally long whichever that is.
pub(super) fn of_bearer<'a>(grants: &'a [Grant], bearer: &str) -> Option<&'a Grant> {
    let digest = sha256(bearer.as_bytes());
    let mut found = None;
    for grant in grants {
        let is_it: Choice = grant.digest.as_bytes().ct_eq(digest.as_bytes());
        if bool::from(is_it) {
            found = Some(grant);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn made(name: &str) -> (Grant, Zeroizing<String>) {
        let created = "2026-03-04T12:00:00Z".parse().unwrap();
        Grant::new(Name::parse(name).unwrap(), None, created).unwrap()
    }

    #[test]
    fn a_bearer_token_is_known_by_sight_and_never_made_twice() {
        let bearers: BTreeSet<String> = (0..100).map(|_| made("a").1.to_string()).collect();
        assert_eq!(bearers.len(), 100);
        for bearer in bearers {
            let encoded = bearer.strip_prefix("ztg_").unwrap();
            assert_eq!(URL_SAFE_NO_PAD.decode(encoded).unwrap().len(), 32);
        }
    }

    #[test]
    fn only_the_whole_token_of_a_grant_finds_it() {
        let ((a, bearer_a), (b, bearer_b)) = (made("a"), made("b"));
        let written = serde_json::to_string(&[&a, &b]).unwrap();
        assert!(!written.contains(&bearer_a[4..]));
        let grants = [a.clone(), b.clone()];
        assert_eq!(of_bearer(&grants, &bearer_a), Some(&a));
        assert_eq!(of_bearer(&grants, &bearer_b), Some(&b));
        let (_, other) = made("a");
        let cut = &bearer_a[..bearer_a.len() - 1];
        let longer = format!("{}x", *bearer_a);
        for wrong in
            ["", "a", "ztg_", &bearer_a[4..], cut, &longer, &other, &a.digest, &bearer_a.to_lowercase()]
        {
            assert_eq!(of_bearer(&grants, wrong), None, "{wrong}");
        }
        assert_eq!(of_bearer(&[], &bearer_a), None);
    }
}
