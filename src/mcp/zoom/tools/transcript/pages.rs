//! A transcript in pages: where each ends, and the token with which the next one begins (pure).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

/// The characters of a page. Claude Code keeps an answer of more than 25,000 tokens from its model, and the most that a
/// character makes is about one token: Chinese and Japanese come near it, a European language makes a fourth.
pub(super) const PAGE: usize = 20_000;

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Position {
    /// The part of the recording, from 0.
    pub(super) part: u32,
    /// The byte in what is shown of it.
    pub(super) at: u64,
}

/// How a token begins: which form it has.
const FORM: u8 = 1;

impl Position {
    /// The token for a client. `whose` is all that the position depends on.
    pub(super) fn token(self, whose: &str) -> String {
        let mut bytes = vec![FORM];
        bytes.extend(self.mark(whose));
        bytes.extend(self.part.to_be_bytes());
        bytes.extend(self.at.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Position::token`] wrote for the same.
    pub(super) fn read(token: &str, whose: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (form, rest) = bytes.split_first()?;
        let (mark, rest) = rest.split_at_checked(8)?;
        let (part, at) = rest.split_at_checked(4)?;
        let position = Self {
            part: u32::from_be_bytes(part.try_into().ok()?),
            at: u64::from_be_bytes(at.try_into().ok()?),
        };
        (*form == FORM && mark == position.mark(whose)).then_some(position)
    }

    /// The checksum of a position and its transcript. It keeps mistakes away and no attacker: a made-up token gets the same
    /// transcript from another place.
    fn mark(self, whose: &str) -> [u8; 8] {
        let digest = digest(&SHA256, format!("{} {} {whose}", self.part, self.at).as_bytes());
        let mut mark = [0; 8];
        mark.copy_from_slice(&digest.as_ref()[..8]);
        mark
    }
}

/// The part of a text that is on a page with room for so many characters, from the byte `at` on; and the byte where the
/// next page begins, if that is not all. A page ends behind `between`, else behind a space, else anywhere. None where the
/// text does not have that byte.
pub(super) fn piece<'a>(
    text: &'a str,
    at: u64,
    room: usize,
    between: &str,
) -> Option<(&'a str, Option<u64>)> {
    let rest = text.get(usize::try_from(at).ok()?..)?;
    let Some((most, _)) = rest.char_indices().nth(room.max(1)) else { return Some((rest, None)) };
    let end = |at: usize, what: &str| (at > 0).then_some(at + what.len());
    let page = &rest[..most];
    let end = page
        .rfind(between)
        .and_then(|at| end(at, between))
        .or_else(|| page.rfind(' ').and_then(|at| end(at, " ")))
        .unwrap_or(most);
    Some((&rest[..end], Some(at + end as u64)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_good_for_what_it_belongs_to() {
        let position = Position { part: 3, at: 20_000 };
        let token = position.token("85746065 text 0 60000");
        assert_eq!(Position::read(&token, "85746065 text 0 60000"), Some(position));
        for other in ["85746066 text 0 60000", "85746065 vtt 0 60000", "85746065 text 1 60000", ""] {
            assert_eq!(Position::read(&token, other), None, "{other}");
        }
        for foreign in
            ["", "abc", "zt:2026-01-01:", &token[1..], &format!("{token}AA"), &token.replace('A', "B")]
        {
            assert_eq!(Position::read(foreign, "85746065 text 0 60000"), None, "{foreign}");
        }
    }

    #[test]
    fn a_page_ends_where_something_ends() {
        for (text, at, room, expected) in [
            ("one\ntwo\nthree", 0, 20, Some(("one\ntwo\nthree", None))),
            ("one\ntwo\nthree", 0, 13, Some(("one\ntwo\nthree", None))),
            ("one\ntwo\nthree", 0, 12, Some(("one\ntwo\n", Some(8)))),
            ("one\ntwo\nthree", 8, 3, Some(("thr", Some(11)))),
            ("one two three", 0, 9, Some(("one two ", Some(8)))),
            ("äöü", 0, 2, Some(("äö", Some(4)))),
            ("äöü", 4, 2, Some(("ü", None))),
            ("äöü", 6, 2, Some(("", None))),
            ("äöü", 1, 2, None),
            ("äöü", 7, 2, None),
            ("äöü", u64::MAX, 2, None),
            ("\nab", 0, 2, Some(("\na", Some(2)))),
            ("ab", 0, 0, Some(("a", Some(1)))),
        ] {
            assert_eq!(piece(text, at, room, "\n"), expected, "{text} {at} {room}");
        }
    }

    proptest! {
        #[test]
        fn the_pages_are_the_text(text in "[a-zä \n]{0,200}", room in 1_usize..50) {
            let (mut pages, mut at) = (String::new(), Some(0));
            while let Some(from) = at {
                let (page, next) = piece(&text, from, room, "\n\n").unwrap();
                prop_assert!(page.chars().count() <= room && (next.is_none() || !page.is_empty()));
                pages += page;
                at = next;
            }
            prop_assert_eq!(pages, text);
        }

        #[test]
        fn whatever_comes_as_a_token_is_no_fault(token in ".{0,60}", whose in ".{0,10}") {
            prop_assert_eq!(Position::read(&token, &whose), None);
        }
    }
}
