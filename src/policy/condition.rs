//! The conditions of a policy on a call's arguments.

use std::cmp::Ordering;
use std::fmt;

use regex_lite::Regex;
use serde_json::{Number, Value};

use super::path::Path;

/// The operators as a policy writes them.
pub(super) const OPERATORS: [&str; 11] =
    ["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists"];

/// One entry of `require`, `deny_if` or `approve`.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// Its place in the policy.
    pub(super) rule: String,
    pub(super) path: Path,
    pub(super) test: Test,
    /// The message to the agent when a call is refused.
    pub(super) on_deny: Option<String>,
}

/// An operator with its value.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Equal(Value),
    Unequal(Value),
    In(Vec<Value>),
    NotIn(Vec<Value>),
    Less(Number),
    AtMost(Number),
    More(Number),
    AtLeast(Number),
    Matches(Regex),
    Contains(Value),
    Exists(bool),
}

impl Test {
    /// The test of this operator with this value; none where there is no such operator.
    ///
    /// # Errors
    ///
    /// The fault of the value.
    pub(super) fn new(operator: &str, value: &Value) -> Option<Result<Self, String>> {
        let number = |test: fn(Number) -> Self| match value {
            Value::Number(number) => Ok(test(number.clone())),
            _ => Err(format!("must be a number for {operator}")),
        };
        let list = |test: fn(Vec<Value>) -> Self| match value {
            Value::Array(values) => Ok(test(values.clone())),
            _ => Err(format!("must be an array for {operator}")),
        };
        let some = |test: fn(Value) -> Self| match value {
            Value::Null => Err("null is as good as a missing argument; use the operator exists".to_owned()),
            _ => Ok(test(value.clone())),
        };
        Some(match operator {
            "eq" => some(Self::Equal),
            "neq" => some(Self::Unequal),
            "in" => list(Self::In),
            "not_in" => list(Self::NotIn),
            "lt" => number(Self::Less),
            "lte" => number(Self::AtMost),
            "gt" => number(Self::More),
            "gte" => number(Self::AtLeast),
            "regex" => match value {
                Value::String(pattern) => Regex::new(pattern)
                    .map(Self::Matches)
                    .map_err(|error| format!("not a regular expression: {error}")),
                _ => Err("must be a string for regex".into()),
            },
            "contains" => match value {
                Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(Self::Contains(value.clone())),
                _ => Err("must be a string, a number, true or false for contains".into()),
            },
            "exists" => {
                value.as_bool().map(Self::Exists).ok_or_else(|| "must be true or false for exists".into())
            }
            _ => return None,
        })
    }

    /// Whether it holds for an argument. For a missing one only `exists` with false can hold.
    pub(super) fn holds(&self, argument: Option<&Value>) -> bool {
        let Some(argument) = argument else { return matches!(self, Self::Exists(false)) };
        let among = |values: &[Value]| values.iter().any(|value| same(argument, value));
        let is = |number: &Number, orders: &[Ordering]| {
            let order = argument.as_number().and_then(|argument| compare(argument, number));
            order.is_some_and(|order| orders.contains(&order))
        };
        match self {
            Self::Equal(value) => same(argument, value),
            Self::Unequal(value) => !same(argument, value),
            Self::In(values) => among(values),
            Self::NotIn(values) => !among(values),
            Self::Less(number) => is(number, &[Ordering::Less]),
            Self::AtMost(number) => is(number, &[Ordering::Less, Ordering::Equal]),
            Self::More(number) => is(number, &[Ordering::Greater]),
            Self::AtLeast(number) => is(number, &[Ordering::Greater, Ordering::Equal]),
            Self::Matches(regex) => argument.as_str().is_some_and(|text| regex.is_match(text)),
            Self::Contains(value) => match (argument, value) {
                (Value::String(text), Value::String(part)) => text.contains(part),
                (Value::Array(elements), value) => elements.iter().any(|element| same(element, value)),
                _ => false,
            },
            Self::Exists(there) => *there,
        }
    }
}

/// The requirement, to be read after "must" or "must not". A value of the policy that a secret may be compared with is
/// not repeated; a bound is.
impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equal(_) => f.write_str("be the value that the policy names"),
            Self::Unequal(_) => f.write_str("be another value than the policy names"),
            Self::In(_) => f.write_str("be one of the values that the policy names"),
            Self::NotIn(_) => f.write_str("be another value than those that the policy names"),
            Self::Less(number) => write!(f, "be less than {number}"),
            Self::AtMost(number) => write!(f, "be at most {number}"),
            Self::More(number) => write!(f, "be more than {number}"),
            Self::AtLeast(number) => write!(f, "be at least {number}"),
            Self::Matches(_) => f.write_str("match the pattern that the policy names"),
            Self::Contains(_) => f.write_str("contain what the policy names"),
            Self::Exists(true) => f.write_str("be given"),
            Self::Exists(false) => f.write_str("be left out"),
        }
    }
}

