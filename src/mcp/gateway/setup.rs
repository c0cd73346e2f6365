//! Everything that the clients of one gateway share.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

use super::approval::State;
use super::approvals::{Approvals, Listed};
use super::audit_log::AuditLog;
use super::child::HearErrors;
use super::ground::Reader;
use super::link::Target;
use super::metrics::{Metrics, Now};
use super::name::Name;
use super::pin_file::PinFile;
use super::place::Place;
use super::relay::Parts;
use super::restart::OnNewToken;
use super::restarts::Restarts;
use super::stores::Stores;
use crate::clock::{Clock as _, SystemClock};
use crate::event::Event;
use crate::policy::gate::{Gate, Voice};
use crate::tokens::Tokens;

/// Hears a sentence, or an event.
pub(crate) type Hear<T> = Arc<dyn Fn(&T) + Send + Sync>;

/// A gateway, before it has a client.
pub(crate) struct Setup {
    pub(crate) name: Name,
    pub(crate) target: Target,
    pub(crate) clock: SystemClock,
    pub(crate) tokens: Arc<Tokens>,
    /// Whether the server gets a token.
    pub(crate) hands_token: bool,
    pub(crate) new_token: Arc<Notify>,
    pub(crate) on_new_token: OnNewToken,
    /// The shared store, if one is set.
    pub(crate) stores: Stores,
    /// Which tools were accepted; none where they may change.
    pub(crate) pins: Option<PinFile>,
    /// The calls that wait for a person.
    pub(crate) approvals: Approvals,
    /// Where calls are written down.
    pub(crate) audit: Option<Arc<AuditLog>>,
    /// The metrics; none for one client over standard input and output, where nobody can read them.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// The error of the command itself.
    pub(crate) fault: Option<String>,
    /// Hears what the server writes to standard error.
    pub(crate) errors: HearErrors,
    /// Hears what the user should fix or know.
    pub(crate) warn: Hear<str>,
    /// Hears what is in order.
    pub(crate) talk: Hear<str>,
    /// Hears the events.
    pub(crate) report: Hear<Event>,
}

impl Setup {
    /// The reader for a gate under this policy, with the flag or variable that names it; under the setting's where there is
    /// none. Where a policy `is_required`, every call is refused without one.
    pub(crate) fn reader(&self, policy: Option<(PathBuf, String)>, is_required: bool) -> Reader {
        Reader {
            tokens: Arc::clone(&self.tokens),
            hands_token: self.hands_token,
            name: self.name.clone(),
            policy,
            is_required,
            fault: self.fault.clone(),
        }
    }

    /// A gate that stands on this.
    pub(crate) fn gate(&self, reader: Arc<Reader>) -> Gate {
        let (warn, talk) = (Arc::clone(&self.warn), Arc::clone(&self.talk));
        let voice = Voice {
            warn: Box::new(move |warning| warn(warning)),
            talk: Box::new(move |sentence| talk(sentence)),
        };
        Gate::for_gateway(Box::new(move || reader.read()), self.clock, voice)
    }

    /// The parts for the relay of a client whose calls are counted under this name.
    pub(crate) fn parts(&self, gate: Arc<Gate>, grant: &str) -> Parts {
        let place = self.tokens.state_root().map(|root| Place::new(root, &self.name));
        let has_place = place.is_some() || !matches!(self.stores.pool(), Ok(None));
        let restarts = place.map(|place| Restarts::new(place.restarts()));
        Parts {
            name: self.name.clone(),
            target: self.target.clone(),
            clock: self.clock,
            gate,
            grant: grant.to_owned(),
            tokens: self.hands_token.then(|| Arc::clone(&self.tokens)),
            new_token: Arc::clone(&self.new_token),
            on_new_token: self.on_new_token,
            pins: self.pins.clone().filter(|_| has_place),
            approvals: has_place.then(|| self.approvals.clone()),
            audit: self.audit.clone(),
            metrics: self.metrics.clone(),
            restarts,
            errors: Arc::clone(&self.errors),
            warn: Arc::clone(&self.warn),
            report: Arc::clone(&self.report),
        }
    }

    /// The state at the moment, for the metrics. Whatever cannot be read counts as none.
    pub(crate) async fn now(&self, sessions: usize) -> Now {
        let held = match &self.pins {
            Some(pins) => pins.numbers().await.ok(),
            None => None,
        };
        let listed = self.approvals.list().await.ok();
        let waiting =
            |listed: &Listed| listed.approvals.iter().filter(|one| one.state == State::Waiting).count();
        let ends = self.hands_token.then(|| self.tokens.ends()).flatten();
        Now {
            token_seconds_left: ends.map(|ends| (ends - self.clock.now()).num_seconds()),
            sessions,
            approvals: listed.as_ref().map_or(0, waiting),
            held: held.map_or(0, |(_, held)| held),
        }
    }
}
