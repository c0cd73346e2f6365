//! One client and its server: what either says, and what becomes of it on the way to the other.
//!
//! | file | holds |
//! |---|---|
//! | `about.rs` | what there is to know of a request under way |
//! | `heard.rs` | what the client says |
//! | `call.rs` | a call of a tool: judged, counted, given to the server |
//! | `approve.rs` | a call that needs a person |
//! | `count.rs` | the figures for the metrics |
//! | `log.rs` | what is written down of a call |
//! | `said.rs` | what the server says |
//! | `renewal.rs` | a token that is not accepted any more |
//! | `mirrored.rs` | the headers that repeat arguments |
//! | `own.rs` | what the gateway asks the server itself: its tools |
//! | `subscriptions.rs` | the requests that stay open for notifications |
//! | `tools.rs` | what is known of the tools, and which of them are held back |
//! | `servers.rs` | the server: started, started again, replaced, ended |

mod about;
mod approve;
mod call;
mod count;
mod heard;
mod log;
mod mirrored;
mod own;
mod renewal;
mod said;
mod servers;
mod subscriptions;
mod tools;

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot, watch};

use self::about::{About, What, failure};
use super::approvals::Approvals;
use super::audit_log::AuditLog;
use super::child::HearErrors;
use super::document::State as PinState;
use super::flight::{Asked, Flight, Generation};
use super::link::{Link, Target};
use super::mask::Masks;
use super::message::{INTERNAL, error};
use super::metrics::Metrics;
use super::mirror::Mirrors;
use super::name::Name;
use super::pin_file::PinFile;
use super::pins::Compared;
use super::restart::OnNewToken;
use super::restarts::Restarts;
use super::seam::{Outgoing, Received};
use super::set::Set;
use crate::clock::{Clock as _, SystemClock};
use crate::event::Event;
use crate::mutex::locked;
use crate::policy::gate::Gate;
use crate::token::Token;
use crate::tokens::Tokens;

/// How many messages of a client may be on their way to a server that does not take them. Nothing more is read then.
const MOST_WAITING: usize = 256;

/// How often is looked at a call whether tools were accepted, or another process has got a token.
const CALL_LOOK: Duration = Duration::from_millis(200);

/// How many messages of a server may wait for each other.
const INBOX: usize = 64;

/// How long a message waits for a server to be started.
const SERVER_PATIENCE: Duration = Duration::from_secs(10);

/// The work still to be done for a message.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The parts of a relay.
pub(crate) struct Parts {
    /// The name of the gateway.
    pub(crate) name: Name,
    /// The server.
    pub(crate) target: Target,
    pub(crate) clock: SystemClock,
    pub(crate) gate: Arc<Gate>,
    /// For whom calls are counted.
    pub(crate) grant: String,
    /// None where the server gets no token.
    pub(crate) tokens: Option<Arc<Tokens>>,
    /// Says that there may be another token.
    pub(crate) new_token: Arc<Notify>,
    pub(crate) on_new_token: OnNewToken,
    /// Which tools were accepted; none where they may change.
    pub(crate) pins: Option<PinFile>,
    /// The calls that wait for a person; none where they have no place.
    pub(crate) approvals: Option<Approvals>,
    /// Where calls are written down.
    pub(crate) audit: Option<Arc<AuditLog>>,
    /// The metrics; none over standard input and output.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// Where it is noted that the server has ended by itself.
    pub(crate) restarts: Option<Restarts>,
    /// Hears what the server writes to standard error.
    pub(crate) errors: HearErrors,
    /// Hears what the user should fix or know, a sentence each.
    pub(crate) warn: Arc<dyn Fn(&str) + Send + Sync>,
    /// Hears the events.
    pub(crate) report: Arc<dyn Fn(&Event) + Send + Sync>,
}

