//! How many columns of a terminal a text takes, at most.
//!
//! Terminals differ in what they give to emoji, and those set for East Asia in what they give to most of what is not ASCII. None
//! gives a character more than two. So whatever may be two counts as two: a line can be shorter than it had to be, and never
//! longer than the terminal.

use std::borrow::Cow;

/// The signs of a bar, which every terminal gives one column: full and empty.
pub(super) const CELLS: [char; 2] = ['▰', '▱'];

/// The columns of a text without control characters, at most.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(of).sum()
}

fn of(c: char) -> usize {
    if c.is_ascii() || CELLS.contains(&c) { 1 } else { 2 }
}

/// A text in so many columns. One that is too long ends with `more`, where there is room for that.
pub(super) fn shortened<'t>(text: &'t str, room: usize, more: &str) -> Cow<'t, str> {
    if columns(text) <= room {
        return text.into();
    }
    let more = if columns(more) < room { more } else { "" };
    let mut rest = room - columns(more);
    let kept = text.chars().take_while(|c| {
        let fits = of(*c) <= rest;
        rest = rest.saturating_sub(of(*c));
        fits
    });
    let kept: String = kept.collect();
    format!("{}{more}", kept.trim_end()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_where_it_has_to_be() {
        for (text, room, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "a…"),
            ("abcd", 2, "ab"),
            ("abcd", 0, ""),
            ("ab cd ef", 5, "ab…"),
            ("▰▰▱▱", 4, "▰▰▱▱"),
            ("日本語", 5, "日…"),
            ("zoë", 3, "z…"),
        ] {
            assert_eq!(shortened(text, room, "…"), expected, "{text} {room}");
        }
        assert_eq!(shortened("abcdefgh", 6, "..."), "abc...");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_its_room(text in any::<String>(), room in 0_usize..90) {
            for more in ["…", "..."] {
                let short = shortened(&text, room, more);
                prop_assert!(columns(&short) <= room, "{short:?}");
                prop_assert!(columns(&text) > room || short == text);
            }
        }
    }
}
