//! A server that a client is connected to, whichever way it is reached.

use reqwest::header::HeaderMap;

use super::child::Child;
use super::seam::{Manner, NotGiven};
use super::upstream::HttpServer;
use super::upstream::address::Address;
use crate::programs::Program;

/// The server to connect to.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// A child process.
    Program(Program),
    /// One that is reached over HTTP, with these headers in each request.
    Http { address: Address, headers: HeaderMap },
}

/// One connection to a server.
pub(crate) enum Link {
    Child(Child),
    Http(HttpServer),
}

impl Link {
    /// Hands a message over.
    ///
    /// # Errors
    ///
    /// The server certainly does not have it.
    pub(crate) async fn send(&self, line: String) -> Result<(), NotGiven> {
        self.send_call(line, Manner::default()).await
    }

    /// Hands a message over that may be a call, in this manner.
    ///
    /// # Errors
    ///
    /// The server certainly does not have it.
    pub(crate) async fn send_call(&self, line: String, manner: Manner) -> Result<(), NotGiven> {
        match self {
            Self::Child(child) => child.send(line).await,
            Self::Http(server) => server.send(line, &manner).await,
        }
    }

    /// Ends the connection and its server, and waits until that is done.
    pub(crate) async fn end(&self) {
        match self {
            Self::Child(child) => child.end().await,
            Self::Http(server) => server.close().await,
        }
    }

    /// Waits until it has ended by itself. One over HTTP never does: a lost session is begun again.
    pub(crate) async fn ended(&self) {
        match self {
            Self::Child(child) => child.ended().await,
            Self::Http(_) => std::future::pending().await,
        }
    }
}