/// One client and its server.
pub(crate) struct Relay {
    parts: Parts,
    out: mpsc::Sender<Outgoing>,
    inbox: mpsc::Sender<(Generation, Received)>,
    state: Mutex<State>,
    /// The server that messages go to.
    current: watch::Sender<Current>,
    /// The server's capabilities, as soon as it has listed them.
    tools: watch::Sender<Option<Tools>>,
    is_learning: AtomicBool,
    /// Held by the one task that looks at the pins.
    looks_at_pins: Arc<tokio::sync::Mutex<()>>,
    /// Says that the server was asked for its tools, with whatever result.
    tried_to_learn: Notify,
    /// The tokens that the servers were handed.
    masks: Arc<Mutex<Masks>>,
    room: Arc<Semaphore>,
    /// Says that an answer has come.
    answered: Notify,
    /// Says that a token is missing, or no good, and another server is needed for another one.
    wanted: Notify,
    /// Says that what a server was given before its end is answered.
    settled: Notify,
}

/// The server that messages go to.
#[derive(Clone, Default)]
struct Current {
    server: Option<(Generation, Arc<Link>)>,
    /// Why there is none.
    lack: String,
    /// Why it has no token, where it should have one.
    token_lack: Option<String>,
    /// There will be none for longer than anybody waits.
    is_far: bool,
}

#[derive(Default)]
struct State {
    flight: Flight<About>,
    own: HashMap<u64, (Generation, oneshot::Sender<String>)>,
    /// The calls that wait for the answer of the client's user, by the number of the question.
    asked_user: HashMap<u64, oneshot::Sender<String>>,
    set: Set,
    /// Every server that has not ended.
    links: HashMap<Generation, Arc<Link>>,
    generation: Generation,
    /// The token that each of them was started with.
    handed: HashMap<Generation, Token>,
    /// The state of the pins when they were last looked at.
    pins: Option<PinState>,
    looked_at: Option<Duration>,
    /// The one whose token is not accepted any more.
    refused: Option<Generation>,
}

/// The tools of a server, by their names.
#[derive(Debug, Default)]
struct Tools {
    /// All of them, as the server lists them.
    all: Vec<Value>,
    /// The names of those that say of themselves that they change nothing.
    read_only: HashSet<String>,
    /// The arguments of each that go into headers as well.
    mirrors: Mirrors,
    /// Their comparison with the pins; none where tools may change.
    pinned: Option<Compared>,
    /// Those that clients see.
    listed: Vec<Value>,
}

impl State {
    /// The ticket of the request that a message of a server belongs to, for messages that do not say so: most likely its
    /// latest one. A client over HTTP without an open stream for such messages would never get them.
    ///
    /// Without `initialize` the requests may be those of several clients, so among several it is none.
    fn ticket_of(&self, generation: Generation) -> Option<u64> {
        let waiting = self.flight.given_to(generation).filter(|(_, asked)| asked.about.is_waited_for());
        let is_one = !self.set.is_stateless() || waiting.count() == 1;
        let latest = self.flight.given_to(generation).filter(|(_, asked)| asked.about.is_waited_for());
        let (_, latest) = latest.max_by_key(|(number, _)| *number)?;
        (is_one && !latest.is_cancelled).then_some(latest.about.ticket)
    }

    /// Whether a client waits for an answer of a server; of this one, where one is named.
    fn is_busy(&self, generation: Option<Generation>) -> bool {
        let waits = |asked: &Asked<About>| !asked.is_cancelled && asked.about.is_waited_for();
        match generation {
            Some(generation) => self.flight.given_to(generation).any(|(_, asked)| waits(asked)),
            None => self.flight.iter().any(|(_, asked)| waits(asked)),
        }
    }
}

