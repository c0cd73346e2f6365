//! The person who is asked.

/// The decision of the person at the authorization page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    /// Reads the page, which has a link to allow and one to deny.
    #[default]
    Ask,
    /// Allows at once, without a page.
    Allow,
    /// Denies at once.
    Deny,
}

impl Consent {
    /// The decision with this name.
    pub(in crate::sandbox) fn named(name: &str) -> Option<Self> {
        match name {
            "ask" => Some(Self::Ask),
            "allow" => Some(Self::Allow),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}
