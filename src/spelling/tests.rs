use proptest::prelude::*;
use serde_json::json;

use super::*;

fn schema() -> Value {
    let text = |form: &str| json!({"type": "string", "x-form": form});
    json!({"type": "object", "required": ["meeting"], "properties": {
        "meeting": text("meeting"), "user": text("user"), "start": text("start-time"), "day": text("date"),
        "until": text("utc-time"), "days": text("weekdays"), "page": text("page-token"), "token": text("token"),
        "occurrence": {"type": "string", "x-form": "occurrence", "x-blank": "must be given"},
        "topic": {"type": "string"}, "word": {"type": "string", "enum": ["both_ways", "one"]},
        "size": {"type": "integer", "default": 30}, "flag": {"type": "boolean", "default": false},
        "more": {"type": "object", "properties": {"flag": {"type": "boolean"}, "size": {"type": "integer"}}},
    }})
}

/// Values that models send, and worse.
fn values() -> impl Strategy<Value = Value> {
    let texts = prop::sample::select(vec![
        "",
        " ",
        "null",
        "30",
        "30.0",
        "-0",
        "00",
        "True",
        "me",
        "ME",
        "Ada@Example.com",
        "853 1234 5678",
        "https://zoom.us/j/85312345678",
        "2026-03-04T12:00:00+01:00",
        "2026-03-04",
        "BOTH WAYS",
        "both-ways",
        "Mon,2",
        "[1, 7]",
        "{\"flag\": \"true\"}",
        "{\"flag\": \"{}\", \"size\": null}",
        "\"me\"",
        "'\"me\"'",
        "{}",
        "[]",
    ]);
    let leaf = prop_oneof![
        texts.prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("flag|size|x", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

proptest! {
    /// A spelling that was judged is its own: read again, it is the same.
    #[test]
    fn spelling_twice_is_the_same_as_spelling_once(
        given in prop::collection::btree_map(
            "meeting|user|start|day|until|days|page|token|occurrence|topic|word|size|flag|more|other",
            values(),
            0..8,
        ),
    ) {
        let given: Map<String, Value> = given.into_iter().collect();
        if let Ok(once) = arguments(&schema(), given) {
            prop_assert_eq!(arguments(&schema(), once.clone()), Ok(once));
        }
    }
}

#[test]
fn quotes_in_quotes_are_no_part_of_a_text() {
    for text in ["me", "'me'", "'\"me\"'", "` 'me' `", "\u{a0}\"me\" "] {
        assert_eq!(bare(text), "me", "{text:?}");
    }
    for text in ["\"", "\"me", "''"] {
        assert_eq!(bare(bare(text)), bare(text), "{text:?}");
    }
}

#[test]
fn days_of_the_week_are_zooms_numbers() {
    let days = |given: Value| value(&json!({"type": "string", "x-form": "weekdays"}), given, false);
    for given in [
        json!("2,4"),
        json!([4, 2]),
        json!(["Wed", "monday"]),
        json!("Monday, Wednesday"),
        json!("[4, 2, 4]"),
    ] {
        assert_eq!(days(given.clone()), Ok(Some(json!("2,4"))), "{given}");
    }
    assert_eq!(days(json!(7)), Ok(Some(json!("7"))));
    for given in [json!("0"), json!("8"), json!("m"), json!([]), json!([2.5]), json!("1-5"), json!("noday")] {
        assert!(!matches!(days(given.clone()), Ok(Some(Value::String(_)))), "{given}");
    }
}

#[test]
fn a_misspelt_argument_is_named_with_the_objects_around_it() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {
        "b": {"type": "string", "x-form": "date"}}}}});
    let given = json!({"a": {"b": "soon"}}).as_object().unwrap().clone();
    let wrong = arguments(&schema, given).unwrap_err().to_string();
    assert_eq!(wrong, "a.b: must be a day that there is, as YYYY-MM-DD");
}
