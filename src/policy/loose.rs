//! Whether a condition can hold for an argument of any server's tool. Its schema may be loose, and how the server reads
//! its arguments is not known: only what contradicts the schema is found.

use serde_json::Value;

use super::condition::{Test, same};

/// Why a test cannot serve its purpose, where the schema of the argument says so.
pub(super) fn never_holds(test: &Test, argument: &Value) -> Option<String> {
    let values = match test {
        Test::Equal(value) | Test::Unequal(value) => std::slice::from_ref(value),
        Test::In(values) | Test::NotIn(values) => values,
        _ => &[],
    };
    if let Some(problem) = values.iter().find_map(|value| never(value, argument)) {
        return Some(problem);
    }
    let (fits, for_what) = match test {
        Test::Less(_) | Test::AtMost(_) | Test::More(_) | Test::AtLeast(_) => (&["number"][..], "numbers"),
        Test::Matches(_) => (&["string"][..], "texts"),
        Test::Contains(_) => (&["string", "array"][..], "texts and arrays"),
        _ => return None,
    };
    let fits = fits.iter().any(|kind| can_be(argument, kind));
    (!fits).then(|| format!("is for {for_what}, and the argument is {}", types(argument).join(" or ")))
}

/// Why an argument is never this value.
fn never(value: &Value, argument: &Value) -> Option<String> {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !can_be(argument, kind) {
        return Some(format!(
            "names a value that is {kind}, and the argument is {}",
            types(argument).join(" or ")
        ));
    }
    let words = argument.get("enum").and_then(Value::as_array).filter(|_| !says_more(argument))?;
    let is_one = words.iter().any(|word| same(word, value));
    let words: Vec<String> = words.iter().map(Value::to_string).collect();
    (!is_one).then(|| format!("names another value than the argument can have: {}", words.join(", ")))
}

/// Whether an argument can be of this type, of which `number` has the whole numbers in it.
pub(super) fn can_be(argument: &Value, kind: &str) -> bool {
    let types = types(argument);
    types.is_empty() || types.iter().any(|one| *one == kind || (*one == "integer" && kind == "number"))
}

/// Whether a schema has parts that are not looked at here.
pub(super) fn says_more(schema: &Value) -> bool {
    ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "patternProperties"]
        .iter()
        .any(|name| schema.get(name).is_some())
}

/// Whether an object takes other fields than it names.
pub(super) fn is_open(schema: &Value) -> bool {
    let is_shut = schema.get("additionalProperties").is_some_and(|more| more == false);
    !is_shut && types(schema).contains(&"object")
}

/// The types that a schema names; none where it leaves that open.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        _ if says_more(schema) => Vec::new(),
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_contradictions_of_the_schema_are_found() {
        for (argument, operator, value, said) in [
            (json!({"type": "integer"}), "lte", json!(10), None),
            (json!({"type": "number"}), "gt", json!(0.5), None),
            (json!({"type": ["string", "null"]}), "regex", json!("^a"), None),
            (json!({"type": "array"}), "contains", json!("a"), None),
            (json!({"type": "array"}), "exists", json!(false), None),
            (json!({}), "lte", json!(10), None),
            (json!({"type": "string", "anyOf": []}), "lte", json!(10), None),
            (json!({"type": "string", "enum": ["a", "b"]}), "in", json!(["a", "b"]), None),
            (json!({"enum": ["a", 1]}), "eq", json!(1.0), None),
            (json!({"type": "string"}), "lte", json!(10), Some("is for numbers, and the argument is string")),
            (
                json!({"type": ["array", "object"]}),
                "regex",
                json!("a"),
                Some("is for texts, and the argument is array or object"),
            ),
            (
                json!({"type": "boolean"}),
                "contains",
                json!("a"),
                Some("is for texts and arrays, and the argument is boolean"),
            ),
            (
                json!({"type": "integer"}),
                "eq",
                json!("60"),
                Some("names a value that is string, and the argument is integer"),
            ),
            (
                json!({"type": "string"}),
                "not_in",
                json!(["a", 1]),
                Some("names a value that is number, and the argument is string"),
            ),
            (
                json!({"type": "string", "enum": ["a", "b"]}),
                "neq",
                json!("c"),
                Some("names another value than the argument can have: \"a\", \"b\""),
            ),
        ] {
            let test = Test::new(operator, &value).unwrap().unwrap();
            assert_eq!(never_holds(&test, &argument).as_deref(), said, "{argument} {operator} {value}");
        }
    }
}
