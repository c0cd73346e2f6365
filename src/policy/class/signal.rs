//! The evidence for a class.

use std::fmt;

/// The effect of a tool. The last of several counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// It changes nothing.
    Read,
    /// It makes or changes something.
    Write,
    /// It sets something going, and what that does depends on its arguments.
    Execute,
    /// It takes something away.
    Destructive,
    /// It moves money, or shows where it goes.
    Financial,
}

/// Something that speaks for a class.
pub(super) struct Signal {
    pub(super) class: Class,
    pub(super) evidence: String,
}

impl Signal {
    pub(super) fn new(class: Class, place: &str, quoted: &str) -> Self {
        Self { class, evidence: format!("{place} {quoted:?}") }
    }
}

/// Whether a word adds another verb.
pub(super) fn is_conjunction(word: &str) -> bool {
    matches!(word, "and" | "or" | "then")
}

/// The gravest of these, of several the first.
pub(super) fn gravest<'w>(verbs: impl Iterator<Item = (Class, &'w str)>) -> Option<(Class, &'w str)> {
    verbs.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Execute => "Execute",
            Self::Destructive => "Destructive",
            Self::Financial => "Financial",
        })
    }
}
