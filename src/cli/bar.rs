//! A bar on a terminal: one line that is drawn over itself, and gone at the end.

use std::io::{self, Write as _};
use std::time::Duration;

use super::terminal::size;

/// The shortest time between two drawings.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// The columns of the bar itself.
const BAR: u64 = 20;

/// A bar on stderr, or none where nobody would see it.
pub(super) struct Bar {
    visible: bool,
    drawn: Option<Duration>,
}

impl Bar {
    pub(super) fn new(visible: bool) -> Self {
        Self { visible, drawn: None }
    }

    /// Whether somebody sees it.
    pub(super) fn is_visible(&self) -> bool {
        self.visible
    }

    /// Draws it with this text behind it, at most ten times a second. `now` is a time of a clock that never goes back.
    pub(super) fn draw(&mut self, now: Duration, done: u64, all: u64, text: &str) {
        let is_early = self.drawn.is_some_and(|drawn| now < drawn + DRAWN_EVERY);
        if !self.visible || is_early {
            return;
        }
        self.drawn = Some(now);
        let line = line(done, all, text, size(&io::stderr()).columns);
        let mut stderr = io::stderr();
        // A bar that cannot be drawn is not missed.
        let _ = write!(stderr, "\r\x1b[2K{line}").and_then(|()| stderr.flush());
    }

    /// Removes it, for a line of text in its place.
    pub(super) fn clear(&mut self) {
        if self.visible && self.drawn.take().is_some() {
            let mut stderr = io::stderr();
            let _ = write!(stderr, "\r\x1b[2K").and_then(|()| stderr.flush());
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The line, one column shorter than the terminal: a full line would scroll it.
fn line(done: u64, all: u64, text: &str, columns: usize) -> String {
    let full = done.min(all).saturating_mul(BAR).checked_div(all).unwrap_or(BAR);
    let sign = |at: u64| if at < full { '#' } else { '.' };
    let bar = (0..BAR).map(sign);
    let line = ['['].into_iter().chain(bar).chain("] ".chars()).chain(text.chars());
    line.take(columns.saturating_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_and_the_line_never_does() {
        for (done, all, expected) in [
            (0, 100, "[....................] x"),
            (50, 100, "[##########..........] x"),
            (99, 100, "[###################.] x"),
            (100, 100, "[####################] x"),
            (200, 100, "[####################] x"),
            (0, 0, "[####################] x"),
            (u64::MAX, u64::MAX, "[#...................] x"),
        ] {
            assert_eq!(line(done, all, "x", 80), expected);
        }
        assert_eq!(line(1, 1, "a long text", 30), "[####################] a long");
        assert_eq!(line(1, 1, "", 2), "[");
    }
}
