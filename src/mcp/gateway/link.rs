//! A server that a client is connected to, whichever way it is reached.

use super::child::Child;
use super::seam::NotGiven;

/// One connection to a server.
pub(crate) enum Link {
    Child(Child),
}

impl Link {
    /// Hands a message over.
    ///
    /// # Errors
    ///
    /// The server certainly does not have it.
    pub(crate) async fn send(&self, line: String) -> Result<(), NotGiven> {
        match self {
            Self::Child(child) => child.send(line).await,
        }
    }

    /// Ends the connection and its server, and waits until that is done.
    pub(crate) async fn end(&self) {
        match self {
            Self::Child(child) => child.end().await,
        }
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&self) {
        match self {
            Self::Child(child) => child.ended().await,
        }
    }
}