impl Relay {
    /// A relay for one client, and what is to be run for it: [`Relay::run`]. Messages to the client go to `out`.
    pub(crate) fn new(
        parts: Parts,
        out: mpsc::Sender<Outgoing>,
    ) -> (Arc<Self>, mpsc::Receiver<(Generation, Received)>) {
        let (inbox, received) = mpsc::channel(INBOX);
        let relay = Self {
            parts,
            out,
            inbox,
            state: Mutex::default(),
            current: watch::Sender::new(Current::default()),
            tools: watch::Sender::new(None),
            is_learning: AtomicBool::new(false),
            looks_at_pins: Arc::default(),
            tried_to_learn: Notify::new(),
            masks: Arc::default(),
            room: Arc::new(Semaphore::new(MOST_WAITING)),
            answered: Notify::new(),
            wanted: Notify::new(),
            settled: Notify::new(),
        };
        (Arc::new(relay), received)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// Looks for what another process may have changed, where that was not done just before.
    async fn look_around(self: &Arc<Self>) {
        let now = self.parts.clock.elapsed();
        {
            let mut state = self.state();
            if state.looked_at.is_some_and(|before| now < before + CALL_LOOK) {
                return;
            }
            state.looked_at = Some(now);
        }
        self.wanted.notify_waiters();
        Box::pin(self.look_at_pins()).await;
    }

    fn masks(&self) -> MutexGuard<'_, Masks> {
        locked(&self.masks)
    }

    /// Says something to the client that answers nothing.
    async fn send(&self, text: String, ticket: Option<u64>) {
        // Without a client there is nobody to notify.
        let _ = self.out.send(Outgoing { text, ticket, answers: false }).await;
    }

    /// Answers the request that came with this ticket.
    async fn answer(&self, text: String, ticket: u64) {
        let _ = self.out.send(Outgoing { text, ticket: Some(ticket), answers: true }).await;
        self.answered.notify_waiters();
    }

    /// An answer to a call that has done nothing, or may have.
    fn failure(&self, id: &str, reason: &str) -> String {
        failure(id, reason, self.state().set.is_stateless())
    }

    /// Answers a request in the place of its server, in words.
    async fn fail(&self, asked: Asked<About>, reason: &str) {
        let About { ticket, what } = asked.about;
        let text = match what {
            What::Call(call) => {
                self.log_end(&call, None, Some(reason));
                self.count_failure(&call);
                self.failure(&asked.id, reason)
            }
            What::Initialize | What::List | What::Listen(_) | What::Other => {
                error(Some(&asked.id), INTERNAL, reason)
            }
        };
        self.answer(text, ticket).await;
    }

    /// Hands a request of the client to its server, or answers it with the reason why that cannot be.
    async fn give(&self, number: u64, line: String) {
        let reason = match self.try_to_give(number, line).await {
            Ok(()) => return,
            Err(reason) => reason,
        };
        let Some(mut asked) = self.state().flight.remove(number) else { return };
        // The server was never given it.
        if let What::Call(call) = &mut asked.about.what
            && let Some(pass) = call.pass.take()
        {
            self.parts.gate.give_back(pass).await;
        }
        self.fail(asked, &format!("the server was not given this: {reason}")).await;
    }

    async fn try_to_give(&self, number: u64, line: String) -> Result<(), String> {
        let mut reason = String::new();
        let mut tried = 0;
        // A server that has just ended is one that takes nothing; the next one may.
        for _ in 0..2 {
            let (generation, server) = self.server_after(tried).await?;
            if !self.state().flight.give(number, generation) {
                // The client has cancelled it, and it is out already.
                return Ok(());
            }
            match server.send_call(line.clone(), self.manner(number)).await {
                Ok(()) => return Ok(()),
                // No other connection follows one over HTTP.
                Err(not_given) if matches!(*server, Link::Http(_)) => return Err(not_given.0),
                Err(not_given) => reason = not_given.0,
            }
            tried = generation;
        }
        Err(reason)
    }

    /// The server that messages go to, of a later generation than this one.
    async fn server_after(&self, tried: Generation) -> Result<(Generation, Arc<Link>), String> {
        let next = |current: &Current| current.server.clone().filter(|(generation, _)| *generation > tried);
        let present = next(&self.current.borrow());
        if let Some(present) = present {
            return Ok(present);
        }
        let mut current = self.current.subscribe();
        let is_over = |current: &Current| next(current).is_some() || current.is_far;
        let waited = Box::pin(tokio::time::timeout(SERVER_PATIENCE, current.wait_for(is_over))).await;
        let found = waited.ok().and_then(Result::ok).and_then(|current| next(&current));
        found.ok_or_else(|| {
            let lack = self.current.borrow().lack.clone();
            if lack.is_empty() { "it has not started yet".into() } else { lack }
        })
    }
}
