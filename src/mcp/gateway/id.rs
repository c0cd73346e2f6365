//! The id of a call that waits for a person: short enough to be typed.

use std::fmt;

use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};

/// Crockford's base 32: no letter that could be taken for a digit or for another one.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The digits of an id, of five bits each.
const ID_DIGITS: usize = 8;

/// The id that a person types to say which call is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Id(String);

impl Id {
    /// One that nobody can guess; none where the system has no random numbers.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0; ID_DIGITS];
        ring::rand::SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self(bytes.iter().map(|byte| char::from(DIGITS[usize::from(byte % 32)])).collect()))
    }

    /// Reads what somebody has typed, as Crockford has it: in any case, with hyphens, with letters for digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digit = |c: char| match c.to_ascii_uppercase() {
            'O' => Some('0'),
            'I' | 'L' => Some('1'),
            c => DIGITS.iter().map(|digit| char::from(*digit)).find(|digit| *digit == c),
        };
        let id: String = text.chars().filter(|c| *c != '-').map(digit).collect::<Option<_>>()?;
        (id.len() == ID_DIGITS).then_some(Self(id))
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("this is no id")
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_id_is_read_as_people_type_it() {
        for typed in ["K7Q2M9XD", "k7q2m9xd", "K7Q2-M9XD"] {
            assert_eq!(Id::parse(typed).unwrap().to_string(), "K7Q2M9XD");
        }
        assert_eq!(Id::parse("oil0lI1O").unwrap().to_string(), "01101110");
        for typed in ["", "K7Q2M9X", "K7Q2M9XDD", "K7Q2M9XU", "K7Q2M9X/", "../../..", "K7Q2M9Xé"] {
            assert_eq!(Id::parse(typed), None, "{typed}");
        }
        let ids: BTreeSet<String> = (0..500).map(|_| Id::new().unwrap().to_string()).collect();
        assert_eq!(ids.len(), 500);
        assert!(ids.iter().all(|id| Id::parse(id).unwrap().to_string() == *id));
        let digits: BTreeSet<u8> = ids.iter().flat_map(|id| id.bytes()).collect();
        assert_eq!(digits, DIGITS.iter().copied().collect());
    }
}
