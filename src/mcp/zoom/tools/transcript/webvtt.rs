//! Reads a `WebVTT`: its cues, those of a range, and the same as a text with speakers (pure).
//!
//! Zoom writes a cue for every few words, and the speaker before the words: `Ada Example: Shall we begin?`.

use std::fmt::Write as _;
use std::time::Duration;

/// Milliseconds from the start of the recording.
pub(super) type Millis = u64;

/// A line of the text ends where somebody has spoken this long, so that times stay near the words.
const LONGEST_LINE: Duration = Duration::from_mins(2);

/// The longest text before a colon that is taken for a speaker, in characters.
const LONGEST_SPEAKER: usize = 80;

/// From when to when, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: Millis,
    pub(super) to: Millis,
}

impl Range {
    pub(super) const ALL: Self = Self { from: 0, to: Millis::MAX };

    /// Whether something from `start` to `end` is in it, as far as a moment.
    pub(super) fn has(self, start: Millis, end: Millis) -> bool {
        start < self.to && end.max(start.saturating_add(1)) > self.from
    }
}

/// The words that somebody said within a few seconds.
struct Cue<'a> {
    start: Millis,
    end: Millis,
    /// The lines of it as they stand in the file.
    block: &'a str,
    /// The words, and the speaker before them.
    payload: &'a str,
}

/// The cues of a text whose lines end with `\n`, in their order.
fn cues(text: &str) -> impl Iterator<Item = Cue<'_>> {
    text.split("\n\n").filter_map(|block| {
        let block = block.trim_matches('\n');
        let mut rest = block;
        // The times stand in the first line, or in the second behind the name of the cue.
        for _ in 0..2 {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            if let Some((start, end)) = times(line) {
                return Some(Cue { start, end, block, payload: after });
            }
            rest = after;
        }
        None
    })
}

/// The times of `00:00:02.000 --> 00:00:05.500 align:start`.
fn times(line: &str) -> Option<(Millis, Millis)> {
    let (start, rest) = line.split_once("-->")?;
    Some((time(start.trim())?, time(rest.split_whitespace().next()?)?))
}

/// The time of `00:02.000` or `01:00:02.000`.
fn time(text: &str) -> Option<Millis> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| {
        (!text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<Millis>().ok())
            .flatten()
    };
    let seconds = match &whole.split(':').map(digits).collect::<Option<Vec<_>>>()?[..] {
        [minutes, seconds] => minutes * 60 + seconds,
        [hours, minutes, seconds] => (hours * 60 + minutes) * 60 + seconds,
        _ => return None,
    };
    let thousandths = digits(format!("{fraction:0<3}").get(..3)?)?;
    Some(seconds * 1000 + thousandths)
}

/// The speaker, where one is named, and the words.
fn speaker(payload: &str) -> (Option<&str>, &str) {
    if let Some((name, words)) = payload.strip_prefix("<v ").and_then(|rest| rest.split_once('>')) {
        return (Some(name.trim()), words.trim_end_matches("</v>"));
    }
    match payload.split_once(": ") {
        Some((name, words)) if !name.is_empty() && name.chars().count() <= LONGEST_SPEAKER => {
            (Some(name), words)
        }
        _ => (None, payload),
    }
}

/// The cues of a range as lines of `[00:01:30] Ada Example: words`; several cues in a row of one speaker are one line.
/// `offset` is when this part began, and counts for the range and the times. The text behind the byte `end` may be
/// missing.
pub(super) fn text(content: &str, offset: Millis, range: Range, end: usize) -> String {
    let mut shown = String::new();
    let mut open: Option<(Option<&str>, Millis)> = None;
    for cue in cues(content) {
        if shown.len() > end {
            break;
        }
        let start = cue.start.saturating_add(offset);
        if !range.has(start, cue.end.saturating_add(offset)) {
            continue;
        }
        let (name, words) = speaker(cue.payload);
        let mut words = words.split_whitespace().peekable();
        if words.peek().is_none() {
            continue;
        }
        let goes_on = open.is_some_and(|(of, since)| {
            of == name && Duration::from_millis(start.abs_diff(since)) < LONGEST_LINE
        });
        if !goes_on {
            let seconds = start / 1000;
            let line = if shown.is_empty() { "" } else { "\n" };
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            // A String takes whatever is written.
            let _ = write!(shown, "{line}[{hours:02}:{minutes:02}:{seconds:02}]");
            if let Some(name) = name {
                let _ = write!(shown, " {name}:");
            }
            open = Some((name, start));
        }
        for word in words {
            shown.push(' ');
            shown.push_str(word);
        }
    }
    shown
}

