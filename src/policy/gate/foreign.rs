//! The gate before a server that is not zoomtok's: its tools are learnt and may change, it has methods beside those of
//! tools, and a person may be asked.

use std::time::Duration;

use super::{
    Denied, Gate, Held, InForce, News, Pass, ReadGround, Server, State, Voice, closed, new_warnings,
};
use crate::clock::SystemClock;
use crate::policy::file;
use crate::policy::{Catalog, Policy};

impl Gate {
    /// A gate for a server that is yet to list its tools; see [`Self::set_catalog`]. Says what [`Self::new`] says, and the
    /// warnings of the policy.
    pub(crate) fn for_gateway(ground: ReadGround, clock: SystemClock, voice: Voice) -> Self {
        Self::before(Server::Foreign(None), ground, clock, voice)
    }

    /// The tools of the server behind a gateway and the schemas of their arguments, as it has just listed them. Says what
    /// does not fit them, once.
    pub(crate) fn set_catalog(&self, catalog: Catalog) {
        let mut held = self.held();
        let before = hidden(&held);
        let Held { server, state } = &mut *held;
        *server = Server::Foreign(Some(catalog));
        let mut news = match state {
            State::Open(in_force) => in_force.check_again(server),
            State::Closed(_) => News::default(),
        };
        news.relisted = before != hidden(&held);
        drop(held);
        self.report(&news);
    }

    /// Takes up a changed policy, and checks whether a message with this method, not a call of a tool, may pass.
    ///
    /// # Errors
    ///
    /// It may not; the message is for its sender.
    pub(crate) fn lets_method(&self, method: &str) -> Result<(), Denied> {
        self.look_again();
        match &self.held().state {
            State::Open(in_force) => Ok(in_force.policy.admits_method(method)?),
            State::Closed(why) => Policy::default().admits_method(method).map_err(|_| closed(method, why)),
        }
    }

    /// How long a call may wait for a person.
    pub(crate) fn approve_within(&self) -> Duration {
        match &self.held().state {
            State::Open(in_force) => in_force.policy.approve_within(),
            State::Closed(_) => Policy::default().approve_within(),
        }
    }

    /// Whether a call that cannot be written to the audit log has to be refused.
    pub(crate) fn audit_required(&self) -> bool {
        match &self.held().state {
            State::Open(in_force) => in_force.policy.audit_required(),
            State::Closed(_) => false,
        }
    }

    /// Whether the policy that let a call through is still in force, after a wait.
    pub(crate) fn is_under(&self, pass: &Pass) -> bool {
        self.look_again();
        match &self.held().state {
            State::Open(in_force) => in_force.digest == pass.policy,
            State::Closed(_) => false,
        }
    }
}

impl InForce {
    /// Holds the policy against the tools anew.
    fn check_again(&mut self, server: &Server) -> News {
        let (Some(path), Some(held)) = (self.source.path(), &self.held) else { return News::default() };
        // The file may hold a broken change by now: the policy that was in force before keeps its warnings.
        let Ok(policy) = file::parse(path, held, server.against()) else { return News::default() };
        let warnings = new_warnings(server, &self.source, &policy, &self.policy);
        self.policy = policy;
        News { notice: None, warnings, relisted: false }
    }
}

/// The tools that are left out of the list.
fn hidden(held: &Held) -> Vec<String> {
    let State::Open(in_force) = &held.state else { return Vec::new() };
    held.server.tools().filter(|tool| in_force.policy.hides(tool)).cloned().collect()
}
