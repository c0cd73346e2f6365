//! The policy that `zoomtok mcp` would serve under if it were started here.

use super::finding::Finding;
use crate::error::Error;
use crate::mcp::scopes::ToolScope;
use crate::mcp::zoom::catalog::catalog;
use crate::mcp::zoom::scopes;
use crate::policy::Against;
use crate::policy::file::{self, PolicySource};

/// The finding about it. A setting that cannot be was reported with the settings, and a file that is no valid policy is
/// reported with those of Claude's configuration.
pub(super) fn judge(source: &Result<PolicySource, Error>) -> Option<Finding> {
    let source = source.as_ref().ok()?;
    Some(Finding::good("policy", format!("the policy of zoomtok mcp, started here: {source}")))
}

/// The scopes of the tools that it allows; of a policy that cannot be read, those of all tools.
pub(super) fn needs(source: &Result<PolicySource, Error>) -> Vec<ToolScope> {
    let catalog = catalog();
    let path = source.as_ref().ok().and_then(PolicySource::path);
    let policy = path.and_then(|path| file::read(path, Against::Own(&catalog)).ok());
    let is_allowed = |need: &ToolScope| policy.as_ref().is_none_or(|policy| policy.allows(need.tool));
    scopes::needs().into_iter().filter(is_allowed).collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::text;
    use super::*;
    use crate::mcp::zoom::default::BUILT_IN;

    fn told(source: PolicySource) -> String {
        judge(&Ok(source)).map(|finding| text(&[finding])).unwrap_or_default()
    }

    #[test]
    fn the_policy_is_told_with_what_names_it() {
        let file = PolicySource::File {
            path: "/p.json".into(),
            named_by: "ZOOM_POLICY_FILE, /x/.env, line 3".into(),
        };
        assert_eq!(
            told(file),
            "✅ the policy of zoomtok mcp, started here: /p.json (ZOOM_POLICY_FILE, /x/.env, line 3)"
        );
        assert_eq!(
            told(PolicySource::BuiltIn(BUILT_IN)),
            "✅ the policy of zoomtok mcp, started here: none is named; every tool may be called, zoom_refresh_token 10 \
             times a minute"
        );
    }
}
