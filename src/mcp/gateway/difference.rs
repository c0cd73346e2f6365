//! The differences between two definitions of a tool, field by field. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

/// A part of a tool's definition that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Where it is, as in `inputSchema.properties.path.description`.
    pub(crate) place: String,
    /// The old value, as JSON; none where it is new.
    pub(crate) before: Option<String>,
    /// The new value, as JSON; none where it is gone.
    pub(crate) now: Option<String>,
}

/// The parts that differ, each as small as it can be; of a tool that is new all of its fields.
pub(crate) fn differences(before: Option<&Value>, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let nothing = Value::Object(serde_json::Map::new());
    compare("", Some(before.unwrap_or(&nothing)), Some(now), &mut found);
    found
}

fn compare(place: &str, before: Option<&Value>, now: Option<&Value>, found: &mut Vec<Difference>) {
    match (before, now) {
        (before, now) if before == now => {}
        (Some(Value::Object(before)), Some(Value::Object(now))) => {
            let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
            for name in names {
                compare(&inside(place, name), before.get(name), now.get(name), found);
            }
        }
        // Where one is put in or taken out, each that follows would differ.
        (Some(Value::Array(before)), Some(Value::Array(now))) if before.len() == now.len() => {
            for (at, (before, now)) in before.iter().zip(now).enumerate() {
                compare(&format!("{place}[{at}]"), Some(before), Some(now), found);
            }
        }
        (before, now) => found.push(Difference {
            place: place.to_owned(),
            before: before.map(Value::to_string),
            now: now.map(Value::to_string),
        }),
    }
}

/// The place of a field. A name that could be taken for several is quoted.
fn inside(place: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-$".contains(c));
    match (is_plain, place) {
        (true, "") => name.to_owned(),
        (true, _) => format!("{place}.{name}"),
        (false, _) => format!("{place}[{}]", Value::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_part_that_differs_is_named_with_both_texts() {
        let before = json!({
            "name": "t", "title": "T", "description": "Reads",
            "inputSchema": {"properties": {"path": {"type": "string"}, "a.b": {"x": 1}}, "required": ["path"]},
            "icons": [{"src": "a"}, {"src": "b"}],
        });
        let now = json!({
            "name": "t", "description": "Reads\nall",
            "inputSchema": {"properties": {"path": {"type": ["string", "null"]}, "a.b": {"x": 2}}, "required": []},
            "icons": [{"src": "a"}, {"src": "c"}],
            "_meta": {"k": null},
        });
        let actual: Vec<String> = differences(Some(&before), &now)
            .iter()
            .map(|Difference { place, before, now }| {
                let or_none = |text: &Option<String>| text.clone().unwrap_or("none".into());
                format!("{place}: {} -> {}", or_none(before), or_none(now))
            })
            .collect();
        assert_eq!(
            actual,
            [
                r#"_meta: none -> {"k":null}"#,
                r#"description: "Reads" -> "Reads\nall""#,
                r#"icons[1].src: "b" -> "c""#,
                r#"inputSchema.properties["a.b"].x: 1 -> 2"#,
                r#"inputSchema.properties.path.type: "string" -> ["string","null"]"#,
                r#"inputSchema.required: ["path"] -> []"#,
                r#"title: "T" -> none"#,
            ]
        );
        assert_eq!(differences(Some(&now), &now), []);
        let places: Vec<String> = differences(None, &before).into_iter().map(|found| found.place).collect();
        assert_eq!(places, ["description", "icons", "inputSchema", "name", "title"]);
    }
}
