//! Holds a policy against the tools of a server. Pure: a server that learns its tools later, or anew, checks again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::document::Document;
use super::document::reader::PlacedPath;
use super::fault::{Place, PolicyFault, hint};
use super::judge::{Approve, Hidden, Rules};
use super::limit::Limit;
use super::loose;
use super::path::Path;
use super::sense::{Argument, List, Sense};

/// The tools of a server: the name of each, and the JSON schema of its arguments.
pub type Catalog = BTreeMap<String, Value>;

/// The findings of the check.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// The faults of `hide`.
    pub(super) hide: Vec<PolicyFault>,
    /// The faults of `tools`.
    pub(super) faults: Vec<PolicyFault>,
    pub(super) warnings: Vec<PolicyFault>,
}

/// The server that a policy is read for.
#[derive(Debug, Clone, Copy)]
pub enum Against<'t> {
    /// zoomtok's own, which has these tools as long as it runs. A rule that does not fit is a fault, and so is one that
    /// only a gateway can apply.
    Own(&'t Catalog),
    /// One behind the gateway, with the tools that it has now; none where it has not listed them. They may change, and
    /// their schemas may be loose: what does not fit is a warning.
    Gateway(Option<&'t Catalog>),
    /// One behind the gateway, and somebody asks whether the policy fits it: a rule that does not is a fault.
    Listed(&'t Catalog),
}

/// Checks the names, the paths and the conditions of a policy against the tools of a server.
pub(super) fn check(document: &Document, against: Against<'_>) -> Checked {
    match against {
        Against::Own(tools) => {
            let mut checked = Checked::default();
            checked.faults.extend_from_slice(&document.for_gateway.faults);
            checked.warnings.extend_from_slice(&document.for_gateway.warnings);
            checked.document(document, tools, Checked::own);
            checked
        }
        Against::Listed(tools) => {
            let mut checked = Checked::default();
            checked.document(document, tools, Checked::foreign);
            checked
        }
        Against::Gateway(Some(tools)) => {
            let Checked { mut hide, faults, warnings } = check(document, Against::Listed(tools));
            hide.extend(faults);
            hide.extend(warnings);
            Checked { warnings: hide, ..Checked::default() }
        }
        Against::Gateway(None) => Checked::default(),
    }
}

/// The fault of an argument that cannot be counted.
const COUNTED: &str = "must be an argument that is a whole number, or every call is refused";

fn nearest_tool(name: &str, tools: &Catalog) -> String {
    hint(name, tools.keys().map(String::as_str))
}

impl Checked {
    fn fault(&mut self, place: &str, problem: impl Into<String>) {
        self.faults.push(PolicyFault { place: place.to_owned(), problem: problem.into() });
    }

    fn document(&mut self, document: &Document, tools: &Catalog, rules: fn(&mut Self, &Rules, &Value)) {
        let Document { policy, paths, .. } = document;
        for Hidden { rule, name } in policy.hide.iter().filter(|hidden| hidden.name != "*") {
            if !tools.contains_key(name) {
                let problem = format!("unknown tool {name:?}{}", nearest_tool(name, tools));
                self.hide.push(PolicyFault { place: rule.clone(), problem });
            }
        }
        for PlacedPath { tool, place, path } in paths {
            if let Some(schema) = tools.get(tool)
                && let Err(problem) = leads_to_argument(path, schema)
            {
                self.faults.push(place.fault(problem));
            }
        }
        for (name, row) in &policy.tools {
            if let Some(schema) = tools.get(name) {
                rules(self, row, schema);
            } else {
                let place = Place::default().field("tools").field(name);
                self.faults.push(place.fault(format!("unknown tool{}", nearest_tool(name, tools))));
            }
        }
    }

    /// The conditions and limits of one of zoomtok's own tools, whose arguments are spelt in one way.
    fn own(&mut self, rules: &Rules, schema: &Value) {
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

    /// The same for a tool of any server, of which only its schema is known.
    fn foreign(&mut self, rules: &Rules, schema: &Value) {
        let asking = if let Approve::If(conditions) = &rules.approve { conditions.as_slice() } else { &[] };
        for Condition { rule, path, test, .. } in rules.require.iter().chain(&rules.deny_if).chain(asking) {
            if let Some(problem) = at(schema, path).and_then(|argument| loose::never_holds(test, argument)) {
                self.fault(rule, problem);
            }
        }
        for limit in &rules.limits {
            if let Some(path) = &limit.increment_from
                && at(schema, path).is_some_and(|argument| !loose::can_be(argument, "number"))
            {
                self.fault(&format!("{}.increment_from", limit.rule), COUNTED);
            }
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
            self.fault(&format!("{}.increment_from", limit.rule), COUNTED);
        }
    }
}

/// Whether a path leads to an argument of a tool, as far as the schema says anything of it.
fn leads_to_argument(path: &Path, schema: &Value) -> Result<(), String> {
    let empty = Map::new();
    let (mut at, mut of) = (schema, "the tool");
    for name in path.names() {
        let known = match at.get("properties") {
            // A part that a schema describes elsewhere, or not at all, can be anything.
            _ if loose::says_more(at) => return Ok(()),
            Some(properties) => properties.as_object().unwrap_or(&empty),
            None if at.get("type").is_none() || loose::is_open(at) => return Ok(()),
            // A text or a number has no parts.
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

/// The schema of an argument in that of its tool.
fn at<'s>(schema: &'s Value, path: &Path) -> Option<&'s Value> {
    path.names().iter().try_fold(schema, |at, name| at.get("properties")?.get(name))
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
            let Checked { hide, faults, .. } = check(&document, Against::Own(&tools));
            let faults: Vec<String> = hide.iter().chain(&faults).map(ToString::to_string).collect();
            assert_eq!(faults, expected, "{tools:?}");
        }
    }
}
