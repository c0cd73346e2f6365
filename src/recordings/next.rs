//! The next step after a request for a list or a file has failed.

use std::time::Duration;

use crate::zoom::api::ApiFailure;

/// How often in a row a request is repeated that brought nothing.
const REPEATS: u32 = 5;

/// The pause before the first repetition; each next one is twice as long. Up to half of it is added at random.
const REPEAT_PAUSE: Duration = Duration::from_millis(500);

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// As for any call: another token, or a wait that Zoom asks for.
    AsForCalls,
    /// Zoom may have sent a page in place of a file because it does not accept the token: ask its API.
    CheckToken,
    /// The same again, after a pause.
    Again(Duration),
    /// Nothing would help.
    GiveUp,
}

/// The step after this failure, the latest of so many in a row that brought nothing.
pub(super) fn next(failure: &ApiFailure, fruitless: u32) -> Next {
    match failure {
        ApiFailure::Token { .. } | ApiFailure::Busy { .. } => Next::AsForCalls,
        ApiFailure::Broken { status: ..300, .. } => Next::CheckToken,
        ApiFailure::Unanswered { .. } | ApiFailure::Broken { .. } if fruitless <= REPEATS => {
            let doubled = fruitless.checked_sub(1).map(|times| REPEAT_PAUSE * 2_u32.saturating_pow(times));
            Next::Again(doubled.unwrap_or_default())
        }
        _ => Next::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zoom::api::Limit;

    #[test]
    fn what_may_pass_is_tried_again_with_growing_pauses() {
        let broken = |status| ApiFailure::Broken { status, what: String::new(), tracking_id: None };
        let cut = ApiFailure::Unanswered { what: String::new(), sent: true };
        let millis = |millis| Next::Again(Duration::from_millis(millis));
        let refused = |status| ApiFailure::Refused {
            status,
            code: None,
            message: String::new(),
            fields: Vec::new(),
            tracking_id: None,
        };
        let busy = ApiFailure::Busy { wait: None, until: None, what: Limit::PerSecond, tracking_id: None };
        for (failure, fruitless, expected) in [
            (&cut, 0, millis(0)),
            (&cut, 1, millis(500)),
            (&cut, 2, millis(1000)),
            (&cut, 5, millis(8000)),
            (&cut, 6, Next::GiveUp),
            (&broken(503), 3, millis(2000)),
            (&broken(302), 3, millis(2000)),
            (&broken(200), 1, Next::CheckToken),
            (&ApiFailure::Token { tracking_id: None }, 9, Next::AsForCalls),
            (&busy, 9, Next::AsForCalls),
            (&refused(404), 0, Next::GiveUp),
            (&ApiFailure::Scopes { missing: Vec::new(), tracking_id: None }, 0, Next::GiveUp),
            (&ApiFailure::Elsewhere { problem: String::new(), redirected: false }, 0, Next::GiveUp),
        ] {
            assert_eq!(next(failure, fruitless), expected, "{failure:?}, {fruitless}");
        }
    }
}
