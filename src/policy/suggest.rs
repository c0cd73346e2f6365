//! A policy to start from, by what the tools of a server do. Pure.

use serde_json::Value;

use crate::policy::class::{Class, Classed, classify};
use crate::policy::written::{OtherTools, Written, WrittenLimit, WrittenRules};

/// How often a tool that changes something may be called in a minute, as `PolicyLayer`'s pages recommend.
const CALLS_A_MINUTE: u64 = 10;

/// Whether a person can be asked: behind a gateway, and not in `zoomtok mcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asks {
    Yes,
    No,
}

/// A policy, and why it is that one.
#[derive(Debug)]
pub(crate) struct Suggested {
    /// The tools in the order in which the server lists them.
    pub(crate) tools: Vec<Classed>,
    /// The policy, as JSON.
    pub(crate) policy: String,
}

/// Suggests a policy for the tools of a `tools/list` result.
///
/// # Errors
///
/// One of them has no name.
pub(crate) fn suggest(tools: &[Value], asks: Asks) -> Result<Suggested, String> {
    let class = |(index, tool)| classify(tool).ok_or_else(|| format!("tools[{index}] has no name"));
    let tools: Vec<Classed> = tools.iter().enumerate().map(class).collect::<Result<_, _>>()?;
    let mut policy = Written::new(OtherTools::Deny);
    for tool in &tools {
        let rules = rules(tool, asks);
        // Nobody knows which of two tools of the same name is meant.
        let is_twice = tools.iter().filter(|other| other.name == tool.name).count() > 1;
        let rules = if is_twice { denied("The server has several tools of this name.") } else { rules };
        policy.tools.insert(tool.name.clone(), rules);
    }
    let policy = policy.text().map_err(|error| format!("the policy cannot be written: {error}"))?;
    Ok(Suggested { tools, policy })
}

/// The rule for a tool of this class.
fn rules(tool: &Classed, asks: Asks) -> WrittenRules {
    let asked = WrittenRules { approve: true, ..WrittenRules::default() };
    match (tool.class, asks) {
        (Class::Read, Asks::Yes) if tool.gives_secrets => asked,
        (Class::Read, _) => WrittenRules::default(),
        (Class::Write | Class::Execute, _) => {
            let limit = WrittenLimit::new(format!("{}_rate", tool.name), "minute", CALLS_A_MINUTE);
            WrittenRules { limits: vec![limit], ..WrittenRules::default() }
        }
        (Class::Destructive | Class::Financial, Asks::Yes) => asked,
        (Class::Destructive | Class::Financial, Asks::No) => denied("A person has to do this."),
    }
}

fn denied(reason: &str) -> WrittenRules {
    WrittenRules { deny: Some(reason.to_owned()), ..WrittenRules::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::{Against, Policy};

    fn named(names: &[&str]) -> Vec<Value> {
        names.iter().map(|name| json!({"name": name})).collect()
    }

    #[test]
    fn each_class_has_its_rule() {
        let tools = named(&[
            "list_users",
            "get_secret",
            "create_user",
            "run_report",
            "delete_user",
            "create_invoice",
            "frobnicate",
        ]);
        let limit = |tool: &str| json!({"limits": [{"counter": format!("{tool}_rate"), "window": "minute", "max": 10, "scope": "grant"}]});
        let suggested = |asks| serde_json::from_str::<Value>(&suggest(&tools, asks).unwrap().policy).unwrap();
        let mut expected = json!({
            "version": "1",
            "default": "deny",
            "tools": {
                "list_users": {},
                "get_secret": {"approve": true},
                "create_user": limit("create_user"),
                "run_report": limit("run_report"),
                "delete_user": {"approve": true},
                "create_invoice": {"approve": true},
                "frobnicate": limit("frobnicate"),
            },
        });
        assert_eq!(suggested(Asks::Yes), expected);
        let denied = json!({"deny": "A person has to do this."});
        expected["tools"]["get_secret"] = json!({});
        expected["tools"]["delete_user"] = denied.clone();
        expected["tools"]["create_invoice"] = denied;
        assert_eq!(suggested(Asks::No), expected);
    }

    #[test]
    fn a_suggestion_is_a_policy_for_these_tools_and_no_others() {
        let tools = named(&["list_users", "delete.user", "*", "a b", "läs"]);
        let catalog =
            tools.iter().map(|tool| (tool["name"].as_str().unwrap().to_owned(), json!({}))).collect();
        let policy =
            Policy::parse(&suggest(&tools, Asks::Yes).unwrap().policy, Against::Listed(&catalog)).unwrap();
        assert_eq!(policy.warnings(), []);
        assert!(policy.allows("list_users") && policy.allows("delete.user") && !policy.allows("other"));
    }

    #[test]
    fn a_name_that_is_there_twice_is_denied_and_one_that_is_missing_is_reported() {
        let twice = suggest(&named(&["list", "list"]), Asks::Yes).unwrap();
        assert!(
            twice.policy.contains("\"deny\": \"The server has several tools of this name.\""),
            "{}",
            twice.policy
        );
        assert_eq!(twice.tools.len(), 2);
        assert_eq!(
            suggest(&[json!({"name": "a"}), json!({})], Asks::Yes).unwrap_err(),
            "tools[1] has no name"
        );
    }
}
