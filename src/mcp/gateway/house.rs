//! A gateway for many clients, each with the session and the policy of its grant.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::grant::Grant;
use super::grant_error::GrantError;
use super::grants::Grants;
use super::listen::house::{Closed, House, Opened, Peer};
use super::metrics::RefusalReason;
use super::mirror::ParamHeaders;
use super::relay::Relay;
use super::setup::Setup;
use crate::error::{Diagnostic as _, Error};
use crate::mutex::locked;
use crate::policy::gate::Gate;

/// How many messages of one session may wait for its client.
const SESSION_UNREAD: usize = 64;

/// The sessions of a gateway.
pub(crate) struct Sessions {
    pub(crate) setup: Setup,
    pub(crate) grants: Grants,
    /// The policy that the command line names.
    pub(crate) policy: Option<(PathBuf, String)>,
    /// A gate for each policy.
    pub(crate) gates: Mutex<HashMap<Option<PathBuf>, Arc<Gate>>>,
}

impl Sessions {
    /// The gates that there are.
    pub(crate) fn gates(&self) -> Vec<Arc<Gate>> {
        locked(&self.gates).values().cloned().collect()
    }

    /// Why nobody is admitted. Anybody may read that, who need not learn where the shared store is.
    fn closed(&self, error: &GrantError) -> Closed {
        let GrantError::File(Error::Shared(_)) = error else {
            return Closed { reason: error.report(), is_for_now: false };
        };
        (self.setup.warn)(&format!("a client is refused: {}", error.report()));
        let reason = "the grants are in a store that cannot be asked at the moment; come back later".into();
        Closed { reason, is_for_now: true }
    }

    /// The gate of a grant. Grants with one policy have one gate; their calls are counted apart.
    fn gate(&self, grant: &Grant) -> Arc<Gate> {
        let mut gates = locked(&self.gates);
        let gate = gates.entry(grant.policy.clone()).or_insert_with(|| {
            let own =
                grant.policy.clone().map(|path| (path, format!("of the grant {}", grant.name.as_str())));
            let reader = self.setup.reader(own.or_else(|| self.policy.clone()), true);
            Arc::new(self.setup.gate(Arc::new(reader)))
        });
        Arc::clone(gate)
    }
}

impl House for Sessions {
    type Grant = Grant;
    type Peer = Session;

    async fn admit(&self, bearer: &str) -> Result<Option<Grant>, Closed> {
        let found = self.grants.find(bearer).await.map_err(|error| self.closed(&error));
        if let (Some(metrics), Ok(None) | Err(_)) = (&self.setup.metrics, &found) {
            metrics.refused(RefusalReason::Unauthorized);
        }
        found
    }

    fn name<'a>(&self, grant: &'a Grant) -> &'a str {
        grant.name.as_str()
    }

    async fn is_valid(&self, grant: &Grant) -> bool {
        self.grants.has(grant).await
    }

    fn is_same(&self, one: &Grant, other: &Grant) -> bool {
        one == other
    }

    fn open(&self, grant: &Grant) -> Result<Opened<Session>, String> {
        let parts = self.setup.parts(self.gate(grant), grant.name.as_str());
        let (out, outgoing) = mpsc::channel(SESSION_UNREAD);
        let (relay, inbox) = Relay::new(parts, out);
        let running = tokio::spawn({
            let relay = Arc::clone(&relay);
            async move { relay.run(inbox).await }
        });
        let running = running.abort_handle();
        Ok((Arc::new(Session { relay, running }), outgoing))
    }

    fn health(&self) -> Result<String, String> {
        self.setup.fault.clone().map_or_else(|| Ok("ok".into()), Err)
    }

    async fn metrics(&self, sessions: usize) -> String {
        let Some(metrics) = &self.setup.metrics else { return String::new() };
        metrics.text(&self.setup.now(sessions).await)
    }
}

/// A client's session.
pub(crate) struct Session {
    relay: Arc<Relay>,
    running: AbortHandle,
}

impl Peer for Session {
    async fn hear(self: Arc<Self>, message: Bytes, ticket: u64, headers: ParamHeaders) {
        self.relay.hear(&message, ticket, headers).await;
    }

    async fn hang_up(self: Arc<Self>, ticket: u64) {
        self.relay.hang_up(ticket).await;
    }

    async fn end(self: Arc<Self>) {
        self.relay.end(Duration::ZERO).await;
        self.running.abort();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.running.abort();
    }
}
