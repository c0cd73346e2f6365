//! A server that is reached over streamable HTTP, or over the transport before it.
//!
//! `wire` makes requests, `attempt` reads one answer, `talk` keeps the session and the token: a lost session is begun
//! again with what the client had sent, and a refused token is replaced, each once for a message. `legacy` is the older transport, to which `talk` falls back.

pub(crate) mod address;
mod attempt;
pub(crate) mod bearer;
mod envelope;
pub(crate) mod headers;
mod legacy;
mod listen;
mod talk;
mod wire;

use std::sync::Arc;

use reqwest::header::HeaderMap;
use tokio::sync::mpsc;

use self::address::Address;
use self::bearer::Bearer;
use self::talk::Talk;
use super::seam::{Manner, NotGiven, Received};
use crate::error::Error;
use crate::zoom::http_client;

/// A server over HTTP. Its messages go to a channel. Dropping this ends everything that is under way.
pub(crate) struct HttpServer {
    talk: Arc<Talk>,
}

impl HttpServer {
    /// A server at this address, of which nothing is asked yet. `bearer` is used only if the token may go there.
    ///
    /// # Errors
    ///
    /// As with [`http_client`].
    pub(crate) fn new(
        address: &Address,
        headers: HeaderMap,
        bearer: Option<Arc<dyn Bearer>>,
        received: mpsc::Sender<Received>,
    ) -> Result<Self, Error> {
        let client = http_client(&address.url)?;
        let bearer = bearer.filter(|_| address.gets_token);
        Ok(Self { talk: Arc::new(Talk::new(client, address.url.clone(), headers, bearer, received)) })
    }

    /// Gives the server a message of the client. Ends when the server has begun to answer it, which may take minutes, so
    /// the caller must not keep other messages waiting; `initialize` and `notifications/initialized` take effect in the
    /// order of the calls. It continues when this is dropped.
    ///
    /// A request that fails on the way is answered through the channel with an error. A call of a tool is made again when its
    /// token was refused if its `manner` says that this does no harm; all other messages are.
    ///
    /// # Errors
    ///
    /// The server was certainly not given the message; nothing comes through the channel then.
    pub(crate) async fn send(&self, message: String, manner: &Manner) -> Result<(), NotGiven> {
        self.talk.send(message, manner).await
    }

    /// Ends everything that is under way, and the session, within 2 s.
    pub(crate) async fn close(&self) {
        self.talk.close().await;
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.talk.stop();
    }
}

#[cfg(test)]
mod tests;
