//! The arguments of a call as they may be shown to a person who decides about it: without secrets, not endless, and saying
//! what is left out. Pure.

use serde_json::{Map, Value};

/// The characters of all arguments together that are shown.
const MOST_SHOWN: usize = 8000;

/// The characters of one text that are shown.
const LONGEST_SHOWN: usize = 2000;

/// The elements of a list or an object that are shown.
const MOST_ELEMENTS: usize = 50;

/// How deep lists and objects are shown.
const DEEPEST_SHOWN: usize = 8;

/// Parts of the names of secrets, without hyphens and underscores.
const SECRETS: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "accesskey",
    "authorization",
    "credential",
    "cookie",
];

/// Endings of names that are no secrets though they have one of those in them.
const NO_SECRETS: [&str; 4] = ["tokens", "pagetoken", "continuationtoken", "tokencount"];

/// The arguments for a person.
pub(crate) fn shown(arguments: &Map<String, Value>) -> Map<String, Value> {
    let mut left = MOST_SHOWN;
    fields(arguments, false, 0, &mut left)
}

fn fields(fields: &Map<String, Value>, hide: bool, depth: usize, left: &mut usize) -> Map<String, Value> {
    let mut shown = Map::new();
    for (name, value) in fields.iter().take(MOST_ELEMENTS) {
        if *left == 0 {
            break;
        }
        let hide = hide || is_secret(name);
        let name = text(name, left);
        shown.insert(name, element(value, hide, depth, left));
    }
    // Long names may begin alike: those that are hidden by another count as well.
    let more = fields.len() - shown.len();
    if more > 0 {
        shown.insert("…".into(), format!("({more} more)").into());
    }
    shown
}

fn element(value: &Value, hide: bool, depth: usize, left: &mut usize) -> Value {
    // Each takes room, however short it is.
    *left = left.saturating_sub(1);
    match value {
        Value::Object(_) | Value::Array(_) if depth >= DEEPEST_SHOWN => "… (more, not shown)".into(),
        Value::Object(inner) => Value::Object(fields(inner, hide, depth + 1, left)),
        Value::Array(values) => {
            let mut shown: Vec<Value> = values
                .iter()
                .take(MOST_ELEMENTS)
                .map(|value| element(value, hide, depth + 1, left))
                .collect();
            let more = values.len().saturating_sub(MOST_ELEMENTS);
            if more > 0 {
                shown.push(format!("… ({more} more)").into());
            }
            shown.into()
        }
        Value::String(secret) if hide => format!("(hidden, {} characters)", secret.chars().count()).into(),
        Value::Number(_) if hide => "(hidden, a number)".into(),
        Value::String(plain) => text(plain, left).into(),
        Value::Number(number) => {
            *left = left.saturating_sub(number.to_string().len());
            value.clone()
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The beginning of a text, with how much is left out.
fn text(text: &str, left: &mut usize) -> String {
    let most = LONGEST_SHOWN.min(*left);
    let (end, length) = match text.char_indices().nth(most) {
        None => (text.len(), text.chars().count()),
        Some((end, _)) => (end, most),
    };
    *left = left.saturating_sub(length);
    if end == text.len() {
        return text.to_owned();
    }
    format!("{}… ({} more characters)", &text[..end], text[end..].chars().count())
}

/// Whether a value under this name is a secret.
fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRETS.iter().any(|secret| name.contains(secret))
        && !NO_SECRETS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Value {
        Value::Object(shown(value.as_object().unwrap()))
    }

    #[test]
    fn secrets_are_hidden_and_everything_else_is_shown() {
        for (name, is_hidden) in [
            ("password", true),
            ("db_password", true),
            ("API-Key", true),
            ("apiKey", true),
            ("access_token", true),
            ("Authorization", true),
            ("clientSecret", true),
            ("pwd", true),
            ("aws_credentials", true),
            ("Set-Cookie", true),
            ("max_tokens", false),
            ("next_page_token", false),
            ("key", false),
            ("path", false),
            ("author", false),
            ("command", false),
        ] {
            let shown =
                of(&json!({name: "hunter2", "n": {name: [7, {"x": "hunter2"}, true, null]}})).to_string();
            assert_eq!(!shown.contains("hunter2"), is_hidden, "{name}: {shown}");
            assert_eq!(!shown.contains("[7,"), is_hidden, "{name}: {shown}");
        }
        let arguments =
            json!({"a": 1.5, "b": [true, null, "x"], "c": {"d": "e\n"}, "password": "abc", "pin_token": 1});
        assert_eq!(
            of(&arguments),
            json!({"a": 1.5, "b": [true, null, "x"], "c": {"d": "e\n"},
                "password": "(hidden, 3 characters)", "pin_token": "(hidden, a number)"})
        );
    }

    #[test]
    fn omissions_are_stated() {
        let long = of(&json!({"sql": format!("{}é; DROP", "x".repeat(1999))}));
        assert_eq!(long["sql"].as_str().unwrap(), format!("{}é… (6 more characters)", "x".repeat(1999)));
        let many: Vec<u32> = (0..52).collect();
        assert_eq!(of(&json!({"a": many}))["a"][50], "… (2 more)");
        let fields: Map<String, Value> = (0..53).map(|n| (format!("k{n:02}"), json!(n))).collect();
        assert_eq!(shown(&fields)["…"], "(3 more)");
        // However many there are and however alike they look, none is left out without a word.
        for length in [1000, 3000] {
            let names: Vec<String> = (0..20).map(|n| format!("{}{n:02}", "x".repeat(length))).collect();
            let fields: Map<String, Value> = names.into_iter().map(|name| (name, json!("y"))).collect();
            let shown = shown(&fields);
            let more = shown.get("…").map_or(0, |more| {
                more.as_str().unwrap().trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
            });
            assert_eq!(shown.len() - usize::from(more > 0) + more, 20, "{length}");
        }
        let deep = (0..20).fold(json!("bottom"), |inner, _| json!({"x": inner}));
        assert!(of(&deep).to_string().contains("more, not shown"));
    }

    proptest! {
        #[test]
        fn it_is_never_much_longer_than_it_may_be(texts in prop::collection::vec(".{0,400}", 0..120), n in 1..20_usize) {
            let (many, long) = (vec![&texts; n], texts.concat().repeat(n));
            let value = json!({"a": many, "b": {"c": long}});
            prop_assert!(of(&value).to_string().chars().count() < 6 * MOST_SHOWN);
        }
    }
}
