//! Recordings over more than a month.
//!
//! A range longer than a month is asked for in windows, the newest first, and each window page by page, until there is enough
//! for an answer.

use std::collections::HashSet;
use std::fmt;

use serde_json::{Value, json};

use crate::zoom::days::Range;

/// A call of a tool asks Zoom no more often than this: the rest is for the next call.
const REQUESTS: usize = 12;

/// A page of a window: what is asked for next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) window: Range,
    /// Zoom's token, for any page but the first.
    pub(super) token: Option<String>,
}

/// The page token for where a listing continues. Zoom's tokens have no colon.
const PREFIX: &str = "zt:";

impl Page {
    /// Reads what [`fmt::Display`] wrote for the same range.
    fn read(text: &str, range: Range) -> Option<Self> {
        let (to, token) = text.strip_prefix(PREFIX)?.split_once(':')?;
        let window = range.windows().find(|window| window.to.to_string() == to)?;
        Some(Self { window, token: (!token.is_empty()).then(|| token.to_owned()) })
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}:{}", self.window.to, self.token.as_deref().unwrap_or_default())
    }
}

/// Whether a token is from a listing over more than a month.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// A listing on its way: it says what to ask for next, and takes what is answered.
#[derive(Debug)]
pub(super) struct Listing {
    range: Range,
    page_size: u32,
    next: Option<Page>,
    asked: usize,
    uuids: HashSet<String>,
    meetings: Vec<Value>,
}

impl Listing {
    /// Begins at the newest window, or where the answer before ended. None when that was not of this range.
    pub(super) fn new(range: Range, page_size: u32, token: Option<&str>) -> Option<Self> {
        let next = match token {
            None => Page { window: range.window_until(range.to), token: None },
            Some(text) => Page::read(text, range)?,
        };
        let (uuids, meetings) = (HashSet::new(), Vec::new());
        Some(Self { range, page_size, next: Some(next), asked: 0, uuids, meetings })
    }

    /// The page to ask for, unless there is enough for an answer.
    pub(super) fn next(&self) -> Option<&Page> {
        let is_enough = self.meetings.len() >= self.page_size as usize || self.asked >= REQUESTS;
        self.next.as_ref().filter(|_| !is_enough)
    }

    /// Takes Zoom's answer to that page.
    pub(super) fn add(&mut self, mut answer: Value) {
        self.asked += 1;
        let meetings = answer.get_mut("meetings").and_then(Value::as_array_mut);
        let meetings = meetings.map(std::mem::take).unwrap_or_default();
        // A meeting over midnight may be in two windows.
        let uuids = &mut self.uuids;
        self.meetings.extend(
            meetings
                .into_iter()
                .filter(|meeting| meeting["uuid"].as_str().is_none_or(|uuid| uuids.insert(uuid.to_owned()))),
        );
        let token = answer["next_page_token"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
        self.next = self.next.take().and_then(|page| match token {
            Some(_) => Some(Page { token, ..page }),
            None => self.range.window_before(page.window).map(|window| Page { window, token: None }),
        });
    }

    /// The answer, in the form of Zoom's. Its total is of what is in it: nobody knows what the other windows hold.
    pub(super) fn finish(self) -> Value {
        json!({
            "from": self.range.from.to_string(),
            "to": self.range.to.to_string(),
            "page_size": self.page_size,
            "total_records": self.meetings.len(),
            "next_page_token": self.next.map(|page| page.to_string()).unwrap_or_default(),
            "meetings": self.meetings,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(number)
    }

    fn range(from: u64, to: u64) -> Range {
        Range { from: day(from), to: day(to) }
    }

    /// A Zoom with a recording on each of these days; the number of one is its UUID.
    fn zoom(recorded: &[u64], page_size: u32, page: &Page) -> Value {
        let within = |at: &u64| (page.window.from..=page.window.to).contains(&day(*at));
        let all: Vec<usize> = (0..recorded.len()).filter(|number| within(&recorded[*number])).collect();
        let start: usize = page.token.as_ref().map_or(0, |token| token.parse().unwrap());
        let end = all.len().min(start + page_size as usize);
        let meetings: Vec<Value> = all[start..end].iter().map(|n| json!({"uuid": n.to_string()})).collect();
        let token = if end < all.len() { end.to_string() } else { String::new() };
        json!({"meetings": meetings, "next_page_token": token, "from": "x", "to": "x"})
    }

    proptest! {
        #[test]
        fn every_recording_comes_once_however_often_one_has_to_ask(
            recorded in prop::collection::vec(0_u64..900, 0..60),
            length in 30_u64..900,
            page_size in 1_u32..20,
        ) {
            let range = range(0, length);
            let mut found = Vec::new();
            let mut token: Option<String> = None;
            for _ in 0..1000 {
                let mut listing = Listing::new(range, page_size, token.as_deref()).unwrap();
                let mut asked = 0;
                while let Some(page) = listing.next() {
                    let answer = zoom(&recorded, page_size, page);
                    listing.add(answer);
                    asked += 1;
                }
                prop_assert!((1..=12).contains(&asked));
                let answer = listing.finish();
                let meetings = answer["meetings"].as_array().unwrap();
                prop_assert_eq!(&answer["total_records"], meetings.len());
                prop_assert!(meetings.len() < 2 * page_size as usize);
                found.extend(meetings.iter().map(|meeting| meeting["uuid"].as_str().unwrap().to_owned()));
                token = answer["next_page_token"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
                if token.is_none() {
                    break;
                }
                prop_assert!(asked == 12 || meetings.len() >= page_size as usize, "it ended before there was enough");
            }
            prop_assert!(token.is_none(), "it never ends");
            let within = |number: &usize| recorded[*number] <= length;
            let mut expected: Vec<String> =
                (0..recorded.len()).filter(within).map(|number| number.to_string()).collect();
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_meeting_in_two_windows_is_shown_once() {
        let mut listing = Listing::new(range(0, 59), 30, None).unwrap();
        while listing.next().is_some() {
            listing.add(json!({"meetings": [{"uuid": "a=="}, {"topic": "one without a uuid"}]}));
        }
        let meetings =
            json!([{"uuid": "a=="}, {"topic": "one without a uuid"}, {"topic": "one without a uuid"}]);
        let answer = json!({"from": "2025-01-01", "to": "2025-03-01", "page_size": 30, "total_records": 3,
            "next_page_token": "", "meetings": meetings});
        assert_eq!(listing.finish(), answer);
    }

    #[test]
    fn a_token_goes_on_in_its_own_range_only() {
        let days = range(0, 59);
        for (text, window, token) in [
            ("zt:2025-03-01:", range(30, 59), None),
            ("zt:2025-01-30:abc:d==", range(0, 29), Some("abc:d==")),
        ] {
            let page = Page { window, token: token.map(str::to_owned) };
            assert_eq!(page.to_string(), text);
            assert_eq!(Page::read(text, days), Some(page));
            assert!(is_token(text));
        }
        for foreign in [
            "",
            "abc==",
            "zt:",
            "zt:2025-03-01",
            "zt:2025-02-28:",
            "zt:2025-03-31:",
            "zt:2024-12-31:",
            "zt:x:",
        ] {
            assert!(Listing::new(days, 30, Some(foreign)).is_none(), "{foreign}");
        }
    }
}
