//! Conditions on arguments. Intercept compares by printed forms: to it `"60"` is 60.

use serde_json::{Number, Value};

use super::converter::{Converter, Fields};
use super::yaml::{Kind, Node, WHOLE, meant};
use crate::policy::condition::{OPERATORS, Test};
use crate::policy::fault::{Place, hint};
use crate::policy::path::Path;
use crate::policy::written::WrittenCondition;

impl Converter {
    pub(super) fn condition(
        &mut self,
        condition: &Fields<'_>,
        on_deny: Option<&str>,
    ) -> Option<WrittenCondition> {
        let path = condition.text("path").unwrap_or_default();
        if Path::new(path).is_none() {
            self.fault::<()>(
                &condition.place.field("path"),
                "must be args.<field> or state.<tool>.<counter>",
            );
        }
        let op = condition.text("op").unwrap_or_default();
        let place = condition.place.field("value");
        let value = match condition.get("value") {
            None => Some(Value::Null),
            Some(node) => self.value(node, &place),
        };
        if !OPERATORS.contains(&op) {
            let problem = format!("unknown operator {op:?}{}", hint(op, OPERATORS));
            return self.fault(&condition.place.field("op"), problem);
        }
        let value = value?;
        if let Some(Err(problem)) = Test::new(op, &value) {
            return self.fault(&place, problem);
        }
        let (op, value) = self.as_loose(op, value, &place)?;
        Some(WrittenCondition { path: path.to_owned(), op, value, on_deny: on_deny.map(str::to_owned) })
    }

    /// A condition that refuses at least what Intercept refuses, which compares numbers as floating point and everything
    /// else by its printed form.
    fn as_loose(&mut self, op: &str, value: Value, place: &Place) -> Option<(String, Value)> {
        let values = match &value {
            Value::Array(values) if matches!(op, "in" | "not_in") => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        let is_beyond = |value: &Value| value.as_f64().is_some_and(|number| number.abs() >= WHOLE);
        if matches!(op, "neq" | "not_in" | "lt" | "gt") && values.iter().any(is_beyond) {
            return self.fault(place, "names a number that is too large to be compared as Intercept does");
        }
        let others: Vec<Value> = values.iter().flat_map(of_other_type).collect();
        let has_parts = values.iter().any(is_printed_with_parts);
        match op {
            "eq" | "in" | "contains" if has_parts => {
                self.warn(
                    place,
                    "lists and maps are compared by their parts here, and by their printed form there",
                );
            }
            "eq" | "in" | "contains" if !others.is_empty() => {
                let problem = format!(
                    "values are compared by type here: {} is another value, and to Intercept the same",
                    others[0]
                );
                self.warn(place, problem);
            }
            "neq" | "not_in" => {
                self.warn(place, "an argument that is null counts as missing here, and so is refused");
                if has_parts {
                    return self.fault(
                        place,
                        "is compared with the printed form of lists and maps, which has no counterpart",
                    );
                }
                if !others.is_empty() {
                    let all: Vec<Value> = values.iter().cloned().chain(others).collect();
                    return Some(("not_in".to_owned(), all.into()));
                }
            }
            _ => {}
        }
        Some((op.to_owned(), value))
    }

    /// A value as JSON.
    fn value(&mut self, node: &Node, place: &Place) -> Option<Value> {
        match &node.kind {
            Kind::Scalar { text, is_plain: false } => Some(text.as_str().into()),
            Kind::Scalar { text, is_plain: true } => match meant(text) {
                Ok(meant) => {
                    if let Some(doubt) = meant.doubt {
                        self.warn(place, doubt);
                    }
                    Some(meant.value)
                }
                Err(problem) => self.fault(place, problem),
            },
            Kind::List(items) => {
                let values =
                    items.iter().enumerate().map(|(index, item)| self.value(item, &place.item(index)));
                values.collect::<Vec<_>>().into_iter().collect()
            }
            Kind::Map(fields) => {
                let value = |(name, node): &(String, Node)| {
                    Some((name.clone(), self.value(node, &place.field(name))?))
                };
                let fields: Vec<_> = fields.iter().map(value).collect();
                fields.into_iter().collect::<Option<_>>().map(Value::Object)
            }
        }
    }
}

/// The values of another type that Go prints in the same way.
fn of_other_type(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec!["<nil>".into()],
        Value::Bool(is) => vec![is.to_string().into()],
        Value::Number(number) => printed(number).into_iter().map(Value::from).collect(),
        Value::String(text) => {
            let other = serde_json::from_str(text).ok();
            other.into_iter().filter(|other: &Value| other.is_boolean() || other.is_number()).collect()
        }
        _ => Vec::new(),
    }
}

/// A number as Go's `%v` prints it: without a fraction where there is none, and with an exponent where it is large or
/// small. Where that begins is not asked: both forms are taken.
fn printed(number: &Number) -> Vec<String> {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return vec![number.to_string()] };
    let text = format!("{float:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    vec![float.to_string(), format!("{mantissa}e{sign}{digits:0>2}")]
}

/// Whether the printed form of a list or a map can be this.
fn is_printed_with_parts(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with('[') || text.starts_with("map["),
        value => value.is_array() || value.is_object(),
    }
}
