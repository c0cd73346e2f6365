//! Asking Zoom's API whether it still accepts a token.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use super::answer::{Answer, Silence, Times};
use super::budget::Budget;
use super::http::{Connection, Http, SMALL_BODY, bearer, below, send};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::token::Token;

/// How long the API may take for its smallest answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The API's verdict on a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// It accepts the token, even if a scope is missing for the request.
    Accepted,
    /// It rejects the token: revoked, superseded, expired, or its app is gone.
    Rejected,
}

impl Http {
    /// Requests the token's own user from the API at `url`, the cheapest request there is.
    ///
    /// # Errors
    ///
    /// [`Error::Transient`] if there is no answer, or none about the token.
    pub fn live(self, url: &Url, token: &Token, stop: &Shutdown) -> Result<Live, Error> {
        let connection = Connection::new(url)?;
        let request = connection
            .client()
            .get(below(url, &["users", "me"]))
            .header(AUTHORIZATION, bearer(token))
            .timeout(TIMEOUT);
        let asked = async {
            let answer = send(request, &Budget::new(SMALL_BODY)).await.map_err(unanswered)?;
            judge(&answer).ok_or_else(|| {
                let what = format!("Zoom's API answered with HTTP {}", answer.status);
                transient(what, true, answer.tracking_id.clone())
            })
        };
        connection.run_until_asked(asked, stop)
    }

    /// Requests the headers of `url` as a sign of life. Returns the seconds by which its clock is ahead of this machine's if
    /// the answer has a `Date`, 0 for a difference too small to report.
    ///
    /// # Errors
    ///
    /// [`Error::Transient`] if there is no answer, or a server error.
    pub fn reach(self, url: &Url, clock: &dyn Clock, stop: &Shutdown) -> Result<Option<i64>, Error> {
        let connection = Connection::new(url)?;
        let asked = clock.now();
        let request = connection.client().head(url.clone()).timeout(TIMEOUT);
        let answer = async { send(request, &Budget::new(SMALL_BODY)).await.map_err(unanswered) };
        let answer = connection.run_until_asked(answer, stop)?;
        if answer.status >= 500 {
            let host = url.host_str().unwrap_or("Zoom");
            return Err(transient(
                format!("{host} answered with HTTP {}", answer.status),
                true,
                answer.tracking_id,
            ));
        }
        Ok(answer.dated_ahead(Times { asked, answered: clock.now() }))
    }
}

fn unanswered(Silence { what, sent }: Silence) -> Error {
    transient(what, sent, None)
}

fn transient(what: String, reached: bool, tracking_id: Option<String>) -> Error {
    Error::Transient { what, not_before: None, reached, spent: false, tracking_id }
}

/// The verdict of an answer on the token of the request.
///
/// Code 124 stands for every rejected token, and its texts vary. 4711 and 4700 mean a missing scope: the token is valid.
/// An error about the user means that the token was good enough to look the user up.
fn judge(answer: &Answer) -> Option<Live> {
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let code =
        json.as_ref().filter(|json| json.is_object()).map(|json| json.get("code").and_then(Value::as_i64));
    match (answer.status, code?) {
        (408 | 429 | 500.., _) => None,
        (401, code) if !matches!(code, Some(4700 | 4711)) => Some(Live::Rejected),
        (_, Some(124)) => Some(Live::Rejected),
        (200..300, None | Some(0)) | (400..500, Some(_)) => Some(Live::Accepted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_word_about_the_token_counts() {
        for (status, body, live) in [
            (200, r#"{"id":"u"}"#, Some(Live::Accepted)),
            (401, r#"{"code":124,"message":"Invalid access token."}"#, Some(Live::Rejected)),
            (401, r#"{"code":124,"message":"Access token is expired."}"#, Some(Live::Rejected)),
            (400, r#"{"code":124,"message":"Token is invalid"}"#, Some(Live::Rejected)),
            (401, r#"{"code":4711,"message":"does not contain scopes:[a]"}"#, Some(Live::Accepted)),
            (400, r#"{"code":4700,"message":"does not contain scopes"}"#, Some(Live::Accepted)),
            (404, r#"{"code":1001,"message":"User does not exist"}"#, Some(Live::Accepted)),
            (429, r#"{"code":429}"#, None),
            (500, r#"{"code":500}"#, None),
            (200, "<html>", None),
            (401, "<html>", None),
            (404, "{}", None),
        ] {
            let answer = Answer { status, body: body.to_owned().into_bytes().into(), ..Answer::default() };
            assert_eq!(judge(&answer), live, "{status} {body}");
        }
    }
}
