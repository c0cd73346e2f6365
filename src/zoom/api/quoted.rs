//! Zoom's words, as far as they may be repeated.

use crate::token::Token;

/// The longest text that is repeated, in characters.
const LONGEST: usize = 300;

/// From how many letters and digits in a row on a text may be a secret. Client secrets have 32 (Zoom's samples); ids of
/// users and accounts have 22.
const LONG: usize = 32;

/// What stands where a secret stood.
const MASK: &str = "****";

/// A text of Zoom's as it may be shown: on one line, without secrets, of at most 300 characters.
pub(super) fn quoted(text: &str, token: &Token) -> String {
    let text = redacted(text, token);
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The same at any length. Zoom echoes what it was sent, and something in between may echo more: the token itself goes,
/// what looks like another one, and what is as long as a client secret.
pub(super) fn redacted(text: &str, token: &Token) -> String {
    let plain: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ").replace(token.expose(), MASK);
    let is_of_a_secret = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut shown = String::new();
    for piece in line.split_inclusive(|c| !is_of_a_secret(c)) {
        let word = piece.trim_end_matches(|c| !is_of_a_secret(c));
        shown.push_str(if may_be_secret(word) { MASK } else { word });
        shown.push_str(&piece[word.len()..]);
    }
    shown
}

/// Whether a text looks like a JSON Web Token, or a part of one, or like a client secret.
fn may_be_secret(word: &str) -> bool {
    let runs = || word.split(|c: char| !c.is_ascii_alphanumeric());
    // The Base64 of `{"`.
    (word.contains("eyJ") && word.len() >= 20) || runs().any(|run| run.len() >= LONG)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token() -> Token {
        Token::new("canary+token/of~its=own").unwrap()
    }

    #[test]
    fn what_is_of_use_stays_and_what_may_be_secret_does_not() {
        for (text, shown) in [
            ("User does not exist: ada@example.com.", "User does not exist: ada@example.com."),
            ("Meeting 4444AAAiAAAAAiAiAiiAii== is gone", "Meeting 4444AAAiAAAAAiAiAiiAii== is gone"),
            (
                "scopes:[cloud_recording:read:list_recording_files:admin]",
                "scopes:[cloud_recording:read:list_recording_files:admin]",
            ),
            ("file 35497738-9fef-4f8a-97db-0ec34caef065", "file 35497738-9fef-4f8a-97db-0ec34caef065"),
            ("two\r\n lines\u{1b}[2J\u{7}", "two lines[2J"),
            ("Bearer canary+token/of~its=own!", "Bearer ****!"),
            ("canary+token/\u{0}of~its=own", "****"),
            ("?access_token=eyJhbGciOi.eyJ2ZXIi.c2ln-_&a=1", "?access_token=****&a=1"),
            ("(eyJhbGciOiJIUzUxMiJ9)", "(****)"),
            ("secret \"sandboxClientSecretMadeUp0000000\"", "secret \"****\""),
            ("", ""),
        ] {
            assert_eq!(quoted(text, &token()), shown);
        }
    }

    #[test]
    fn a_long_text_is_cut_after_its_secrets_are_out() {
        let text = format!("{} {}", "ü ".repeat(145), "eyJhbGciOiJIUzUxMiJ9".repeat(20));
        let shown = quoted(&text, &token());
        assert!(shown.ends_with("ü ****"), "{shown}");
        let shown = quoted(&"ü ".repeat(400), &token());
        assert_eq!(shown.chars().count(), LONGEST);
        assert!(shown.ends_with('…'));
    }

    proptest! {
        #[test]
        fn a_token_never_comes_through(before in ".*", after in ".*", secret in "[A-Za-z0-9._~+/=-]{20,200}") {
            let token = Token::new(secret.as_str()).unwrap();
            let shown = quoted(&format!("{before}{secret}{after}"), &token);
            prop_assert!(!shown.contains(&secret), "{shown}");
            prop_assert!(shown.chars().count() <= LONGEST && !shown.chars().any(char::is_control));
        }
    }
}
