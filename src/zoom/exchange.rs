//! Requesting a token: how many tries, how long, with what pauses.

use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::Silence;
use super::answer::{Again, Answer, ExchangeFailure, Granted, Times};
use super::{Credentials, Grant, NotGranted};
use crate::clock::{self, Clock, Shutdown};
use crate::error::{Error, Left, Refusal};

/// How long an exchange may take with all its tries. It is shorter than the 30 s that others wait for the lock and that
/// separate two attempts of a watch, so attempts never overlap.
pub const BUDGET: Duration = Duration::from_secs(20);

/// The time after the deadline in which an answer that has already arrived is still read: a process that was suspended
/// wakes up late, and the answer in its socket may hold the only valid refresh token.
const LATE: Duration = Duration::from_millis(200);

/// How many times one exchange tries after transient failures.
const TRIES: u32 = 3;

/// The pause after the first try; each later one is three times as long. Jitter makes it between half and all of that:
/// 0.5 to 1 s, then 1.5 to 3 s.
const PAUSE: Duration = Duration::from_secs(1);

/// One request and its answer.
pub(super) trait TokenEndpoint {
    /// Sends one request.
    async fn ask(&self, credentials: &Credentials) -> Result<Answer, Silence>;
}

/// Tries until there is a token, a verdict, three failures, or no time left. Once the end is requested it starts no more
/// tries, and waits for the answer to the one under way.
pub(super) async fn exchange(
    endpoint: &impl TokenEndpoint,
    credentials: &Credentials,
    clock: &dyn Clock,
    stop: &Shutdown,
) -> Result<Granted, NotGranted> {
    let deadline = Instant::now() + BUDGET.saturating_sub(LATE);
    // A code that was lost costs another login, and nothing that is stored.
    let is_stored = matches!(credentials.grant, Grant::RefreshToken(_));
    let (mut reached, mut spent) = (false, false);
    for attempt in 1.. {
        let asked = clock.now();
        let failure = match answer(endpoint, credentials, deadline).await {
            Ok(answer) => {
                reached = true;
                let times = Times { asked, answered: clock.now() };
                match answer.read(&credentials.grant, times) {
                    Ok(granted) => return Ok(granted),
                    Err(failure) => failure,
                }
            }
            Err(silence) => {
                reached |= silence.sent;
                ExchangeFailure::unanswered(silence.what, reached, silence.sent)
            }
        };
        spent |= failure.spent && is_stored;
        let pause = match failure.again {
            Some(Again::Soon) => jittered(PAUSE * 3_u32.pow(attempt - 1)),
            // A little later than asked, so that not everybody who got this answer comes back at once.
            Some(Again::After(wait)) => wait + jittered(PAUSE),
            None => {
                let error = explained(failure.error, credentials, spent);
                return Err(NotGranted { error, refresh_token: failure.refresh_token.map(|token| *token) });
            }
        };
        if attempt == TRIES || Instant::now() + pause >= deadline {
            return Err(explained(failure.error, credentials, spent).into());
        }
        tokio::select! {
            biased;
            signal = stop.requested() => {
                let left = if spent { Left::RefreshToken } else { Left::Nothing };
                return Err(Error::Interrupted { signal, left }.into());
            }
            () = clock::pause(pause) => {}
        }
    }
    unreachable!("the loop ends by the number of tries")
}

/// Sends one request and waits for its answer until the deadline; once that has passed, only reads an answer that has arrived.
async fn answer(
    endpoint: &impl TokenEndpoint,
    credentials: &Credentials,
    deadline: Instant,
) -> Result<Answer, Silence> {
    let mut asking = pin!(endpoint.ask(credentials));
    if let Ok(answer) = tokio::time::timeout_at(deadline, &mut asking).await {
        return answer;
    }
    let late = tokio::time::timeout(LATE, asking).await;
    let silence = || Silence { what: format!("no answer within {} s", BUDGET.as_secs()), sent: true };
    late.unwrap_or_else(|_| Err(silence()))
}

