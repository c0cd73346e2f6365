//! Why a text is refused.

use thiserror::Error;

/// The reason for refusing a text, which repeats none of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{problem}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct Fault {
    /// The line, counted from 1, where one is to blame.
    pub line: Option<usize>,
    /// The problem there.
    pub problem: String,
}

impl Fault {
    /// One of a line, counted from 1.
    pub(crate) fn at(line: usize, problem: impl Into<String>) -> Self {
        Self { line: Some(line), problem: problem.into() }
    }

    /// One that no line is to blame for.
    pub(crate) fn general(problem: impl Into<String>) -> Self {
        Self { line: None, problem: problem.into() }
    }
}
