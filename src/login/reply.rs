//! What Zoom's authorization page sends back: the query of a callback, read (pure).

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::authorize::State;

/// The longest code that is taken, in bytes. Zoom's have some 60.
const LONGEST_CODE: usize = 2048;

/// The reply in the query of a callback.
#[derive(Debug)]
pub(super) enum Reply {
    /// The code to redeem.
    Code(SecretString),
    /// The person, or Zoom for them, said no.
    Denied,
    /// Another error, by its name.
    Error(String),
    /// It belongs to another login, or to none.
    OtherState,
    /// Neither a code nor an error.
    Nothing,
}

/// Reads the query of a callback. Whatever does not show the state of this login counts for nothing.
pub(super) fn read(query: &str, state: &State) -> Reply {
    let field = |wanted: &str| {
        let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        // If a name stands there twice, nobody knows which one counts.
        values.next().filter(|_| values.next().is_none()).map(|(_, value)| value.into_owned())
    };
    if !field("state").is_some_and(|shown| state.is(&shown)) {
        return Reply::OtherState;
    }
    match (field("code").map(Zeroizing::new), field("error")) {
        (None, Some(error)) if error == "access_denied" => Reply::Denied,
        (None, Some(error)) => Reply::Error(name(&error)),
        (Some(code), None) if is_code(&code) => Reply::Code(code.as_str().into()),
        _ => Reply::Nothing,
    }
}

/// Whether a text may be an authorization code.
pub(super) fn is_code(text: &str) -> bool {
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The name of an error as it may be shown.
fn name(error: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
    error.chars().filter(is_plain).take(40).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn told(query: &str) -> String {
        match read(query, &State::of("s t")) {
            Reply::Code(code) => format!("code {}", code.expose_secret()),
            Reply::Denied => "denied".into(),
            Reply::Error(name) => format!("error {name}"),
            Reply::OtherState => "other".into(),
            Reply::Nothing => "nothing".into(),
        }
    }

    #[test]
    fn only_what_shows_the_state_counts() {
        for (query, expected) in [
            ("code=abc&state=s+t", "code abc"),
            ("state=s%20t&code=a%2Bb", "code a+b"),
            ("code=abc&state=s+t&more=1", "code abc"),
            ("error=access_denied&state=s+t", "denied"),
            ("error=invalid_scope&state=s+t", "error invalid_scope"),
            ("error=%1b%5B31m%0A&state=s+t", "error 31m"),
            ("code=abc&state=s", "other"),
            ("code=abc&state=", "other"),
            ("code=abc", "other"),
            ("error=access_denied", "other"),
            ("code=abc&state=s+t&state=s+t", "other"),
            ("", "other"),
            ("state=s+t", "nothing"),
            ("code=&state=s+t", "nothing"),
            ("code=a%0Ab&state=s+t", "nothing"),
            ("code=abc&code=def&state=s+t", "nothing"),
            ("code=abc&error=access_denied&state=s+t", "nothing"),
        ] {
            assert_eq!(told(query), expected, "{query}");
        }
        assert_eq!(told(&format!("code={}&state=s+t", "a".repeat(LONGEST_CODE + 1))), "nothing");
    }
}
