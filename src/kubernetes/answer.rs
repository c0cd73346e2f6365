//! The meaning of each answer of the API server. Pure.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::Error;
use super::name::Place;
use super::secret::Secret;
use super::verb::Verb;

/// An answer as it came.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// An answer that is no failure.
pub(super) enum Meaning {
    /// The Secret as it is.
    Read(Box<Secret>),
    /// There is none.
    Missing,
    /// It is done.
    Done,
    /// Somebody else was faster: it has to be read again.
    Overtaken,
}

/// The meaning of an answer.
pub(super) fn meaning(verb: Verb, answer: &Answer, place: &Place) -> Result<Meaning, Error> {
    let place = place.clone();
    match (answer.status, verb) {
        (200, Verb::Get) => match serde_json::from_slice(&answer.body) {
            Ok(secret) => Ok(Meaning::Read(Box::new(secret))),
            // The words of serde may repeat what is there.
            Err(_) => Err(Error::Strange { place }),
        },
        (404, Verb::Get) => Ok(Meaning::Missing),
        (200..=202, Verb::Create | Verb::Patch) => Ok(Meaning::Done),
        // It was removed since it was read.
        (409, Verb::Create | Verb::Patch) | (404, Verb::Patch) => Ok(Meaning::Overtaken),
        (404, Verb::Create) => Err(Error::NoNamespace { place }),
        (401, _) => Err(Error::Unauthorized),
        (403, _) => Err(Error::Forbidden { verb, place, reason: reason(&answer.body) }),
        (status @ (408 | 429 | 500..), _) => Err(Error::Broken { verb, place, status }),
        (status, _) => Err(Error::Refused { verb, place, status, reason: reason(&answer.body) }),
    }
}

/// The longest reason in one word that is repeated. Those of Kubernetes are shorter.
const LONGEST_REASON: usize = 40;

/// The reason of a refusal in one word. Its message may repeat what was sent, and is not.
fn reason(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Status {
        reason: String,
    }
    let Status { reason } = serde_json::from_slice(body).ok()?;
    let is_word = reason.len() <= LONGEST_REASON && reason.bytes().all(|byte| byte.is_ascii_alphabetic());
    Some(reason).filter(|reason| is_word && !reason.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Diagnostic as _};
    use crate::kubernetes::SecretName;

    fn said(verb: Verb, status: u16, body: &str) -> Result<&'static str, (String, Code)> {
        let place = SecretName::parse("team/zoom").unwrap().place("own");
        let answer = Answer { status, body: body.as_bytes().to_vec().into() };
        match meaning(verb, &answer, &place) {
            Ok(Meaning::Read(_)) => Ok("read"),
            Ok(Meaning::Missing) => Ok("missing"),
            Ok(Meaning::Done) => Ok("done"),
            Ok(Meaning::Overtaken) => Ok("overtaken"),
            Err(error) => Err((error.report(), error.code())),
        }
    }

    #[test]
    fn each_answer_has_one_meaning() {
        let secret =
            r#"{"kind":"Secret","metadata":{"name":"zoom","resourceVersion":"7"},"data":{"other":"eA=="}}"#;
        for (verb, status, body, expected) in [
            (Verb::Get, 200, secret, "read"),
            (Verb::Get, 200, r#"{"metadata":{"resourceVersion":"7"}}"#, "read"),
            (Verb::Get, 404, "", "missing"),
            (Verb::Create, 201, secret, "done"),
            (Verb::Create, 409, "", "overtaken"),
            (Verb::Patch, 200, secret, "done"),
            (Verb::Patch, 409, "", "overtaken"),
            (Verb::Patch, 404, "", "overtaken"),
        ] {
            assert_eq!(said(verb, status, body), Ok(expected), "{verb:?} {status}");
        }
    }

    #[test]
    fn failures_name_what_is_missing_and_repeat_nothing_that_was_sent() {
        let status = r#"{"kind":"Status","reason":"Forbidden","message":"canary"}"#;
        for (verb, code, body, expected, exit) in [
            (
                Verb::Get,
                401,
                status,
                "does not take the token of this pod's service account",
                Code::Configuration,
            ),
            (
                Verb::Get,
                403,
                status,
                "may not get the Secret team/zoom (HTTP 403, Forbidden). Its Role in the namespace team needs the verbs get \
                 and patch for the resource secrets with the resourceName zoom.",
                Code::Configuration,
            ),
            (
                Verb::Patch,
                403,
                "canary",
                "may not patch the Secret team/zoom (HTTP 403). Its Role",
                Code::Configuration,
            ),
            (
                Verb::Create,
                403,
                r#"{"reason":"canary canary"}"#,
                "may not create the Secret team/zoom (HTTP 403). Make the Secret zoom, which may be empty, or let",
                Code::Configuration,
            ),
            (Verb::Create, 404, status, "there is no namespace team", Code::Configuration),
            (
                Verb::Patch,
                422,
                r#"{"reason":"Invalid"}"#,
                "refuses to patch the Secret team/zoom (HTTP 422, Invalid)",
                Code::Configuration,
            ),
            (Verb::Get, 302, "", "refuses to get the Secret team/zoom (HTTP 302)", Code::Configuration),
            (Verb::Get, 429, status, "with HTTP 429. Try again later.", Code::Transient),
            (
                Verb::Patch,
                503,
                status,
                "answers to patch the Secret team/zoom with HTTP 503",
                Code::Transient,
            ),
            (
                Verb::Get,
                200,
                r#"{"metadata":{"resourceVersion":"canary"},"data":7}"#,
                "gives no Secret",
                Code::Configuration,
            ),
        ] {
            let (report, said) = said(verb, code, body).unwrap_err();
            assert!(report.contains(expected) && !report.contains("canary"), "{report}");
            assert_eq!(said, exit, "{report}");
        }
    }
}
