//! Times as text.

use chrono::{DateTime, Local, Utc};

/// A remaining time: `1h 5m`, `57m 29s`, `42s`.
pub fn left(seconds: i64) -> String {
    let seconds = seconds.max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, 0) => format!("{minutes}m"),
        (0, minutes, seconds) => format!("{minutes}m {seconds}s"),
        (hours, 0, _) => format!("{hours}h"),
        (hours, minutes, _) => format!("{hours}h {minutes}m"),
    }
}

/// A time of day as the watch shows it: `1:51:23 PM`.
pub fn time_of_day(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%-I:%M:%S %p").to_string()
}

/// A local time of day, as short as a clock shows it: `13:51`.
pub fn hours_and_minutes(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%H:%M").to_string()
}

/// A local date and time.
pub fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remaining_time_has_at_most_two_units() {
        for (seconds, text) in [
            (-1, "0s"),
            (0, "0s"),
            (42, "42s"),
            (60, "1m"),
            (3449, "57m 29s"),
            (3600, "1h"),
            (3661, "1h 1m"),
            (3900, "1h 5m"),
            (86_400, "24h"),
        ] {
            assert_eq!(left(seconds), text);
        }
    }
}
