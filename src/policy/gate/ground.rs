//! What a gate stands on, and how it reports.

use crate::policy::counts::SharedCounts;
use crate::policy::file::PolicySource;

/// What a server says beside the protocol, a sentence each.
pub(crate) struct Voice {
    /// What the user should fix or know.
    pub(crate) warn: Box<dyn Fn(&str) + Send + Sync>,
    /// What is in order.
    pub(crate) talk: Box<dyn Fn(&str) + Send + Sync>,
}

#[cfg(any(test, fuzzing))]
impl Voice {
    /// One that says nothing.
    pub(crate) fn silent() -> Self {
        Self { warn: Box::new(|_| {}), talk: Box::new(|_| {}) }
    }
}

/// What a server judges calls by.
pub(crate) struct Ground {
    pub(crate) policy: PolicySource,
    pub(crate) counts: SharedCounts,
    /// What the user should know, as sentences.
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
