//! Control characters, which control a terminal, reorder text or are invisible, and texts without them.
//!
//! A path, an argument or the topic of a meeting may contain any of them. On a terminal they could move the cursor,
//! erase lines or hide text; to a model they could show text that no person sees. Every text leaves the program through
//! one of these functions: [`visible`] for people, [`in_json`] for programs, [`plain`] for models; [`revealed`] comes before
//! the first where a person is to see all that a model would read.
//!
//! Joiners (U+200C, U+200D) and variation selectors (U+FE00 to U+FE0F) stay: Persian, Hindi and emoji need them, and
//! they do no harm.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Whether a character is one of them: ASCII and C1 controls, line and paragraph separators, direction marks,
/// zero-width characters, and the tags that spell ASCII invisibly.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether a text has no control characters. Nearly every text is ASCII, for which this is fast.
fn is_free(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || !text.contains(is_control)
}

/// A line for people, with each control character, even the end of a line, shown like `\u{1b}`.
pub fn visible(line: &str) -> Cow<'_, str> {
    if is_free(line) {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_control(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown.into()
}

/// A line for people who have to judge every character of it, as what a model is to read: as [`visible`], and with all
/// else that shows nothing by itself, such as joiners, variation selectors and fillers, shown in the same way.
pub fn revealed(line: &str) -> Cow<'_, str> {
    if !line.contains(|c| is_control(c) || is_ignorable(c)) {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_control(c) || is_ignorable(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown.into()
}

/// Unicode's `Default_Ignorable_Code_Point`s, as far as [`is_control`] has left them, and the blank of Braille.
fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200c}'..='\u{200d}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0080}'..='\u{e0fff}'
    )
}

/// JSON for programs: the same JSON with control characters escaped. They occur only in strings, since `serde_json`
/// writes no white space.
pub fn in_json(json: &str) -> Cow<'_, str> {
    if is_free(json) {
        return json.into();
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_control(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped.into()
}

/// A text for models, without control characters except tabs and ends of lines, which all become `\n`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if is_free(text) || !text.contains(|c| is_control(c) && !matches!(c, '\n' | '\t')) {
        return text.into();
    }
    let mut kept = String::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\t' => kept.push('\t'),
            c if is_control(c) => {}
            c => kept.push(c),
        }
        after_return = c == '\r';
    }
    kept.into()
}

/// Applies [`plain`] to every text in a value, including the names of fields.
pub fn plain_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(kept) = plain(text) {
                *text = kept;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(plain_value),
        Value::Object(fields) => {
            if !fields.keys().all(|name| is_free(name)) {
                let renamed = std::mem::take(fields)
                    .into_iter()
                    .map(|(name, value)| (plain(&name).into_owned(), value));
                *fields = renamed.collect::<Map<_, _>>();
            }
            fields.values_mut().for_each(plain_value);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn exactly_these_characters_are_controls() {
        let ranges = [
            (0, 0x1f),
            (0x7f, 0x9f),
            (0x61c, 0x61c),
            (0x180e, 0x180e),
            (0x200b, 0x200b),
            (0x200e, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x206f),
            (0xfeff, 0xfeff),
            (0xfff9, 0xfffb),
            (0xe0000, 0xe007f),
        ];
        for c in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let listed = ranges.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)));
            assert_eq!(is_control(c), listed, "{}", c.escape_unicode());
        }
    }

    #[test]
    fn controls_are_visible_to_people_and_hidden_from_models() {
        for (text, visible_as, plain_as) in [
            ("plain", "plain", "plain"),
            ("/home/zoë/.env", "/home/zoë/.env", "/home/zoë/.env"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb", "a[2Jb"),
            ("a\u{9b}2Jb\u{7f}", "a\\u{9b}2Jb\\u{7f}", "a2Jb"),
            ("a\r\nb\rc\n\td", "a\\u{d}\\u{a}b\\u{d}c\\u{a}\\u{9}d", "a\nb\nc\n\td"),
            ("a\u{85}b\u{2028}c\u{b}", "a\\u{85}b\\u{2028}c\\u{b}", "a\nb\nc\n"),
            ("gpj.\u{202e}exe", "gpj.\\u{202e}exe", "gpj.exe"),
            ("a\u{200b}b\u{e0041}", "a\\u{200b}b\\u{e0041}", "ab"),
            (
                "👩\u{200d}💻 ⚠\u{fe0f} نمی\u{200c}خواهم",
                "👩\u{200d}💻 ⚠\u{fe0f} نمی\u{200c}خواهم",
                "👩\u{200d}💻 ⚠\u{fe0f} نمی\u{200c}خواهم",
            ),
        ] {
            assert_eq!((&*visible(text), &*plain(text)), (visible_as, plain_as));
        }
    }

    #[test]
    fn a_text_to_be_judged_hides_nothing() {
        for (text, revealed_as) in [
            ("plain, zoë, 日本", "plain, zoë, 日本"),
            ("a\u{200b}b\u{202e}c\u{e0041}", "a\\u{200b}b\\u{202e}c\\u{e0041}"),
            ("a\u{200d}b\u{200c}c", "a\\u{200d}b\\u{200c}c"),
            ("a\u{fe01}\u{e0120}b", "a\\u{fe01}\\u{e0120}b"),
            ("a\u{ad}\u{3164}\u{115f}\u{2800}b", "a\\u{ad}\\u{3164}\\u{115f}\\u{2800}b"),
        ] {
            assert_eq!(revealed(text), revealed_as);
        }
    }

    proptest! {
        #[test]
        fn no_control_character_comes_through(text in any::<String>(), more in "[\\x00-\\x1f\\x7f-\\x9f\u{200b}-\u{206f}\u{e0000}-\u{e007f}a]*") {
            let text = format!("{text}{more}");
            prop_assert!(!visible(&text).contains(is_control));
            prop_assert!(!plain(&text).contains(|c| is_control(c) && !matches!(c, '\n' | '\t')));
            let once = plain(&text);
            prop_assert_eq!(plain(&once), &*once);

            let value = json!({&text: [&text]});
            let written = value.to_string();
            let escaped = in_json(&written);
            prop_assert!(!escaped.contains(is_control));
            prop_assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), value);

            let mut kept = json!({&text: [{"a": &text}, 1, null, true]});
            plain_value(&mut kept);
            prop_assert_eq!(kept, json!({&*plain(&text): [{"a": plain(&text)}, 1, null, true]}));
        }
    }
}
