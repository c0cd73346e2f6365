//! The text of a policy, read with everything that is wrong with it. It is read without any tools: whether it fits those
//! of a server is for `check`.

use std::collections::BTreeMap;

use serde_json::Value;

use self::reader::{ForGateway, Object, PlacedPath, Reader};
use super::fault::{Place, PolicyFault, read_json};
use super::judge::{Hidden, Policy, Rules};
use super::limit::Limit;

mod governed;
pub(super) mod reader;
mod rules;

/// The parts of a text that could be read.
#[derive(Debug)]
pub(super) struct Document {
    /// All of it that could be read.
    pub(super) policy: Policy,
    /// Every path in it, also those of conditions and limits that have another fault.
    pub(super) paths: Vec<PlacedPath>,
    /// The faults of the rest.
    pub(super) faults: Vec<PolicyFault>,
    /// The parts that are valid and do nothing.
    pub(super) warnings: Vec<PolicyFault>,
    pub(super) for_gateway: ForGateway,
    /// How many of these come before or in `hide`.
    pub(super) faults_to_hide: usize,
}

/// Reads a policy.
pub(super) fn read(text: &str) -> Document {
    let (value, faults) = match read_json(text) {
        Ok(read) => read,
        Err(fault) => {
            return Document {
                policy: Policy::default(),
                paths: Vec::new(),
                faults: vec![fault],
                warnings: Vec::new(),
                for_gateway: ForGateway::default(),
                faults_to_hide: 1,
            };
        }
    };
    let mut reader = Reader { faults, ..Reader::default() };
    let policy = reader.policy(&value).unwrap_or_default();
    let Reader { faults, warnings, for_gateway, paths, faults_to_hide, .. } = reader;
    Document { policy, paths, faults, warnings, for_gateway, faults_to_hide }
}

/// The fields of a policy. The last three are beyond `PolicyLayer`'s form.
const FIELDS: [&str; 8] =
    ["version", "default", "hide", "all_tools", "tools", "methods", "approve_within", "audit"];

impl Reader {
    fn policy(&mut self, value: &Value) -> Option<Policy> {
        let policy = self.object(value, Place::default(), &FIELDS)?;
        self.word(&policy, "version", &[("1", ())]);
        let allows_others = self.word(&policy, "default", &[("allow", true), ("deny", false)]);
        let hide = self.list(&policy, "hide", Self::hidden);
        self.faults_to_hide = self.faults.len();
        let all_tools = self.all_tools(&policy);
        let tools = self.rules(&policy);
        for rules in tools.values() {
            self.no_counter_twice(&all_tools, &rules.limits);
        }
        let methods = self.methods(&policy, allows_others);
        let approve_within = self.approve_within(&policy, tools.values().any(Rules::asks));
        let audit_required = self.audit_required(&policy);
        Some(Policy {
            allows_others: allows_others.unwrap_or_default(),
            hide,
            all_tools,
            tools,
            methods,
            approve_within,
            audit_required,
            warnings: Vec::new(),
        })
    }

    fn hidden(&mut self, value: &Value, place: &Place) -> Option<Hidden> {
        let Some(name) = value.as_str() else { return self.fault(place, "must be the name of a tool") };
        Some(Hidden { rule: place.to_string(), name: name.to_owned() })
    }

    fn all_tools(&mut self, policy: &Object<'_>) -> Vec<Limit> {
        let Some(value) = policy.fields.get("all_tools") else { return Vec::new() };
        let Some(all) = self.object(value, policy.place.field("all_tools"), &["limits"]) else {
            return Vec::new();
        };
        let limits = self.list(&all, "limits", |reader, value, place| {
            if value.get("increment_from").is_some() {
                reader.note(&place.field("increment_from"), "the tools have no argument in common");
            }
            reader.limit(value, place)
        });
        self.no_counter_twice(&[], &limits);
        limits
    }

    fn rules(&mut self, policy: &Object<'_>) -> BTreeMap<String, Rules> {
        let place = policy.place.field("tools");
        let mut tools = BTreeMap::new();
        match policy.fields.get("tools") {
            None => {}
            Some(Value::Object(rows)) => {
                for (name, value) in rows {
                    self.tool = Some(name.clone());
                    let rules = self.row(value, place.field(name));
                    tools.insert(name.clone(), rules.unwrap_or_default());
                }
            }
            Some(_) => self.note(&place, "must be an object"),
        }
        self.tool = None;
        tools
    }

    /// One call counts once: two limits of it must not share a count.
    fn no_counter_twice(&mut self, all_tools: &[Limit], limits: &[Limit]) {
        for (index, limit) in limits.iter().enumerate() {
            let same = |other: &&Limit| other.counter == limit.counter && other.window == limit.window;
            if let Some(other) = all_tools.iter().chain(&limits[..index]).find(same) {
                self.faults.push(PolicyFault {
                    place: limit.rule.clone(),
                    problem: format!("{} counts {:?} {} already", other.rule, limit.counter, limit.window),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
