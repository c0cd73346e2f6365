//! The text of a policy, read with everything that is wrong with it. It is read without any tools: whether it fits those
//! of a server is for `check`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::condition::{Condition, OPERATORS, Path, Test};
use super::fault::{Place, PolicyFault, hint, read_json};
use super::judge::{Hidden, Policy, Rules};
use super::limit::{Limit, Window};

/// What was read of a text.
#[derive(Debug)]
pub(super) struct Document {
    /// All of it that could be read.
    pub(super) policy: Policy,
    /// Every path in it, also those of conditions and limits that have another fault.
    pub(super) paths: Vec<PlacedPath>,
    /// What is wrong with the rest.
    pub(super) faults: Vec<PolicyFault>,
    /// How many of these come before or in `hide`.
    pub(super) faults_to_hide: usize,
}

/// A path, and where it stands.
#[derive(Debug)]
pub(super) struct PlacedPath {
    pub(super) tool: String,
    pub(super) place: Place,
    pub(super) path: Path,
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
                faults_to_hide: 1,
            };
        }
    };
    let mut reader = Reader { faults, paths: Vec::new(), tool: None, faults_to_hide: 0 };
    let policy = reader.policy(&value).unwrap_or_default();
    let Reader { faults, paths, faults_to_hide, .. } = reader;
    Document { policy, paths, faults, faults_to_hide }
}

/// Reads on after a fault. What is None has its fault noted.
struct Reader {
    faults: Vec<PolicyFault>,
    paths: Vec<PlacedPath>,
    /// The tool whose rules are being read.
    tool: Option<String>,
    faults_to_hide: usize,
}

/// An object of the policy.
struct Object<'v> {
    fields: &'v Map<String, Value>,
    place: Place,
}

impl Reader {
    fn note(&mut self, place: &Place, problem: impl Into<String>) {
        self.faults.push(place.fault(problem));
    }

    /// Notes a fault in the place of what could not be read.
    fn fault<T>(&mut self, place: &Place, problem: impl Into<String>) -> Option<T> {
        self.note(place, problem);
        None
    }

    fn policy(&mut self, value: &Value) -> Option<Policy> {
        let policy =
            self.object(value, Place::default(), &["version", "default", "hide", "all_tools", "tools"])?;
        self.word(&policy, "version", &[("1", ())]);
        let allows_others = self.word(&policy, "default", &[("allow", true), ("deny", false)]);
        let hide = self.list(&policy, "hide", Self::hidden);
        self.faults_to_hide = self.faults.len();
        let all_tools = self.all_tools(&policy);
        let tools = self.rules(&policy);
        for rules in tools.values() {
            self.no_counter_twice(&all_tools, &rules.limits);
        }
        Some(Policy {
            allows_others: allows_others.unwrap_or_default(),
            hide,
            all_tools,
            tools,
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

    fn row(&mut self, value: &Value, place: Place) -> Option<Rules> {
        let row = self.object(value, place, &["require", "deny_if", "limits"])?;
        Some(Rules {
            require: self.list(&row, "require", Self::condition),
            deny_if: self.list(&row, "deny_if", |reader, value, place| {
                let condition = reader.condition(value, place)?;
                if matches!(condition.test, Test::Exists(false)) {
                    // It reads as a guard and is none: a missing argument does not fire deny_if.
                    return reader.fault(place, "never refuses anything; require exists true instead");
                }
                Some(condition)
            }),
            limits: self.list(&row, "limits", Self::limit),
        })
    }

    fn condition(&mut self, value: &Value, place: &Place) -> Option<Condition> {
        let condition = self.object(value, place.clone(), &["path", "op", "value", "on_deny"])?;
        let path = self.text(&condition, "path").and_then(|path| self.path(path, &place.field("path")));
        let test = self.test(&condition);
        let on_deny = if condition.fields.contains_key("on_deny") {
            Some(self.text(&condition, "on_deny")?.to_owned())
        } else {
            None
        };
        Some(Condition { rule: place.to_string(), path: path?, test: test?, on_deny })
    }

    fn test(&mut self, condition: &Object<'_>) -> Option<Test> {
        let operator = self.text(condition, "op");
        let place = condition.place.field("value");
        let Some(value) = condition.fields.get("value") else { return self.fault(&place, "is missing") };
        let operator = operator?;
        match Test::new(operator, value) {
            None => self.fault(
                &condition.place.field("op"),
                format!("unknown operator {operator:?}{}", hint(operator, OPERATORS)),
            ),
            Some(test) => test.map_err(|problem| self.note(&place, problem)).ok(),
        }
    }

    fn limit(&mut self, value: &Value, place: &Place) -> Option<Limit> {
        let limit =
            self.object(value, place.clone(), &["counter", "window", "max", "scope", "increment_from"])?;
        let counter = self.text(&limit, "counter");
        let window = self.word(&limit, "window", &Window::NAMES);
        let max_place = place.field("max");
        let max = match limit.fields.get("max") {
            None => self.fault(&max_place, "is missing"),
            Some(value) => match value.as_u64() {
                Some(max) if max > 0 => Some(max),
                _ => self.fault(&max_place, "must be a whole number from 1 on"),
            },
        };
        self.word(&limit, "scope", &[("grant", ())]);
        let increment_from = if limit.fields.contains_key("increment_from") {
            let path = self.text(&limit, "increment_from")?;
            Some(self.path(path, &place.field("increment_from"))?)
        } else {
            None
        };
        Some(Limit {
            rule: place.to_string(),
            counter: counter?.to_owned(),
            window: window?,
            max: max?,
            increment_from,
        })
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

    fn path(&mut self, text: &str, place: &Place) -> Option<Path> {
        let Some(path) = Path::new(text) else { return self.fault(place, "must be args.<field>") };
        if let Some(tool) = self.tool.clone() {
            self.paths.push(PlacedPath { tool, place: place.clone(), path: path.clone() });
        }
        Some(path)
    }

    fn object<'v>(&mut self, value: &'v Value, place: Place, known: &[&str]) -> Option<Object<'v>> {
        let Some(fields) = value.as_object() else { return self.fault(&place, "must be an object") };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = hint(name, known.iter().copied());
            self.note(&place.field(name), format!("unknown field{hint}"));
        }
        Some(Object { fields, place })
    }

    fn list<T>(
        &mut self,
        object: &Object<'_>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Value, &Place) -> Option<T>,
    ) -> Vec<T> {
        let place = object.place.field(name);
        match object.fields.get(name) {
            None => Vec::new(),
            Some(Value::Array(values)) => values
                .iter()
                .enumerate()
                .filter_map(|(index, value)| read(self, value, &place.item(index)))
                .collect(),
            Some(_) => {
                self.note(&place, "must be an array");
                Vec::new()
            }
        }
    }

    fn text<'v>(&mut self, object: &Object<'v>, name: &str) -> Option<&'v str> {
        match object.fields.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            Some(_) => self.fault(&object.place.field(name), "must be a text that is not empty"),
            None => self.fault(&object.place.field(name), "is missing"),
        }
    }

    /// A field that has one of a few words, each of which means something.
    fn word<T: Copy>(&mut self, object: &Object<'_>, name: &str, words: &[(&str, T)]) -> Option<T> {
        let value = object.fields.get(name);
        let meant = words.iter().find(|(word, _)| value.is_some_and(|value| value == word));
        if let Some((_, meaning)) = meant {
            return Some(*meaning);
        }
        let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let missing = if value.is_none() { "is missing; it " } else { "" };
        self.fault(&object.place.field(name), format!("{missing}must be {}", list.join(" or ")))
    }
}

#[cfg(test)]
mod tests;
