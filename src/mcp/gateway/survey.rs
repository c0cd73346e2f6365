//! A look at a server's tools, without a client.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::mirror::ParamHeaders;
use super::relay::{Parts, Relay};
use crate::error::Error;

/// How long a server has to start and to list its tools. One that npx has to download first takes a while.
const SURVEY_PATIENCE: Duration = Duration::from_mins(2);

/// The tools of the server that a relay of these parts has.
///
/// # Errors
///
/// It does not list them.
pub(crate) async fn survey(parts: Parts) -> Result<Vec<Value>, Error> {
    let name = parts.name.as_str().to_owned();
    let (out, mut outgoing) = mpsc::channel(8);
    let (relay, inbox) = Relay::new(parts, out);
    let running = tokio::spawn({
        let relay = Arc::clone(&relay);
        async move { relay.run(inbox).await }
    });
    let client = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
    let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
    let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}).to_string();
    let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let talk = async {
        relay.hear(initialize.as_bytes(), 0, ParamHeaders::default()).await;
        let answer = loop {
            match outgoing.recv().await {
                Some(said) if said.answers => break said.text,
                Some(_) => {}
                None => return Err("it has ended".to_owned()),
            }
        };
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        if let Some(error) = answer.get("error") {
            return Err(error["message"].as_str().unwrap_or("it refuses initialize").to_owned());
        }
        relay.hear(initialized.as_bytes(), 0, ParamHeaders::default()).await;
        relay.all_tools().await.ok_or_else(|| "it does not list them".to_owned())
    };
    let listed = tokio::time::timeout(SURVEY_PATIENCE, talk).await;
    let listed =
        listed.unwrap_or_else(|_| Err(format!("it has not answered for {} s", SURVEY_PATIENCE.as_secs())));
    relay.end(Duration::ZERO).await;
    running.abort();
    listed.map_err(|why| Error::Other {
        action: format!("list the tools of {name}"),
        source: io::Error::other(why),
    })
}
