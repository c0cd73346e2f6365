//! Credentials that cannot be right, whoever they are of (pure).

use super::origin::Value;
use crate::error::Error;
use crate::store::reference;

/// Refuses what a copy and paste goes wrong with, and what stands for another value. Zoom answers such credentials with
/// "Bad Request" and no more.
pub(super) fn checked<'a>(name: &'static str, value: Value<'a>) -> Result<Value<'a>, Error> {
    let refuse = |problem, hint| Error::Credential { name, place: value.origin.to_string(), problem, hint };
    let is_quote = |c: char| c == '"' || c == '\'';
    if let Some(reference) = reference::of(value.text.trim_matches(is_quote)) {
        return Err(refuse(reference.what, reference.fix));
    }
    if value.text.trim() != value.text {
        return Err(refuse("begins or ends with white space", COPY));
    }
    if value.text.starts_with(is_quote) || value.text.ends_with(is_quote) {
        let problem = "begins or ends with a quote that is part of its value";
        return Err(refuse(problem, "Set it without the quotes; Docker's --env-file and others keep them"));
    }
    if value.text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(refuse("holds white space", COPY));
    }
    if !value.text.is_ascii() {
        return Err(refuse("holds a character that is not ASCII", COPY));
    }
    Ok(value)
}

/// The fix for most of them.
pub(super) const COPY: &str = "Copy it again from the app's page on marketplace.zoom.us";
