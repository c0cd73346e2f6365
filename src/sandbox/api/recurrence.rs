//! The occurrences of a recurring meeting.

use chrono::{DateTime, Datelike as _, Days, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// The most occurrences of a series.
const MOST_OCCURRENCES: usize = 60;

/// Whether Zoom accepts this recurrence: one unit, days for it, one end.
pub(super) fn is_valid(recurrence: &Value) -> bool {
    let within = |name: &str, min: i64, max: i64| {
        recurrence.get(name).is_none_or(|value| value.as_i64().is_some_and(|n| (min..=max).contains(&n)))
    };
    let has = |name: &str| recurrence.get(name).is_some();
    recurrence.is_object()
        && has("type")
        && within("type", 1, 3)
        && within("repeat_interval", 1, 99)
        && within("monthly_day", 1, 31)
        && within("monthly_week", -1, 4)
        && within("monthly_week_day", 1, 7)
        && within("end_times", 0, 60)
        && recurrence.get("weekly_days").is_none_or(|days| !weekdays(days).is_empty())
        && !(has("end_times") && has("end_date_time"))
}

/// The occurrences of a meeting by its recurrence. Times without a zone count as UTC.
pub(super) fn occurrences(meeting: &Value) -> Vec<Value> {
    let recurrence = &meeting["recurrence"];
    let Some(start) = meeting["start_time"].as_str().and_then(time) else { return Vec::new() };
    let most = recurrence["end_times"].as_u64().unwrap_or(if recurrence["end_date_time"].is_null() {
        1
    } else {
        60
    });
    let most = usize::try_from(most).unwrap_or(MOST_OCCURRENCES);
    let most = if most == 0 { MOST_OCCURRENCES } else { most.min(MOST_OCCURRENCES) };
    let end = recurrence["end_date_time"].as_str().and_then(time).unwrap_or(DateTime::<Utc>::MAX_UTC);
    // Enough for sixty occurrences ten months apart.
    let days = (0..60 * 310).map_while(|day| start.checked_add_days(Days::new(day)));
    let on = days.take_while(|at| *at <= end).filter(|at| is_on(*at, start, recurrence)).take(most);
    on.map(|at| {
        json!({
            "occurrence_id": at.timestamp_millis().to_string(),
            "start_time": at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "duration": meeting["duration"],
            "status": "available",
        })
    })
    .collect()
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    let naive = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S");
    naive.ok().map(|naive| naive.and_utc())
}

fn weekdays(days: &Value) -> Vec<i64> {
    let days = days.as_str().unwrap_or_default().split(',').map(|day| day.parse().ok());
    let days: Option<Vec<i64>> = days.map(|day| day.filter(|day| (1..=7).contains(day))).collect();
    days.unwrap_or_default()
}

/// Whether a series that began at `start` has an occurrence at `at`.
fn is_on(at: DateTime<Utc>, start: DateTime<Utc>, recurrence: &Value) -> bool {
    let interval = recurrence["repeat_interval"].as_i64().unwrap_or(1).max(1);
    let weekday = i64::from(at.weekday().num_days_from_sunday()) + 1;
    let days = (at - start).num_days();
    match recurrence["type"].as_i64() {
        Some(2) => {
            let weeks = (days + i64::from(start.weekday().num_days_from_sunday())) / 7;
            let on = recurrence.get("weekly_days").map_or_else(|| vec![1], weekdays);
            weeks % interval == 0 && on.contains(&weekday)
        }
        Some(3) => {
            let month = |time: DateTime<Utc>| i64::from(time.year()) * 12 + i64::from(time.month());
            let day = i64::from(at.day());
            let is_day = match recurrence["monthly_week"].as_i64() {
                None => day == recurrence["monthly_day"].as_i64().unwrap_or(1),
                Some(week) => {
                    let is_last = (at + TimeDelta::days(7)).month() != at.month();
                    let is_week = if week == -1 { is_last } else { (day - 1) / 7 + 1 == week };
                    is_week && Some(weekday) == recurrence["monthly_week_day"].as_i64()
                }
            };
            (month(at) - month(start)) % interval == 0 && is_day
        }
        _ => days % interval == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_follow_the_recurrence() {
        // A Wednesday.
        let start = "2026-03-04T12:00:00Z";
        for (recurrence, days) in [
            (json!({"type": 1, "repeat_interval": 2, "end_times": 3}), &["03-04", "03-06", "03-08"][..]),
            (json!({"type": 1, "end_date_time": "2026-03-06T11:00:00Z"}), &["03-04", "03-05"]),
            (json!({"type": 2, "weekly_days": "2,4", "end_times": 3}), &["03-04", "03-09", "03-11"]),
            (
                json!({"type": 2, "repeat_interval": 2, "weekly_days": "4", "end_times": 2}),
                &["03-04", "03-18"],
            ),
            (json!({"type": 3, "monthly_day": 31, "end_times": 2}), &["03-31", "05-31"]),
            (
                json!({"type": 3, "monthly_week": -1, "monthly_week_day": 6, "end_times": 2}),
                &["03-27", "04-24"],
            ),
            (json!({"type": 3, "monthly_week": 1, "monthly_week_day": 2, "end_times": 1}), &["04-06"]),
        ] {
            assert!(is_valid(&recurrence), "{recurrence}");
            let found = occurrences(&json!({"start_time": start, "duration": 15, "recurrence": recurrence}));
            let found: Vec<&str> =
                found.iter().map(|one| &one["start_time"].as_str().unwrap()[5..10]).collect();
            assert_eq!(found, days, "{recurrence}");
        }
        for bad in [
            json!({}),
            json!([]),
            json!({"type": 4}),
            json!({"type": 2, "weekly_days": "0"}),
            json!({"type": 2, "weekly_days": 2}),
            json!({"type": 1, "end_times": 61}),
            json!({"type": 1, "end_times": 1, "end_date_time": "2026-03-06T11:00:00Z"}),
        ] {
            assert!(!is_valid(&bad), "{bad}");
        }
    }
}
