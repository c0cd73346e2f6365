//! What a server stands on: its settings, its policy, its counts. None of it has to be right when the server starts:
//! a client shows what a tool answers, and drops what a program says that ends at once.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::Clock as _;
use crate::error::{Diagnostic as _, Error};
use crate::keeper::Look;
use crate::mcp::zoom::default::policy_source;
use crate::policy::counts::SharedCounts;
use crate::policy::gate::Ground;
use crate::settings::{Settings, exported_names};
use crate::store::{Identity, KnownFiles};
use crate::tokens::Tokens;
use crate::watch::Plan;

/// Where Zoom is.
const ADDRESSES: [&str; 2] = ["ZOOM_OAUTH_URL", "ZOOM_API_URL"];

/// Reads it, again each time.
pub(crate) struct Reader {
    tokens: Arc<Tokens>,
    policy: Option<PathBuf>,
    /// What no reading can change while the process lives.
    fault: Option<String>,
}

impl Reader {
    /// For a server whose command line names this policy.
    pub(crate) fn new(tokens: Arc<Tokens>, policy: Option<PathBuf>, fault: Option<&Error>) -> Self {
        let fault = fault.map(|error| format!("{} Then start the server again.", error.sentence()));
        Self { tokens, policy, fault }
    }

    /// Reads it now.
    ///
    /// # Errors
    ///
    /// What is wrong and how to fix it, in sentences.
    pub(crate) fn read(&self) -> Result<Ground, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let ground = || {
            // The `.env` may name a policy: unread, it could leave the server open.
            let look = self.tokens.keeper().look()?;
            let settings = &look.settings;
            plan(settings)?;
            settings.read_only()?;
            let policy = policy_source(self.policy.as_deref(), settings)?;
            let counts = self.counts(look.snapshot.identity());
            let mut warnings = warnings(&look);
            if self.policy.is_none() {
                warnings.extend(settings.empty_policy().map(|oddity| oddity.told()));
            }
            if self.tokens.state_root().is_none() {
                warnings.push(
                    "neither XDG_STATE_HOME nor HOME is set: calls are counted in this process alone".into(),
                );
            }
            Ok(Ground { policy, counts, warnings })
        };
        ground().map_err(|error: Error| error.sentence())
    }

    /// When to refresh; none as long as that cannot be read.
    pub(crate) fn plan(&self) -> Option<Plan> {
        if self.fault.is_some() {
            return None;
        }
        let look = self.tokens.keeper().look().ok()?;
        plan(&look.settings).ok()
    }

    /// Servers of one `.env` count together, by whatever path they found it, through a link or a mount too.
    fn counts(&self, of: &Identity) -> SharedCounts {
        let Some(root) = self.tokens.state_root() else { return SharedCounts::in_memory() };
        let (known, of, clock) = (KnownFiles::new(root), of.clone(), self.tokens.clock);
        SharedCounts::new(Box::new(move || known.counts(&of, clock.now())))
    }
}

/// When to refresh.
pub(crate) fn plan(settings: &Settings) -> Result<Plan, Error> {
    Ok(Plan { threshold: settings.auto_refresh_threshold(None)?, interval: settings.display_interval(None)? })
}

/// What is most likely not meant, and what a `.env` that was found cannot set.
pub(crate) fn warnings(look: &Look) -> Vec<String> {
    let oddities = look.settings.oddities(&exported_names()).into_iter().map(|oddity| oddity.told());
    let ignored = look.settings.ignored(look.held.origin.as_ref()).into_iter();
    let ignored = ignored.filter(|ignored| ADDRESSES.contains(&ignored.name)).map(|ignored| ignored.told());
    oddities.chain(ignored).collect()
}
