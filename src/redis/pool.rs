//! Connections that tasks of a server share, none of which waits in the server's own thread.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::Connection;
use super::access::Access;
use crate::clock::{Clock as _, SystemClock};
use crate::error::SharedError;
use crate::mutex::locked;

/// The most connections of one server to the shared store.
const STORE_CONNECTIONS: usize = 4;

/// How long a task waits for one of them to be free.
const FREE_PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection is kept that nobody uses: something on the way may have forgotten it by then.
const UNUSED: Duration = Duration::from_secs(30);

/// Connections to one store. A clone shares them.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    access: Access,
    clock: SystemClock,
    free: Semaphore,
    idle: Mutex<Vec<(Connection, Duration)>>,
}

impl Pool {
    /// Connections to this store, which are made when they are needed.
    pub fn new(access: Access) -> Self {
        let free = Semaphore::new(STORE_CONNECTIONS);
        Self(Arc::new(Shared { access, clock: SystemClock::start(), free, idle: Mutex::default() }))
    }

    /// The access to the store.
    pub fn access(&self) -> &Access {
        &self.0.access
    }

    /// Does something with a connection, in a thread of its own.
    ///
    /// # Errors
    ///
    /// [`SharedError`], also where all connections stay busy.
    pub async fn with<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<T, SharedError> + Send + 'static,
    ) -> Result<T, SharedError> {
        let unreachable =
            |source| SharedError::Unreachable { address: self.0.access.address.to_string(), source };
        let busy = |_| unreachable(io::Error::new(io::ErrorKind::TimedOut, "all connections to it are busy"));
        let free = tokio::time::timeout(FREE_PATIENCE, self.0.free.acquire()).await.map_err(busy)?;
        let (sender, answer) = oneshot::channel();
        let shared = Arc::clone(&self.0);
        // Not tokio's threads for this: a runtime that ends waits for those.
        let thread = thread::Builder::new().name("store".into()).spawn(move || {
            let _ = sender.send(shared.act(act));
        });
        thread.map_err(unreachable)?;
        let answer = answer.await;
        drop(free);
        answer.unwrap_or_else(|_| Err(unreachable(io::Error::other("the thread that asks it has ended"))))
    }

    /// Does something with a connection, in this thread.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn with_here<T>(
        &self,
        act: impl FnOnce(&mut Connection) -> Result<T, SharedError>,
    ) -> Result<T, SharedError> {
        self.0.act(act)
    }
}

impl Shared {
    fn act<T>(&self, act: impl FnOnce(&mut Connection) -> Result<T, SharedError>) -> Result<T, SharedError> {
        let mut connection = match self.idle() {
            Some(connection) => connection,
            None => Connection::open(&self.access)?,
        };
        let done = act(&mut connection);
        if connection.is_usable() {
            locked(&self.idle).push((connection, self.clock.elapsed()));
        }
        done
    }

    /// A connection that nobody uses and that the store has not ended.
    fn idle(&self) -> Option<Connection> {
        let now = self.clock.elapsed();
        loop {
            let (connection, since) = locked(&self.idle).pop()?;
            if now.saturating_sub(since) < UNUSED && connection.is_open() {
                return Some(connection);
            }
        }
    }
}
