//! Arguments that several tools have.
//!
//! Each is a type that says its form once: the schema shows it to the model, and what comes in is held against the
//! same words. JSON's types are taken strictly, a number that is sent as a text is refused: the policy judges the
//! arguments as they were sent, and a lenient reading here would be a way around it.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use regex_lite::Regex;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::token::Token;

/// What is wrong with an argument, to be read after its name.
#[derive(Debug)]
pub(super) struct Problem(&'static str);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Declares a text of a certain form.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $pattern:literal, at most $max:literal, $problem:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String")]
        #[schemars(extend("minLength" = 1, "maxLength" = $max, "pattern" = $pattern))]
        pub(super) struct $name(String);

        impl TryFrom<String> for $name {
            type Error = Problem;

            fn try_from(text: String) -> Result<Self, Problem> {
                let fits = text.chars().count() <= $max && matches(&text, $pattern);
                if fits { Ok(Self(text)) } else { Err(Problem($problem)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

fn matches(text: &str, pattern: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
}

text! {
    /// A user: `me`, an id or an e-mail address.
    ///
    /// Dots alone and slashes would lead to another place of the API than the one that the tool is for.
    UserId, r"^\.*[^\x00-\x20\x7F/\\.][^\x00-\x20\x7F/\\]*$", at most 128,
    "must be `me`, a user id or an e-mail address"
}

impl Default for UserId {
    /// The user whose token it is.
    fn default() -> Self {
        Self("me".into())
    }
}

text! {
    /// A meeting: its number, or the UUID of one instance, which is base64 and may hold slashes.
    ///
    /// One meeting has one spelling, so that a policy can name it: no leading zeros or signs, which Zoom may read over. And
    /// a UUID ends as base64 of sixteen bytes does, or `123/recordings` would pass for one.
    MeetingId, "^([1-9][0-9]*|[A-Za-z0-9+/_-]+==?)$", at most 64,
    "must be a meeting number (its digits, without spaces) or the uuid of a meeting, with the = at its end"
}

text! {
    /// One occurrence of a recurring meeting. An empty one would mean the whole series to Zoom.
    OccurrenceId, "^[A-Za-z0-9_=-]+$", at most 64,
    "must be an occurrence_id as get_meeting shows them for a recurring meeting"
}

text! {
    /// Where a list goes on.
    NextPageToken, "^[!-~]+$", at most 2048,
    "must be the next_page_token of the answer before; when that was empty, there are no more pages"
}

text! {
    /// A time zone of the tz database.
    Timezone, "^[A-Za-z0-9_+/-]+$", at most 64,
    "must be a time zone such as `Europe/Berlin` or `UTC`"
}

/// How many entries a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
#[schemars(extend("minimum" = 1, "maximum" = 300))]
pub(super) struct PageSize(u32);

impl Default for PageSize {
    fn default() -> Self {
        Self(30)
    }
}

impl TryFrom<u32> for PageSize {
    type Error = Problem;

    fn try_from(size: u32) -> Result<Self, Problem> {
        if (1..=300).contains(&size) { Ok(Self(size)) } else { Err(Problem("must be from 1 to 300")) }
    }
}

impl PageSize {
    pub(super) fn get(self) -> u32 {
        self.0
    }
}

/// A day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("format" = "date"))]
pub(super) struct Date(#[schemars(with = "String")] NaiveDate);

impl TryFrom<String> for Date {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        // The parser alone would let `2026-3-4` and spaces pass.
        let day = if matches(&text, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$") { text.parse().ok() } else { None };
        day.map(Self).ok_or(Problem("must be a day that there is, as YYYY-MM-DD"))
    }
}

impl Date {
    pub(super) fn day(self) -> NaiveDate {
        self.0
    }
}

const START_TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?$";

/// When a meeting begins: with a Z in UTC, without one in the time zone that goes with it (Zoom knows no other form).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("pattern" = START_TIME))]
pub(super) struct StartTime(String);

impl TryFrom<String> for StartTime {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        let time = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S");
        if matches(&text, START_TIME) && time.is_ok() {
            Ok(Self(text))
        } else {
            Err(Problem(
                "must be a time as 2026-03-04T12:00:00Z, or without the Z in the time zone of the meeting",
            ))
        }
    }
}

/// A token that came with a call. It does not show itself in `Debug`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = 16384, "pattern" = "^[A-Za-z0-9._~+/=-]+$"))]
pub(super) struct GivenToken(#[schemars(with = "String")] Token);

impl TryFrom<String> for GivenToken {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        Token::new(text).map(Self).map_err(Problem)
    }
}

impl GivenToken {
    pub(super) fn token(&self) -> &Token {
        &self.0
    }
}

impl From<GivenToken> for Token {
    fn from(given: GivenToken) -> Self {
        given.0
    }
}

text! {
    /// A client id that came with a call.
    ClientId, "^[!-~]+$", at most 200, "must be the client id of the app"
}

/// A client secret that came with a call. It does not show itself in `Debug`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("minLength" = 1, "maxLength" = 200, "pattern" = "^[!-~]+$"))]
pub(super) struct ClientSecret(#[schemars(with = "String")] SecretString);

impl TryFrom<String> for ClientSecret {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        let fits = text.len() <= 200 && matches(&text, "^[!-~]+$");
        if fits { Ok(Self(text.into())) } else { Err(Problem("must be the client secret of the app")) }
    }
}

impl From<ClientSecret> for SecretString {
    fn from(secret: ClientSecret) -> Self {
        secret.0
    }
}
