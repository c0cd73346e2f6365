//! The gateway's own requests to the server: its tools.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::oneshot;

use super::Relay;
use crate::mcp::gateway::flight::Generation;
use crate::mcp::gateway::link::Link;
use crate::mcp::gateway::listed::Page;
use crate::mcp::gateway::message::{Kind, Message, Outcome};

/// How long the server may take to answer the gateway.
const OWN_PATIENCE: Duration = Duration::from_secs(30);

/// The most pages that a list of tools may have.
const MOST_PAGES: usize = 200;

impl Relay {
    /// Asks a server something, and gives the text of its answer.
    ///
    /// # Errors
    ///
    /// There is no answer.
    pub(super) async fn ask(
        &self,
        generation: Generation,
        server: &Link,
        method: &str,
        params: Option<&str>,
    ) -> Result<String, String> {
        let (heard, answer) = oneshot::channel();
        let number = {
            let mut state = self.state();
            let number = state.flight.number();
            state.own.insert(number, (generation, heard));
            number
        };
        let params = params.map(|params| format!(r#","params":{params}"#)).unwrap_or_default();
        let line = format!(r#"{{"jsonrpc":"2.0","id":{number},"method":"{method}"{params}}}"#);
        let given = server.send(line).await.map_err(|not_given| not_given.0);
        let answered = async {
            given?;
            match tokio::time::timeout(OWN_PATIENCE, answer).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(_)) => Err("it has ended".to_owned()),
                Err(_) => Err(format!("it has not answered for {} s", OWN_PATIENCE.as_secs())),
            }
        };
        let answered = answered.await;
        self.state().own.remove(&number);
        answered.map_err(|problem| format!("{method}: {problem}"))
    }

    /// Learns the tools of the server soon, where that is not under way and not done.
    pub(super) fn learn_soon(self: &Arc<Self>) {
        if self.tools.borrow().is_some() || self.is_learning.swap(true, Ordering::Relaxed) {
            return;
        }
        let relay = Arc::clone(self);
        tokio::spawn(async move {
            let _ = relay.learn().await;
            relay.is_learning.store(false, Ordering::Relaxed);
            relay.tried_to_learn.notify_waiters();
        });
    }

    /// Waits until the tools of the server are known.
    pub(super) async fn learnt(self: &Arc<Self>) {
        if self.tools.borrow().is_some() || !self.state().set.is_ready() {
            return;
        }
        let tried = self.tried_to_learn.notified();
        self.learn_soon();
        // Where it does not list them, it is asked again at the next call.
        let _ = Box::pin(tokio::time::timeout(OWN_PATIENCE, tried)).await;
    }

    /// Learns the tools of the server that messages go to. Gives whether its client sees others than before.
    pub(super) async fn learn(self: &Arc<Self>) -> bool {
        let Ok((generation, server)) = self.server_after(0).await else { return false };
        match self.list_tools(generation, &server).await {
            Ok(tools) => self.take_up(tools).await,
            Err(problem) => {
                (self.parts.warn)(&format!("the server does not list its tools: {problem}"));
                false
            }
        }
    }

    /// All of a server's tools.
    ///
    /// # Errors
    ///
    /// It does not list them.
    pub(super) async fn list_tools(
        &self,
        generation: Generation,
        server: &Link,
    ) -> Result<Vec<Value>, String> {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let params = cursor.map(|cursor: String| ("cursor".to_owned(), Value::from(cursor)));
            let params = self.state().set.own(Map::from_iter(params));
            let answer = self.ask(generation, server, "tools/list", Some(&params)).await?;
            let message = Message::from_server(answer.as_bytes()).map_err(|refused| refused.reason)?;
            if let Kind::Answer { outcome: Outcome::Error(error), .. } = &message.kind {
                let error: Value = serde_json::from_str(error.get()).unwrap_or_default();
                // A server without tools has no such method.
                let is_unknown = error["code"] == -32601;
                let message = error["message"].as_str().unwrap_or("an error without a message");
                return if is_unknown { Ok(Vec::new()) } else { Err(message.to_owned()) };
            }
            let page = Page::read(&message).ok_or("the list cannot be read")?;
            tools.extend(page.tools().cloned());
            cursor = page.next();
            if cursor.is_none() {
                return Ok(tools);
            }
        }
        Err(format!("the list has more than {MOST_PAGES} pages"))
    }
}
