//! A token as a value that does not show itself.
//!
//! # What is wiped from memory
//!
//! What holds a secret is overwritten when it is dropped: tokens and the client secret (`secrecy`), the texts of `.env`
//! and of Claude's configuration with all that is made of them, recovered values, the header and the form of an exchange,
//! and the bodies of answers (`zeroize`). Their types say so.
//!
//! What others copy is not: the buffers of hyper, rustls, the standard library and the kernel, what `serde_json`,
//! jsonc-parser, dotenvy and rmcp make of a text while they read or write it, and the environment. Nor is a client id,
//! which is no secret.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// No token of Zoom's comes near this many bytes; v10 tokens have about 630.
const MAX_LEN: usize = 16 * 1024;

/// An access or refresh token: one line of characters that mean nothing to a shell.
///
/// `Debug` and `Display` show a mask. All clones share one memory, which is wiped when the last of them is dropped; copies
/// that other libraries make of it are theirs.
#[derive(Clone)]
pub struct Token(Arc<SecretString>);

impl Token {
    /// Takes a text that can be a token.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without repeating it: it is empty, has more than 16 KiB, or holds anything but
    /// `A-Z a-z 0-9 . _ ~ + / = -`. The latter is what RFC 6750 (section 2.1) allows in a bearer token; anything
    /// else would be run by the shells that source `.env`.
    pub fn new(text: impl Into<String>) -> Result<Self, &'static str> {
        let text: SecretString = text.into().into();
        let exposed = text.expose_secret();
        if exposed.is_empty() {
            return Err("it is empty");
        }
        if exposed.len() > MAX_LEN {
            return Err("it is longer than 16 KiB");
        }
        if !exposed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte)) {
            return Err("it holds characters that a token cannot have");
        }
        Ok(Self(Arc::new(text)))
    }

    /// The token itself, for the two places that need it: the request to Zoom, and what the user asked to be printed
    /// or stored.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Token {}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(self.expose()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({self})")
    }
}

/// The first four and last four characters, `eyJz...NTMz`; of a text too short for that to hide anything, nothing.
pub fn mask(secret: &str) -> String {
    let length = secret.chars().count();
    if length < 20 {
        return "****".into();
    }
    let (head, tail) = (secret.chars().take(4), secret.chars().skip(length - 4));
    head.chain("...".chars()).chain(tail).map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_eight_characters_at_most() {
        assert_eq!(mask("eyJzdiI6IjAwMDAwMiIsImFsZyI6NTMz"), "eyJz...NTMz");
        assert_eq!(mask("short"), "****");
        assert_eq!(mask(""), "****");
    }

    #[test]
    fn what_a_shell_would_run_is_no_token() {
        for bad in ["", "a b", "a\nb", "a\"b", "a'b", "$(id)", "`id`", "a#b", "a;b", "a\\b", "a\u{e9}b"] {
            assert!(Token::new(bad).is_err(), "{bad:?}");
        }
        assert!(Token::new("a".repeat(MAX_LEN + 1)).is_err());
        assert!(Token::new("eyJ.A-z_0~9+/=").is_ok());
    }

    #[test]
    fn no_format_shows_it() {
        let token = Token::new("canary-canary-canary").unwrap();
        assert_eq!(format!("{token} {token:?}"), "cana...nary Token(cana...nary)");
    }
}
