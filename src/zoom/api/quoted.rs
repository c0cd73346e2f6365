//! Text from Zoom, made safe to repeat.

use crate::token::Token;

/// The most characters of a text that are repeated.
const LONGEST_QUOTE: usize = 300;

/// The number of letters and digits in a row from which a text may be a secret. Client secrets have 32 (Zoom's
/// samples), ids of users and accounts 22.
const SECRET_LENGTH: usize = 32;

/// The replacement for a secret.
const MASK: &str = "****";

/// A text from Zoom that may be shown: on one line, without secrets, at most 300 characters.
pub(super) fn quoted(text: &str, token: &Token) -> String {
    let text = redacted(text, token);
    if text.chars().count() <= LONGEST_QUOTE {
        return text;
    }
    text.chars().take(LONGEST_QUOTE - 1).chain(['…']).collect()
}

/// The same at any length. Zoom echoes what it was sent, and a gateway may echo more, so this masks the token itself,
/// anything that looks like another one, and anything as long as a client secret.
pub(super) fn redacted(text: &str, token: &Token) -> String {
    let plain: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ").replace(token.expose(), MASK);
    let is_in_secrets = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut shown = String::new();
    for piece in line.split_inclusive(|c| !is_in_secrets(c)) {
        let word = piece.trim_end_matches(|c| !is_in_secrets(c));
        shown.push_str(if may_be_secret(word) { MASK } else { word });
        shown.push_str(&piece[word.len()..]);
    }
    shown
}

/// Whether a text looks like a JSON Web Token, a part of one, or a client secret.
fn may_be_secret(word: &str) -> bool {
    let runs = || word.split(|c: char| !c.is_ascii_alphanumeric());
    // `eyJ` is the base64 of `{"`.
    (word.contains("eyJ") && word.len() >= 20) || runs().any(|run| run.len() >= SECRET_LENGTH)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token() -> Token {
        Token::new("canary+token/of~its=own").unwrap()
    }

    #[test]
    fn only_possible_secrets_and_control_characters_are_removed() {
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
    fn a_long_text_is_cut_after_its_secrets_are_masked() {
        let text = format!("{} {}", "ü ".repeat(145), "eyJhbGciOiJIUzUxMiJ9".repeat(20));
        let shown = quoted(&text, &token());
        assert!(shown.ends_with("ü ****"), "{shown}");
        let shown = quoted(&"ü ".repeat(400), &token());
        assert_eq!(shown.chars().count(), LONGEST_QUOTE);
        assert!(shown.ends_with('…'));
    }

    proptest! {
        #[test]
        fn a_token_is_never_shown(before in ".*", after in ".*", secret in "[A-Za-z0-9._~+/=-]{20,200}") {
            let token = Token::new(secret.as_str()).unwrap();
            let shown = quoted(&format!("{before}{secret}{after}"), &token);
            prop_assert!(!shown.contains(&secret), "{shown}");
            prop_assert!(shown.chars().count() <= LONGEST_QUOTE && !shown.chars().any(char::is_control));
        }
    }
}
