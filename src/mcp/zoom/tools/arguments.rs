//! Arguments that several tools have.
//!
//! Each is a type that says its form once: the schema names it, and `spelling/` has made its one spelling of what the
//! client sent before a policy looks. Here JSON's types are taken strictly: what is read is what was judged.

use std::fmt;

use chrono::NaiveDate;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::spelling::Form;
use crate::token::Token;

/// The problem with an argument, to be read after its name.
#[derive(Debug)]
pub(super) struct Problem(&'static str);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Declares a text of a form, and what its schema says of it.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $form:literal, $($key:literal = $value:expr),+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String")]
        #[schemars(extend("x-form" = $form, $($key = $value),+))]
        pub(super) struct $name(String);

        impl TryFrom<String> for $name {
            type Error = Problem;

            fn try_from(text: String) -> Result<Self, Problem> {
                spelt($form, &text).map(Self)
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

/// The one spelling of a text of this form.
fn spelt(form: &str, text: &str) -> Result<String, Problem> {
    let form = Form::named(form).ok_or(Problem("is of a form that there is not"))?;
    (form.read)(text).map_err(Problem)
}

text! {
    /// A user: `me`, an id or an e-mail address.
    UserId, "user",
    "minLength" = 1, "maxLength" = 128, "pattern" = r"^\.*[^\x00-\x20\x7F/\\.][^\x00-\x20\x7F/\\]*$"
}

impl Default for UserId {
    /// The user whose token it is.
    fn default() -> Self {
        Self("me".into())
    }
}

text! {
    /// A meeting: its number, or the UUID of one instance.
    MeetingId, "meeting",
    "minLength" = 1, "maxLength" = 64, "pattern" = "^([1-9][0-9]*|[A-Za-z0-9+/_-]+==?)$"
}

text! {
    /// One occurrence of a recurring meeting. An empty one would mean the whole series to Zoom.
    OccurrenceId, "occurrence",
    "minLength" = 1, "maxLength" = 64, "pattern" = "^[A-Za-z0-9_=-]+$",
    "x-blank" = "must be an occurrence_id as get_meeting shows them; leave it out to mean the whole series"
}

text! {
    /// A person who has registered for a meeting.
    RegistrantId, "registrant",
    "minLength" = 1, "maxLength" = 64, "pattern" = "^[A-Za-z0-9_=-]+$"
}

text! {
    /// An e-mail address.
    Email, "email",
    "minLength" = 3, "maxLength" = 128, "pattern" = r"^[^\x00-\x20\x7F/\\@]+@[^\x00-\x20\x7F/\\@]+$"
}

text! {
    /// Where a list continues.
    NextPageToken, "page-token",
    "minLength" = 1, "maxLength" = 2048, "pattern" = "^[!-~]+$"
}

text! {
    /// A time zone of the tz database.
    Timezone, "timezone",
    "minLength" = 1, "maxLength" = 64, "pattern" = "^[A-Za-z0-9_+/-]+$"
}

text! {
    /// When a meeting begins: with a Z in UTC, without one in the time zone that goes with it.
    StartTime, "start-time",
    "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z?$"
}

text! {
    /// A moment of a recording, counted from its start.
    Moment, "moment",
    "pattern" = "^([0-9]{1,5}|[0-9]{1,4}:[0-5][0-9]:[0-5][0-9])$"
}

impl Moment {
    /// The milliseconds from the start of the recording.
    pub(super) fn millis(&self) -> u64 {
        let parts = self.0.split(':').filter_map(|part| part.parse::<u64>().ok());
        parts.fold(0, |whole, part| whole * 60 + part) * 1000
    }
}

text! {
    /// A moment in UTC.
    UtcTime, "utc-time",
    "pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
}

text! {
    /// Days of a week, as Zoom counts them.
    Weekdays, "weekdays",
    "minLength" = 1, "maxLength" = 13, "pattern" = "^[1-7](,[1-7])*$"
}

text! {
    /// A client id that came with a call.
    ClientId, "client-id",
    "minLength" = 1, "maxLength" = 200, "pattern" = "^[!-~]+$"
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
#[schemars(extend("x-form" = "date", "format" = "date"))]
pub(super) struct Date(#[schemars(with = "String")] NaiveDate);

impl TryFrom<String> for Date {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        let day = spelt("date", &text)?.parse();
        day.map(Self).map_err(|_| Problem("must be a day that there is, as YYYY-MM-DD"))
    }
}

impl Date {
    pub(super) fn day(self) -> NaiveDate {
        self.0
    }
}

/// A token that came with a call. It does not show itself in `Debug`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("x-form" = "token", "minLength" = 1, "maxLength" = 16384, "pattern" = "^[A-Za-z0-9._~+/=-]+$"))]
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

/// A client secret that came with a call. It does not show itself in `Debug`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(extend("x-form" = "client-secret", "minLength" = 1, "maxLength" = 200, "pattern" = "^[!-~]+$"))]
pub(super) struct ClientSecret(#[schemars(with = "String")] SecretString);

impl TryFrom<String> for ClientSecret {
    type Error = Problem;

    fn try_from(text: String) -> Result<Self, Problem> {
        spelt("client-secret", &text).map(|secret| Self(secret.into()))
    }
}

impl From<ClientSecret> for SecretString {
    fn from(secret: ClientSecret) -> Self {
        secret.0
    }
}