/// Whether two values are the same: of one type and, for numbers, of one value (1 is 1.0).
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other) == Some(Ordering::Equal),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same(one, other)))
        }
        _ => one == other,
    }
}

/// Whole numbers are compared as such: as floating point, large ids would be the same as their neighbours.
fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn test(operator: &str, value: &Value) -> Test {
        Test::new(operator, value).unwrap().unwrap()
    }

    #[test]
    fn every_operator_compares_by_type_and_by_value() {
        let table = [
            ("eq", json!("a"), vec![json!("a")], vec![json!("A"), json!(["a"]), json!(true)]),
            ("eq", json!(1), vec![json!(1), json!(1.0)], vec![json!("1"), json!(true), json!(2)]),
            ("eq", json!(9_007_199_254_740_993_u64), vec![], vec![json!(9_007_199_254_740_992_u64)]),
            (
                "eq",
                json!([1, {"a": 2}]),
                vec![json!([1.0, {"a": 2.0}])],
                vec![json!([1]), json!([1, {"b": 2}])],
            ),
            ("eq", json!({"a": 1}), vec![json!({"a": 1})], vec![json!({}), json!({"a": 1, "b": 1})]),
            ("eq", json!({}), vec![json!({})], vec![json!({"a": 1}), json!([])]),
            ("neq", json!(1), vec![json!("1"), json!(2)], vec![json!(1.0)]),
            ("in", json!(["a", 1]), vec![json!("a"), json!(1.0)], vec![json!("1"), json!(["a"])]),
            ("in", json!([]), vec![], vec![json!("a")]),
            ("not_in", json!(["a", 1]), vec![json!("b"), json!("1")], vec![json!("a"), json!(1.0)]),
            ("lt", json!(2), vec![json!(1), json!(1.9), json!(-5)], vec![json!(2), json!(3), json!("1")]),
            ("lte", json!(2), vec![json!(1), json!(2.0)], vec![json!(2.1), json!(u64::MAX), json!([1])]),
            ("gt", json!(2), vec![json!(3), json!(2.1)], vec![json!(2), json!(1), json!("3"), json!(true)]),
            ("gte", json!(2.5), vec![json!(2.5), json!(3)], vec![json!(2), json!({})]),
            ("regex", json!("^a+$"), vec![json!("aa")], vec![json!("ab"), json!(1), json!(["a"])]),
            ("regex", json!("b"), vec![json!("abc")], vec![json!("ac")]),
            (
                "contains",
                json!("es"),
                vec![json!("test"), json!(["es"])],
                vec![json!("ES"), json!(["test"]), json!({"es": 1})],
            ),
            ("contains", json!(1), vec![json!([2, 1.0])], vec![json!("1"), json!(1), json!(["1"])]),
            ("exists", json!(true), vec![json!(false), json!("")], vec![]),
            ("exists", json!(false), vec![], vec![json!(false)]),
        ];
        for (operator, value, holds, fails) in table {
            let test = test(operator, &value);
            for argument in holds {
                assert!(test.holds(Some(&argument)), "{argument} {operator} {value}");
            }
            for argument in fails {
                assert!(!test.holds(Some(&argument)), "{argument} {operator} {value}");
            }
        }
    }

    #[test]
    fn only_absence_holds_for_a_missing_argument() {
        for (operator, value) in [
            ("eq", json!(1)),
            ("neq", json!(1)),
            ("in", json!([])),
            ("not_in", json!([])),
            ("lt", json!(1)),
            ("lte", json!(1)),
            ("gt", json!(1)),
            ("gte", json!(1)),
            ("regex", json!("")),
            ("contains", json!("")),
            ("exists", json!(true)),
        ] {
            assert!(!test(operator, &value).holds(None), "{operator}");
        }
        assert!(test("exists", &json!(false)).holds(None));
    }

    #[test]
    fn every_operator_is_listed() {
        for operator in OPERATORS {
            assert!(Test::new(operator, &json!(1)).is_some(), "{operator}");
        }
        assert!(Test::new("less", &json!(1)).is_none());
    }
}
