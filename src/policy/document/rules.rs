//! The rules of one tool: conditions, limits, and what else is said of its calls.

use serde_json::Value;

use super::reader::{Object, Reader};
use crate::policy::condition::{Condition, OPERATORS, Test};
use crate::policy::fault::{Place, hint};
use crate::policy::judge::{Approve, Rules};
use crate::policy::limit::{Limit, Window};

/// The fault of a field that only a gateway can obey because somebody has to be asked.
const NOBODY_TO_ASK: &str = "only zoomtok gateway can ask a person";

impl Reader {
    pub(super) fn row(&mut self, value: &Value, place: Place) -> Option<Rules> {
        let row = self.object(value, place, &["deny", "require", "deny_if", "limits", "approve"])?;
        let deny = if row.fields.contains_key("deny") {
            if row.fields.len() > 1 {
                let place = row.place.field("deny");
                self.warnings
                    .push(place.fault("refuses every call, so the other fields of this tool do nothing"));
            }
            Some(self.text(&row, "deny").unwrap_or_default().to_owned())
        } else {
            None
        };
        Some(Rules {
            deny,
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
            approve: self.approve(&row),
        })
    }

    /// Whether a person has to allow a call: always, or where one of some conditions holds.
    fn approve(&mut self, row: &Object<'_>) -> Approve {
        let place = row.place.field("approve");
        let Some(value) = row.fields.get("approve") else { return Approve::Never };
        self.for_gateway.faults.push(place.fault(NOBODY_TO_ASK));
        match value {
            Value::Bool(true) => Approve::Always,
            Value::Array(values) if !values.is_empty() => {
                Approve::If(self.list(row, "approve", |reader, value, place| {
                    if value.get("on_deny").is_some() {
                        reader.note(&place.field("on_deny"), "nothing is denied here: the person is asked");
                    }
                    reader.condition(value, place)
                }))
            }
            _ => {
                self.note(&place, "must be true or an array of conditions");
                Approve::Always
            }
        }
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

    pub(super) fn limit(&mut self, value: &Value, place: &Place) -> Option<Limit> {
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
}
