//! The gate: no call gets anywhere without it.
//!
//! It holds the policy in force. The file may change while the server runs: a valid change is taken up at the next call
//! or within seconds, a broken one is reported and changes nothing. Until there is a first policy to go by, since
//! something is wrong with the `.env`, a setting or the policy itself, the gate is closed: every call is refused with
//! what is wrong. It is never open without the policy that somebody has named.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use zeroize::Zeroizing;

use crate::clock::{Clock as _, SystemClock, pause};
use crate::error::Diagnostic as _;
use crate::files::{Unchanged, stamp};
use crate::mutex::locked;
use crate::policy::counts::{SharedCounts, Taken};
use crate::policy::file::{self, PolicySource};
use crate::policy::{Against, Allowed, Catalog, Policy, PolicyError, Refusal};

mod foreign;
mod ground;

pub(crate) use self::ground::{Ground, ReadGround, Voice};

/// A call that may not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The place of the rule that refuses it: `tools.create_meeting.require[0]`. None where there is no policy to go by.
    pub(crate) rule: Option<String>,
    /// The message to the agent.
    pub(crate) message: String,
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        Self { rule: Some(refusal.rule), message }
    }
}

/// The policy in force, and the counts of its limits.
pub(crate) struct Gate {
    ground: ReadGround,
    clock: SystemClock,
    voice: Voice,
    held: Mutex<Held>,
    /// Says that other tools are hidden than before.
    changes: watch::Sender<()>,
}

/// The state that changes while a server runs.
struct Held {
    server: Server,
    state: State,
}

/// The server that calls go to.
enum Server {
    Own(Catalog),
    /// The tools are none before it has listed them.
    Foreign(Option<Catalog>),
}

impl Server {
    fn against(&self) -> Against<'_> {
        match self {
            Self::Own(tools) => Against::Own(tools),
            Self::Foreign(tools) => Against::Gateway(tools.as_ref()),
        }
    }

    fn tools(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::Own(tools) | Self::Foreign(Some(tools)) => Some(tools.keys()),
            Self::Foreign(None) => None,
        }
        .into_iter()
        .flatten()
    }
}

enum State {
    Open(Box<InForce>),
    /// There is no policy to go by, for this reason.
    Closed(String),
}

struct InForce {
    policy: Policy,
    /// See [`Pass::policy`].
    digest: Arc<str>,
    source: Arc<PolicySource>,
    counts: Arc<SharedCounts>,
    /// The bytes of the file when it was last read, whether a policy or not; none where it could not be read.
    held: Option<Zeroizing<Vec<u8>>>,
    /// Whether it can hold anything else by now.
    unchanged: Unchanged<()>,
}

/// The pass of a call through the gate.
#[must_use = "a call that never reached Zoom gives it back"]
pub(crate) struct Pass {
    taken: Vec<Taken>,
    counts: Arc<SharedCounts>,
    /// The policy that let it through.
    pub(crate) source: Arc<PolicySource>,
    /// The SHA-256 of that policy's text in hexadecimal, or `built-in`: an approval holds under one policy alone.
    pub(crate) policy: Arc<str>,
    /// The place of the rule that allows it: `tools.create_meeting`, or `default`.
    pub(crate) rule: String,
    /// The place of the rule by which a person has to allow it first: `tools.create_meeting.approve`.
    pub(crate) approve: Option<String>,
}

impl Gate {
    /// A gate for zoomtok's own server with these tools. Says under which policy it serves, or why it does not.
    pub(crate) fn new(ground: ReadGround, catalog: Catalog, clock: SystemClock, voice: Voice) -> Self {
        Self::before(Server::Own(catalog), ground, clock, voice)
    }

    fn before(server: Server, ground: ReadGround, clock: SystemClock, voice: Voice) -> Self {
        let held = Mutex::new(Held { server, state: State::Closed(String::new()) });
        let gate = Self { ground, clock, voice, held, changes: watch::Sender::new(()) };
        gate.look_again();
        gate
    }

