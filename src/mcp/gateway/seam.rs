//! The messages between the parts of a gateway: messages to and from a server, and to and from a client.

use std::sync::Arc;

use super::mirror::Mirror;

/// A message of a server, or its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// One message, as its text.
    Message(String),
    /// It has begun another session in place of one that it had lost, and may have other tools than before.
    BegunAgain,
    /// It says nothing any more, for this reason.
    Ended(String),
}

/// The way in which a link gives a request to its server.
#[derive(Debug, Default, Clone)]
pub(crate) struct Manner {
    /// A call whose tool changes nothing may be made again by the link itself.
    pub(crate) is_read_only: bool,
    /// The arguments that go into headers as well.
    pub(crate) mirror: Option<Arc<Mirror>>,
}

/// A message that the server was certainly never given, for this reason.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotGiven(pub(crate) String);

/// A message to a client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) text: String,
    /// The ticket of the request that this is about.
    pub(crate) ticket: Option<u64>,
    /// Whether it is the answer to that request.
    pub(crate) answers: bool,
}
