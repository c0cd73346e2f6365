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

/// A number of bytes: `512 bytes`, `1.5 KiB`, `34 MiB`.
pub fn size(bytes: u64) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1_u64 << 10)];
    let Some((unit, one)) = units.into_iter().find(|(_, one)| bytes >= *one) else {
        return format!("{bytes} bytes");
    };
    // Tenths of the unit, rounded down, so that no part of it is shown as more than the whole.
    let tenths = bytes / (one / 10).max(1);
    match (tenths / 10, tenths % 10) {
        (whole, tenth) if whole < 10 && tenth > 0 => format!("{whole}.{tenth} {unit}"),
        _ => format!("{} {unit}", bytes / one),
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

    #[test]
    fn a_size_has_two_digits_at_least_and_its_unit() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (10 * 1024 + 600, "10 KiB"),
            (1024 * 1024 - 1, "1023 KiB"),
            (1024 * 1024, "1 MiB"),
            (1300 * 1024 * 1024, "1.2 GiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
