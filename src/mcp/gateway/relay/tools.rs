//! The server's tools as far as they are known: which of them a client may see, and which may be called again.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::{Relay, Tools};
use crate::clock::Clock as _;
use crate::event::Event;
use crate::mcp::gateway::mirror::Mirror;
use crate::mcp::gateway::pin_file::PinFile;
use crate::mcp::gateway::pins::{HeldBecause, digest_of, name_of};
use crate::policy::gate::Denied;

/// The name that stands for a rule where calls of held-back tools are refused.
pub(super) const PINS: &str = "pins";

/// How long a call waits for a look at the pins.
const PINS_PATIENCE: Duration = Duration::from_millis(500);

/// The notification to a client whose tools have changed.
pub(super) const CHANGED: &str = "notifications/tools/list_changed";

impl Relay {
    /// Takes up the tools of a server. Gives whether its client sees others than before.
    pub(super) async fn take_up(&self, tools: Vec<Value>) -> bool {
        let named = |tool: &Value| Some((name_of(tool)?.to_owned(), tool.get("inputSchema")?.clone()));
        self.parts.gate.set_catalog(tools.iter().filter_map(named).collect());
        let pinned = match &self.parts.pins {
            Some(pins) => Some(pins.compare(&tools, self.parts.clock.now()).await),
            None => None,
        };
        let is_read_only = |tool: &&Value| tool["annotations"]["readOnlyHint"] == true;
        let read_only = tools.iter().filter(is_read_only).filter_map(name_of).map(str::to_owned).collect();
        let mut now =
            Tools { read_only, mirrors: Mirror::of_all(&tools), pinned, listed: Vec::new(), all: tools };
        now.listed = now.all.iter().filter(|tool| self.shows(&now, tool)).cloned().collect();
        if self.sends_headers() {
            self.warn_of_unfit(self.tools.borrow().as_ref(), &now);
        }
        let (mut held, mut is_other) = (Vec::new(), false);
        self.tools.send_modify(|before| {
            is_other = before.as_ref().is_some_and(|before| before.listed != now.listed);
            held = newly_held(before.as_ref(), &now);
            *before = Some(now);
        });
        for (tool, because) in held {
            let name = self.parts.name.as_str();
            let sentence = format!(
                "the tool {tool} is held back: {because}; look at it with zoomtok policy accept {name}"
            );
            (self.parts.warn)(&sentence);
            let (gateway, because) = (name.to_owned(), because.to_string());
            (self.parts.report)(&Event::ToolHeld { gateway, tool, because });
        }
        is_other
    }

    /// All tools of the server, as soon as it has listed them.
    pub(crate) async fn all_tools(self: &Arc<Self>) -> Option<Vec<Value>> {
        self.learnt().await;
        self.tools.borrow().as_ref().map(|tools| tools.all.clone())
    }

    /// Compares the tools again where some were accepted meanwhile. A shared store that does not answer holds up no call for long:
    /// what it says later counts for the next one.
    pub(super) async fn look_at_pins(self: &Arc<Self>) {
        let Some(pins) = self.parts.pins.clone() else { return };
        let Ok(looking) = Arc::clone(&self.looks_at_pins).try_lock_owned() else { return };
        let relay = Arc::clone(self);
        let look = tokio::spawn(async move {
            relay.compare_again(&pins).await;
            drop(looking);
        });
        let _ = tokio::time::timeout(PINS_PATIENCE, look).await;
    }

    /// Compares the tools again if the pins may have changed, and notifies the client if its list has.
    async fn compare_again(self: &Arc<Self>, pins: &PinFile) {
        let stamp = pins.state().await;
        // Where nobody knows, they may have changed.
        let is_same = {
            let mut state = self.state();
            let is_known = stamp.is_some();
            let is_same = state.pins == stamp;
            state.pins = stamp;
            is_same && is_known
        };
        let all = self.tools.borrow().as_ref().map(|tools| tools.all.clone());
        if let Some(all) = all.filter(|_| !is_same)
            && self.take_up(all).await
        {
            self.notify_of_tools().await;
        }
    }

    /// Compares the tools with what is known of them, and notifies the client if its list has changed.
    pub(super) async fn look_at_tools(self: Arc<Self>) {
        let is_known = self.tools.borrow().is_some();
        if is_known && self.learn().await {
            self.notify_of_tools().await;
        }
    }

    /// Notifies a client that its tools have changed, where it expects that.
    pub(super) async fn notify_of_tools(&self) {
        let notifies = self.state().set.notifies_of_tools;
        if notifies {
            self.send(format!(r#"{{"jsonrpc":"2.0","method":"{CHANGED}"}}"#), None).await;
        }
        self.notify_subscribers_of_tools().await;
    }

    /// Whether a tool may be called, by the pins.
    ///
    /// # Errors
    ///
    /// It may not; the message is for the agent.
    pub(super) async fn is_pinned(self: &Arc<Self>, tool: &str) -> Result<(), Denied> {
        if self.parts.pins.is_none() {
            return Ok(());
        }
        self.learnt().await;
        let name = self.parts.name.as_str();
        let because = match self.tools.borrow().as_ref().map(|tools| &tools.pinned) {
            Some(Some(pinned)) if pinned.usable.contains_key(tool) => return Ok(()),
            Some(Some(pinned)) => match pinned.held.get(tool) {
                Some(because) => {
                    format!(
                        "the tool is held back: {because}. The user can look at it with zoomtok policy accept {name}"
                    )
                }
                None => "the server does not list such a tool".into(),
            },
            _ => {
                "the server has not listed its tools, so nobody can tell whether this one was accepted".into()
            }
        };
        Err(Denied {
            rule: Some(PINS.into()),
            message: format!("[POLICY DENIED] {tool} by {PINS}: {because}."),
        })
    }

    /// Whether a client gets to see a tool of a list.
    pub(super) fn is_shown(&self, tool: &Value) -> bool {
        self.tools.borrow().as_ref().is_some_and(|tools| self.shows(tools, tool))
            || (self.parts.pins.is_none()
                && !name_of(tool).is_none_or(|name| self.parts.gate.hides(name))
                && self.is_allowed(tool))
    }

    fn shows(&self, tools: &Tools, tool: &Value) -> bool {
        let Some(name) = name_of(tool).filter(|name| !self.parts.gate.hides(name)) else { return false };
        if !self.is_allowed(tool) {
            return false;
        }
        // As it is listed now, which may not be how it was when all were listed.
        tools.pinned.as_ref().is_none_or(|pinned| pinned.usable.get(name) == Some(&digest_of(tool)))
    }

    /// Whether a definition is one that clients accept: a wrong one would be refused by those that send headers themselves.
    fn is_allowed(&self, tool: &Value) -> bool {
        !self.sends_headers() || Mirror::of(&tool["inputSchema"]).is_ok()
    }

    /// Whether a tool says of itself that it changes nothing.
    pub(super) fn is_read_only(&self, tool: &str) -> bool {
        self.tools.borrow().as_ref().is_some_and(|tools| tools.read_only.contains(tool))
    }
}

/// The tools that were not held back before, and why they are now.
fn newly_held(before: Option<&Tools>, now: &Tools) -> Vec<(String, HeldBecause)> {
    let held = |tools: Option<&Tools>| {
        tools.and_then(|tools| tools.pinned.as_ref()).map(|pinned| pinned.held.clone()).unwrap_or_default()
    };
    let before = held(before);
    held(Some(now)).into_iter().filter(|(name, because)| before.get(name) != Some(because)).collect()
}
