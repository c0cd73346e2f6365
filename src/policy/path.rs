//! The place of an argument, and names that a server may take for it.

use std::fmt;

use serde_json::{Map, Value};

/// The place of an argument: `args.settings.host_video`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl Path {
    /// The path that is written like this; none where it is no path.
    pub(super) fn new(text: &str) -> Option<Self> {
        let names: Vec<String> = text.strip_prefix("args.")?.split('.').map(str::to_owned).collect();
        (!names.iter().any(String::is_empty)).then_some(Self(names))
    }

    /// The argument, and where in it to descend to.
    pub(super) fn names(&self) -> &[String] {
        &self.0
    }

    /// The value there. A null counts as nothing, as it does to a tool.
    pub(super) fn find<'v>(&self, arguments: &'v Map<String, Value>) -> Option<&'v Value> {
        let (first, rest) = self.0.split_first()?;
        rest.iter()
            .try_fold(arguments.get(first)?, |value, name| value.get(name))
            .filter(|value| !value.is_null())
    }

    /// Another spelling under which something stands where this path goes, in words that follow the tool: the same name
    /// but for the case of its letters. A server that ignores case, as those in Go, takes one for the other,
    /// and no condition was applied to it.
    pub(super) fn look_alike(&self, arguments: &Map<String, Value>) -> Option<String> {
        let (mut at, mut place) = (Some(arguments), "args".to_owned());
        for name in &self.0 {
            let fields = at?;
            place = format!("{place}.{name}");
            if let Some(other) =
                fields.keys().find(|other| *other != name && is_same_but_for_case(other, name))
            {
                let also = if fields.contains_key(name) { "also " } else { "" };
                let other = Value::from(other.as_str());
                return Some(format!("{place} is {also}there as {other}, which the server may take for it"));
            }
            at = fields.get(name).and_then(Value::as_object);
        }
        None
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "args.{}", self.0.join("."))
    }
}

/// Whether two names differ in the case of their letters alone. Letters are the same that are by any of the ways to lower
/// and to raise them, so no server's way of comparing finds more: `\u{17f}` is an s and `\u{212a}` a k, as in Go's
/// `encoding/json`.
fn is_same_but_for_case(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    folded(one).eq(folded(other))
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_descends_into_objects() {
        let arguments = json!({"a": {"b": {"c": 1}, "n": null}, "l": [1], "t": "x"});
        let find = |path: &str| Path::new(path).unwrap().find(arguments.as_object().unwrap()).cloned();
        assert_eq!(find("args.a.b.c"), Some(json!(1)));
        assert_eq!(find("args.a.b"), Some(json!({"c": 1})));
        for missing in ["args.b", "args.a.c", "args.a.b.c.d", "args.a.n", "args.l.0", "args.t.x"] {
            assert_eq!(find(missing), None, "{missing}");
        }
        for wrong in ["", "args", "args.", "args..a", "args.a.", "arg.a", "a", "state.a", " args.a"] {
            assert_eq!(Path::new(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_name_that_differs_by_case_alone_is_found_wherever_the_path_goes() {
        let table = [
            (json!({"amount": 1}), None),
            (json!({"amounts": 1, "amoun": 2, "x": {"AMOUNT": 1}}), None),
            (json!({"Amount": 1}), Some("args.amount is there as \"Amount\"")),
            (json!({"amount": 1, "AMOUNT": 1}), Some("args.amount is also there as \"AMOUNT\"")),
            (json!({"amount": null, "Amount": null}), Some("args.amount is also there as \"Amount\"")),
        ];
        for (arguments, said) in table {
            let found = Path::new("args.amount").unwrap().look_alike(arguments.as_object().unwrap());
            let said = said.map(|said| format!("{said}, which the server may take for it"));
            assert_eq!(found, said, "{arguments}");
        }
        let deep = Path::new("args.a.b").unwrap();
        for (arguments, found) in [
            (json!({"a": {"b": 1}}), false),
            (json!({"a": {"c": {"B": 1}}}), false),
            (json!({"a": {"B": 1}}), true),
            (json!({"A": {"b": 1}}), true),
            (json!({"a": {"b": 1}, "A": 1}), true),
            (json!({"a": [{"B": 1}]}), false),
        ] {
            assert_eq!(deep.look_alike(arguments.as_object().unwrap()).is_some(), found, "{arguments}");
        }
    }

    #[test]
    fn case_is_that_of_every_script() {
        for (one, other) in [
            ("access", "acce\u{17f}s"),
            ("k", "\u{212a}"),
            ("K", "\u{212a}"),
            ("größe", "GRÖSSE"),
            ("größe", "GRÖẞE"),
            ("σας", "ΣΑΣ"),
            ("ω", "\u{2126}"),
            ("µ", "μ"),
            ("я", "Я"),
        ] {
            assert!(is_same_but_for_case(one, other), "{one} {other}");
        }
        for (one, other) in [("a", "b"), ("a", "á"), ("k", "κ"), ("ab", "a_b"), ("a", "aa"), ("о", "o")] {
            assert!(!is_same_but_for_case(one, other), "{one} {other}");
        }
    }
}
