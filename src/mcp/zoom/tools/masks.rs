//! Masks the secrets in Zoom's answers unless they are asked for.
//!
//! The answer of a tool is read by a model, kept in transcripts and sent to third parties. Anybody with a `start_url` is
//! the host of the meeting; nobody lists meetings for that. `join_url` stays as it is, passcode included: it is made to
//! be handed on. The one of a registrant is for that person alone, and loses the part that says who comes.

use serde_json::Value;

use super::Reply;

/// Stands where a secret was.
const HIDDEN: &str = "(hidden; include_secrets shows it)";

/// Query parameters that are credentials: of the API, of a host, of a registrant.
const CREDENTIALS: [&str; 3] = ["access_token", "zak", "tk"];

/// Zoom's answer, without its secrets unless they were asked for.
pub(super) fn reply(answer: Value, include_secrets: bool) -> Reply {
    if include_secrets { answer.into() } else { masked(answer).into() }
}

/// An answer without its secrets, at any depth.
fn masked(mut answer: Value) -> Value {
    mask(&mut answer);
    answer
}

fn mask(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(mask),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if is_secret(name) && !text.is_empty() => *text = HIDDEN.into(),
                    Value::Number(_) if is_secret(name) => *value = HIDDEN.into(),
                    Value::String(text) if name.ends_with("_url") => {
                        *text = without_credentials(text);
                    }
                    _ => mask(value),
                }
            }
        }
        _ => {}
    }
}

/// Whether a field of this name holds a secret. The endings cover what Zoom may call such fields in other places.
fn is_secret(name: &str) -> bool {
    let is_named = matches!(name, "start_url" | "password" | "passcode" | "host_key");
    let ends = ["_password", "_passcode", "_token"].iter().any(|ending| name.ends_with(ending));
    is_named || (ends && name != "next_page_token")
}

/// An address without the values of the query parameters that are credentials.
fn without_credentials(address: &str) -> String {
    let Some((path, rest)) = address.split_once('?') else { return address.to_owned() };
    let (query, fragment) = rest.find('#').map_or((rest, ""), |at| rest.split_at(at));
    let fields = query.split('&').map(|field| match field.split_once('=') {
        Some((name, _)) if CREDENTIALS.contains(&name) => format!("{name}=hidden"),
        _ => field.to_owned(),
    });
    format!("{path}?{}{fragment}", fields.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_at_any_depth() {
        for name in [
            "start_url",
            "password",
            "passcode",
            "encrypted_password",
            "h323_password",
            "h323_passcode",
            "pstn_password",
            "recording_play_passcode",
            "host_key",
            "download_access_token",
            "some_new_password",
        ] {
            for secret in [json!("canary"), json!(4711)] {
                let answer =
                    json!({"meetings": [{"settings": {name: secret, "topic": "Weekly"}}], name: secret});
                let hidden =
                    json!({"meetings": [{"settings": {name: HIDDEN, "topic": "Weekly"}}], name: HIDDEN});
                assert_eq!(masked(answer), hidden);
            }
        }
    }

    #[test]
    fn values_that_are_no_secrets_stay() {
        let answer = json!({
            "next_page_token": "abc",
            "join_url": "https://zoom.example/j/1?pwd=abc",
            "registration_url": "https://zoom.example/r/1?a=b",
            "password": "",
            "passcode": null,
            "h323_password": true,
            "id": 81_000_000_001_u64,
            "topic": "tk=abc",
            "type": 2,
        });
        assert_eq!(masked(answer.clone()), answer);
    }

    #[test]
    fn addresses_lose_the_credentials_in_their_query() {
        for (address, shown) in [
            ("https://a.example/s?zak=abc", "https://a.example/s?zak=hidden"),
            (
                "https://a.example/s?a=b&access_token=abc&c#d",
                "https://a.example/s?a=b&access_token=hidden&c#d",
            ),
            ("https://a.example/s?tk=&zak=x#zak=y", "https://a.example/s?tk=hidden&zak=hidden#zak=y"),
            ("https://a.example/zak=abc", "https://a.example/zak=abc"),
        ] {
            let hidden = json!({"files": [{"play_url": shown, "file": address}]});
            assert_eq!(masked(json!({"files": [{"play_url": address, "file": address}]})), hidden);
        }
    }
}
