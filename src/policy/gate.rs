//! The gate: no call gets anywhere without it.
//!
//! It holds the policy in force. The file may change while the server runs: a valid change is taken up at the next call
//! or within seconds, a broken one is reported and changes nothing. Until there is a first policy to go by, since
//! something is wrong with the `.env`, a setting or the policy itself, the gate is closed: every call is refused with
//! what is wrong. It is never open without the policy that somebody has named.

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::clock::{Clock as _, SystemClock, pause};
use crate::error::Diagnostic as _;
use crate::files::{Unchanged, stamp};
use crate::policy::counts::{SharedCounts, Taken};
use crate::policy::file::{self, PolicySource};
use crate::policy::{Catalog, Policy, PolicyError};

/// What a server says beside the protocol, a sentence each.
pub(crate) struct Voice {
    /// What the user should fix or know.
    pub(crate) warn: Box<dyn Fn(&str) + Send + Sync>,
    /// What is in order.
    pub(crate) talk: Box<dyn Fn(&str) + Send + Sync>,
}

#[cfg(any(test, fuzzing))]
impl Voice {
    /// One that says nothing.
    pub(crate) fn silent() -> Self {
        Self { warn: Box::new(|_| {}), talk: Box::new(|_| {}) }
    }
}

/// What a server judges calls by.
pub(crate) struct Ground {
    pub(crate) policy: PolicySource,
    pub(crate) counts: SharedCounts,
    /// What the user should know, as sentences.
    pub(crate) warnings: Vec<String>,
}

#[cfg(any(test, fuzzing))]
impl Ground {
    /// The one of a server without a policy, whose calls are counted in its memory.
    pub(crate) fn nothing() -> ReadGround {
        Box::new(|| {
            Ok(Self {
                policy: PolicySource::BuiltIn(&[]),
                counts: SharedCounts::in_memory(),
                warnings: Vec::new(),
            })
        })
    }
}

/// A call that may not pass, in the words that the agent is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied(pub(crate) String);

/// Reads what the server stands on, or says what is wrong with it.
pub(crate) type ReadGround = Box<dyn Fn() -> Result<Ground, String> + Send + Sync>;

/// The policy in force, and the counts of its limits.
pub(crate) struct Gate {
    ground: ReadGround,
    catalog: Catalog,
    clock: SystemClock,
    voice: Voice,
    state: Mutex<State>,
    /// Says that other tools are hidden than before.
    changes: watch::Sender<()>,
}

enum State {
    Open(InForce),
    /// There is no policy to go by, for this reason.
    Closed(String),
}

struct InForce {
    policy: Policy,
    source: Arc<PolicySource>,
    counts: Arc<SharedCounts>,
    /// What the file held when it was last read, whether a policy or not; none where it could not be read.
    held: Option<Zeroizing<Vec<u8>>>,
    /// Whether it can hold anything else by now.
    unchanged: Unchanged<()>,
}

/// What a call got past the gate with.
#[must_use = "a call that never reached Zoom gives it back"]
pub(crate) struct Pass {
    taken: Vec<Taken>,
    counts: Arc<SharedCounts>,
    /// The policy that let it through.
    pub(crate) source: Arc<PolicySource>,
}

impl Gate {
    /// A gate for a server with these tools. Says under which policy it serves, or why it does not.
    pub(crate) fn new(ground: ReadGround, catalog: Catalog, clock: SystemClock, voice: Voice) -> Self {
        let state = Mutex::new(State::Closed(String::new()));
        let gate = Self { ground, catalog, clock, voice, state, changes: watch::Sender::new(()) };
        gate.look_again();
        gate
    }

    /// Whether a tool is left out of the list.
    pub(crate) fn hides(&self, tool: &str) -> bool {
        match &*self.state() {
            State::Open(in_force) => in_force.policy.hides(tool),
            State::Closed(_) => false,
        }
    }

    /// Takes up a changed policy, and says whether a tool may be called at all: what a call of a closed tool is told does
    /// not depend on its arguments.
    ///
    /// # Errors
    ///
    /// Every call of it is refused; the message is what the agent is told.
    pub(crate) fn admits(&self, tool: &str) -> Result<(), Denied> {
        self.look_again();
        match &*self.state() {
            State::Open(in_force) => {
                in_force.policy.admits(tool).map_err(|refusal| Denied(refusal.to_string()))
            }
            State::Closed(why) => Err(closed(tool, why)),
        }
    }

    /// Judges a call, and counts it.
    ///
    /// # Errors
    ///
    /// The call is refused; the message is what the agent is told.
    pub(crate) async fn pass(&self, tool: &str, arguments: &Map<String, Value>) -> Result<Pass, Denied> {
        let (judgement, counts, source) = match &*self.state() {
            State::Open(InForce { policy, counts, source, .. }) => {
                (policy.judge(tool, arguments), Arc::clone(counts), Arc::clone(source))
            }
            State::Closed(why) => return Err(closed(tool, why)),
        };
        let allowed = judgement.map_err(|refusal| Denied(refusal.to_string()))?;
        let taken = counts.take(&allowed.charges, self.clock.now()).await;
        let taken = taken.map_err(|error| Denied(error.refusal(tool).to_string()))?;
        Ok(Pass { taken, counts, source })
    }

