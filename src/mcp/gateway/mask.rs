//! Takes the token that a server was handed out of everything that it says. Pure.
//!
//! A tool that prints its environment, or repeats a header, would otherwise give the token to a model. Known
//! secrets are searched for, and nothing that merely looks like one: that would break answers. Somebody who wants to get the token
//! past this can, as the server that has it can send it anywhere.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::token::Token;

/// The text in place of a token.
pub(crate) const MASK: &str = "[token removed by zoomtok]";

/// A text that is shorter than this could stand anywhere.
const SHORTEST: usize = 12;

/// The forms of the tokens that a server was handed.
#[derive(Default)]
pub(crate) struct Masks(Vec<Zeroizing<String>>);

impl Masks {
    /// Takes a token in.
    pub(crate) fn add(&mut self, token: &Token) {
        let token = token.expose();
        let mut forms = vec![token.to_owned(), utf8_percent_encode(token, NON_ALPHANUMERIC).to_string()];
        // As a part of a longer text it may begin at any of three places of a group.
        for skipped in 0..3 {
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let shifted = Zeroizing::new([&[0; 2][..skipped], token.as_bytes()].concat());
                let encoded = engine.encode(&*shifted);
                // The characters at its ends also hold bits of what stands beside it.
                let from = (skipped * 8).div_ceil(6);
                let to = shifted.len() * 8 / 6;
                forms.push(encoded[from..to].to_owned());
            }
        }
        // In JSON a slash may have a backslash before it.
        let escaped: Vec<String> =
            forms.iter().filter(|form| form.contains('/')).map(|form| form.replace('/', "\\/")).collect();
        for form in forms.into_iter().chain(escaped).filter(|form| form.len() >= SHORTEST) {
            if !self.0.iter().any(|known| **known == form) {
                self.0.push(Zeroizing::new(form));
            }
        }
    }

    /// The text without those tokens.
    pub(crate) fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for form in &self.0 {
            if memchr::memmem::find(masked.as_bytes(), form.as_bytes()).is_some() {
                masked = Cow::Owned(masked.replace(form.as_str(), MASK));
            }
        }
        let breaks = ["\\n", "\\r", "\n", "\r", "\\t", " "];
        if !self.0.is_empty() && memchr::memmem::find(masked.as_bytes(), b"\\n").is_some() {
            for form in &self.0 {
                while let Some((start, end)) = broken(&masked, form, &breaks) {
                    masked.to_mut().replace_range(start..end, MASK);
                }
            }
        }
        masked
    }
}

/// Where a form stands in a text with some of these `breaks` in it, as in lines of 76 characters.
fn broken(text: &str, form: &str, breaks: &[&str]) -> Option<(usize, usize)> {
    let (first, rest) = form.as_bytes().split_first()?;
    let bytes = text.as_bytes();
    let skip = |mut at: usize| {
        while let Some(gap) = breaks.iter().find(|gap| bytes[at..].starts_with(gap.as_bytes())) {
            at += gap.len();
        }
        at
    };
    memchr::memchr_iter(*first, bytes).find_map(|start| {
        let end = rest.iter().try_fold(start + 1, |at, byte| {
            let at = skip(at);
            (bytes.get(at) == Some(byte)).then_some(at + 1)
        })?;
        Some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const TOKEN: &str = "eyJ0eXAi.a+b/c~d_e-f.0123456789abcdefghijklmnopqrstuvwxyz==";

    fn masks() -> Masks {
        let mut masks = Masks::default();
        masks.add(&Token::new(TOKEN).unwrap());
        masks
    }

    #[test]
    fn the_token_is_taken_out_in_each_of_its_forms() {
        let masks = masks();
        let json = |text: &str| serde_json::Value::from(text).to_string();
        let wrapped = |text: &str| {
            text.as_bytes()
                .chunks(19)
                .map(|part| str::from_utf8(part).unwrap())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let mut texts = vec![
            format!("ZOOM_ACCESS_TOKEN={TOKEN}\n"),
            json(TOKEN),
            json(TOKEN).replace('/', "\\/"),
            format!("https://x/?t={}", utf8_percent_encode(TOKEN, NON_ALPHANUMERIC)),
            json(&wrapped(TOKEN)),
        ];
        for before in ["", "a", "ab", "Bearer "] {
            for after in ["", "\n", "xyz"] {
                let whole = format!("{before}{TOKEN}{after}");
                texts.extend([STANDARD.encode(&whole), URL_SAFE.encode(&whole)]);
                texts.push(json(&wrapped(&STANDARD.encode(&whole))));
            }
        }
        for text in texts {
            let masked = masks.masked(&text);
            assert!(masked.contains(MASK), "{text}");
            // Not even a part of it is left that would help.
            for part in [&TOKEN[9..24], &STANDARD.encode(TOKEN)[12..32]] {
                assert!(!masked.replace("\\n", "").contains(part), "{masked}");
            }
        }
    }

    #[test]
    fn everything_else_stays_and_is_not_even_copied() {
        let masks = masks();
        for text in ["", "eyJ0eXAi", r#"{"a":"b\nc","d":"eyJ0eXAi.a+b/c~d_e-f.0123"}"#] {
            assert!(matches!(masks.masked(text), Cow::Borrowed(same) if same == text), "{text}");
        }
        assert_eq!(Masks::default().masked(TOKEN), TOKEN);
    }

    #[test]
    fn several_tokens_are_taken_out_together() {
        let mut masks = masks();
        masks.add(&Token::new("another.token.0123456789").unwrap());
        masks.add(&Token::new(TOKEN).unwrap());
        let masked = masks.masked("another.token.0123456789 eyJ0").into_owned();
        assert_eq!(masked, format!("{MASK} eyJ0"));
    }
}
