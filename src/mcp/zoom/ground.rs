//! The base of a server: its settings, its policy, its counts. None of it has to be right when the server starts: a
//! client shows the answers of tools, and drops the output of a program that ends at once.

use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Diagnostic as _, Error};
use crate::mcp::settings::{UNCOUNTED_TOGETHER, plan_of_now, warnings};
use crate::mcp::zoom::default::policy_source;
use crate::policy::counts::SharedCounts;
use crate::policy::gate::Ground;
use crate::redis::Pool;
use crate::store::{Identity, KnownFiles};
use crate::tokens::{Tokens, ahead};
use crate::watch::Plan;

/// Reads it, again each time.
pub(crate) struct Reader {
    tokens: Arc<Tokens>,
    policy: Option<PathBuf>,
    /// A fault that no reading can change while the process lives.
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
    /// The problem and its fix, in sentences.
    pub(crate) fn read(&self) -> Result<Ground, String> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let ground = || {
            // The `.env` may name a policy: unread, it could leave the server open.
            let look = self.tokens.keeper().look()?;
            let settings = &look.settings;
            ahead::plan(settings, None, None)?;
            settings.read_only()?;
            let policy = policy_source(self.policy.as_deref(), settings)?;
            let shared = settings.shared_store()?;
            let is_counted_together = shared.is_some() || self.tokens.state_root().is_some();
            let counts = match shared {
                Some(access) => {
                    let name = format!("mcp:{}", settings.account_name()?);
                    SharedCounts::in_store(Pool::new(access), &name, self.tokens.state_root())
                }
                None => self.counts(look.snapshot.identity()),
            };
            let mut warnings = warnings(&look);
            if self.policy.is_none() {
                warnings.extend(settings.empty_policy().map(|oddity| oddity.told()));
            }
            if !is_counted_together {
                warnings.push(UNCOUNTED_TOGETHER.into());
            }
            Ok(Ground { policy, counts, warnings })
        };
        ground().map_err(|error: Error| error.sentence())
    }

    /// When to refresh; none as long as that cannot be read.
    pub(crate) fn plan(&self) -> Option<Plan> {
        if self.fault.is_some() { None } else { plan_of_now(&self.tokens) }
    }

    /// Servers of one `.env` count together, by whatever path they found it, through a link or a mount too.
    fn counts(&self, of: &Identity) -> SharedCounts {
        let Some(root) = self.tokens.state_root() else { return SharedCounts::in_memory() };
        let (known, of, clock) = (KnownFiles::new(root), of.clone(), Arc::clone(&self.tokens.clock));
        SharedCounts::new(Box::new(move || known.counts(&of, clock.now())))
    }
}
