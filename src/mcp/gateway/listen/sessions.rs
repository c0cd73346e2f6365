//! The sessions of all clients.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::house::{House, Peer as _};
use super::routes::Routes;
use crate::clock::{Clock, SharedClock};
use crate::mcp::gateway::seam::Outgoing;
use crate::mutex::locked;

/// How many sessions there may be.
pub(super) const MOST_SESSIONS: usize = 64;

/// How long a session that nobody is connected to stays when its grant begins another and there is no room. Many clients
/// go without a word.
const ABANDONED_AFTER: Duration = Duration::from_mins(5);

/// The random bytes in the name of a session.
const SESSION_ID_BYTES: usize = 32;

/// A client's session.
pub(super) struct Session<H: House> {
    pub(super) id: String,
    /// Whether it is that of the requests that need none.
    pub(super) is_stateless: bool,
    grant: H::Grant,
    pub(super) peer: Arc<H::Peer>,
    routes: Mutex<Routes>,
    /// When it was last used, by the clock that never jumps.
    used: Mutex<Duration>,
    /// The version of the protocol that was agreed upon.
    pub(super) version: OnceLock<String>,
    ended: CancellationToken,
}

/// Why there is no session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotBegun {
    TooMany,
    NotOpened(String),
}

/// All sessions.
pub(super) struct Sessions<H: House> {
    pub(super) house: H,
    open: Mutex<HashMap<String, Arc<Session<H>>>>,
    tickets: AtomicU64,
    clock: SharedClock,
    /// How long a session lasts that nobody uses.
    idle: Duration,
}

impl<H: House> Session<H> {
    pub(super) fn routes(&self) -> MutexGuard<'_, Routes> {
        locked(&self.routes)
    }

    /// Ends its connections, and hands nothing more on.
    fn close(&self) {
        self.ended.cancel();
        self.routes().end();
    }
}

impl<H: House> Sessions<H> {
    pub(super) fn new(house: H, clock: impl Clock + Send + Sync + 'static, idle: Duration) -> Self {
        Self { house, open: Mutex::default(), tickets: AtomicU64::new(0), clock: Arc::new(clock), idle }
    }

    /// Begins a session for a grant, if need be in the place of one that it has abandoned.
    ///
    /// # Errors
    ///
    /// There are too many, or the house opens none.
    pub(super) fn begin(self: &Arc<Self>, grant: H::Grant) -> Result<Arc<Session<H>>, NotBegun> {
        self.open(grant, false)
    }

    /// The session of a grant for all the requests that need none. Nobody is told its name.
    ///
    /// # Errors
    ///
    /// As with [`Sessions::begin`].
    pub(super) fn stateless(self: &Arc<Self>, grant: H::Grant) -> Result<Arc<Session<H>>, NotBegun> {
        let is_theirs =
            |session: &&Arc<Session<H>>| session.is_stateless && self.house.is_same(&session.grant, &grant);
        let found = locked(&self.open).values().find(is_theirs).cloned();
        match found {
            Some(session) => {
                self.touch(&session);
                Ok(session)
            }
            None => self.open(grant, true),
        }
    }

    fn open(self: &Arc<Self>, grant: H::Grant, is_stateless: bool) -> Result<Arc<Session<H>>, NotBegun> {
        let mut open = locked(&self.open);
        if open.len() >= MOST_SESSIONS {
            let abandoned = self.abandoned(&open, &grant).ok_or(NotBegun::TooMany)?;
            open.remove(&abandoned.id);
            abandoned.close();
            tokio::spawn(Arc::clone(&abandoned.peer).end());
        }
        let mut bytes = [0; SESSION_ID_BYTES];
        let no_random = |_| NotBegun::NotOpened("the system has no random numbers".into());
        SystemRandom::new().fill(&mut bytes).map_err(no_random)?;
        let (peer, outgoing) = self.house.open(&grant).map_err(NotBegun::NotOpened)?;
        let session = Arc::new(Session {
            id: URL_SAFE_NO_PAD.encode(bytes),
            is_stateless,
            grant,
            peer,
            routes: Mutex::new(Routes::new(is_stateless)),
            used: Mutex::new(self.clock.elapsed()),
            version: OnceLock::new(),
            ended: CancellationToken::new(),
        });
        open.insert(session.id.clone(), Arc::clone(&session));
        drop(open);
        tokio::spawn(Arc::clone(self).hand_on(Arc::clone(&session), outgoing));
        Ok(session)
    }

    /// The session of a grant that nobody has used for the longest time, if that is long enough.
    fn abandoned(
        &self,
        open: &HashMap<String, Arc<Session<H>>>,
        grant: &H::Grant,
    ) -> Option<Arc<Session<H>>> {
        let name = self.house.name(grant);
        let theirs = open.values().filter(|session| self.house.name(&session.grant) == name);
        let unused = theirs.filter(|session| !session.routes().is_in_use());
        let oldest = unused.min_by_key(|session| *locked(&session.used))?;
        let since = *locked(&oldest.used);
        (self.clock.elapsed() > since + ABANDONED_AFTER).then(|| Arc::clone(oldest))
    }

    /// Hands on what a session has to say, until either side ends it.
    async fn hand_on(self: Arc<Self>, session: Arc<Session<H>>, mut outgoing: mpsc::Receiver<Outgoing>) {
        loop {
            tokio::select! {
                biased;
                () = session.ended.cancelled() => return,
                message = outgoing.recv() => match message {
                    Some(message) => session.routes().send(message),
                    None => break,
                },
            }
        }
        self.end(&session).await;
    }

    /// A session of this grant. One of another is as unknown as one that never was.
    pub(super) fn find(&self, id: &str, grant: &H::Grant) -> Option<Arc<Session<H>>> {
        let session = locked(&self.open).get(id).cloned()?;
        let is_theirs = self.house.name(&session.grant) == self.house.name(grant);
        is_theirs.then(|| {
            self.touch(&session);
            session
        })
    }

    /// Notes that a session is in use.
    pub(super) fn touch(&self, session: &Session<H>) {
        *locked(&session.used) = self.clock.elapsed();
    }

    /// A number for a request that no other has.
    pub(super) fn ticket(&self) -> u64 {
        self.tickets.fetch_add(1, Ordering::Relaxed)
    }

    /// Ends a session with its connections, and waits until its peer has ended.
    pub(super) async fn end(&self, session: &Arc<Session<H>>) {
        let known = locked(&self.open).remove(&session.id);
        session.close();
        if known.is_some() {
            Arc::clone(&session.peer).end().await;
        }
    }

    /// Ends the sessions that nobody has used for long, and those whose grant is gone.
    pub(super) async fn sweep(&self) {
        let now = self.clock.elapsed();
        let all: Vec<Arc<Session<H>>> = locked(&self.open).values().cloned().collect();
        for session in all {
            let is_in_use = session.routes().is_in_use();
            if is_in_use {
                self.touch(&session);
            }
            let is_idle = !is_in_use && now > *locked(&session.used) + self.idle;
            if is_idle || !self.house.is_valid(&session.grant).await {
                self.end(&session).await;
            }
        }
    }

    /// Ends all sessions.
    pub(super) async fn end_all(&self) {
        let all: Vec<Arc<Session<H>>> = locked(&self.open).values().cloned().collect();
        let mut ending = tokio::task::JoinSet::new();
        for session in &all {
            locked(&self.open).remove(&session.id);
            session.close();
            ending.spawn(Arc::clone(&session.peer).end());
        }
        ending.join_all().await;
    }

    pub(super) fn count(&self) -> usize {
        locked(&self.open).len()
    }
}
