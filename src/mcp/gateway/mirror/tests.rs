use hyper::header::HeaderValue;
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The headers of a client, each as it is written.
fn sent(all: &[(&str, &str)], are_required: bool) -> ParamHeaders {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    ParamHeaders::of(&headers, are_required)
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("{value}") };
    fields
}

fn mirror() -> Mirror {
    let schema = json!({"type": "object", "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "query": {"type": "string", "default": {"x-mcp-header": "no schema"}},
        "at": {"type": "object", "properties": {
            "n": {"type": "integer", "x-mcp-header": "N"},
            "dry": {"type": "boolean", "x-mcp-header": "dry-run"},
            "x-mcp-header": {"type": "string"}}}}});
    Mirror::of(&schema).unwrap().unwrap()
}

fn headers(arguments: Value) -> Result<Vec<(String, String)>, String> {
    let headers = mirror().headers(&object(arguments))?;
    let mut all: Vec<_> =
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    all.sort();
    Ok(all)
}

#[test]
fn marked_arguments_are_in_headers() {
    for (arguments, expected) in [
        (json!({"query": "x", "n": 1, "dry": true}), &[][..]),
        (json!({"region": null, "at": {"n": null}}), &[]),
        (json!({"at": 3}), &[]),
        (json!({"region": ["a"], "at": {"n": {"x": 1}}}), &[]),
        (json!({"region": "us-west1", "at": {"n": -7, "dry": false}}), {
            &[("dry-run", "false"), ("n", "-7"), ("region", "us-west1")]
        }),
        (json!({"region": "Hello, \u{4e16}\u{754c}"}), &[("region", "=?base64?SGVsbG8sIOS4lueVjA==?=")]),
        (json!({"region": " padded "}), &[("region", "=?base64?IHBhZGRlZCA=?=")]),
        (json!({"region": "line1\nline2"}), &[("region", "=?base64?bGluZTEKbGluZTI=?=")]),
        (json!({"region": "=?base64?literal?="}), &[("region", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=")]),
        (json!({"region": "a\r\nmcp-name: b"}), &[("region", "=?base64?YQ0KbWNwLW5hbWU6IGI=?=")]),
        (json!({"region": ""}), &[("region", "")]),
        (json!({"region": 7, "at": {"n": 42.0, "dry": "true"}}), {
            &[("dry-run", "true"), ("n", "42"), ("region", "7")]
        }),
        (json!({"at": {"n": -0.0}}), &[("n", "0")]),
        (json!({"at": {"n": 1.5}}), &[("n", "1.5")]),
        (json!({"at": {"n": LARGEST}}), &[("n", "9007199254740991")]),
    ] {
        let expected = expected.iter().map(|(name, value)| (format!("{PREFIX}{name}"), (*value).to_owned()));
        assert_eq!(headers(arguments.clone()), Ok(expected.collect()), "{arguments}");
    }
    for n in [json!(LARGEST + 1), json!(u64::MAX), json!(i64::MIN), json!(1e300)] {
        let refused = headers(json!({"at": {"n": n}})).unwrap_err();
        assert!(refused.starts_with("the argument at.n goes into a header (mcp-param-n)"), "{refused}");
    }
}

#[test]
fn headers_must_say_what_the_arguments_say() {
    let arguments = json!({"region": "us", "at": {"n": 42}});
    let (region, n) = (("Mcp-Param-Region", "us"), ("mcp-param-n", "42"));
    let (none, null, largest) = (json!({}), json!({"region": null}), json!({"at": {"n": u64::MAX}}));
    let dry = json!({"at": {"dry": true}});
    for (arguments, all, expected) in [
        (&arguments, &[region, n][..], ""),
        (&arguments, &[region, ("MCP-PARAM-N", "42.0")], ""),
        (&arguments, &[("mcp-param-region", "=?base64?dXM=?="), n], ""),
        (&arguments, &[region, n, ("mcp-param-query", "of nobody")], ""),
        (&null, &[], ""),
        (&json!({"region": {}}), &[], ""),
        (&arguments, &[n], "region"),
        (&arguments, &[region], "n"),
        (&arguments, &[("mcp-param-region", "eu"), n], "region"),
        (&arguments, &[("mcp-param-region", "US"), n], "region"),
        (&arguments, &[("mcp-param-region", ""), n], "region"),
        (&arguments, &[region, region, n], "region"),
        (&arguments, &[("mcp-param-region", "eu"), region, n], "region"),
        (&arguments, &[("mcp-param-region", "=?base64?dXM?="), n], "region"),
        (&arguments, &[("mcp-param-region", "=?base64?*?="), n], "region"),
        (&arguments, &[("mcp-param-region", "=?base64?/w==?="), n], "region"),
        (&arguments, &[("mcp-param-region", "\u{fc}s"), n], "region"),
        (&json!({"region": "=?base64?="}), &[("mcp-param-region", "=?base64?=")], "region"),
        (&json!({"region": "=?BASE64?dXM=?="}), &[("mcp-param-region", "=?BASE64?dXM=?=")], ""),
        (&none, &[region], "region"),
        (&null, &[region], "region"),
        (&json!({"region": ["us"]}), &[("mcp-param-region", "[\"us\"]")], "region"),
        (&json!({"Region": "us"}), &[region], "region"),
        (&arguments, &[region, ("mcp-param-n", "43")], "n"),
        (&arguments, &[region, ("mcp-param-n", "042")], "n"),
        (&arguments, &[region, ("mcp-param-n", "+42")], "n"),
        (&arguments, &[region, ("mcp-param-n", "42.")], "n"),
        (&arguments, &[region, ("mcp-param-n", "42.00000000000000000001")], "n"),
        (&arguments, &[region, ("mcp-param-n", "0x2a")], "n"),
        (&arguments, &[region, ("mcp-param-n", "4.2e1")], "n"),
        (&arguments, &[region, ("mcp-param-n", "=?base64?IDQy?=")], "n"),
        (&largest, &[("mcp-param-n", "18446744073709551615")], ""),
        (&largest, &[("mcp-param-n", "18446744073709551616")], "n"),
        (&dry, &[("mcp-param-dry-run", "true")], ""),
        (&dry, &[("mcp-param-dry-run", "True")], "dry-run"),
        (&dry, &[("mcp-param-dry-run", "false")], "dry-run"),
        (&json!({"dry": true}), &[("mcp-param-dry-run", "true")], "dry-run"),
    ] {
        let checked = mirror().check(&sent(all, true), &object(arguments.clone()));
        let refused = checked.err().unwrap_or_default();
        let begins = if expected.is_empty() { String::new() } else { format!("{PREFIX}{expected} must be") };
        assert!(
            refused.starts_with(&begins) && refused.is_empty() == expected.is_empty(),
            "{all:?}: {refused}"
        );
        assert!(!refused.contains("eu") && !refused.contains("42"), "it has no value: {refused}");
    }
}

#[test]
fn where_headers_are_not_required_those_that_there_are_must_fit() {
    let arguments = object(json!({"region": "us"}));
    assert!(sent(&[("mcp-name", "x")], false).mean_nothing() && !sent(&[], true).mean_nothing());
    assert_eq!(mirror().check(&sent(&[], false), &arguments), Ok(()));
    assert!(mirror().check(&sent(&[("mcp-param-region", "eu")], false), &arguments).is_err());
}

#[test]
fn a_tool_with_a_mark_that_is_not_allowed_is_invalid() {
    const NO_NAME: &str = "no name of a header";
    const NO_PRIMITIVE: &str = "no string, integer or boolean";
    const NO_ARGUMENT: &str = "no argument by itself";
    let property = |property: Value| json!({"type": "object", "properties": {"a": property}});
    let named = |mark: Value| property(json!({"type": "string", "x-mcp-header": mark}));
    let marked = || json!({"type": "string", "x-mcp-header": "A"});
    for (schema, reason) in [
        (named(json!("")), NO_NAME),
        (named(json!(7)), NO_NAME),
        (named(json!(null)), NO_NAME),
        (named(json!("a b")), NO_NAME),
        (named(json!("a\r\nb: c")), NO_NAME),
        (named(json!("a:")), NO_NAME),
        (named(json!("\u{e4}")), NO_NAME),
        (property(json!({"type": "number", "x-mcp-header": "A"})), NO_PRIMITIVE),
        (property(json!({"type": ["string"], "x-mcp-header": "A"})), NO_PRIMITIVE),
        (property(json!({"type": "object", "x-mcp-header": "A"})), NO_PRIMITIVE),
        (property(json!({"x-mcp-header": "A"})), NO_PRIMITIVE),
        (property(json!({"type": "array", "items": marked()})), NO_ARGUMENT),
        (property(json!({"type": "array", "prefixItems": [marked()]})), NO_ARGUMENT),
        (property(json!({"anyOf": [{"type": "null"}, marked()]})), NO_ARGUMENT),
        (property(json!({"if": {"properties": {"b": marked()}}})), NO_ARGUMENT),
        (json!({"type": "string", "x-mcp-header": "A"}), NO_ARGUMENT),
        (json!({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": marked()}}), NO_ARGUMENT),
        (json!({"patternProperties": {"a": marked()}}), NO_ARGUMENT),
        (json!({"dependentSchemas": {"a": {"properties": {"b": marked()}}}}), NO_ARGUMENT),
        (json!({"made": {"up": [marked()]}}), NO_ARGUMENT),
        (json!({"properties": {"a": marked(), "b": {"type": "string", "x-mcp-header": "a"}}}), {
            "two arguments are marked for mcp-param-a"
        }),
    ] {
        let refused = Mirror::of(&schema).expect_err(&schema.to_string());
        assert!(refused.contains(reason), "{schema}: {refused}");
    }
    for schema in [json!({}), json!(null), json!(true), property(json!({"enum": [marked()]}))] {
        assert_eq!(Mirror::of(&schema), Ok(None), "{schema}");
    }
}

/// The characters of a token (RFC 9110, section 5.6.2).
#[test]
fn a_header_is_named_by_a_token() {
    for byte in 0..=0x7f_u8 {
        let is_token = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let mark = format!("a{}", char::from(byte));
        let schema = json!({"properties": {"a": {"type": "string", "x-mcp-header": mark}}});
        assert_eq!(Mirror::of(&schema).is_ok(), is_token, "{mark:?}");
    }
}

proptest! {
    #[test]
    fn the_headers_of_a_call_are_those_that_are_demanded(
        region in any::<Option<String>>(), n in -LARGEST..=LARGEST, dry: bool, other: String,
    ) {
        let arguments = object(json!({"region": region, "at": {"n": n, "dry": dry}}));
        let made = mirror().headers(&arguments).unwrap();
        prop_assert_eq!(made.len(), 2 + usize::from(region.is_some()));
        prop_assert_eq!(mirror().check(&ParamHeaders::of(&made, true), &arguments), Ok(()));
        let mut changed = arguments.clone();
        changed.insert("region".into(), json!(other));
        let is_same = region.as_ref() == Some(&other);
        prop_assert_eq!(mirror().check(&ParamHeaders::of(&made, true), &changed).is_ok(), is_same);
    }
}
