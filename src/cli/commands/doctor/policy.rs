//! The policy that `zoomtok mcp` would serve under if it were started here.

use super::finding::Finding;
use crate::error::Error;
use crate::policy::file::PolicySource;

/// What is to be said about it. That the setting cannot be has been said of the setting, and whether the file is a valid
/// policy is said with those of Claude's configuration.
pub(super) fn judge(source: &Result<PolicySource, Error>) -> Option<Finding> {
    let source = source.as_ref().ok()?;
    Some(Finding::good("policy", format!("the policy of zoomtok mcp, started here: {source}")))
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
