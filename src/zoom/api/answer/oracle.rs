//! Properties of every answer from the API.

use super::*;
use crate::zoom::answer::oracle::{answer, times};

/// The token of the request.
const CANARY: &str = "canary+token/of~its=own";

/// Takes an HTTP answer, from the number of its status on.
///
/// # Panics
///
/// A failure shows the token or another possible secret, or is not one short line; a wait is longer than a day; or a
/// failure counts as a success.
pub fn api_answer(data: &[u8]) {
    let answer = answer(data);
    let Ok(token) = Token::new(CANARY) else { return };
    let reading = Reading { answer: &answer, token: &token, times: times(), budget: &Budget::new(1 << 25) };
    for result in [reading.value(), reading.is_transcript().map(Value::from)] {
        match result {
            Ok(_) => assert!(answer.status < 300, "{}", answer.status),
            Err(failure) => assert_safe_to_show(&failure),
        }
    }
}

fn assert_safe_to_show(failure: &ApiFailure) {
    let text = failure.to_string();
    let shown = format!("{text} {failure:?} {:?}", failure.hint());
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!text.contains(char::is_control), "{text:?}");
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)) {
        assert!(word.len() < 20 || !word.contains("eyJ"), "{text}");
        assert!(word.split(['-', '_', '.']).all(|run| run.len() < 32), "{text}");
    }
    assert_eq!(failure.tracking_id(), Some("WEB_0123"));
    match failure {
        ApiFailure::Busy { wait, until, .. } => {
            assert!(wait.is_none_or(|wait| wait <= LONGEST_API_WAIT), "{failure:?}");
            assert_eq!(*until, wait.map(|wait| times().answered + wait));
        }
        ApiFailure::Refused { message, fields, .. } => {
            assert!(fields.len() <= MOST_FIELDS);
            assert!(fields.iter().chain([message]).all(|text| text.chars().count() <= 300), "{failure:?}");
        }
        ApiFailure::Broken { what, .. } => assert!(what.chars().count() < 400, "{failure:?}"),
        _ => {}
    }
}

impl ApiFailure {
    /// The tracking id, if the answer had one.
    pub(in crate::zoom::api) fn tracking_id(&self) -> Option<&str> {
        match self {
            Self::Token { tracking_id }
            | Self::Scopes { tracking_id, .. }
            | Self::Busy { tracking_id, .. }
            | Self::Refused { tracking_id, .. }
            | Self::Broken { tracking_id, .. } => tracking_id.as_deref(),
            Self::Unanswered { .. } | Self::Elsewhere { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_answer_makes_a_secret_visible(
            status in 200..600_u16,
            code in prop::sample::select(vec!["0", "7", "124", "300", "429", "4711", "\"x\""]),
            before in any::<String>(),
            after in any::<String>(),
            secret in prop_oneof![Just(CANARY.to_owned()), "eyJ[A-Za-z0-9._-]{20,60}", "[A-Za-z0-9]{32,40}"],
        ) {
            let text = Value::from(format!("{before}[{secret}]{after}"));
            let body = format!(r#"{{"code":{code},"message":{text},"errors":[{{"field":{text},"message":{text}}}]}}"#);
            for status in [status, 200, 400, 401, 429, 500] {
                api_answer(format!("{status}\nRetry-After: {before}\n\n{body}").as_bytes());
            }
            api_answer(format!("{status}\n\n{before}").as_bytes());
        }
    }
}
