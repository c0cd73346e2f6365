//! How a meeting recurs (the recurrence object of Zoom's `OpenAPI` description of `/users/{userId}/meetings`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::tools::arguments::{UtcTime, Weekdays};

/// Declares a whole number within bounds.
macro_rules! whole {
    ($name:ident, $min:literal, $max:literal, $problem:literal) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "u32")]
        #[schemars(extend("minimum" = $min, "maximum" = $max))]
        struct $name(u32);

        impl TryFrom<u32> for $name {
            type Error = &'static str;

            fn try_from(number: u32) -> Result<Self, Self::Error> {
                if ($min..=$max).contains(&number) { Ok(Self(number)) } else { Err($problem) }
            }
        }
    };
}

whole!(Unit, 1, 3, "must be 1 (days), 2 (weeks) or 3 (months)");
whole!(Interval, 1, 99, "must be from 1 to 99");
whole!(DayOfMonth, 1, 31, "must be from 1 to 31");
whole!(DayOfWeek, 1, 7, "must be from 1 (Sunday) to 7 (Saturday)");
whole!(Times, 0, 60, "must be from 0 to 60");

/// Which of the weeks of a month: the last is -1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "i32")]
#[schemars(extend("enum" = WEEKS))]
struct Week(i32);

const WEEKS: [i32; 5] = [-1, 1, 2, 3, 4];

impl TryFrom<i32> for Week {
    type Error = &'static str;

    fn try_from(week: i32) -> Result<Self, Self::Error> {
        if WEEKS.contains(&week) { Ok(Self(week)) } else { Err("must be 1, 2, 3, 4 or -1 for the last") }
    }
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Recurrence {
    /// 1: by days; 2: by weeks; 3: by months.
    #[serde(rename = "type")]
    unit: Unit,
    /// Every how many days (up to 99), weeks (50) or months (10) it takes place. Zoom takes 1 when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<Interval>,
    /// For weeks: on which days, from 1 (Sunday) to 7 (Saturday), with commas between, such as `2,4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    weekly_days: Option<Weekdays>,
    /// For months: on which day of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_day: Option<DayOfMonth>,
    /// For months, with `monthly_week_day` in place of `monthly_day`: in which week, 1 to 4, or -1 for the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_week: Option<Week>,
    /// The day of that week, from 1 (Sunday) to 7 (Saturday).
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_week_day: Option<DayOfWeek>,
    /// How often it takes place; 0 without an end. Give this or `end_date_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_times: Option<Times>,
    /// Until when it takes place, in UTC: `2026-03-04T12:00:00Z`. Give this or `end_times`.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date_time: Option<UtcTime>,
}

impl Recurrence {
    /// Checks the combination of arguments. Zoom's own defaults must be stated: nobody means a weekly meeting on Sundays, or
    /// a series that ends after its first meeting.
    pub(super) fn check(&self) -> Result<(), ToolFailure> {
        let is_monthly =
            self.monthly_day.is_some() || self.monthly_week.is_some() || self.monthly_week_day.is_some();
        let problem = match self.unit.0 {
            _ if self.end_times.is_some() == self.end_date_time.is_some() => {
                "give end_times or end_date_time, and one of them only"
            }
            1 if self.weekly_days.is_some() || is_monthly => {
                "by days (type 1) there are neither weekly_days nor monthly_day"
            }
            2 if is_monthly => "by weeks (type 2) there is no monthly_day, monthly_week or monthly_week_day",
            2 if self.weekly_days.is_none() => "by weeks (type 2) weekly_days must say on which days",
            2 if self.interval() > 50 => "repeat_interval: must be from 1 to 50 by weeks",
            3 if self.weekly_days.is_some() => "by months (type 3) there are no weekly_days",
            3 if self.interval() > 10 => "repeat_interval: must be from 1 to 10 by months",
            3 if self.monthly_week.is_some() != self.monthly_week_day.is_some() => {
                "monthly_week and monthly_week_day go together"
            }
            3 if self.monthly_day.is_some() == self.monthly_week.is_some() => {
                "by months (type 3) give monthly_day, or monthly_week with monthly_week_day"
            }
            _ => return Ok(()),
        };
        Err(ToolFailure::arguments(format!("recurrence: {problem}")))
    }

    fn interval(&self) -> u32 {
        self.repeat_interval.map_or(1, |interval| interval.0)
    }
}
