//! The scopes that a tool needs.

/// The scopes of a tool, by Zoom's API reference, which names both kinds for each call. Each is as good with `:admin` at its
/// end, which extends it to the whole account.
#[derive(Debug, Clone, Copy)]
pub(in crate::mcp) struct Scopes {
    /// The granular scopes, one of which the call needs.
    pub(in crate::mcp) granular: &'static [&'static str],
    /// The scope of older apps.
    pub(in crate::mcp) classic: &'static str,
}
