//! The notes of one exchange for the next: its failure, what became of the refresh token, how long tokens live.
//!
//! Nothing waits for it: what cannot be written down is kept by this process, and costs other processes a request.

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use super::need::Need;
use crate::clock::Clock;
use crate::error::{Code, Diagnostic as _, Error, Left, Refusal};
use crate::settings::ClientSecret;
use crate::store::{ClockDifference, GrantedTo, Life, Memory, RememberedFailure, Turn, digest};
use crate::token::Token;
use crate::zoom::{Credentials, Grant, Granted, LONGEST_WAIT, NotGranted};

/// For how long it is believed that tokens live no longer than the last one did. Zoom may change that, and a need for
/// more then asks Zoom once a day.
const LIFE_IS_BELIEVED: Duration = Duration::from_hours(24);

/// An exchange that is about to be made, as it is remembered.
pub(super) struct Attempt {
    /// As it is written down now.
    memory: Memory,
    /// The credentials of the exchange.
    credentials: String,
    app: String,
    /// Its client id.
    client: String,
    /// Whether an earlier exchange may have spent this refresh token and has lost the answer.
    was_spent: bool,
}

/// Takes over a failure that another process met while this one waited, and obeys a wait that Zoom asked for. A
/// verdict on other credentials is none on these, which are given by their name.
pub(super) fn take_over(
    memory: &Memory,
    credentials: &str,
    started: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let Some(failure) = &memory.failure else { return Ok(()) };
    let concerns = |code| {
        let asked_with = failure.credentials.as_ref();
        code == Code::Transient || asked_with.is_none_or(|those| those == credentials)
    };
    if failure.at >= started
        && failure.at <= now
        && let Some(code) = Code::of_exchange(failure.code).filter(|code| concerns(*code))
    {
        let (message, hint) = (failure.message.clone(), failure.hint.clone());
        return Err(Error::TakenOver { code, message, hint, at: failure.at });
    }
    match failure.not_before {
        // One that is further ahead than any was written before the clock was set back.
        Some(time) if time > now && (time - now).to_std().is_ok_and(|wait| wait <= LONGEST_WAIT) => {
            Err(Error::Transient {
                what: "Zoom was too busy for this app a moment ago".into(),
                not_before: Some(time),
                reached: false,
                spent: false,
                tracking_id: None,
            })
        }
        _ => Ok(()),
    }
}

/// Refuses a need that no token of this app has met lately.
pub(super) fn check_life<Secret>(
    memory: &Memory,
    credentials: &Credentials<Secret>,
    need: &Need,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    match believed(memory, &app_of(credentials), now) {
        Some(life) if !exceeds(life, need.seconds) => Err(Error::Unmeetable { asked: need.seconds, life }),
        _ => Ok(()),
    }
}

/// The client that a refresh token was issued to, as it is remembered.
pub(super) fn granted_to(refresh_token: Option<&Token>, client_id: &str) -> Option<GrantedTo> {
    let token = digest(refresh_token?.expose().as_bytes());
    Some(GrantedTo { token, client: digest(client_id.as_bytes()) })
}

/// Whether the refresh token of these credentials was issued to another client: Zoom would refuse it with the words that it
/// has for a spent one.
pub(super) fn is_of_another_client<Secret>(memory: &Memory, credentials: &Credentials<Secret>) -> bool {
    let Grant::RefreshToken(token) = &credentials.grant else { return false };
    let (remembered, these) = (memory.granted_to.as_ref(), granted_to(Some(token), &credentials.client_id));
    remembered.zip(these).is_some_and(|(remembered, these)| {
        remembered.token == these.token && remembered.client != these.client
    })
}

/// Remembers that there was no secret to ask with, which is news for those who wait.
pub(super) fn note_no_secret(
    turn: &dyn Turn,
    before: &Memory,
    credentials: &str,
    error: &Error,
    now: DateTime<Utc>,
) {
    let failure = RememberedFailure {
        at: now,
        code: error.code().number(),
        message: error.to_string(),
        hint: error.hint(),
        not_before: before.failure.as_ref().and_then(|failure| failure.not_before),
        credentials: Some(credentials.to_owned()),
    };
    let _ = turn.remember(&Memory { failure: Some(failure), ..before.clone() });
}

impl Attempt {
    /// Takes note of an exchange before it is made: if this process is killed before it has an answer, the next one can
    /// report that the refresh token may be spent.
    pub(super) fn begin(
        turn: &dyn Turn,
        before: &Memory,
        credentials: &Credentials<ClientSecret>,
        watching: Option<DateTime<Utc>>,
    ) -> Self {
        let name = name_of(credentials);
        let was_spent = before.spent.as_ref() == Some(&name);
        let mut memory = before.clone();
        if credentials.grant.is_single_use() {
            memory.spent = Some(name.clone());
        }
        memory.attempt = watching.or(memory.attempt);
        if memory != *before {
            let _ = turn.remember(&memory);
        }
        let (app, client) = (app_of(credentials), credentials.client_id.clone());
        Self { memory, credentials: name, app, client, was_spent }
    }