    /// Gives back what a call took that never reached Zoom.
    pub(crate) async fn give_back(&self, pass: Pass) {
        if let Err(error) = pass.counts.give_back(pass.taken, self.clock.now()).await {
            (self.voice.warn)(&format!("a call stays counted that never reached Zoom: {}", error.told()));
        }
    }

    /// Opens where it was closed and need not be any more; takes up the policy anew where its file has changed.
    pub(crate) fn look_again(&self) {
        let mut state = self.state();
        let news = match &mut *state {
            State::Open(in_force) => in_force.look_again(&self.catalog, &self.clock),
            State::Closed(why) => match self.open() {
                Ok((in_force, news)) => {
                    *state = State::Open(in_force);
                    Some(news)
                }
                Err(now) if now == *why => None,
                Err(now) => {
                    let told = format!("no tool can be called until this is fixed: {now}");
                    *why = now;
                    Some(News::warning(told))
                }
            },
        };
        // What is said may take its time.
        drop(state);
        if let Some(news) = news {
            self.tell(&news);
        }
    }

    /// Looks for a changed policy again and again, where there is one that can change.
    pub(crate) async fn watch(&self, every: Duration) {
        while self.can_change() {
            pause(every).await;
            self.look_again();
        }
    }

    /// What says that other tools are hidden than before.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn can_change(&self) -> bool {
        match &*self.state() {
            State::Open(in_force) => in_force.source.path().is_some(),
            State::Closed(_) => true,
        }
    }

    /// Reads everything that a call is judged by.
    fn open(&self) -> Result<(InForce, News), String> {
        let Ground { policy: source, counts, warnings } = (self.ground)()?;
        let (policy, held) = match &source {
            PolicySource::BuiltIn(limits) => (Policy::built_in(limits), None),
            PolicySource::File { path, .. } => {
                let (held, policy) = read(path, &self.catalog);
                (policy.map_err(|error| error.sentence())?, held)
            }
        };
        let news = News {
            told: Some(format!("📋 Policy: {source}")),
            warnings,
            relisted: self.catalog.keys().any(|tool| policy.hides(tool)),
        };
        let counts = Arc::new(counts);
        let (source, unchanged) = (Arc::new(source), Unchanged::default());
        Ok((InForce { policy, source, counts, held, unchanged }, news))
    }

    fn tell(&self, news: &News) {
        if let Some(told) = &news.told {
            (self.voice.talk)(told);
        }
        for warning in &news.warnings {
            (self.voice.warn)(warning);
        }
        if news.relisted {
            self.changes.send_replace(());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InForce {
    /// Takes up the policy anew where its file has changed.
    fn look_again(&mut self, catalog: &Catalog, clock: &SystemClock) -> Option<News> {
        let path = self.source.path()?;
        let mut changed = None;
        let read = || {
            changed = read_if_changed(path, catalog, self.held.as_ref());
            Ok::<_, Infallible>(())
        };
        let Ok(()) = self.unchanged.get(|| clock.elapsed(), || stamp(path), read);
        let (held, parsed) = changed?;
        self.held = held;
        match parsed {
            Ok(policy) => {
                let relisted = catalog.keys().any(|tool| policy.hides(tool) != self.policy.hides(tool));
                self.policy = policy;
                let told = format!("the policy in {} has changed and is in force", path.display());
                Some(News { relisted, ..News::warning(told) })
            }
            Err(error) => {
                let why = error.sentence();
                Some(News::warning(format!("{why} The policy from before stays in force.")))
            }
        }
    }
}

/// What is to be said after a look.
struct News {
    told: Option<String>,
    warnings: Vec<String>,
    /// Whether other tools are hidden than before.
    relisted: bool,
}

impl News {
    fn warning(warning: String) -> Self {
        Self { told: None, warnings: vec![warning], relisted: false }
    }
}

/// What the file of a policy holds, and the policy that it is.
type Held = (Option<Zeroizing<Vec<u8>>>, Result<Policy, PolicyError>);

fn read(path: &Path, catalog: &Catalog) -> Held {
    parsed(path, catalog, file::bytes(path))
}

/// None where it holds what it held before, or can as little be read.
fn read_if_changed(path: &Path, catalog: &Catalog, before: Option<&Zeroizing<Vec<u8>>>) -> Option<Held> {
    let read = file::bytes(path);
    (read.as_ref().ok() != before).then(|| parsed(path, catalog, read))
}

fn parsed(path: &Path, catalog: &Catalog, read: Result<Zeroizing<Vec<u8>>, PolicyError>) -> Held {
    match read {
        Ok(bytes) => {
            let policy = file::parse(path, &bytes, catalog);
            (Some(bytes), policy)
        }
        Err(error) => (None, Err(error)),
    }
}

/// What an agent is told where no call can be judged.
fn closed(tool: &str, why: &str) -> Denied {
    Denied(format!(
        "{tool} was not called, and no tool can be until the user fixes this: {why} It is checked again at each call; \
         nothing has to be restarted."
    ))
}

#[cfg(test)]
mod tests;
