//! The name of a gateway or of a grant: a word that is safe as the name of a directory on every system. Pure.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::files::{LONGEST_WORD, check_word, is_device, is_of_word};
use crate::store::digest;

/// The name for a command that has no word for one.
const UNNAMED: &str = "server";

/// The name of a gateway. Its state is found by it, so it comes from whoever starts the gateway and never from
/// the server: one that renames itself would otherwise have its tools accepted anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Name(String);

impl Name {
    /// Reads a name that somebody chose.
    ///
    /// # Errors
    ///
    /// Why it cannot be one, phrased to follow the name of the argument.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        check_word(text)?;
        Ok(Self(text.to_owned()))
    }

    /// A name out of any text. One that is too long keeps its beginning and a digest of all of it.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut name = String::new();
        for c in text.chars() {
            match u8::try_from(c) {
                Ok(byte) if is_of_word(byte) => name.push(c),
                _ if name.ends_with('-') => {}
                _ => name.push('-'),
            }
        }
        let name = name.trim_matches(['.', '-']);
        if name.is_empty() {
            return Self(UNNAMED.to_owned());
        }
        if name.len() > LONGEST_WORD {
            let digest = digest(text.as_bytes());
            let head = &name[..LONGEST_WORD - digest.len() - 1];
            return Self(format!("{}-{digest}", head.trim_end_matches(['.', '-'])));
        }
        if is_device(name) { Self(format!("{UNNAMED}-{name}")) } else { Self(name.to_owned()) }
    }

    /// The name of a server at an address: its host, port and path. Its query may hold a key, and the user it names a password.
    pub(crate) fn of_url(url: &str) -> Self {
        let Ok(parsed) = Url::parse(url) else {
            return Self::of_text(url.split(['?', '#']).next().unwrap_or(url));
        };
        let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = parsed.port().map(|port| format!("-{port}")).unwrap_or_default();
        Self::of_text(&format!("{host}{port}{}", parsed.path()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_a_plain_word() {
        for name in ["a", "server-memory", "mcp.example.com-sse", "A_1", &"x".repeat(64)] {
            assert_eq!(Name::parse(name).unwrap().as_str(), name);
        }
        for name in [
            "",
            ".",
            "..",
            ".hidden",
            "a.",
            "-y",
            "a/b",
            "..\\b",
            "a b",
            "a\0",
            "zoë",
            "nul",
            "NUL.txt",
            "com1",
            "LPT9.x",
            "a:b",
            &"x".repeat(65),
        ] {
            assert!(Name::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_server_at_an_address_is_named_by_host_and_path() {
        for (url, name) in [
            ("https://mcp.example.com/v1/mcp", "mcp.example.com-v1-mcp"),
            ("https://mcp.example.com/", "mcp.example.com"),
            ("https://me:hunter2@mcp.example.com/sse?key=hunter2#x", "mcp.example.com-sse"),
            ("http://127.0.0.1:8080/mcp", "127.0.0.1-8080-mcp"),
            ("http://[::1]:8080/mcp", "1-8080-mcp"),
            ("https://mcp.example.com:443/mcp", "mcp.example.com-mcp"),
            ("zoom", "zoom"),
            ("zoom/meeting", "zoom-meeting"),
            ("example.com/a?key=hunter2", "example.com-a"),
            ("https://mcp.example.com/../../etc", "mcp.example.com-etc"),
        ] {
            assert_eq!(Name::of_url(url).as_str(), name, "{url}");
        }
    }

    #[test]
    fn long_texts_with_the_same_beginning_have_different_names() {
        let [a, b] = ["a", "b"].map(|end| Name::of_text(&("x".repeat(80) + end)));
        assert_ne!(a, b);
        assert_eq!(a.as_str().len(), 64);
    }

    proptest! {
        #[test]
        fn whatever_the_text_its_name_is_one(text in any::<String>(), more in "[a-z./ -]{0,90}") {
            for text in [&text, &more, &format!("{text}{more}")] {
                let name = Name::of_text(text);
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }
    }
}
