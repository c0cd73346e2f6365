//! A call of a tool.

use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Relay;
use super::about::{About, Call, What};
use super::count::reason_of;
use super::tools::PINS;
use crate::clock::Clock as _;
use crate::mcp::gateway::audit::Outcome;
use crate::mcp::gateway::distinct::Fields;
use crate::mcp::gateway::fold::folds_to;
use crate::mcp::gateway::message::{Message, WRONG_PARAMS, error};
use crate::mcp::gateway::metrics::RefusalReason;
use crate::mcp::gateway::mirror::ParamHeaders;
use crate::policy::gate::{Denied, Pass};

/// The fields of the parameters of a call that mean something.
const KNOWN: [&str; 4] = ["name", "arguments", "_meta", "task"];

/// The tool that a client has called, with its arguments.
struct Called<'a> {
    tool: String,
    arguments: Map<String, Value>,
    /// The arguments as they are written, and as the server gets them.
    replaced: Option<(&'a RawValue, String)>,
}

impl Relay {
    /// Judges a call, counts it, and gives it to the server with the arguments that were judged.
    pub(super) fn call(
        self: &Arc<Self>,
        message: &Message<'_>,
        id: &str,
        params: Option<&RawValue>,
        ticket: u64,
        headers: ParamHeaders,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        let relay = Arc::clone(self);
        let Called { tool, arguments, replaced } = match called(params) {
            Ok(called) => called,
            Err(reason) => {
                let answer = error(Some(id), WRONG_PARAMS, &reason);
                self.count_refusal(RefusalReason::Invalid);
                return Box::pin(async move { relay.answer(answer, ticket).await });
            }
        };
        let since = self.parts.clock.elapsed();
        let call = Call {
            pass: None,
            tool: tool.clone(),
            since,
            line: String::new(),
            logged: self.logged(&arguments),
            is_repeated: false,
        };
        let about = About { ticket, what: What::Call(Box::new(call)) };
        let (number, line) = self.take_in(message, id, params, about, replaced);
        Box::pin(async move {
            if let Err(reason) = relay.agree(&headers, &tool, &arguments).await {
                return relay.disagree(number, &reason).await;
            }
            let pass = match relay.pass(&tool, &arguments).await {
                Ok(pass) => pass,
                Err(denied) => return relay.refuse(number, &denied, decision_of(&denied)).await,
            };
            let asked = relay.parts.clock.elapsed();
            // Few calls need what this may take: the others are not to carry it.
            let approved = match pass.approve {
                Some(_) => Box::pin(relay.approved(number, &tool, &arguments, &pass)).await,
                None => Ok(()),
            };
            if let Err((denied, decision)) = approved {
                relay.parts.gate.give_back(pass).await;
                return relay.refuse(number, &denied, decision).await;
            }
            let wait = pass.approve.is_some().then(|| relay.parts.clock.elapsed().saturating_sub(asked));
            relay.give_call(number, pass, wait, line).await;
        })
    }

    /// Has the gate judge and count a call.
    async fn pass(self: &Arc<Self>, tool: &str, arguments: &Map<String, Value>) -> Result<Pass, Denied> {
        self.parts.gate.admits(tool)?;
        self.look_around().await;
        self.is_pinned(tool).await?;
        self.is_fit(tool).await?;
        self.has_token(tool).await?;
        self.parts.gate.pass(&self.parts.grant, tool, arguments).await
    }

    /// Gives a call to the server that may be made, after this `wait` for a person.
    async fn give_call(&self, number: u64, pass: Pass, wait: Option<Duration>, line: String) {
        // Out of the flight for as long as it is written down: a cancellation finds it before or after that.
        let Some(mut asked) = self.state().flight.take(number) else {
            return self.parts.gate.give_back(pass).await;
        };
        if let What::Call(call) = &mut asked.about.what {
            call.line.clone_from(&line);
            if let Some(logged) = &mut call.logged {
                let approved = pass.approve.clone().map(|rule| (Outcome::Approved, rule));
                let (decision, rule) = approved.unwrap_or((Outcome::Allowed, pass.rule.clone()));
                (logged.decision, logged.rule, logged.wait) = (decision, Some(rule), wait);
            }
            if let Err(denied) = self.log_begin(call) {
                self.count_refusal(RefusalReason::Audit);
                self.parts.gate.give_back(pass).await;
                return self.answer(self.failure(&asked.id, &denied.message), asked.about.ticket).await;
            }
            call.pass = Some(pass);
        }
        self.state().flight.put_back(number, asked);
        self.give(number, line).await;
    }

    async fn refuse(&self, number: u64, denied: &Denied, decision: Outcome) {
        let Some(mut asked) = self.state().flight.remove(number) else { return };
        if let What::Call(call) = &mut asked.about.what {
            if let Some(logged) = &mut call.logged {
                (logged.decision, logged.rule) = (decision, denied.rule.clone());
            }
            self.log_end(call, None, Some(&denied.message));
            self.count_refusal(reason_of(denied.rule.as_deref(), decision));
        }
        self.answer(self.failure(&asked.id, &denied.message), asked.about.ticket).await;
    }
}

/// The decision that refuses a call.
fn decision_of(denied: &Denied) -> Outcome {
    if denied.rule.as_deref() == Some(PINS) { Outcome::Held } else { Outcome::Denied }
}