    /// Whether a tool is left out of the list.
    pub(crate) fn hides(&self, tool: &str) -> bool {
        match &self.held().state {
            State::Open(in_force) => in_force.policy.hides(tool),
            State::Closed(_) => false,
        }
    }

    /// Takes up a changed policy, and checks whether a tool may be called at all: the answer to a call of a closed tool does
    /// not depend on its arguments.
    ///
    /// # Errors
    ///
    /// Every call of it is refused; the message is for the agent.
    pub(crate) fn admits(&self, tool: &str) -> Result<(), Denied> {
        self.look_again();
        match &self.held().state {
            State::Open(in_force) => Ok(in_force.policy.admits(tool)?),
            State::Closed(why) => Err(closed(tool, why)),
        }
    }

    /// Judges a call, and counts it for a grant: `""` where a server has one client.
    ///
    /// # Errors
    ///
    /// The call is refused; the message is for the agent.
    pub(crate) async fn pass(
        &self,
        grant: &str,
        tool: &str,
        arguments: &Map<String, Value>,
    ) -> Result<Pass, Denied> {
        let (judgement, counts, source, policy) = match &self.held().state {
            State::Open(in_force) => {
                let InForce { policy, digest, counts, source, .. } = &**in_force;
                let judgement = policy.judge(tool, arguments);
                (judgement, Arc::clone(counts), Arc::clone(source), Arc::clone(digest))
            }
            State::Closed(why) => return Err(closed(tool, why)),
        };
        let Allowed { rule, charges, approve } = judgement?;
        let taken = counts.take(grant, &charges, self.clock.now()).await;
        let taken = taken.map_err(|error| error.refusal(tool))?;
        Ok(Pass { taken, counts, source, policy, rule, approve })
    }

    /// Gives back the amounts of a call that never reached Zoom.
    pub(crate) async fn give_back(&self, pass: Pass) {
        if let Err(error) = pass.counts.give_back(pass.taken, self.clock.now()).await {
            (self.voice.warn)(&format!("a call stays counted that never reached Zoom: {}", error.report()));
        }
    }

    /// Opens where it was closed and need not be any more; takes up the policy anew where its file has changed.
    pub(crate) fn look_again(&self) {
        let mut held = self.held();
        let Held { server, state } = &mut *held;
        let news = match state {
            State::Open(in_force) => in_force.look_again(server, &self.clock),
            State::Closed(why) => match self.open(server) {
                Ok((in_force, news)) => {
                    *state = State::Open(Box::new(in_force));
                    Some(news)
                }
                Err(now) if now == *why => None,
                Err(now) => {
                    let warning = format!("no tool can be called until this is fixed: {now}");
                    *why = now;
                    Some(News::warning(warning))
                }
            },
        };
        // Printing may block.
        drop(held);
        if let Some(news) = news {
            self.report(&news);
        }
    }

    /// Looks for a changed policy again and again, where there is one that can change.
    pub(crate) async fn watch(&self, every: Duration) {
        while self.can_change() {
            pause(every).await;
            self.look_again();
        }
    }

    /// A channel that reports each change of the hidden tools.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn can_change(&self) -> bool {
        match &self.held().state {
            State::Open(in_force) => in_force.source.path().is_some(),
            State::Closed(_) => true,
        }
    }

    /// Reads everything that a call is judged by.
    fn open(&self, server: &Server) -> Result<(InForce, News), String> {
        let Ground { policy: source, counts, mut warnings } = (self.ground)()?;
        let (policy, held) = match &source {
            PolicySource::BuiltIn(limits) => (Policy::built_in(limits), None),
            PolicySource::File { path, .. } => {
                let (held, policy) = parsed(path, server, file::bytes(path));
                (policy.map_err(|error| error.sentence())?, held)
            }
        };
        warnings.extend(new_warnings(server, &source, &policy, &Policy::default()));
        let news = News {
            notice: Some(format!("📋 Policy: {source}")),
            warnings,
            relisted: server.tools().any(|tool| policy.hides(tool)),
        };
        let counts = Arc::new(counts);
        let digest = digest(held.as_ref());
        let (source, unchanged) = (Arc::new(source), Unchanged::default());
        Ok((InForce { policy, digest, source, counts, held, unchanged }, news))
    }

    fn report(&self, news: &News) {
        if let Some(notice) = &news.notice {
            (self.voice.talk)(notice);
        }
        for warning in &news.warnings {
            (self.voice.warn)(warning);
        }
        if news.relisted {
            self.changes.send_replace(());
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        locked(&self.held)
    }
}

