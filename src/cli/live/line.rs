//! The line of an account: a pure function of what is known of it, the time, and the terminal.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::columns::{CELLS, columns, shortened};
use super::view::{Standing, View};
use crate::cli::signs;
use crate::controls::visible;

/// The columns of a bar, on a terminal that is wide, and on others.
const LONG_BAR: usize = 20;
const SHORT_BAR: usize = 10;

/// From so many columns on a terminal is wide.
const WIDE: usize = 72;

/// With fewer columns than this, there is nothing but the time that is left.
const NARROW: usize = 20;

/// The columns that the name of an account may take.
const WIDEST_LABEL: usize = 16;

/// With fewer seconds left than this a token is drawn as one that ends soon.
const ENDS_SOON: i64 = 300;

/// The columns for the time until the next look, so that the line keeps its parts while that counts down.
const NEXT_LOOK: usize = 18;

/// How a terminal shows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Style {
    pub(in crate::cli) signs: bool,
    pub(in crate::cli) colour: bool,
}

/// A moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) now: DateTime<Utc>,
    pub(super) elapsed: Duration,
}

/// The line, which is at least one column shorter than the terminal. `label` is the name of the account and the columns for it,
/// where there are several; `time` writes a moment as a clock on the wall shows it.
pub(super) fn line(
    label: Option<(&str, usize)>,
    view: &View,
    moment: Moment,
    width: usize,
    style: Style,
    time: impl Fn(DateTime<Utc>) -> String,
) -> String {
    let room = width.saturating_sub(1);
    let left = Left::of(view.standing, moment.now);
    let more = style.more();
    let is_wide = width >= WIDE;
    let bar_columns = if is_wide { LONG_BAR } else { SHORT_BAR };
    let label = label.map_or_else(String::new, |(name, columns)| style.label(name, columns));
    let suffix = if left.seconds > 0 { " left" } else { "" };
    let fixed = columns(&label) + bar_columns + 1 + left.words.len() + suffix.len();
    if width < NARROW || fixed > room {
        // Where there is no room for two units, the first of them.
        let first = left.words.split(' ').next().unwrap_or_default();
        let words = if left.words.len() <= room { &*left.words } else { first };
        return shortened(words, room, more).into_owned();
    }
    let mut rest = room - fixed;
    let last = last(view, time).into_iter().map(|words| style.text(&format!(", {words}")));
    let last = last.into_iter().find(|words| columns(words) <= rest).unwrap_or_default();
    rest -= columns(&last);
    let next = view.next_look.map(|at| {
        let seconds = at.saturating_sub(moment.elapsed).as_millis().div_ceil(1000);
        if seconds == 0 { ", looking".to_owned() } else { format!(", next look in {seconds}s") }
    });
    let next = next.filter(|next| columns(next).max(NEXT_LOOK) <= rest).unwrap_or_default();
    let bar = style.bar(&left, bar_columns, view.is_stopped);
    format!("{label}{bar} {}{suffix}{last}{next}", left.words)
}

/// The columns for the names of these accounts.
pub(super) fn label_columns<'n>(names: impl Iterator<Item = &'n str>, style: Style) -> usize {
    names.map(|name| columns(&style.text(name))).max().unwrap_or_default().min(WIDEST_LABEL)
}

/// The last event, in as many words as there is room for.
fn last(view: &View, time: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
    if view.is_stopped {
        return vec!["refreshing has stopped".into(), "stopped".into()];
    }
    let Some((words, at)) = &view.last else { return Vec::new() };
    let short = words.rsplit_once(' ').map_or(words.as_str(), |(short, _)| short);
    vec![format!("{words} {}", time(*at)), short.into()]
}

/// The rest of a token's life.
struct Left {
    words: String,
    seconds: i64,
    whole: i64,
}

impl Left {
    fn of(standing: Standing, now: DateTime<Utc>) -> Self {
        let without = |words: &str| Self { words: words.into(), seconds: 0, whole: 1 };
        match standing {
            Standing::Unknown | Standing::Missing => without("no token"),
            Standing::Unusable => without("no usable token"),
            Standing::Until(until, whole) => {
                // A clock that is set back makes it no longer than its life.
                let seconds = (until - now).num_seconds().min(whole);
                if seconds <= 0 {
                    return without("expired");
                }
                Self { words: on_a_clock(seconds), seconds, whole }
            }
        }
    }
}

/// A remaining time whose parts stay where they are while it counts down: `1h 05m`, `57m 09s`, `42s`.
fn on_a_clock(seconds: i64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m {seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h {minutes:02}m"),
    }
}

/// How many cells of a bar are full: all of them with the whole life left, and one as long as there is any.
fn full(seconds: i64, whole: i64, cells: usize) -> usize {
    let (seconds, whole) = (i128::from(seconds.max(0)), i128::from(whole.max(1)));
    let cells = i128::try_from(cells).unwrap_or_default();
    let full = (seconds.min(whole) * cells + whole - 1) / whole;
    usize::try_from(full).unwrap_or_default()
}

impl Style {
    fn more(self) -> &'static str {
        if self.signs { "…" } else { "..." }
    }

    /// A text as this terminal can show it: a terminal without signs gets ASCII alone, whatever the text is.
    fn text(self, text: &str) -> String {
        let text = visible(text);
        if self.signs {
            return text.into_owned();
        }
        signs::without(&text).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
    }

    /// The name of an account, and spaces up to these columns and one behind it.
    fn label(self, name: &str, room: usize) -> String {
        let name = self.text(name);
        let name = shortened(&name, room, self.more());
        format!("{name}{} ", " ".repeat(room.saturating_sub(columns(&name))))
    }

    fn bar(self, left: &Left, cells: usize, is_stopped: bool) -> String {
        let full = full(left.seconds, left.whole, cells);
        let bar: String = (0..cells).map(|at| CELLS[usize::from(at >= full)]).collect();
        let bar = self.text(&bar);
        // Red as on a failure; the words beside it say the same.
        let (begin, end) = match (self.colour, left.seconds) {
            (false, _) => return bar,
            (true, ..=0) => ("\u{1b}[31m", "\u{1b}[39m"),
            (true, _) if is_stopped => ("\u{1b}[31m", "\u{1b}[39m"),
            (true, ..ENDS_SOON) => ("\u{1b}[1m", "\u{1b}[22m"),
            (true, _) => ("\u{1b}[32m", "\u{1b}[39m"),
        };
        format!("{begin}{bar}{end}")
    }
}

#[cfg(test)]
mod tests;