/// The same as it stands in the file: all of it, or its first lines and the cues of a range.
pub(super) fn vtt(content: String, offset: Millis, range: Range) -> String {
    if range == Range::ALL {
        return content;
    }
    let (head, _) = content.split_once("\n\n").unwrap_or((&content, ""));
    let within = cues(&content)
        .filter(|cue| range.has(cue.start.saturating_add(offset), cue.end.saturating_add(offset)));
    within.fold(format!("{}\n", head.trim_end()), |mut shown, cue| {
        let _ = writeln!(shown, "\n{}", cue.block);
        shown
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLE: &str = "WEBVTT - made up\n\n1\n00:00:02.000 --> 00:00:05.500\nAda Example: Shall we\n\n\
        NOTE nobody says this\n\n\
        2\n00:00:06.000 --> 00:00:08.250 align:start\nAda Example: begin at\n  12:30?\n\n\
        00:09.5 --> 00:10.000\n<v Ben Example>Yes.</v>\n\n\
        4\n00:01:00.000 --> 00:01:01.000\n\n\n\
        5\n00:03:00.000 --> 00:03:01.000\nno name\n\n\
        6\n01:00:00.000 --> 01:00:01.000\nAda Example: Bye.\n";

    #[test]
    fn cues_of_one_speaker_are_one_line() {
        let shown = text(SAMPLE, 0, Range::ALL, usize::MAX);
        let expected = "[00:00:02] Ada Example: Shall we begin at 12:30?\n[00:00:09] Ben Example: Yes.\n\
             [00:03:00] no name\n[01:00:00] Ada Example: Bye.";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_range_is_of_the_recording_and_not_of_the_part() {
        for (from, to, offset, expected) in [
            (0, 6000, 0, "[00:00:02] Ada Example: Shall we"),
            (5499, 6000, 0, "[00:00:02] Ada Example: Shall we"),
            (5500, 6000, 0, ""),
            (3_600_000, Millis::MAX, 0, "[01:00:00] Ada Example: Bye."),
            (60_000, 69_000, 60_000, "[00:01:02] Ada Example: Shall we begin at 12:30?"),
            (0, 60_000, 60_000, ""),
        ] {
            assert_eq!(
                text(SAMPLE, offset, Range { from, to }, usize::MAX),
                expected,
                "{from} {to} {offset}"
            );
        }
    }

    #[test]
    fn a_long_speech_has_a_time_every_two_minutes() {
        let cue = |minute: u64| format!("{minute:02}:00.000 --> {minute:02}:59.000\nAda: {minute}\n\n");
        let content = format!("WEBVTT\n\n{}", (0..5).map(cue).collect::<String>());
        assert_eq!(
            text(&content, 0, Range::ALL, usize::MAX),
            "[00:00:00] Ada: 0 1\n[00:02:00] Ada: 2 3\n[00:04:00] Ada: 4"
        );
    }

    #[test]
    fn a_range_of_a_file_is_a_file() {
        assert_eq!(vtt(SAMPLE.into(), 0, Range::ALL), SAMPLE);
        let expected = "WEBVTT - made up\n\n2\n00:00:06.000 --> 00:00:08.250 align:start\nAda Example: begin at\n  \
             12:30?\n\n00:09.5 --> 00:10.000\n<v Ben Example>Yes.</v>\n";
        assert_eq!(vtt(SAMPLE.into(), 0, Range { from: 6000, to: 60_000 }), expected);
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, expected) in [
            ("00:00:02.000", Some(2000)),
            ("00:02.5", Some(2500)),
            ("00:02,0625", Some(2062)),
            ("100:00:00", Some(360_000_000)),
            ("00:02.", Some(2000)),
            ("2.000", None),
            ("a:02.000", None),
            ("-1:02.000", None),
            ("00:02.x", None),
            ("1:2:3:4", None),
            ("9999999999:00", None),
            ("", None),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_no_longer_as_a_text(blocks in prop::collection::vec(
            prop_oneof![".{0,30}", "[0-9:.]{5,12} --> [0-9:.]{5,12}\n.{0,20}", "[0-9:.\\->\n ]{0,30}"], 0..20),
            offset in any::<u64>(), from in any::<u64>(), to in any::<u64>(),
        ) {
            let content = blocks.join("\n\n");
            let range = Range { from, to };
            let longest = content.len() + blocks.len() * 30 + 1;
            prop_assert!(text(&content, offset, range, usize::MAX).len() <= longest);
            prop_assert!(vtt(content.clone(), offset, range).len() <= longest);
        }
    }
}
