//! The policy and the counts that a gate judges by, and how it reports.

use crate::policy::counts::SharedCounts;
use crate::policy::file::PolicySource;

/// The reports of a server beside the protocol, a sentence each.
pub(crate) struct Voice {
    /// Warnings: things for the user to fix or to know.
    pub(crate) warn: Box<dyn Fn(&str) + Send + Sync>,
    /// Good news.
    pub(crate) talk: Box<dyn Fn(&str) + Send + Sync>,
}

#[cfg(any(test, fuzzing))]
impl Voice {
    /// One that says nothing.
    pub(crate) fn silent() -> Self {
        Self { warn: Box::new(|_| {}), talk: Box::new(|_| {}) }
    }
}

/// The policy and the counts that a server judges calls by.
pub(crate) struct Ground {
    pub(crate) policy: PolicySource,
    pub(crate) counts: SharedCounts,
    /// Warnings for the user, as sentences.
    pub(crate) warnings: Vec<String>,
}

#[cfg(any(test, fuzzing))]
impl Ground {
    /// The one of a server without a policy, whose calls are counted in its memory.
    pub(crate) fn nothing() -> ReadGround {
        Box::new(|| {
            Ok(Self {
                policy: PolicySource::BuiltIn(&[]),
                counts: SharedCounts::in_memory(),
                warnings: Vec::new(),
            })
        })
    }
}

/// Reads what the server stands on, or says what is wrong with it.
pub(crate) type ReadGround = Box<dyn Fn() -> Result<Ground, String> + Send + Sync>;
