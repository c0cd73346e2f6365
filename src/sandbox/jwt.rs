//! Tokens that look like Zoom's.
//!
//! Their format is version 10, as seen in expired tokens that people posted publicly between December 2024 and December
//! 2025: HS512, no `typ`, no scopes inside, about 630 characters.

use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;

use super::options::{ACCOUNT_ID, OWNER_ID};

/// The purpose of a token; the number is its `type` claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Access on behalf of a user.
    User = 0,
    /// Exchanged for the next pair.
    Refresh = 1,
    /// Access on behalf of the app's owner.
    ServerToServer = 3,
}

#[derive(Serialize)]
struct Header<'a> {
    sv: &'static str,
    alg: &'static str,
    v: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims {
    aud: &'static str,
    uid: &'static str,
    ver: u8,
    auid: String,
    nbf: i64,
    code: String,
    iss: String,
    gno: u8,
    exp: i64,
    #[serde(rename = "type")]
    kind: u8,
    iat: i64,
    aid: &'static str,
}

/// Signs tokens with its own key, so that no other sandbox accepts them.
pub(super) struct Signer {
    key: hmac::Key,
    kid: String,
    serial: u64,
}

impl Signer {
    /// A signer with a random key.
    pub(super) fn new() -> io::Result<Self> {
        let mut secret = [0; 64];
        SystemRandom::new()
            .fill(&mut secret)
            .map_err(|_| io::Error::other("no random numbers are available"))?;
        Ok(Self::with_secret(&secret))
    }

    fn with_secret(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA512, secret);
        let hex = hex(&hmac::sign(&key, b"kid").as_ref()[..16]);
        let kid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]);
        Self { key, kid, serial: 0 }
    }

    /// A token with these times of issue and expiry. No two are the same, even within one second.
    pub(super) fn sign(&mut self, kind: Kind, client_id: &str, issued: i64, expires: i64) -> String {
        self.serial += 1;
        let unique = hmac::sign(&self.key, format!("serial {}", self.serial).as_bytes());
        let (auid, code) = unique.as_ref().split_at(32);
        let claims = Claims {
            aud: "https://oauth.zoom.us",
            uid: OWNER_ID,
            ver: 10,
            auid: hex(auid),
            nbf: issued,
            code: URL_SAFE_NO_PAD.encode(&code[..24]),
            iss: format!("zm:cid:{client_id}"),
            gno: 0,
            exp: expires,
            kind: kind as u8,
            iat: issued,
            aid: ACCOUNT_ID,
        };
        let header = Header { sv: "000002", alg: "HS512", v: "2.0", kid: &self.kid };
        let mut token = format!("{}.{}", segment(&header), segment(&claims));
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, token.as_bytes()));
        token.push('.');
        token.push_str(&signature);
        token
    }
}

#[expect(clippy::expect_used, reason = "numbers and texts always serialize")]
fn segment(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).expect("a JWT segment serializes"))
}

/// Lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::options::CLIENT_ID;
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn decode(segment: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
    }

    #[test]
    fn a_token_has_the_format_of_version_10() {
        let token = Signer::with_secret(b"test").sign(Kind::ServerToServer, CLIENT_ID, NOW, NOW + 3600);
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[2].len(), 86, "the signature");
        assert!((620..=645).contains(&token.len()), "{} characters", token.len());
        assert!(crate::token::Token::new(token.as_str()).is_ok());

        let header = decode(parts[0]);
        assert_eq!(header["alg"], "HS512");
        assert_eq!(header["v"], "2.0");
        assert_eq!(header["sv"], "000002");
        assert_eq!(header["kid"].as_str().unwrap().len(), 36);
        assert_eq!(header.get("typ"), None);

        let claims = decode(parts[1]);
        let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected =
            ["aid", "aud", "auid", "code", "exp", "gno", "iat", "iss", "nbf", "type", "uid", "ver"];
        assert_eq!(names, expected);
        assert_eq!(claims["auid"].as_str().unwrap().len(), 64);
        assert_eq!(claims["iss"], format!("zm:cid:{CLIENT_ID}"));
        assert_eq!(claims["aid"], ACCOUNT_ID);
        assert_eq!(
            json!([claims["iat"], claims["nbf"], claims["exp"], claims["type"], claims["ver"]]),
            json!([NOW, NOW, NOW + 3600, 3, 10])
        );
    }

    #[test]
    fn tokens_issued_in_the_same_second_differ() {
        let mut signer = Signer::with_secret(b"test");
        let first = signer.sign(Kind::User, CLIENT_ID, NOW, NOW + 3600);
        assert_ne!(first, signer.sign(Kind::User, CLIENT_ID, NOW, NOW + 3600));
    }

    #[test]
    fn signers_do_not_share_a_key() {
        let first = Signer::new().unwrap().sign(Kind::Refresh, CLIENT_ID, NOW, NOW + 3600);
        assert_ne!(first, Signer::new().unwrap().sign(Kind::Refresh, CLIENT_ID, NOW, NOW + 3600));
    }

    #[test]
    fn the_signature_covers_the_two_segments_before_it() {
        let mut signer = Signer::with_secret(b"test");
        let token = signer.sign(Kind::User, CLIENT_ID, NOW, NOW + 3600);
        let (content, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(hmac::verify(&signer.key, content.as_bytes(), &signature).is_ok());
    }
}
