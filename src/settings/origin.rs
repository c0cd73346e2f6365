//! A value, and where it was set.

use std::fmt;
use std::path::PathBuf;

/// Where a value was set, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The environment of the process.
    Environment,
    /// A line of a `.env`, counted from 1.
    File {
        /// The file as it was named or found.
        path: PathBuf,
        /// The line.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("set in the environment"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
        }
    }
}

/// A text that somebody set, and where. It is looked at where it is: a secret is not copied to be judged.
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    pub(super) origin: Origin,
}