/// Reads the parameters of a call.
///
/// # Errors
///
/// The problem with them, also one that makes servers read them in different ways.
fn called(params: Option<&RawValue>) -> Result<Called<'_>, String> {
    let wrong = |problem: &str| Err(problem.to_owned());
    let Some(fields) = params.and_then(|params| Fields::read(params.get()).ok()) else {
        return wrong("params must be an object, with the name of a tool");
    };
    if let Some((name, known)) = fields.names().find_map(|name| folds_to(name, &KNOWN)) {
        return Err(format!("{name:?} would be read as {known:?} by some servers"));
    }
    let name = fields.get("name").and_then(|name| serde_json::from_str(name.get()).ok());
    let Some(tool) = name else { return wrong("name must be the name of a tool") };
    let written = fields.get("arguments");
    let arguments: Value =
        match written.map_or(Ok(Value::Null), |written| serde_json::from_str(written.get())) {
            Ok(arguments @ (Value::Null | Value::Object(_))) => arguments,
            _ => return wrong("arguments must be an object"),
        };
    if let Some(number) = written.and_then(|written| too_long(written.get())) {
        return Err(format!(
            "arguments has a whole number that not every server reads to its last digit: {number}"
        ));
    }
    let replaced = written.filter(|_| arguments.is_object()).map(|written| (written, arguments.to_string()));
    let arguments = if let Value::Object(arguments) = arguments { arguments } else { Map::new() };
    Ok(Called { tool, arguments, replaced })
}

/// A whole number in a text of JSON that is longer than 64 bits.
fn too_long(text: &str) -> Option<&str> {
    let (mut at, mut is_string) = (0, false);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if is_string => at += 1,
            b'"' => is_string = !is_string,
            b'-' | b'0'..=b'9' if !is_string => {
                let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let length = bytes[at..].iter().take_while(|byte| is_part(byte)).count();
                let number = &text[at..at + length];
                let is_whole = !number.contains(['.', 'e', 'E']);
                if is_whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    return Some(number);
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::mcp::gateway::message::Kind;

    fn read(params: &str) -> Result<(String, Value), String> {
        let params: Box<RawValue> = serde_json::from_str(params).unwrap();
        called(Some(&params)).map(|called| (called.tool, Value::from(called.arguments)))
    }

    /// JSON of any form.
    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-1e300..1e300_f64).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let object = proptest::collection::btree_map(any::<String>(), inner.clone(), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                object.prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_server_gets_the_arguments_that_were_judged(arguments in json_value(), is_pretty in any::<bool>()) {
            let params = json!({"name": "a", "arguments": arguments, "_meta": {"x": 1}});
            let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
            let text = if is_pretty { format!("{message:#}") } else { message.to_string() };
            let message = Message::from_client(text.as_bytes()).unwrap();
            let Kind::Request { params, .. } = &message.kind else { panic!("{text}") };
            match called(*params) {
                Ok(Called { arguments: judged, replaced, .. }) => {
                    let replaced = replaced.map(|(part, text)| message.replace(part, text));
                    let given = message.spliced(message.with_id(7).into_iter().chain(replaced));
                    prop_assert!(!given.contains('\n'));
                    let given: Value = serde_json::from_str(&given).unwrap();
                    prop_assert_eq!(&given["id"], &json!(7));
                    let given = given["params"]["arguments"].as_object().cloned().unwrap_or_default();
                    prop_assert_eq!(given, judged);
                }
                Err(_) => prop_assert!(!arguments.is_object() && !arguments.is_null()),
            }
        }
    }

    #[test]
    fn only_one_reading_of_a_call_passes() {
        for (params, expected) in [
            (r#"{"name":"a"}"#, Ok(json!({}))),
            (r#"{"name":"a","arguments":null}"#, Ok(json!({}))),
            (r#"{"name":"a","arguments":{"b":null,"n":18446744073709551615,"m":-1.5e3}}"#, {
                Ok(json!({"b": null, "n": u64::MAX, "m": -1500.0}))
            }),
            (r#"{"name":"a","x":1,"_meta":{},"task":{}}"#, Ok(json!({}))),
            (r#"{"name":"a","Name":"b"}"#, Err("\"Name\" would be read as \"name\" by some servers")),
            (
                r#"{"name":"a","ARGUMENTS":{}}"#,
                Err("\"ARGUMENTS\" would be read as \"arguments\" by some servers"),
            ),
            (r#"{"name":7}"#, Err("name must be the name of a tool")),
            (r#"{"arguments":{}}"#, Err("name must be the name of a tool")),
            (r#"{"name":"a","arguments":[]}"#, Err("arguments must be an object")),
            (r#"{"name":"a","arguments":"{}"}"#, Err("arguments must be an object")),
            (r#"{"name":"a","arguments":{"b":[18446744073709551616]}}"#, {
                Err(
                    "arguments has a whole number that not every server reads to its last digit: 18446744073709551616",
                )
            }),
        ] {
            let expected = expected.map(|arguments| ("a".to_owned(), arguments)).map_err(str::to_owned);
            assert_eq!(read(params), expected, "{params}");
        }
        assert_eq!(called(None).err().as_deref(), Some("params must be an object, with the name of a tool"));
        assert_eq!(too_long(r#"{"a":"18446744073709551616 \" 18446744073709551616"}"#), None);
        assert_eq!(too_long("[1,-9223372036854775809]"), Some("-9223372036854775809"));
    }
}
