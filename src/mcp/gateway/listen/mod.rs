//! The front of a gateway: streamable HTTP at `/mcp`, for many clients.
//!
//! A request passes `head` before its body is read: whose page or program sent it, for which grant, in which session.
//! `answer` hands it to the session's peer, and `routes` brings what that says to the connection where it belongs.
//! `stateless` knows the requests that need no session. `House` is what the front leads to.

pub(crate) mod address;
mod answer;
mod body;
mod bounded;
mod head;
pub(crate) mod house;
mod queue;
mod routes;
mod sessions;
mod stateless;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::address::Hosts;
use self::answer::answer;
use self::bounded::Bounded;
use self::house::House;
use self::sessions::Sessions;
use crate::clock::{SystemClock, pause};

/// How many connections there may be. A session has two or three.
const MOST_CONNECTIONS: usize = 512;

/// How long the head of a request may take to come, and a connection may be silent between two.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);

/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_mins(30);

/// How often the sessions are looked through.
const SWEEP: Duration = Duration::from_secs(30);

/// How long answers may still be written at the end.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// The pause after a connection could not be accepted, as when too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A front, and the sessions of its clients.
pub(crate) struct Front<H: House> {
    sessions: Arc<Sessions<H>>,
    hosts: Hosts,
    sweep: Duration,
}

impl<H: House> Front<H> {
    /// A front of this house, for clients that call it by these names.
    pub(crate) fn new(house: H, hosts: Hosts, clock: SystemClock) -> Self {
        Self { sessions: Arc::new(Sessions::new(house, clock, IDLE)), hosts, sweep: SWEEP }
    }

    /// The house that it leads to.
    pub(crate) fn house(&self) -> &H {
        &self.sessions.house
    }

    /// Serves until `stop`, then ends all sessions and waits 2 s at most for answers to be written.
    pub(crate) async fn serve(&self, listener: TcpListener, stop: CancellationToken) {
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut connections = JoinSet::new();
        let accepting = async {
            loop {
                // The semaphore is never closed.
                let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
                match listener.accept().await {
                    Ok((stream, from)) => {
                        let served =
                            connection(Arc::clone(&self.sessions), self.hosts, stream, from, stop.clone());
                        connections.spawn(async move {
                            served.await;
                            drop(permit);
                        });
                    }
                    Err(_) => pause(ACCEPT_PAUSE).await,
                }
                while connections.try_join_next().is_some() {}
            }
        };
        let sweeping = async {
            loop {
                pause(self.sweep).await;
                self.sessions.sweep().await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = accepting => {}
            () = sweeping => {}
        }
        drop(listener);
        self.sessions.end_all().await;
        // A client that does not read in time gets no more.
        let _ =
            tokio::time::timeout(END_PATIENCE, async { while connections.join_next().await.is_some() {} })
                .await;
    }
}

async fn connection<H: House>(
    sessions: Arc<Sessions<H>>,
    hosts: Hosts,
    stream: TcpStream,
    from: SocketAddr,
    stop: CancellationToken,
) {
    // Events are small and must not wait for each other.
    let _ = stream.set_nodelay(true);
    let from_this_machine = from.ip().to_canonical().is_loopback();
    let service = service_fn(move |request| {
        let sessions = Arc::clone(&sessions);
        async move { Ok::<_, Infallible>(answer(sessions, hosts, from_this_machine, request).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(Bounded::new(stream)), service));
    // A connection that breaks is its client's affair.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests;
