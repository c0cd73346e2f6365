//! The side behind the front: which clients are admitted, and the sessions that they get.

use std::sync::Arc;

use hyper::body::Bytes;
use tokio::sync::mpsc;

use crate::mcp::gateway::mirror::ParamHeaders;
use crate::mcp::gateway::seam::Outgoing;

/// A client's session, as the front sees it.
pub(crate) trait Peer: Send + Sync + 'static {
    /// Takes one message of the client, with the headers that repeat parts of it. The answer to a request carries its ticket.
    fn hear(
        self: Arc<Self>,
        message: Bytes,
        ticket: u64,
        headers: ParamHeaders,
    ) -> impl Future<Output = ()> + Send;

    /// The client has gone from a request that came with this ticket and stands for itself: nobody waits for its answer.
    fn hang_up(self: Arc<Self>, ticket: u64) -> impl Future<Output = ()> + Send;

    /// Ends: the client has gone.
    fn end(self: Arc<Self>) -> impl Future<Output = ()> + Send;
}

/// A session's peer, and what it has to say to the client. The session ends when this channel does.
pub(crate) type Opened<P> = (Arc<P>, mpsc::Receiver<Outgoing>);

/// Why nobody is admitted.
#[derive(Debug)]
pub(crate) struct Closed {
    /// The reason, in words for whoever asks.
    pub(crate) reason: String,
    /// Whether it may be gone by itself.
    pub(crate) is_for_now: bool,
}

/// Decides which clients are admitted, and opens their sessions.
pub(crate) trait House: Send + Sync + 'static {
    /// A grant.
    type Grant: Send + Sync + 'static;
    /// A session.
    type Peer: Peer;

    /// The grant that a bearer token belongs to.
    ///
    /// # Errors
    ///
    /// The grants cannot be read.
    fn admit(&self, bearer: &str) -> impl Future<Output = Result<Option<Self::Grant>, Closed>> + Send;

    /// The name of a grant: its sessions are for nobody else.
    fn name<'a>(&self, grant: &'a Self::Grant) -> &'a str;

    /// Whether a grant is still there. The sessions of one that is not are ended.
    fn is_valid(&self, grant: &Self::Grant) -> impl Future<Output = bool> + Send;

    /// Whether two grants are one, unchanged.
    fn is_same(&self, one: &Self::Grant, other: &Self::Grant) -> bool;

    /// Opens a session, without waiting for anything.
    ///
    /// # Errors
    ///
    /// None can be opened; in words for the client.
    fn open(&self, grant: &Self::Grant) -> Result<Opened<Self::Peer>, String>;

    /// Whether calls can be served, in words.
    ///
    /// # Errors
    ///
    /// Why they cannot.
    fn health(&self) -> Result<String, String>;

    /// The metrics as Prometheus reads them, with so many sessions open.
    fn metrics(&self, sessions: usize) -> impl Future<Output = String> + Send;
}
