//! The state that a client has set up with its server, to repeat it with a new child. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::distinct::Fields;
use super::message::{Kind, Message, Outcome};
use super::question::can_be_asked;

/// The state that a client has set up.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Set {
    /// The parameters of its `initialize`, as JSON, as soon as that is sent.
    asked: Option<String>,
    /// The same once the server has answered it.
    initialize: Option<String>,
    /// Its `notifications/initialized`.
    initialized: Option<String>,
    /// The parameters of its last `logging/setLevel`.
    level: Option<String>,
    /// The parameters of each `resources/subscribe`.
    subscriptions: BTreeSet<String>,
    /// The name of the client, for an audit.
    pub(crate) client: Option<String>,
    /// The fields in the `_meta` of each of its requests where there is no `initialize` (protocol version 2026-07-28).
    meta: Map<String, Value>,
    /// Whether its user can be asked something.
    pub(crate) can_be_asked: bool,
    /// Whether its server says when its tools change.
    pub(crate) notifies_of_tools: bool,
}

/// The prefix of the names in `_meta` that describe a client without an `initialize`.
const DESCRIBES: &str = "io.modelcontextprotocol/";

/// A request or a notification that puts a new child where the old one was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Replayed {
    pub(crate) method: &'static str,
    pub(crate) params: Option<String>,
}

impl Set {
    /// Notes what a request sets.
    pub(crate) fn asks(&mut self, method: &str, params: Option<&str>) {
        let Some(params) = params else { return };
        match method {
            "initialize" => {
                self.asked = Some(params.to_owned());
                self.client = client(params);
                let params: Value = serde_json::from_str(params).unwrap_or_default();
                self.can_be_asked = can_be_asked(&params["capabilities"]);
            }
            "logging/setLevel" => self.level = Some(params.to_owned()),
            "resources/subscribe" => drop(self.subscriptions.insert(params.to_owned())),
            "resources/unsubscribe" => self.subscriptions.retain(|other| uri(other) != uri(params)),
            _ => {}
        }
    }

    /// Notes what describes a client that sends no `initialize`.
    pub(crate) fn describes(&mut self, meta: &str) {
        let Ok(Value::Object(meta)) = serde_json::from_str(meta) else { return };
        let describing: Map<_, _> =
            meta.into_iter().filter(|(name, _)| name.starts_with(DESCRIBES)).collect();
        if !describing.is_empty() {
            self.meta = describing;
        }
    }

    /// Notes that the client has initialized the session.
    pub(crate) fn initialized(&mut self, message: &str) {
        self.initialized = Some(message.to_owned());
    }

    /// Notes the answer to `initialize`.
    pub(crate) fn answered(&mut self, answer: &Message<'_>) {
        let Kind::Answer { outcome: Outcome::Result(result), .. } = &answer.kind else { return };
        self.initialize = self.asked.clone();
        let result: Value = serde_json::from_str(result.get()).unwrap_or_default();
        self.notifies_of_tools = result["capabilities"]["tools"]["listChanged"] == true;
    }

    /// Whether there is anything to replay.
    pub(crate) fn is_begun(&self) -> bool {
        self.initialize.is_some()
    }

    /// Whether its client sends no `initialize`, by all that it has sent (protocol version 2026-07-28).
    pub(crate) fn is_stateless(&self) -> bool {
        self.asked.is_none() && !self.meta.is_empty()
    }

    /// Whether requests of the gateway's own are understood by now.
    pub(crate) fn is_ready(&self) -> bool {
        self.initialized.is_some() || !self.meta.is_empty()
    }

    /// The messages for a new child, in this order, each after the answer to the one before.
    pub(crate) fn replayed(&self) -> Vec<Replayed> {
        let Some(initialize) = &self.initialize else { return Vec::new() };
        let request = |method, params: &String| Replayed { method, params: Some(params.clone()) };
        let mut all = vec![request("initialize", initialize)];
        if self.initialized.is_some() {
            all.push(Replayed { method: "notifications/initialized", params: None });
            all.extend(self.level.iter().map(|level| request("logging/setLevel", level)));
            all.extend(self.subscriptions.iter().map(|one| request("resources/subscribe", one)));
        }
        all
    }

    /// The parameters of a request of the gateway's own, with these in them.
    pub(crate) fn own(&self, mut params: Map<String, Value>) -> String {
        // A client may try without `initialize` first.
        if self.is_stateless() {
            params.insert("_meta".into(), self.meta.clone().into());
        }
        Value::from(params).to_string()
    }
}

/// The name and the version of a client, in the parameters of its `initialize`.
fn client(params: &str) -> Option<String> {
    let params: Value = serde_json::from_str(params).ok()?;
    let of = |name: &str| params["clientInfo"][name].as_str();
    Some(format!("{} {}", of("name")?, of("version").unwrap_or_default()).trim_end().to_owned())
}

fn uri(params: &str) -> Option<&str> {
    Some(Fields::read(params).ok()?.get("uri")?.get())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_new_child_is_put_where_the_old_one_was() {
        let mut set = Set::default();
        let initialize =
            r#"{"protocolVersion":"2025-11-25","clientInfo":{"name":"a","version":"1"},"x":1.50}"#;
        set.asks("initialize", Some(initialize));
        assert!(!set.is_begun() && set.replayed().is_empty(), "it is not answered yet");
        let answer = r#"{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{"listChanged":true}}}}"#;
        set.answered(&Message::from_server(answer.as_bytes()).unwrap());
        assert!(set.is_begun() && !set.is_ready() && set.notifies_of_tools);
        set.initialized("x");
        set.asks("logging/setLevel", Some(r#"{"level":"info"}"#));
        set.asks("logging/setLevel", Some(r#"{"level":"error"}"#));
        for uri in ["a", "b"] {
            set.asks("resources/subscribe", Some(&format!(r#"{{"uri":"{uri}"}}"#)));
        }
        set.asks("resources/unsubscribe", Some(r#"{ "uri": "a" }"#));
        set.asks("tools/call", Some("{}"));
        let replayed: Vec<_> = set.replayed().into_iter().map(|one| (one.method, one.params)).collect();
        assert_eq!(
            replayed,
            [
                ("initialize", Some(initialize.to_owned())),
                ("notifications/initialized", None),
                ("logging/setLevel", Some(r#"{"level":"error"}"#.to_owned())),
                ("resources/subscribe", Some(r#"{"uri":"b"}"#.to_owned())),
            ]
        );
        assert_eq!((set.is_ready(), set.client.as_deref()), (true, Some("a 1")));
    }

    #[test]
    fn a_refused_initialize_is_not_replayed() {
        let mut set = Set::default();
        set.asks("initialize", Some("{}"));
        set.answered(&Message::from_server(br#"{"jsonrpc":"2.0","id":1,"error":{}}"#).unwrap());
        assert!(!set.is_begun() && set.replayed().is_empty());
    }

    #[test]
    fn a_client_without_initialize_is_described_by_its_requests() {
        let mut set = Set::default();
        set.describes(r#"{"progressToken":1,"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#);
        set.describes(r#"{"progressToken":2}"#);
        assert!(set.is_ready() && !set.is_begun());
        let own: Value =
            serde_json::from_str(&set.own(Map::from_iter([("cursor".into(), "c".into())]))).unwrap();
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
        assert_eq!(own, json!({"cursor": "c", "_meta": meta}));
        assert_eq!(Set::default().own(Map::new()), "{}");
    }
}
