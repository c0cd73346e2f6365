//! A text that a person pastes: the address on which the browser ended, or the code in it (pure).

use reqwest::Url;
use secrecy::SecretString;

use super::authorize::State;
use super::reply::{Reply, is_code, read};

/// The shortest text that is taken for a code, in bytes: a word that was typed is none.
const SHORTEST_CODE: usize = 12;

/// The meaning of a pasted text.
#[derive(Debug)]
pub(super) enum Pasted {
    /// The reply that an address carries.
    Reply(Reply),
    /// The address of the authorization page itself, which is where to go and not where one ends.
    Question,
    /// Nothing that could be either.
    Neither,
    /// An empty line.
    Empty,
}

/// Reads a line. An address has to show the state of this login; a code alone cannot, and is bound to it by the
/// verifier.
pub(super) fn pasted(line: &str, state: &State) -> Pasted {
    let text = line.trim().trim_matches(['"', '\'', '<', '>']).trim();
    if text.is_empty() {
        return Pasted::Empty;
    }
    let query = match Url::parse(text) {
        Ok(url) if url.path().ends_with("/oauth/authorize") => return Pasted::Question,
        Ok(url) if matches!(url.scheme(), "http" | "https") => url.query().unwrap_or_default().to_owned(),
        // The end of an address.
        _ if text.contains("code=") || text.contains("error=") => {
            text.split_once('?').map_or(text, |(_, query)| query).to_owned()
        }
        _ if text.len() >= SHORTEST_CODE && is_code(text) => {
            return Pasted::Reply(Reply::Code(SecretString::from(text)));
        }
        _ => return Pasted::Neither,
    };
    let query = query.split_once('#').map_or(query.as_str(), |(query, _)| query).to_owned();
    Pasted::Reply(read(&query, state))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn told(line: &str) -> String {
        match pasted(line, &State::of("state-1")) {
            Pasted::Reply(Reply::Code(code)) => code.expose_secret().to_owned(),
            Pasted::Reply(reply) => format!("{reply:?}"),
            Pasted::Question => "question".into(),
            Pasted::Neither => "neither".into(),
            Pasted::Empty => "empty".into(),
        }
    }

    #[test]
    fn an_address_or_the_code_in_it_is_taken() {
        for (line, expected) in [
            ("http://127.0.0.1:7/callback?code=abcdef&state=state-1\n", "abcdef"),
            ("  'https://app.example.com/zoom?code=abcdef&state=state-1'\r\n", "abcdef"),
            ("<https://app.example.com/zoom?state=state-1&code=abcdef#top>", "abcdef"),
            ("code=abcdef&state=state-1", "abcdef"),
            ("/callback?code=abcdef&state=state-1", "abcdef"),
            ("0123456789abcdef-_", "0123456789abcdef-_"),
            ("https://app.example.com/zoom?error=access_denied&state=state-1", "Denied"),
            ("https://app.example.com/zoom?code=abcdef&state=other", "OtherState"),
            ("https://app.example.com/zoom", "OtherState"),
            ("https://zoom.us/oauth/authorize?response_type=code&state=state-1", "question"),
            ("yes", "neither"),
            ("two words that are long", "neither"),
            (" \n", "empty"),
            ("", "empty"),
        ] {
            assert_eq!(told(line), expected, "{line:?}");
        }
    }
}