    /// Remembers a failure, which is news for those who wait, and gives it as it looks with what was known before.
    pub(super) fn failed(self, turn: &dyn Turn, clock: &dyn Clock, failed: NotGranted) -> Error {
        let is_settled = failed.refresh_token.is_some();
        let error = match failed.error {
            Error::Refused { refusal: Refusal::RefreshToken, status, tracking_id } if self.was_spent => {
                Error::Refused { refusal: Refusal::RefreshAnswerLost, status, tracking_id }
            }
            error => error,
        };
        let may_be_spent = match &error {
            Error::Transient { spent, .. } => *spent,
            Error::Interrupted { left, .. } => *left == Left::RefreshToken,
            Error::Refused { refusal, .. } => *refusal == Refusal::RefreshAnswerLost,
            _ => false,
        };
        let mut memory = self.memory.clone();
        memory.spent = (!is_settled && (self.was_spent || may_be_spent)).then_some(self.credentials.clone());
        let code = error.code().number();
        let not_before = match &error {
            Error::Transient { not_before, .. } => *not_before,
            _ => None,
        };
        if matches!(error.code(), Code::Refused | Code::Transient) {
            memory.failure = Some(RememberedFailure {
                at: clock.now(),
                code,
                message: error.to_string(),
                hint: error.hint(),
                not_before,
                credentials: Some(self.credentials),
            });
        }
        if memory != self.memory {
            let _ = turn.remember(&memory);
        }
        error
    }

    /// Remembers a success. Gives a warning when what somebody may miss cannot be written down.
    pub(super) fn succeeded(
        self,
        turn: &dyn Turn,
        clock: &dyn Clock,
        granted: &Granted,
        need: &Need,
    ) -> Vec<String> {
        let now = clock.now();
        let difference =
            (granted.ahead != 0).then_some(ClockDifference { ahead: granted.ahead, measured_at: now });
        let mut memory = Memory { failure: None, clock: difference, ..self.memory.clone() };
        let is_missed = memory.clock != self.memory.clock;
        memory.spent = None;
        if !granted.scopes.is_empty() {
            memory.scopes.clone_from(&granted.scopes);
        }
        memory.granted_to = granted_to(granted.refresh_token.as_ref(), &self.client).or(memory.granted_to);
        let seconds = (granted.expires_at - now).num_seconds();
        if !exceeds(seconds, need.seconds) {
            memory.life = Some(Life { seconds, app: self.app, measured_at: now });
        } else if memory.life.as_ref().is_some_and(|life| life.app != self.app || life.seconds < seconds) {
            memory.life = None;
        }
        if memory == self.memory {
            // Usually the same is remembered, and no file is touched.
            return Vec::new();
        }
        let error = turn.remember(&memory).err().filter(|_| is_missed);
        error
            .map(|error| format!("{error}; the difference of the clocks is not remembered"))
            .into_iter()
            .collect()
    }
}

/// A short name for what Zoom is asked with, that cannot be turned back into it.
pub(super) fn name_of(credentials: &Credentials<ClientSecret>) -> String {
    let secret = match &credentials.client_secret {
        None => "",
        Some(ClientSecret::Set(secret)) => secret.expose_secret(),
        Some(ClientSecret::Printed(command)) => &command.text,
    };
    named(&credentials.client_id, secret, &credentials.grant)
}

/// The same for credentials with the secret itself.
pub(super) fn name_with_secret(credentials: &Credentials) -> String {
    let secret = credentials.client_secret.as_ref().map_or("", |secret| secret.expose_secret());
    named(&credentials.client_id, secret, &credentials.grant)
}

fn named(client_id: &str, secret: &str, grant: &Grant) -> String {
    let (grant, whose) = match grant {
        Grant::AccountCredentials { account_id } => ("account", account_id.as_str()),
        Grant::RefreshToken(token) => ("refresh", token.expose()),
        Grant::AuthorizationCode { code, .. } => ("code", code.expose_secret()),
        Grant::DeviceCode(code) => ("device", code.expose_secret()),
    };
    digest(Zeroizing::new([client_id, secret, grant, whose].join("\n")).as_bytes())
}

/// A short name for the app and the account, which stays the same when a refresh token rotates.
pub(super) fn app_of<Secret>(credentials: &Credentials<Secret>) -> String {
    let whose = match &credentials.grant {
        Grant::AccountCredentials { account_id } => account_id,
        _ => "",
    };
    digest([&credentials.client_id, whose].join("\n").as_bytes())
}

/// The life of a token of this app as far as it can be believed now.
pub(super) fn believed(memory: &Memory, app: &str, now: DateTime<Utc>) -> Option<i64> {
    let life = memory.life.as_ref().filter(|life| life.app == app)?;
    let age = (now - life.measured_at).to_std().ok()?;
    (age < LIFE_IS_BELIEVED).then_some(life.seconds)
}

/// Whether a token with a life of `life` seconds meets a need of more than `seconds`.
fn exceeds(life: i64, seconds: u64) -> bool {
    u64::try_from(life).is_ok_and(|life| life > seconds)
}

/// A difference of the clocks as far as it can be believed now: one that was measured in the future was measured
/// before this clock was set right.
pub(super) fn applicable(clock: ClockDifference, now: DateTime<Utc>) -> i64 {
    if clock.measured_at <= now { clock.ahead } else { 0 }
}