impl InForce {
    /// Takes up the policy anew where its file has changed.
    fn look_again(&mut self, server: &Server, clock: &SystemClock) -> Option<News> {
        let path = self.source.path()?;
        let mut changed = None;
        let read = || {
            changed = read_if_changed(path, server, self.held.as_ref());
            Ok::<_, Infallible>(())
        };
        let Ok(()) = self.unchanged.get(|| clock.elapsed(), || stamp(path), read);
        let (held, parsed) = changed?;
        self.held = held;
        match parsed {
            Ok(policy) => {
                let relisted = server.tools().any(|tool| policy.hides(tool) != self.policy.hides(tool));
                let mut warnings =
                    vec![format!("the policy in {} has changed and is in force", path.display())];
                warnings.extend(new_warnings(server, &self.source, &policy, &self.policy));
                self.policy = policy;
                self.digest = digest(self.held.as_ref());
                Some(News { notice: None, warnings, relisted })
            }
            Err(error) => {
                let why = error.sentence();
                Some(News::warning(format!("{why} The policy from before stays in force.")))
            }
        }
    }
}

/// The warnings of a policy that the one before it had not. For zoomtok's own tools `policy check` reports them.
fn new_warnings(server: &Server, source: &PolicySource, policy: &Policy, before: &Policy) -> Vec<String> {
    let (Server::Foreign(_), Some(path)) = (server, source.path()) else { return Vec::new() };
    let new = policy.warnings().iter().filter(|warning| !before.warnings().contains(warning));
    new.map(|warning| format!("{}: {warning}", path.display())).collect()
}

fn digest(text: Option<&Zeroizing<Vec<u8>>>) -> Arc<str> {
    let Some(text) = text else { return "built-in".into() };
    let digest = ring::digest::digest(&ring::digest::SHA256, text);
    let write = |mut text: String, byte: &u8| {
        let _ = write!(text, "{byte:02x}");
        text
    };
    digest.as_ref().iter().fold(String::new(), write).into()
}

/// The report after a look.
#[derive(Default)]
struct News {
    notice: Option<String>,
    warnings: Vec<String>,
    /// Whether the hidden tools have changed.
    relisted: bool,
}

impl News {
    fn warning(warning: String) -> Self {
        Self { warnings: vec![warning], ..Self::default() }
    }
}

/// The bytes of the file, if it could be read, and the policy in it.
type Read = (Option<Zeroizing<Vec<u8>>>, Result<Policy, PolicyError>);

/// None where it holds what it held before, or can as little be read.
fn read_if_changed(path: &Path, server: &Server, before: Option<&Zeroizing<Vec<u8>>>) -> Option<Read> {
    let read = file::bytes(path);
    (read.as_ref().ok() != before).then(|| parsed(path, server, read))
}

fn parsed(path: &Path, server: &Server, read: Result<Zeroizing<Vec<u8>>, PolicyError>) -> Read {
    match read {
        Ok(bytes) => {
            let policy = file::parse(path, &bytes, server.against());
            (Some(bytes), policy)
        }
        Err(error) => (None, Err(error)),
    }
}

/// The message to an agent where no call can be judged.
fn closed(tool: &str, why: &str) -> Denied {
    let message = format!(
        "{tool} was not called, and no tool can be until the user fixes this: {why} It is checked again at each call; \
         nothing has to be restarted."
    );
    Denied { rule: None, message }
}

#[cfg(test)]
mod tests;
