//! Which scopes tools need, which a token lacks, and which an app has to have. Pure.

use std::collections::BTreeSet;

/// The need of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToolScope {
    pub(crate) tool: &'static str,
    /// The scope to give to an app. Each is as good with `:admin` at its end, which extends it to the whole account.
    pub(crate) scope: &'static str,
    /// The scopes that do as well.
    also: Vec<&'static str>,
}

/// Whose data an app works with. An app has scopes of one kind or of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Those of the user who authorises it.
    User,
    /// Those of the whole account, as with a Server-to-Server OAuth app.
    Account,
}

/// The end of a scope for the whole account.
const FOR_ACCOUNT: &str = ":admin";

impl ToolScope {
    /// The need of a tool for this scope.
    pub(crate) fn of(tool: &'static str, scope: &'static str) -> Self {
        Self { tool, scope, also: Vec::new() }
    }

    /// The same, where each of these does as well.
    pub(super) fn or(self, also: impl IntoIterator<Item = &'static str>) -> Self {
        Self { also: also.into_iter().filter(|scope| *scope != self.scope).collect(), ..self }
    }

    /// Whether a token of these scopes cannot be used for it.
    pub(crate) fn is_lacking(&self, granted: &[String]) -> bool {
        let is_granted = |scope: &str| {
            granted.iter().any(|granted| granted == scope || granted.strip_suffix(FOR_ACCOUNT) == Some(scope))
        };
        !self.also.iter().chain([&self.scope]).any(|scope| is_granted(scope))
    }

    /// The scope as an app for these has it; none where such an app cannot have it.
    pub(crate) fn scope_for(&self, audience: Audience) -> Option<String> {
        match (audience, self.scope.ends_with(FOR_ACCOUNT)) {
            (Audience::User, true) => None,
            (Audience::User, false) | (Audience::Account, true) => Some(self.scope.to_owned()),
            (Audience::Account, false) => Some(format!("{}{FOR_ACCOUNT}", self.scope)),
        }
    }
}

/// The scopes that an app needs, each once and in order, and what it cannot have for these.
pub(crate) fn of_app(needs: &[ToolScope], audience: Audience) -> (Vec<String>, Vec<&ToolScope>) {
    let (mut scopes, mut impossible) = (BTreeSet::new(), Vec::new());
    for need in needs {
        match need.scope_for(audience) {
            Some(scope) => drop(scopes.insert(scope)),
            None => impossible.push(need),
        }
    }
    (scopes.into_iter().collect(), impossible)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs() -> Vec<ToolScope> {
        vec![
            ToolScope::of("write", "meeting:write:meeting").or(["meeting:write"]),
            ToolScope::of("read", "meeting:read:meeting"),
            ToolScope::of("list", "user:read:list_users:admin"),
            ToolScope::of("again", "meeting:read:meeting"),
        ]
    }

    #[test]
    fn an_app_has_each_scope_once_and_of_one_kind() {
        let needs = needs();
        let (user, impossible) = of_app(&needs, Audience::User);
        assert_eq!(user, ["meeting:read:meeting", "meeting:write:meeting"]);
        assert_eq!(impossible.iter().map(|need| need.tool).collect::<Vec<_>>(), ["list"]);
        let (account, impossible) = of_app(&needs, Audience::Account);
        let expected =
            ["meeting:read:meeting:admin", "meeting:write:meeting:admin", "user:read:list_users:admin"];
        assert_eq!((account, impossible.len()), (expected.map(str::to_owned).to_vec(), 0));
    }

    #[test]
    fn a_token_with_what_an_app_needs_lacks_nothing() {
        let needs = needs();
        for audience in [Audience::User, Audience::Account] {
            let (granted, impossible) = of_app(&needs, audience);
            for need in &needs {
                let is_impossible = impossible.iter().any(|other| other.tool == need.tool);
                assert_eq!(need.is_lacking(&granted), is_impossible, "{} {audience:?}", need.tool);
            }
        }
        assert!(!needs[0].is_lacking(&["meeting:write:admin".to_owned()]));
        assert!(needs[0].is_lacking(&["meeting:writes".to_owned()]) && needs[1].is_lacking(&[]));
    }
}
