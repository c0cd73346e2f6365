//! How often something may be called.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::path::Path;

/// A stretch of the calendar, in UTC: each begins where the one before ends, whoever calls when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// From second 0 on.
    Minute,
    /// From minute 0 on.
    Hour,
    /// From midnight on.
    Day,
}

impl Window {
    /// All there are.
    pub(crate) const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// As a policy writes them.
    pub(super) const NAMES: [(&str, Self); 3] =
        [("minute", Self::Minute), ("hour", Self::Hour), ("day", Self::Day)];

    fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 24 * 3600,
        }
    }

    /// When the one began that this time is in.
    pub fn start(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let into = TimeDelta::seconds(at.timestamp().rem_euclid(self.seconds()))
            + TimeDelta::nanoseconds(at.timestamp_subsec_nanos().into());
        at.checked_sub_signed(into).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// When the one ends that began then.
    pub fn end(self, start: DateTime<Utc>) -> DateTime<Utc> {
        start.checked_add_signed(TimeDelta::seconds(self.seconds())).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// As in "10 a minute".
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "a minute",
            Self::Hour => "an hour",
            Self::Day => "a day",
        })
    }
}

/// One entry of `limits`.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    /// Its place in the policy.
    pub(super) rule: String,
    pub(super) counter: String,
    pub(super) window: Window,
    pub(super) max: u64,
    /// The argument that is counted in place of the call.
    pub(super) increment_from: Option<Path>,
}

impl Limit {
    /// The amount that a call with these arguments counts.
    ///
    /// # Errors
    ///
    /// The argument that is counted is no number that could be: a missing or a negative one would be a way around the
    /// limit.
    pub(super) fn charge(&self, arguments: &Map<String, Value>) -> Result<Charge, String> {
        let Self { rule, counter, window, max, increment_from } = self;
        let amount = match increment_from {
            None => 1,
            Some(path) => path.find(arguments).and_then(Value::as_u64).ok_or_else(|| {
                format!("{path} must be a whole number from 0 on, since it counts towards {max} {window}")
            })?,
        };
        Ok(Charge { rule: rule.clone(), counter: counter.clone(), window: *window, max: *max, amount })
    }
}

/// The charge of one call at one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The place of the limit in the policy: `tools.create_meeting.limits[0]`.
    pub rule: String,
    /// The name of the counter. Limits that name the same counter share it.
    pub counter: String,
    /// For how long it is counted.
    pub window: Window,
    /// The most that it may come to in that time.
    pub max: u64,
    /// The amount that this call adds to it.
    pub amount: u64,
}

/// As in "at most 10 a minute of calls".
impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} {} of {}", self.max, self.window, self.counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_those_of_the_calendar() {
        for (window, at, start, end) in [
            (Window::Minute, "2026-03-04T12:34:56.789Z", "2026-03-04T12:34:00Z", "2026-03-04T12:35:00Z"),
            (Window::Minute, "2026-03-04T12:34:00Z", "2026-03-04T12:34:00Z", "2026-03-04T12:35:00Z"),
            (Window::Hour, "2026-03-04T12:34:56Z", "2026-03-04T12:00:00Z", "2026-03-04T13:00:00Z"),
            (Window::Day, "2026-02-28T23:59:59.999Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
            (Window::Day, "1969-12-31T23:59:59.5Z", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            let began = window.start(at.parse().unwrap());
            assert_eq!(began, start.parse::<DateTime<Utc>>().unwrap(), "{window:?} {at}");
            assert_eq!(window.end(began), end.parse::<DateTime<Utc>>().unwrap(), "{window:?} {at}");
        }
    }
}
