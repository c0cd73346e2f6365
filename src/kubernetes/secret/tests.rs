//! Tables of what is written, and what is left.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::kubernetes::SecretName;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
}

/// A token that says when it ends.
fn jwt(ends: i64) -> String {
    let payload = json!({ "exp": at(ends).timestamp() });
    format!("eyJhbGciOiJIUzUxMiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(payload.to_string()))
}

fn place() -> Place {
    SecretName::parse("zoom").unwrap().place("team")
}

/// The Secret with these keys.
fn secret(data: &[(&str, &str)]) -> Value {
    let data: serde_json::Map<_, _> =
        data.iter().map(|(name, value)| ((*name).into(), BASE64.encode(value).into())).collect();
    json!({ "metadata": { "name": "zoom", "resourceVersion": "7" }, "data": data })
}

/// The next step with a token that ends in 1000 s: its name, and what is sent.
fn step(found: Option<&Value>, held: &str) -> (&'static str, Value) {
    let found: Option<Secret> = found.map(|json| serde_json::from_value(json.clone()).unwrap());
    let token = Token::new(held).unwrap();
    let held = Held { token: &token, expires_at: at(1000), now: at(0) };
    let (name, body) = match next(found.as_ref(), held, &place()).unwrap() {
        Next::Nothing => ("nothing", None),
        Next::Leave => ("leave", None),
        Next::Immutable => ("immutable", None),
        Next::Create(body) => ("create", Some(body)),
        Next::Change(body) => ("change", Some(body)),
    };
    (name, body.map_or(Value::Null, |body| serde_json::from_slice(&body).unwrap()))
}

fn decoded(value: &Value) -> String {
    String::from_utf8(BASE64.decode(value.as_str().unwrap()).unwrap()).unwrap()
}

fn written(token: &str) -> [(&'static str, String); 3] {
    let ends = rfc3339(at(1000));
    let env = format!("ZOOM_ACCESS_TOKEN=\"{token}\"\nZOOM_TOKEN_EXPIRES_AT=\"{ends}\"\n");
    [("ZOOM_ACCESS_TOKEN", token.to_owned()), ("ZOOM_TOKEN_EXPIRES_AT", ends), (".env", env)]
}

#[test]
fn a_secret_is_made_with_nothing_but_the_token_and_its_end() {
    let token = jwt(1000);
    let (name, body) = step(None, &token);
    assert_eq!(name, "create");
    assert_eq!(body["metadata"]["namespace"], "team");
    assert_eq!(body["metadata"]["name"], "zoom");
    let data = body["data"].as_object().unwrap();
    assert_eq!(data.len(), 3);
    for (key, value) in written(&token) {
        assert_eq!(decoded(&data[key]), value);
    }
}

#[test]
fn a_change_is_bound_to_the_version_that_was_read_and_concerns_no_other_key() {
    let token = jwt(1000);
    let (name, body) =
        step(Some(&secret(&[("mine", "kept"), (".env", "A=1\nZOOM_ACCESS_TOKEN='x'\n")])), &token);
    assert_eq!((name, &body["metadata"]), ("change", &json!({ "resourceVersion": "7" })));
    let data = body["data"].as_object().unwrap();
    assert_eq!(data.len(), 3, "{data:?}");
    // The rest of its .env stays as well.
    let env = decoded(&data[".env"]);
    assert!(env.starts_with("A=1\nZOOM_ACCESS_TOKEN='") && env.contains(&token), "{env}");
}

#[test]
fn what_is_there_decides_what_is_done() {
    let (held, older, newer) = (jwt(1000), jwt(999), jwt(1001));
    let ends = |seconds| rfc3339(at(seconds));
    let same = written(&held);
    let same: Vec<(&str, &str)> = same.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let with = |token: &str, recorded: &str| {
        secret(&[("ZOOM_ACCESS_TOKEN", token), ("ZOOM_TOKEN_EXPIRES_AT", recorded)])
    };
    let both_say = [
        (secret(&same), "nothing"),
        (secret(&[]), "change"),
        (secret(&same[..2]), "change"),
        (secret(&same[..1]), "change"),
        (with(&held, &ends(5)), "change"),
        (with(&older, &ends(999)), "change"),
        // By its own word, whatever was written beside it.
        (with(&older, &ends(5000)), "change"),
        (with(&newer, &ends(5)), "leave"),
        (with(&newer, ""), "leave"),
        (with(&jwt(1000).replace("c2ln", "b3Ro"), &ends(1000)), "change"),
        // Further ahead than anything lasts.
        (with(&jwt(LONGEST_LIFE + 1), &ends(1)), "change"),
        (with(&jwt(LONGEST_LIFE), &ends(1)), "leave"),
        // No token at all.
        (with("two words", &ends(5000)), "change"),
        (with("", &ends(5000)), "change"),
        (json!({ "metadata": { "resourceVersion": "7" } }), "change"),
        (json!({ "metadata": { "resourceVersion": "7" }, "data": null }), "change"),
        (json!({ "metadata": { "resourceVersion": "7" }, "data": { "ZOOM_ACCESS_TOKEN": "?" } }), "change"),
    ];
    for (found, expected) in &both_say {
        assert_eq!(step(Some(found), &held).0, *expected, "{found}");
    }
    // Where the token that is held does not say when it ends, what was written beside the other one counts.
    for (found, expected) in [
        (with("opaque", &ends(1001)), "leave"),
        (with("opaque", &ends(1000)), "change"),
        (with("opaque", &ends(999)), "change"),
        (with("opaque", "soon"), "change"),
        (with("opaque", &ends(LONGEST_LIFE + 1)), "change"),
        (with(&newer, &ends(999)), "change"),
        (with(&newer, ""), "leave"),
    ] {
        assert_eq!(step(Some(&found), "held-opaque").0, expected, "{found}");
    }
}

#[test]
fn an_immutable_secret_is_left_where_it_would_have_to_change() {
    let (held, newer) = (jwt(1000), jwt(2000));
    for (token, expected) in [(jwt(1), "immutable"), (newer, "leave")] {
        let mut found = secret(&[("ZOOM_ACCESS_TOKEN", &token)]);
        found["immutable"] = true.into();
        assert_eq!(step(Some(&found), &held).0, expected);
    }
}

#[test]
fn a_key_that_is_no_env_is_named_by_its_line_alone() {
    let token = Token::new(jwt(1000)).unwrap();
    let held = Held { token: &token, expires_at: at(1000), now: at(0) };
    let found = secret(&[(".env", "A=1\nZOOM_ACCESS_TOKEN=\"canary\n")]);
    let found: Secret = serde_json::from_value(found).unwrap();
    let problem = next(Some(&found), held, &place()).err().unwrap();
    assert!(problem.starts_with("line 2: ") && !problem.contains("canary"), "{problem}");
}
