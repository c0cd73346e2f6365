//! Standard input and output as rmcp's transport, made patient.
//!
//! It also reports when the client has gone: rmcp waits for five seconds then for the calls in flight, and for every
//! `subscriptions/listen`, which has no end of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::RoleServer;
use rmcp::model::JsonRpcMessage;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::io::{AsyncRead, AsyncWrite, Empty};
use tokio::sync::watch;

use crate::mcp::wire::lines::{Heard, Lines};

/// How many messages may wait for a client to read them. As long as so many do, nothing more is read of what it sends:
/// rmcp keeps the answers, however many, of a client that asks and does not read.
const MOST_UNREAD: usize = 500;

/// Lines of JSON-RPC. A message before the session has begun that is no request is dropped: rmcp would end there.
pub(crate) struct Patient<R: AsyncRead, W: AsyncWrite> {
    lines: Lines<R>,
    /// rmcp's own lines, of which only those that are sent are used.
    answers: AsyncRwTransport<RoleServer, Empty, W>,
    begun: Arc<AtomicBool>,
    gone: watch::Sender<()>,
    unread: watch::Sender<usize>,
}

/// A message that waits, until this is dropped.
struct Unread(watch::Sender<usize>);

impl Unread {
    fn new(unread: &watch::Sender<usize>) -> Self {
        unread.send_modify(|count| *count += 1);
        Self(unread.clone())
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl<R, W> Patient<R, W>
where
    R: Send + AsyncRead + Unpin,
    W: Send + AsyncWrite + Unpin + 'static,
{
    /// `begun` is read: whether rmcp is in a session. `gone` is notified when the client sends no more, or reads no more.
    pub(crate) fn new(read: R, write: W, begun: Arc<AtomicBool>, gone: watch::Sender<()>) -> Self {
        let answers = AsyncRwTransport::new_server(tokio::io::empty(), write);
        Self { lines: Lines::new(read), answers, begun, gone, unread: watch::Sender::new(0) }
    }
}

impl<R, W> Transport<RoleServer> for Patient<R, W>
where
    R: Send + AsyncRead + Unpin,
    W: Send + AsyncWrite + Unpin + 'static,
{
    type Error = std::io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let (sending, gone, unread) = (self.answers.send(item), self.gone.clone(), Unread::new(&self.unread));
        async move {
            let sent = sending.await;
            drop(unread);
            if sent.is_err() {
                gone.send_replace(());
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        let mut unread = self.unread.subscribe();
        loop {
            // An error would say that nobody counts any more, and `self` does.
            let _ = unread.wait_for(|count| *count < MOST_UNREAD).await;
            match self.lines.next().await {
                None => {
                    self.gone.send_replace(());
                    return None;
                }
                Some(Heard::Message(message))
                    if self.begun.load(Ordering::Relaxed)
                        || matches!(*message, JsonRpcMessage::Request(_)) =>
                {
                    return Some(*message);
                }
                // In a task of its own: this one is dropped when an answer comes between.
                Some(Heard::Wrong(answer)) => drop(tokio::spawn(self.send(*answer))),
                Some(Heard::Message(_) | Heard::Nothing) => {}
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.answers.close().await
    }
}
