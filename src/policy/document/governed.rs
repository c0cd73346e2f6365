//! The parts of a policy beyond tools: other methods, how long a person may take, and the audit log. All of them are for
//! a gateway.

use std::time::Duration;

use super::reader::{Object, Reader};
use crate::policy::judge::GOVERNED;

/// How long a call may wait for a person at least.
const APPROVE_WITHIN_MIN: Duration = Duration::from_secs(10);

/// How long a call may wait for a person at most.
const APPROVE_WITHIN_MAX: Duration = Duration::from_hours(1);

impl Reader {
    /// The methods that pass under default deny.
    pub(super) fn methods(&mut self, policy: &Object<'_>, allows_others: Option<bool>) -> Vec<String> {
        let place = policy.place.field("methods");
        if !policy.fields.contains_key("methods") {
            return Vec::new();
        }
        if allows_others == Some(true) {
            self.note(&place, "restricts nothing: every method passes where default is \"allow\"");
        }
        let problem = "does nothing here: only zoomtok gateway has methods beside those of tools";
        self.for_gateway.warnings.push(place.fault(problem));
        self.list(policy, "methods", |reader, value, place| {
            let Some(method) = value.as_str() else {
                return reader.fault(place, "must be the name of a method");
            };
            if let Err(problem) = is_governed(method) {
                return reader.fault(place, problem);
            }
            Some(method.to_owned())
        })
    }

    /// How long a call may wait for a person.
    pub(super) fn approve_within(&mut self, policy: &Object<'_>, asks: bool) -> Option<Duration> {
        let value = policy.fields.get("approve_within")?;
        let place = policy.place.field("approve_within");
        if !asks {
            self.warnings.push(place.fault("does nothing: no tool has approve"));
        }
        let within = value.as_u64().map(Duration::from_secs);
        match within.filter(|within| (APPROVE_WITHIN_MIN..=APPROVE_WITHIN_MAX).contains(within)) {
            None => {
                let (min, max) = (APPROVE_WITHIN_MIN.as_secs(), APPROVE_WITHIN_MAX.as_secs());
                self.fault(&place, format!("must be a whole number of seconds from {min} to {max}"))
            }
            within => within,
        }
    }

    /// Whether a call is refused that the audit log has no room for.
    pub(super) fn audit_required(&mut self, policy: &Object<'_>) -> bool {
        if !policy.fields.contains_key("audit") {
            return false;
        }
        let place = policy.place.field("audit");
        self.for_gateway.faults.push(place.fault("only zoomtok gateway writes an audit log"));
        self.word(policy, "audit", &[("required", ())]);
        true
    }
}

/// Whether a policy may name this method: it is exact, or all of a kind.
fn is_governed(method: &str) -> Result<(), String> {
    let is_of = |kind: &str| method.strip_prefix(kind).is_some_and(|rest| !rest.is_empty());
    if !GOVERNED.iter().any(|kind| is_of(kind)) {
        let kinds: Vec<String> = GOVERNED.iter().map(|kind| format!("{kind}*")).collect();
        let tools =
            if method.starts_with("tools/") { "tools are governed by default, hide and tools; " } else { "" };
        return Err(format!("{tools}a method here is one of {}", kinds.join(", ")));
    }
    let name = method.split_once('/').map_or("", |(_, name)| name);
    if name != "*" && name.contains('*') {
        return Err("a * stands for everything after the first /, or for nothing".to_owned());
    }
    Ok(())
}
