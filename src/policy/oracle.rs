//! Properties of every text of a policy, and of every call that it judges.

#![expect(clippy::panic, reason = "a property that does not hold ends a test")]

use std::sync::LazyLock;

use super::*;

/// Stands in arguments for values that must not be repeated.
const CANARY: &str = "CANARY";

static TOOLS: LazyLock<Catalog> = LazyLock::new(crate::mcp::zoom::catalog::catalog);

/// Takes a policy, a line of three dashes, and the arguments of a call.
///
/// # Panics
///
/// The same text gives different policies, or another one before a gateway, a fault lacks its problem or its place, a
/// call passes that the policy forbids, or a refusal repeats `CANARY`.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (text, arguments) = text.split_once("\n---\n").unwrap_or((text, "{}"));
    let policy = match (Policy::parse(text, Against::Own(&TOOLS)), Policy::parse(text, Against::Own(&TOOLS)))
    {
        (Ok(policy), Ok(again)) => {
            assert_eq!(format!("{policy:?}"), format!("{again:?}"));
            policy
        }
        (Err(faults), again) => {
            assert_eq!(again.err().as_ref(), Some(&faults));
            return assert_say_something(&faults);
        }
        (Ok(_), Err(faults)) => panic!("now it has faults: {faults:?}"),
    };
    let arguments = serde_json::from_str(arguments).unwrap_or_default();
    // Before a gateway the same policy is one too, and says the same of every call.
    let Ok(of_gateway) = Policy::parse(text, Against::Gateway(Some(&TOOLS))) else {
        panic!("a gateway does not take it");
    };
    let repeats = names_a_canary(&policy);
    for tool in TOOLS.keys().map(String::as_str).chain(["no_such_tool"]) {
        let judgement = policy.judge(tool, &arguments);
        assert_eq!(judgement, policy.judge(tool, &arguments));
        assert_eq!(judgement, of_gateway.judge(tool, &arguments));
        match judgement {
            Ok(_) => assert!(policy.allows(tool), "{tool}"),
            Err(refusal) => {
                assert_eq!(refusal.tool, tool);
                assert!(
                    repeats || !format!("{} {}", refusal.rule, refusal.sentence).contains(CANARY),
                    "{refusal}"
                );
            }
        }
    }
}

fn assert_say_something(faults: &[PolicyFault]) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(!fault.place.is_empty() && !fault.problem.is_empty());
        assert_eq!(fault.to_string().lines().count(), 1, "{fault:?}");
    }
}

/// Whether the policy says it itself in the name of an argument.
fn names_a_canary(policy: &Policy) -> bool {
    let conditions = policy.tools.values().flat_map(|rules| rules.require.iter().chain(&rules.deny_if));
    let counted = policy
        .tools
        .values()
        .flat_map(|rules| &rules.limits)
        .filter_map(|limit| limit.increment_from.as_ref());
    conditions.map(|condition| &condition.path).chain(counted).any(|path| path.to_string().contains(CANARY))
}
