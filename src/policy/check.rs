//! Holds a policy against the tools of a server. Pure: a server that learns its tools later, or anew, checks again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::condition::{Condition, Path};
use super::document::{Document, PlacedPath};
use super::fault::{Place, PolicyFault, hint};
use super::judge::{Hidden, Rules};
use super::limit::Limit;
use super::sense::{Argument, List, Sense};

/// The tools of a server: the name of each, and the JSON schema of its arguments.
pub type Catalog = BTreeMap<String, Value>;

/// What the check has found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// What is wrong with `hide`.
    pub(super) hide: Vec<PolicyFault>,
    /// What is wrong with `tools`.
    pub(super) faults: Vec<PolicyFault>,
    pub(super) warnings: Vec<PolicyFault>,
}

/// Checks the names, the paths and the conditions of a policy against these tools.
pub(super) fn check(document: &Document, tools: &Catalog) -> Checked {
    let Document { policy, paths, .. } = document;
    let mut checked = Checked::default();
    for Hidden { rule, name } in policy.hide.iter().filter(|hidden| hidden.name != "*") {
        if !tools.contains_key(name) {
            let problem = format!("unknown tool {name:?}{}", nearest_tool(name, tools));
            checked.hide.push(PolicyFault { place: rule.clone(), problem });
        }
    }
    for PlacedPath { tool, place, path } in paths {
        if let Some(schema) = tools.get(tool)
            && let Err(problem) = leads_to_argument(path, schema)
        {
            checked.faults.push(place.fault(problem));
        }
    }
    for (name, rules) in &policy.tools {
        if let Some(schema) = tools.get(name) {
            checked.rules(rules, schema);
        } else {
            let place = Place::default().field("tools").field(name);
            checked.faults.push(place.fault(format!("unknown tool{}", nearest_tool(name, tools))));
        }
    }
    checked
}

fn nearest_tool(name: &str, tools: &Catalog) -> String {
    hint(name, tools.keys().map(String::as_str))
}

impl Checked {
    fn fault(&mut self, place: &str, problem: impl Into<String>) {
        self.faults.push(PolicyFault { place: place.to_owned(), problem: problem.into() });
    }

    fn rules(&mut self, rules: &Rules, schema: &Value) {
        let lists = [(List::Require, &rules.require), (List::DenyIf, &rules.deny_if)];
        for (list, conditions) in lists {
            for condition in conditions {
                self.condition(condition, schema, list);
            }
        }
        for limit in &rules.limits {
            self.limit(limit, schema);
        }
    }

    fn condition(&mut self, condition: &Condition, schema: &Value, list: List) {
        let Condition { rule, path, test, .. } = condition;
        match Argument::at(schema, path.names()).map(|argument| argument.sense(test, list)) {
            Some(Sense::None(problem)) => self.fault(rule, problem),
            Some(Sense::Doubtful(problem)) => {
                self.warnings.push(PolicyFault { place: rule.clone(), problem });
            }
            Some(Sense::Good) | None => {}
        }
    }

    fn limit(&mut self, limit: &Limit, schema: &Value) {
        let Some(path) = &limit.increment_from else { return };
        if Argument::at(schema, path.names()).is_some_and(|argument| argument.is_no_number()) {
            let place = format!("{}.increment_from", limit.rule);
            self.fault(&place, "must be an argument that is a whole number, or every call is refused");
        }
    }
}

/// Whether a path leads to an argument of a tool, as far as the schema says anything of it.
fn leads_to_argument(path: &Path, schema: &Value) -> Result<(), String> {
    let empty = Map::new();
    let (mut at, mut of) = (schema, "the tool");
    for name in path.names() {
        let known = match at.get("properties") {
            Some(properties) => properties.as_object().unwrap_or(&empty),
            // What a schema does not say can be anything; what it says to be a text or a number has no parts.
            None if at.get("type").is_none() => return Ok(()),
            None => &empty,
        };
        let Some(part) = known.get(name) else {
            let hint = hint(name, known.keys().map(String::as_str));
            return Err(format!("{of} has no argument {name:?}{hint}"));
        };
        (at, of) = (part, name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::document;

    #[test]
    fn one_document_is_checked_against_the_tools_of_each_server() {
        let condition = json!({"path": "args.a", "op": "exists", "value": true});
        let text = json!({
            "version": "1",
            "default": "deny",
            "hide": ["one"],
            "tools": {"two": {"require": [condition]}},
        });
        let document = document::read(&text.to_string());
        assert_eq!(document.faults, []);
        let with = |two: Value| Catalog::from([("one".into(), json!({})), ("two".into(), two)]);
        let properties = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        for (tools, expected) in [
            (with(properties("a")), &[][..]),
            // A server that does not say what its tool takes may take anything.
            (with(json!({})), &[]),
            (with(properties("b")), &["tools.two.require[0].path: the tool has no argument \"a\""]),
            (Catalog::new(), &["hide[0]: unknown tool \"one\"", "tools.two: unknown tool"]),
        ] {
            let Checked { hide, faults, .. } = check(&document, &tools);
            let faults: Vec<String> = hide.iter().chain(&faults).map(ToString::to_string).collect();
            assert_eq!(faults, expected, "{tools:?}");
        }
    }
}