/// The same failure with what is known here. After an earlier try may have spent the refresh token, a refusal most likely
/// means that it did; and a client that is refused without a secret may need one.
fn explained(error: Error, credentials: &Credentials, spent: bool) -> Error {
    match error {
        Error::Refused { refusal: Refusal::Client, status, tracking_id }
            if credentials.client_secret.is_none() =>
        {
            Error::Refused { refusal: Refusal::PublicClient, status, tracking_id }
        }
        Error::Refused { refusal: Refusal::RefreshToken, status, tracking_id } if spent => {
            Error::Refused { refusal: Refusal::RefreshAnswerLost, status, tracking_id }
        }
        Error::Transient { what, not_before, reached, tracking_id, .. } => {
            Error::Transient { what, not_before, reached, spent, tracking_id }
        }
        error => error,
    }
}

/// A random duration between half and all of this one.
fn jittered(duration: Duration) -> Duration {
    duration / 2 + (duration / 2).mul_f64(clock::jitter())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::VecDeque;

    use super::*;
    use crate::clock::{Shutdown, SystemClock};
    use crate::error::Diagnostic as _;

    /// Answers from a list, and records when it was asked.
    struct Script {
        answers: RefCell<VecDeque<Result<Answer, Silence>>>,
        asked: RefCell<Vec<Instant>>,
        never: bool,
    }

    impl TokenEndpoint for Script {
        async fn ask(&self, _: &Credentials) -> Result<Answer, Silence> {
            self.asked.borrow_mut().push(Instant::now());
            if self.never {
                std::future::pending::<()>().await;
            }
            self.answers.borrow_mut().pop_front().unwrap()
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "an entry of a script")]
    fn answer(status: u16, body: &str, retry_after: Option<&str>) -> Result<Answer, Silence> {
        Ok(Answer {
            status,
            body: body.to_owned().into_bytes().into(),
            retry_after: retry_after.map(str::to_owned),
            ..Answer::default()
        })
    }

    fn silent(sent: bool) -> Result<Answer, Silence> {
        Err(Silence { what: "cut".into(), sent })
    }

    fn token() -> Result<Answer, Silence> {
        answer(200, r#"{"access_token":"opaque","expires_in":3600}"#, None)
    }

    /// Runs an exchange in paused time: it sleeps without waiting.
    fn run(grant: Grant, answers: Vec<Result<Answer, Silence>>) -> (Result<Granted, Error>, Vec<Instant>) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let credentials = Credentials {
            client_id: "client".into(),
            client_secret: Some("secret".to_owned().into()),
            grant,
        };
        runtime.block_on(async {
            let script = Script {
                never: answers.is_empty(),
                answers: RefCell::new(answers.into()),
                asked: RefCell::default(),
            };
            let result = exchange(&script, &credentials, &SystemClock::start(), &Shutdown::never()).await;
            let result = result.map_err(|failed| failed.error);
            (result, script.asked.into_inner())
        })
    }

    fn account() -> Grant {
        Grant::AccountCredentials { account_id: "account".into() }
    }

    fn refresh() -> Grant {
        Grant::RefreshToken(crate::token::Token::new("refresh").unwrap())
    }

    #[test]
    fn a_transient_failure_is_tried_three_times_with_growing_pauses() {
        for failure in [|| answer(503, "", None), || answer(200, "<html>", None), || silent(false)] {
            let (result, asked) = run(account(), vec![failure(), failure(), failure(), token()]);
            assert!(matches!(result, Err(Error::Transient { .. })));
            assert_eq!(asked.len(), 3);
            let (first, second) = (asked[1].duration_since(asked[0]), asked[2].duration_since(asked[1]));
            assert!((500..=1001).contains(&first.as_millis()), "{first:?}");
            assert!((1500..=3001).contains(&second.as_millis()), "{second:?}");
        }
    }

    #[test]
    fn one_try_that_reached_zoom_is_enough_to_have_reached_it() {
        let busy = || answer(503, "", None);
        for (answers, expected) in [
            (vec![silent(false), silent(false), silent(false)], false),
            (vec![silent(false), silent(true), silent(false)], true),
            (vec![busy(), silent(false), silent(false)], true),
            (vec![silent(false), silent(false), busy()], true),
            (vec![], true),
        ] {
            let (result, _) = run(account(), answers);
            assert!(
                matches!(result, Err(Error::Transient { reached, .. }) if reached == expected),
                "{result:?}"
            );
        }
    }

    #[test]
    fn the_second_try_may_succeed() {
        let (result, asked) = run(account(), vec![answer(502, "<html>", None), token()]);
        assert_eq!(result.unwrap().token.expose(), "opaque");
        assert_eq!(asked.len(), 2);
    }

    #[test]
    fn a_verdict_is_asked_for_once() {
        let (result, asked) =
            run(account(), vec![answer(400, r#"{"error":"invalid_client"}"#, None), token()]);
        assert!(matches!(result, Err(Error::Refused { refusal: Refusal::Client, .. })));
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn a_retry_after_is_obeyed_when_there_is_time() {
        let (result, asked) = run(account(), vec![answer(429, "", Some("7")), token()]);
        assert!(result.is_ok());
        assert!((7500..=8001).contains(&asked[1].duration_since(asked[0]).as_millis()), "{asked:?}");
    }

    #[test]
    fn a_retry_after_beyond_the_budget_is_reported_and_not_waited_for() {
        let (result, asked) = run(account(), vec![answer(429, "", Some("60")), token()]);
        assert!(matches!(result, Err(Error::Transient { not_before: Some(_), .. })));
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn an_endpoint_that_never_answers_costs_the_budget_and_no_more() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let before = runtime.block_on(async { Instant::now() });
        let (result, asked) = run(account(), vec![]);
        assert!(matches!(result, Err(Error::Transient { .. })));
        assert_eq!(asked.len(), 1);
        assert!(before.elapsed() < BUDGET, "no real time passes");
    }

    #[test]
    fn a_refresh_token_refused_after_a_lost_answer_is_reported_as_such() {
        let refused = || answer(400, r#"{"error":"invalid_grant","reason":"Invalid Token!"}"#, None);
        let (result, _) = run(refresh(), vec![silent(true), refused()]);
        assert!(matches!(result, Err(Error::Refused { refusal: Refusal::RefreshAnswerLost, .. })));
        for lost in [
            answer(504, "<html>", None),
            answer(503, "", Some("1")),
            answer(200, r#"{"access_token":"eyJ"#, None),
            answer(200, "", None),
            answer(200, r#"{"expires_in":3600}"#, None),
            answer(400, r#"{"error":"server_error"}"#, None),
        ] {
            let (result, _) = run(refresh(), vec![lost, refused()]);
            assert!(
                matches!(result, Err(Error::Refused { refusal: Refusal::RefreshAnswerLost, .. })),
                "{result:?}"
            );
        }
        for not_asked in [silent(false), answer(429, "", None)] {
            let (result, _) = run(refresh(), vec![not_asked, refused()]);
            assert!(
                matches!(result, Err(Error::Refused { refusal: Refusal::RefreshToken, .. })),
                "{result:?}"
            );
        }
        let (result, _) = run(refresh(), vec![refused()]);
        assert!(matches!(result, Err(Error::Refused { refusal: Refusal::RefreshToken, .. })));
    }

    #[test]
    fn a_failure_that_may_have_spent_the_refresh_token_does_not_say_that_nothing_was_changed() {
        let (html, busy) = (|| answer(504, "<html>", None), || answer(429, "", None));
        for (grant, answers, expected) in [
            (refresh(), vec![html(), silent(false), busy()], true),
            (refresh(), vec![silent(true), busy(), busy()], true),
            (refresh(), vec![silent(false), silent(false), busy()], false),
            (refresh(), vec![answer(403, "<html>", None)], false),
            (refresh(), vec![answer(302, "", None)], false),
            (account(), vec![html(), silent(true), html()], false),
        ] {
            let (result, _) = run(grant, answers);
            let error = result.unwrap_err();
            let says_so = error.hint().unwrap().contains("used up the refresh token");
            assert_eq!(says_so, expected, "{error:?}");
            assert_ne!(error.hint().unwrap().contains("Nothing was changed"), expected, "{error:?}");
        }
    }

    #[test]
    fn a_jitter_keeps_within_its_half() {
        for _ in 0..1000 {
            let pause = jittered(PAUSE);
            assert!(pause >= PAUSE / 2 && pause <= PAUSE, "{pause:?}");
        }
    }
}
