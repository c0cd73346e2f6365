//! Faults of a policy with their places, also those of its JSON.

use std::collections::HashMap;
use std::fmt;

use jsonc_parser::ast::Value as Node;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

/// A fault of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFault {
    /// Where: `tools.create_meeting.require[0].op`, or line and column of a text that is not JSON.
    pub place: String,
    /// The fault there.
    pub problem: String,
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// A place in a policy as a person writes it.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(String);

impl Place {
    /// A field of the object at this place. A name that could be taken for several stands in quotes.
    pub(super) fn field(&self, name: &str) -> Self {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let name = if plain { name.to_owned() } else { Value::from(name).to_string() };
        Self(if self.0.is_empty() { name } else { format!("{}.{name}", self.0) })
    }

    /// An element of the array at this place.
    pub(super) fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(super) fn fault(&self, problem: impl Into<String>) -> PolicyFault {
        PolicyFault { place: self.to_string(), problem: problem.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "the policy" } else { &self.0 })
    }
}

/// Reads JSON, and finds the names that stand in an object twice: `serde_json` silently keeps the last value, and other
/// readers the first.
///
/// # Errors
///
/// The text is not JSON.
pub(super) fn read_json(text: &str) -> Result<(Value, Vec<PolicyFault>), PolicyFault> {
    // The byte order mark that some editors on Windows put in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value = serde_json::from_str(text).map_err(|error| {
        let problem = error.to_string();
        let problem = problem.split(" at line ").next().unwrap_or_default();
        not_json(error.line(), error.column(), problem)
    })?;
    let tree = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
        .map_err(|error| not_json(error.line_display(), error.column_display(), "it cannot be read"))?;
    let mut faults = Vec::new();
    if let Some(root) = &tree.value {
        find_twice(root, &Place::default(), text, &mut faults);
    }
    Ok((value, faults))
}

fn not_json(line: usize, column: usize, problem: &str) -> PolicyFault {
    PolicyFault { place: format!("line {line}, column {column}"), problem: format!("not JSON: {problem}") }
}

fn find_twice(node: &Node<'_>, place: &Place, text: &str, faults: &mut Vec<PolicyFault>) {
    match node {
        Node::Object(object) => {
            let line = |at: usize| text[..at].matches('\n').count() + 1;
            let mut seen = HashMap::new();
            for property in &object.properties {
                let (name, here) = (property.name.as_str(), property.start());
                let place = place.field(name);
                if let Some(first) = seen.insert(name, here) {
                    let (first, here) = (line(first), line(here));
                    faults.push(place.fault(format!("is there twice, on line {first} and on line {here}")));
                }
                find_twice(&property.value, &place, text, faults);
            }
        }
        Node::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                find_twice(element, &place.item(index), text, faults);
            }
        }
        _ => {}
    }
}

/// `; did you mean "..."?` with the one of these names that is nearest, where one is near.
pub(super) fn hint<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(name, names).map(|other| format!("; did you mean \"{other}\"?")).unwrap_or_default()
}

/// The one of these names that is nearest, where one is near.
fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = |other: &str| (strsim::levenshtein(name, other), other.len() / 3);
    names.into_iter().filter(|other| near(other).0 <= near(other).1).min_by_key(|other| near(other).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_is_written() {
        let place = Place::default().field("tools").field("create_meeting").field("require").item(0);
        assert_eq!(place.field("op").to_string(), "tools.create_meeting.require[0].op");
        assert_eq!(Place::default().field("a.b").field("").to_string(), r#""a.b"."""#);
        assert_eq!(Place::default().to_string(), "the policy");
    }

    #[test]
    fn a_text_that_is_not_json_is_reported_by_line_and_column() {
        for (text, fault) in [
            ("", "line 1, column 0: not JSON: EOF while parsing a value"),
            ("{\n  \"version\": 1,\n}", "line 3, column 1: not JSON: trailing comma"),
            ("{\n  // no\n}", "line 2, column 3: not JSON: key must be a string"),
            ("{} {}", "line 1, column 4: not JSON: trailing characters"),
        ] {
            assert_eq!(read_json(text).unwrap_err().to_string(), fault, "{text:?}");
        }
    }

    #[test]
    fn every_name_that_stands_twice_is_found() {
        let text = "\u{feff}{\"a\": 1,\n\"b\": [{\"c\": {}, \"\\u0063\": {\"d\": 1, \"d\": 2}}],\n\"a\": {}, \"a\": 1}";
        let faults: Vec<String> = read_json(text).unwrap().1.iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "b[0].c: is there twice, on line 2 and on line 2",
                "b[0].c.d: is there twice, on line 2 and on line 2",
                "a: is there twice, on line 1 and on line 3",
                "a: is there twice, on line 3 and on line 3",
            ]
        );
        assert!(read_json(r#"{"a": {"b": 1}, "b": [1, 1]}"#).unwrap().1.is_empty());
    }

    #[test]
    fn a_name_that_is_near_is_offered() {
        let names = ["create_meeting", "get_meeting", "get_user"];
        for (name, near) in [
            ("create_meating", "; did you mean \"create_meeting\"?"),
            ("get_meetings", "; did you mean \"get_meeting\"?"),
            ("user", ""),
            ("", ""),
        ] {
            assert_eq!(hint(name, names), near, "{name:?}");
        }
    }
}
