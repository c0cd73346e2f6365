//! The change to a Secret, given how it was read and the token that is held. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::name::Place;
use crate::clock::rfc3339;
use crate::store::{ACCESS_TOKEN, EnvText, Fault, TOKEN_EXPIRES_AT};
use crate::token::{Claims, LONGEST_LIFE, Token};

/// The key with both in the form of a `.env`, which is a file of that name where the Secret is mounted.
const ENV: &str = ".env";

/// A value in base64, as a Secret has it.
type Encoded = Zeroizing<String>;

/// The token as it is to be in the Secret.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) token: &'a Token,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

/// A Secret, as far as it concerns the token. The values of other keys are not even read.
#[derive(Deserialize)]
pub(super) struct Secret {
    metadata: Metadata,
    #[serde(default)]
    data: Option<Data>,
    #[serde(default)]
    immutable: Option<bool>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "resourceVersion")]
    version: String,
}

#[derive(Default, Deserialize)]
struct Data {
    #[serde(rename = "ZOOM_ACCESS_TOKEN")]
    token: Option<Encoded>,
    #[serde(rename = "ZOOM_TOKEN_EXPIRES_AT")]
    expires_at: Option<Encoded>,
    #[serde(rename = ".env")]
    env: Option<Encoded>,
}

/// The next step.
pub(super) enum Next {
    /// The token is there.
    Nothing,
    /// Another one is there, which ends later.
    Leave,
    /// There is no Secret: this one is to be made.
    Create(Zeroizing<Vec<u8>>),
    /// This change is to be made to it, if it is still as it was read.
    Change(Zeroizing<Vec<u8>>),
    /// It cannot be changed.
    Immutable,
}

/// Decides what is to be done. An error is the problem with the `.env` in the Secret.
pub(super) fn next(found: Option<&Secret>, held: Held<'_>, place: &Place) -> Result<Next, String> {
    let Some(found) = found else { return Ok(Next::Create(new(held, place)?)) };
    let text = |value: Option<&Encoded>| {
        let bytes = Zeroizing::new(BASE64.decode(value?.as_bytes()).ok()?);
        Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
    };
    let data = found.data.as_ref();
    let token = text(data.and_then(|data| data.token.as_ref()));
    let expires_at = text(data.and_then(|data| data.expires_at.as_ref()));
    let is_same = token.as_ref().is_some_and(|token| **token == held.token.expose());
    if !is_same && token.as_ref().is_some_and(|token| lasts(token, expires_at.as_deref(), held)) {
        return Ok(Next::Leave);
    }
    let old = match data.and_then(|data| data.env.as_ref()) {
        Some(env) => Zeroizing::new(BASE64.decode(env.as_bytes()).map_err(|_| "it is not base64")?),
        None => Zeroizing::default(),
    };
    let env = env(&old, held)?;
    let is_written = expires_at.is_some_and(|text| *text == rfc3339(held.expires_at));
    if is_same && is_written && *env.as_bytes() == **old {
        return Ok(Next::Nothing);
    }
    if found.immutable == Some(true) {
        return Ok(Next::Immutable);
    }
    Ok(Next::Change(body(&json!({
        "metadata": { "resourceVersion": found.metadata.version },
        "data": data_of(held, &env),
    }))))
}

/// Whether the token of the Secret ends later than the one that is held. Their ends are compared by
/// Zoom's clock where both tokens say it, and by what was written beside them otherwise.
fn lasts(token: &str, recorded: Option<&String>, held: Held<'_>) -> bool {
    let own = |text: &str| Claims::read(text).ok().and_then(|claims| claims.expires_at);
    let recorded = recorded.and_then(|text| text.parse().ok());
    let (there, here) = match (own(token), own(held.token.expose())) {
        (Some(there), Some(here)) => (Some(there), here),
        (there, _) => (recorded.or(there), held.expires_at),
    };
    // Nothing lasts that long: whatever it is, it must not keep the place for ever.
    let is_possible = |there: &DateTime<Utc>| *there - held.now <= TimeDelta::seconds(LONGEST_LIFE);
    Token::new(token).is_ok() && there.filter(is_possible).is_some_and(|there| there > here)
}

/// The text of the `.env`, of which the rest stays.
fn env(old: &[u8], held: Held<'_>) -> Result<Zeroizing<String>, String> {
    let problem = |Fault { line, problem }| match line {
        Some(line) => format!("line {line}: {problem}"),
        None => problem,
    };
    let text = EnvText::parse(old, &[ACCESS_TOKEN, TOKEN_EXPIRES_AT]).map_err(problem)?;
    let expires_at = rfc3339(held.expires_at);
    text.with(&[(ACCESS_TOKEN, held.token.expose()), (TOKEN_EXPIRES_AT, &expires_at)]).map_err(problem)
}

/// The Secret where there is none.
fn new(held: Held<'_>, place: &Place) -> Result<Zeroizing<Vec<u8>>, String> {
    Ok(body(&json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "Opaque",
        "metadata": {
            "name": place.name,
            "namespace": place.namespace,
            "labels": { "app.kubernetes.io/managed-by": "zoomtok" },
        },
        "data": data_of(held, &env(b"", held)?),
    })))
}

fn data_of(held: Held<'_>, env: &str) -> serde_json::Value {
    json!({
        ACCESS_TOKEN: BASE64.encode(held.token.expose()),
        TOKEN_EXPIRES_AT: BASE64.encode(rfc3339(held.expires_at)),
        ENV: BASE64.encode(env),
    })
}

fn body(json: &serde_json::Value) -> Zeroizing<Vec<u8>> {
    json.to_string().into_bytes().into()
}

#[cfg(test)]
mod tests;
