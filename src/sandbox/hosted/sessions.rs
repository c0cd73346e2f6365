//! The sessions of clients, and the stream of each on which the server speaks first.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use hyper::body::Bytes;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::servers::Server;

/// The most sessions that are kept, so that a sandbox can run for weeks.
const MOST_SESSIONS: usize = 1000;

/// The most messages of a session that can be sent again to a client that lost its stream.
const MOST_KEPT: usize = 100;

/// A client's session with one server.
pub(super) struct Session {
    pub(super) server: Server,
    /// The version of the protocol that was agreed upon.
    pub(super) version: &'static str,
    stream: Option<UnboundedSender<Bytes>>,
    kept: VecDeque<(u64, Bytes)>,
    last_event: u64,
}

/// All sessions, by their ids.
#[derive(Default)]
pub(super) struct Sessions {
    sessions: HashMap<String, Session>,
}

impl Sessions {
    /// Begins a session, and returns its id.
    pub(super) fn begin(&mut self, server: Server, version: &'static str) -> String {
        if self.sessions.len() >= MOST_SESSIONS {
            self.sessions.clear();
        }
        let id = format!("{:032x}", fastrand::u128(..));
        let session = Session { server, version, stream: None, kept: VecDeque::new(), last_event: 0 };
        self.sessions.insert(id.clone(), session);
        id
    }

    pub(super) fn find(&mut self, id: &str, server: Server) -> Option<&mut Session> {
        self.sessions.get_mut(id).filter(|session| session.server == server)
    }

    /// Ends a session, and with it its stream.
    pub(super) fn end(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    /// Forgets every session, as after a restart of the server.
    pub(super) fn forget(&mut self) {
        self.sessions.clear();
    }

    /// Closes every stream. The sessions continue.
    pub(super) fn hang_up(&mut self) {
        for session in self.sessions.values_mut() {
            session.stream = None;
        }
    }

    /// Says something to every client.
    pub(super) fn push(&mut self, message: &Value) {
        for session in self.sessions.values_mut() {
            session.push(message);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.sessions.len()
    }

    /// How many clients listen.
    pub(super) fn listening(&self) -> usize {
        self.sessions.values().filter(|session| session.is_listening()).count()
    }
}

impl Session {
    fn push(&mut self, message: &Value) {
        self.last_event += 1;
        let event = event(Some(self.last_event), message);
        if let Some(stream) = &self.stream {
            // A client that has hung up gets it with its next stream.
            let _ = stream.send(event.clone());
        }
        self.kept.push_back((self.last_event, event));
        if self.kept.len() > MOST_KEPT {
            self.kept.pop_front();
        }
    }

    /// Opens the stream of the older transport, which begins with the address for messages.
    pub(super) fn open_legacy(&mut self, address: &str) -> UnboundedReceiver<Bytes> {
        let (sender, receiver) = unbounded_channel();
        let _ = sender.send(format!("event: endpoint\ndata: {address}\n\n").into());
        self.stream = Some(sender);
        receiver
    }

    pub(super) fn is_listening(&self) -> bool {
        self.stream.as_ref().is_some_and(|stream| !stream.is_closed())
    }

    /// Says something on the stream, and only there.
    pub(super) fn say(&self, message: &Value) {
        if let Some(stream) = &self.stream {
            // A client that has hung up does not get it.
            let _ = stream.send(event(None, message));
        }
    }

    /// Opens the stream, in place of an earlier one. With the id of the last event that a client has seen, it begins
    /// with what came after that.
    pub(super) fn listen(&mut self, last_seen: Option<u64>) -> UnboundedReceiver<Bytes> {
        let (sender, receiver) = unbounded_channel();
        // An event without data: its id is where a client begins that has heard nothing yet.
        let first = format!("id: {}\ndata:\n\n", last_seen.unwrap_or(self.last_event));
        let missed = self.kept.iter().filter(|(id, _)| last_seen.is_some_and(|seen| *id > seen));
        for event in std::iter::once(first.into()).chain(missed.map(|(_, event)| event.clone())) {
            let _ = sender.send(event);
        }
        self.stream = Some(sender);
        receiver
    }
}

/// A message as a server-sent event.
pub(super) fn event(id: Option<u64>, message: &Value) -> Bytes {
    let mut text = String::new();
    if let Some(id) = id {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "id: {id}");
    }
    let _ = write!(text, "event: message\ndata: {message}\n\n");
    text.into()
}
