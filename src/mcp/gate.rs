//! The gate: no call gets anywhere without it.
//!
//! It holds the policy in force. The file may change while the server runs: a valid change is taken up at the next call
//! or within seconds, a broken one is told and changes nothing.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::counts::{Counts, Taken};
use super::failure::Failure;
use super::policy::{Catalog, Policy};
use super::policy_file;
use crate::clock::{Clock as _, SystemClock, pause};
use crate::error::Error;

/// How often a changed policy is looked for while nothing is called: the client learns of it by then.
const LOOK: Duration = Duration::from_secs(2);

/// What is told of a policy that cannot be taken up.
pub(super) type Warn = Box<dyn Fn(&str) + Send + Sync>;

/// The policy in force, and the counts of its limits.
pub(super) struct Gate {
    path: Option<PathBuf>,
    catalog: Catalog,
    counts: Counts,
    clock: SystemClock,
    warn: Warn,
    in_force: Mutex<InForce>,
    /// Says that other tools are hidden than before.
    changes: watch::Sender<()>,
}

struct InForce {
    policy: Policy,
    /// What the file held when it was last read, whether a policy or not; none where it could not be read. Its time and
    /// its size would not do: two changes within one tick of the filesystem's clock have the same.
    held: Option<Zeroizing<Vec<u8>>>,
}

/// What a call got past the gate with.
#[must_use = "a call that never reached Zoom gives it back"]
pub(super) struct Pass(Taken);

impl Gate {
    /// A gate for a server with these tools; without a policy file the built-in policy holds.
    ///
    /// # Errors
    ///
    /// The policy cannot be read, or is not valid.
    pub(super) fn new(
        path: Option<PathBuf>,
        catalog: Catalog,
        counts: Counts,
        clock: SystemClock,
        warn: Warn,
    ) -> Result<Self, Error> {
        let in_force = match &path {
            Some(path) => {
                let held = policy_file::bytes(path)?;
                InForce { policy: policy_file::parse(path, &held, &catalog)?, held: Some(held) }
            }
            None => InForce { policy: Policy::default(), held: None },
        };
        let in_force = Mutex::new(in_force);
        Ok(Self { path, catalog, counts, clock, warn, in_force, changes: watch::Sender::new(()) })
    }

    /// Whether a tool is left out of the list.
    pub(super) fn hides(&self, tool: &str) -> bool {
        self.in_force().policy.hides(tool)
    }

    /// Takes up a changed policy, and says whether a tool may be called at all: what a call of a closed tool is told does
    /// not depend on its arguments.
    ///
    /// # Errors
    ///
    /// Every call of it is refused; the message is what the agent is told.
    pub(super) fn admits(&self, tool: &str) -> Result<(), Failure> {
        self.look_again();
        let admitted = self.in_force().policy.admits(tool);
        admitted.map_err(|refusal| Failure::new(refusal.to_string()))
    }

    /// Judges a call, and counts it.
    ///
    /// # Errors
    ///
    /// The call is refused; the message is what the agent is told.
    pub(super) async fn pass(&self, tool: &str, arguments: &Map<String, Value>) -> Result<Pass, Failure> {
        let judgement = self.in_force().policy.judge(tool, arguments);
        let allowed = judgement.map_err(|refusal| Failure::new(refusal.to_string()))?;
        let taken = self.counts.take(&allowed.charges, self.clock.now()).await;
        taken.map(Pass).map_err(|error| Failure::new(error.refusal(tool).to_string()))
    }

    /// Gives back what a call took that never reached Zoom.
    pub(super) async fn give_back(&self, pass: Pass) {
        if let Err(error) = self.counts.give_back(pass.0, self.clock.now()).await {
            (self.warn)(&format!("a call stays counted that never reached Zoom: {}", error.told()));
        }
    }

    /// Takes up the policy anew where its file has changed.
    pub(super) fn look_again(&self) {
        let Some(path) = &self.path else { return };
        let mut in_force = self.in_force();
        let read = policy_file::bytes(path);
        if read.as_ref().ok() == in_force.held.as_ref() {
            return;
        }
        let (held, parsed) = match read {
            Ok(bytes) => {
                let parsed = policy_file::parse(path, &bytes, &self.catalog);
                (Some(bytes), parsed)
            }
            Err(error) => (None, Err(error)),
        };
        in_force.held = held;
        match parsed {
            Ok(policy) => {
                let differs = |tool: &String| policy.hides(tool) != in_force.policy.hides(tool);
                let changed = self.catalog.keys().any(differs);
                in_force.policy = policy;
                drop(in_force);
                (self.warn)(&format!("the policy in {} has changed and is in force", path.display()));
                if changed {
                    self.changes.send_replace(());
                }
            }
            Err(error) => {
                drop(in_force);
                (self.warn)(&format!("{} The policy from before stays in force.", ended(&error.told())));
            }
        }
    }

    /// Looks for a changed policy again and again, where there is one that can change.
    pub(super) async fn watch(&self) {
        while self.path.is_some() {
            pause(LOOK).await;
            self.look_again();
        }
    }

    /// What says that other tools are hidden than before.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    fn in_force(&self) -> MutexGuard<'_, InForce> {
        self.in_force.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// With a full stop.
fn ended(sentence: &str) -> String {
    if sentence.ends_with('.') { sentence.to_owned() } else { format!("{sentence}.") }
}
