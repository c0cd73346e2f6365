//! A token as a value that never shows itself.
//!
//! # What is wiped from memory
//!
//! Values that hold a secret are overwritten when they are dropped: tokens and the client secret (`secrecy`), the texts
//! of `.env` and of Claude's configuration with everything made from them, recovered values, the header and the form of
//! an exchange, and the bodies of answers (`zeroize`). Their types show it.
//!
//! Copies made by others are not: the buffers of hyper, rustls, the standard library and the kernel, whatever
//! `serde_json`, jsonc-parser, dotenvy and rmcp allocate while they read or write a text, and the environment. Neither
//! is a client id, which is not a secret.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

/// The longest token, in bytes. Zoom's come nowhere near: v10 tokens have about 630.
const LONGEST_TOKEN: usize = 16 * 1024;

/// An access or refresh token: one line of characters that mean nothing to a shell.
///
/// `Debug` and `Display` show a mask. All clones share one buffer, which is wiped when the last one is dropped; copies
/// made by other libraries are not.
#[derive(Clone)]
pub struct Token(Arc<SecretString>);

impl Token {
    /// Makes a token of a text, if it can be one.
    ///
    /// # Errors
    ///
    /// The problem, without repeating the text: it is empty, longer than 16 KiB, or has other characters than
    /// `A-Z a-z 0-9 . _ ~ + / = -`. These are the ones that RFC 6750 (section 2.1) allows in a bearer token; shells that
    /// source `.env` could run anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, &'static str> {
        let text: SecretString = text.into().into();
        let exposed = text.expose_secret();
        if exposed.is_empty() {
            return Err("it is empty");
        }
        if exposed.len() > LONGEST_TOKEN {
            return Err("it is longer than 16 KiB");
        }
        if !exposed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte)) {
            return Err("it holds characters that a token cannot have");
        }
        Ok(Self(Arc::new(text)))
    }

    /// The token itself, for the two places that need it: requests to Zoom, and output or storage that the user asked
    /// for.
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

/// The first four and last four characters, `eyJz...NTMz`; nothing of a text too short for that to hide much.
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
    fn text_that_a_shell_would_run_is_no_token() {
        for bad in ["", "a b", "a\nb", "a\"b", "a'b", "$(id)", "`id`", "a#b", "a;b", "a\\b", "a\u{e9}b"] {
            assert!(Token::new(bad).is_err(), "{bad:?}");
        }
        assert!(Token::new("a".repeat(LONGEST_TOKEN + 1)).is_err());
        assert!(Token::new("eyJ.A-z_0~9+/=").is_ok());
    }

    #[test]
    fn no_format_shows_the_token() {
        let token = Token::new("canary-canary-canary").unwrap();
        assert_eq!(format!("{token} {token:?}"), "cana...nary Token(cana...nary)");
    }
}
