//! Days for which Zoom lists recordings.
//!
//! Zoom answers for a month at most (its `OpenAPI` description of `/users/{userId}/recordings`). A longer range is asked
//! for in windows of thirty days, the newest first.

use chrono::{DateTime, Days, NaiveDate, Utc};

/// The days of a window. Zoom says "a month", which may be shorter than 31 days.
const WINDOW: u64 = 30;

/// Days from the first to the last one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

impl Range {
    /// The days that are asked for, where one or both are not given. They stay in the years that a date is written with.
    pub(crate) fn asked_for(from: Option<NaiveDate>, to: Option<NaiveDate>, now: DateTime<Utc>) -> Self {
        let month = Days::new(WINDOW - 1);
        let (first, last) = (NaiveDate::from_ymd_opt(0, 1, 1), NaiveDate::from_ymd_opt(9999, 12, 31));
        match (from, to) {
            (Some(from), Some(to)) => Self { from, to },
            (Some(from), None) => Self { from, to: last.map_or(from, |last| last.min(from + month)) },
            (None, to) => {
                let to = to.unwrap_or_else(|| now.date_naive());
                Self { from: first.map_or(to, |first| first.max(to - month)), to }
            }
        }
    }

    /// Whether Zoom answers for it at once.
    pub(crate) fn is_one_window(self) -> bool {
        self.window_until(self.to) == self
    }

    /// The window that ends on this day.
    pub(crate) fn window_until(self, to: NaiveDate) -> Self {
        Self { from: self.from.max(to - Days::new(WINDOW - 1)), to }
    }

    /// The window before this one.
    pub(crate) fn window_before(self, window: Self) -> Option<Self> {
        (window.from > self.from).then(|| self.window_until(window.from - Days::new(1)))
    }

    /// From the newest to the oldest.
    pub(crate) fn windows(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.window_until(self.to)), move |window| self.window_before(*window))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(from: u64, to: u64) -> Range {
        let day = |number: u64| NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(number);
        Range { from: day(from), to: day(to) }
    }

    proptest! {
        #[test]
        fn windows_cover_a_range_once_and_none_is_longer_than_thirty_days(from in 0_u64..500, length in 0_u64..1000) {
            let range = range(from, from + length);
            let mut next = Some(range.to);
            for window in range.windows() {
                prop_assert_eq!(Some(window.to), next, "the day before the window before");
                prop_assert!(window.from <= window.to && window.from >= range.from);
                prop_assert!((window.to - window.from).num_days() < 30);
                next = window.from.pred_opt();
            }
            prop_assert_eq!(next, range.from.pred_opt(), "the last window begins with the range");
            prop_assert_eq!(range.is_one_window(), length < 30);
        }
    }

    #[test]
    fn the_newest_days_come_first() {
        let days = range(0, 61);
        let windows: Vec<_> = days.windows().collect();
        assert_eq!(windows, [range(32, 61), range(2, 31), range(0, 1)]);
    }
}
