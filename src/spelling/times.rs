//! Dates and times.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use regex_lite::{Captures, Regex};

/// A day; or with a T or a space a time, to the minute, the second or finer; or with a zone a moment.
#[expect(clippy::unwrap_used, reason = "a test matches with it")]
static MOMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?(?: ?([Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?$",
    )
    .unwrap()
});

/// The parts of a time in a text.
struct Said {
    day: NaiveDate,
    time: Option<NaiveTime>,
    /// The seconds that the zone is ahead of UTC.
    ahead: Option<i32>,
}

fn read(text: &str) -> Option<Said> {
    let parts = MOMENT.captures(text)?;
    let number = |at| part(&parts, at).and_then(|digits| digits.parse::<u32>().ok());
    let year = part(&parts, 1)?.parse().ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(2)?, number(3)?)?;
    let time = match number(4) {
        Some(hour) => Some(NaiveTime::from_hms_opt(hour, number(5)?, number(6).unwrap_or(0))?),
        None => None,
    };
    let ahead = match part(&parts, 7) {
        Some(zone) => Some(ahead(zone)?),
        None => None,
    };
    Some(Said { day, time, ahead })
}

fn part<'t>(parts: &Captures<'t>, at: usize) -> Option<&'t str> {
    parts.get(at).map(|part| part.as_str())
}

/// The seconds that a zone is ahead of UTC. None is more than 14 hours off.
fn ahead(zone: &str) -> Option<i32> {
    let Some(sign) = zone.bytes().next().filter(|sign| matches!(sign, b'+' | b'-')) else { return Some(0) };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<i32>().ok()? };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes * 60;
    let in_bounds = minutes < 60 && seconds <= 14 * 3600;
    in_bounds.then_some(if sign == b'-' { -seconds } else { seconds })
}

impl Said {
    /// The moment in UTC, where a zone was named.
    fn moment(&self) -> Option<DateTime<Utc>> {
        let zone = FixedOffset::east_opt(self.ahead?)?;
        let moment = NaiveDateTime::new(self.day, self.time?).and_local_timezone(zone).single()?.to_utc();
        (0..=9999).contains(&moment.year()).then_some(moment)
    }
}

const FORM: &str = "%Y-%m-%dT%H:%M:%S";

/// A day in UTC. A time is taken for its day, unless it is one of another zone: its day may be another in UTC.
pub(super) fn date(text: &str) -> Result<String, &'static str> {
    let problem = "must be a day that there is, as YYYY-MM-DD";
    let said = read(text).ok_or(problem)?;
    match said.ahead {
        None | Some(0) => Ok(said.day.format("%Y-%m-%d").to_string()),
        Some(_) => Err("must be a day in UTC, as YYYY-MM-DD, and not a time in another zone"),
    }
}

/// When a meeting begins: with a Z in UTC, without one in the time zone that goes with it (Zoom knows no other form).
pub(super) fn start_time(text: &str) -> Result<String, &'static str> {
    let problem = "must be a time as 2026-03-04T12:00:00Z, or without the Z in the time zone of the meeting";
    let said = read(text).ok_or(problem)?;
    let time = said.time.ok_or(problem)?;
    match said.ahead {
        None => Ok(said.day.and_time(time).format(FORM).to_string()),
        Some(_) => utc(&said).ok_or(problem),
    }
}

/// A moment in UTC.
pub(super) fn utc_time(text: &str) -> Result<String, &'static str> {
    let problem = "must be a time in UTC, as 2026-03-04T12:00:00Z";
    read(text).as_ref().and_then(utc).ok_or(problem)
}

fn utc(said: &Said) -> Option<String> {
    said.moment().map(|moment| format!("{}Z", moment.format(FORM)))
}

/// A moment of a recording, as `01:30:00`. Minutes are taken too.
pub(super) fn moment(text: &str) -> Result<String, &'static str> {
    let problem =
        "must be minutes from the start of the recording, such as 30, or HH:MM:SS, such as 01:30:00";
    let number = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<u32>().ok()).flatten().ok_or(problem)
    };
    let sixtieth = |text: &str| {
        number(text, 2).and_then(|part| if text.len() == 2 && part < 60 { Ok(part) } else { Err(problem) })
    };
    let (hours, minutes, seconds) = match text.split(':').collect::<Vec<_>>()[..] {
        [minutes] => {
            let minutes = number(minutes, 5)?;
            (minutes / 60, minutes % 60, 0)
        }
        [hours, minutes, seconds] => (number(hours, 4)?, sixtieth(minutes)?, sixtieth(seconds)?),
        _ => return Err(problem),
    };
    Ok(format!("{hours:02}:{minutes:02}:{seconds:02}"))
}
