//! The lines at the bottom of the terminal, and what is printed above them.
//!
//! A process has one terminal, so it has one of these. The printer writes everything through [`above`], which takes the lines
//! away meanwhile: nothing is glued to them, whichever stream it goes to. The cursor stays at the beginning of the first of
//! them. An echoed `^C` or the text of a shell there is drawn over or removed with them, and where a terminal that becomes narrower
//! has folded them, all of that is below the cursor.

use std::io::{self, Write as _};
use std::sync::Mutex;

use crate::cli::terminal::{Size, is_in_foreground, size};
use crate::mutex::locked;

static SCREEN: Mutex<Option<Screen>> = Mutex::new(None);

/// Takes the lines away.
const CLEAR: &str = "\r\u{1b}[J";

/// Gives the lines for a terminal of this size, none of them as wide as that.
pub(super) type Picture = Box<dyn Fn(Size) -> Vec<String> + Send>;

struct Screen {
    picture: Picture,
    /// The frame that is on the terminal.
    drawn: Option<String>,
    /// Whether nothing is drawn for now.
    is_hidden: bool,
}

/// Begins to show a picture.
pub(super) fn begin(picture: Picture) {
    *locked(&SCREEN) = Some(Screen { picture, drawn: None, is_hidden: false });
}

/// Takes it away for good.
pub(super) fn end() {
    if let Some(mut screen) = locked(&SCREEN).take() {
        screen.clear();
    }
}

/// Takes it away until the next [`draw`].
pub(super) fn hide() {
    if let Some(screen) = &mut *locked(&SCREEN) {
        screen.clear();
        screen.is_hidden = true;
    }
}

/// Draws it where it has changed, or `again` in any case.
pub(super) fn draw(again: bool) {
    if let Some(screen) = &mut *locked(&SCREEN) {
        screen.is_hidden = false;
        screen.draw(again);
    }
}

/// Writes something that stays, above the picture if there is one.
pub(in crate::cli) fn above<T>(write: impl FnOnce() -> T) -> T {
    let mut screen = locked(&SCREEN);
    if let Some(shown) = &mut *screen {
        shown.clear();
        let written = write();
        shown.draw(true);
        return written;
    }
    // A reader of one stream who is slow holds up nobody who writes to the other.
    drop(screen);
    write()
}

impl Screen {
    fn draw(&mut self, again: bool) {
        if self.is_hidden || !is_in_foreground() {
            return;
        }
        let size = size(&io::stdout());
        let lines = (self.picture)(size);
        if lines.is_empty() {
            return self.clear();
        }
        let frame = frame(&lines, size);
        if again || self.drawn.as_ref() != Some(&frame) {
            write(&frame);
            self.drawn = Some(frame);
        }
    }

    fn clear(&mut self) {
        if self.drawn.take().is_some() {
            write(CLEAR);
        }
    }
}

/// The text that draws these lines over those before: each up to the end of its row, and nothing below them. Fewer rows than the terminal
/// has, or the cursor could not go back to the first of them.
fn frame(lines: &[String], Size { rows, .. }: Size) -> String {
    let shown = lines.len().min(rows.saturating_sub(1)).max(1);
    let rows = lines.iter().take(shown).map(String::as_str);
    let rows = rows.collect::<Vec<_>>().join("\u{1b}[K\r\n");
    let up = if shown > 1 { format!("\u{1b}[{}A", shown - 1) } else { String::new() };
    format!("\r{rows}\u{1b}[J{up}\r")
}

fn write(text: &str) {
    let mut stdout = io::stdout().lock();
    // A frame that cannot be drawn is not missed.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_ends_where_it_begins() {
        let size = Size { columns: 80, rows: 3 };
        for (lines, expected) in [
            (&["a"][..], "\ra\u{1b}[J\r"),
            (&["a", "b"], "\ra\u{1b}[K\r\nb\u{1b}[J\u{1b}[1A\r"),
            (&["a", "b", "c", "d"], "\ra\u{1b}[K\r\nb\u{1b}[J\u{1b}[1A\r"),
        ] {
            let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            assert_eq!(frame(&lines, size), expected);
        }
        assert_eq!(frame(&["a".into(), "b".into()], Size { columns: 80, rows: 1 }), "\ra\u{1b}[J\r");
    }
}
