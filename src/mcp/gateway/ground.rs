//! The policy and the counts of a gateway. Neither has to be right when it starts: calls report the error.

use std::path::PathBuf;
use std::sync::Arc;

use super::name::Name;
use super::place::Place;
use crate::error::{Diagnostic as _, Error};
use crate::mcp::settings::{UNCOUNTED_TOGETHER, named_policy, plan_of_now, warnings};
use crate::policy::counts::SharedCounts;
use crate::policy::file::PolicySource;
use crate::policy::gate::Ground;
use crate::redis::Pool;
use crate::tokens::{Tokens, ahead};
use crate::watch::Plan;

/// Why a client over HTTP may call nothing that has no policy.
const NO_POLICY: &str = "neither the grant nor the gateway has a policy: start the gateway with --policy FILE, or make the \
                         grant anew with zoomtok grant add NAME --policy FILE.";

/// Reads it, again each time.
pub(crate) struct Reader {
    pub(crate) tokens: Arc<Tokens>,
    /// Whether the server gets a token: else nothing about tokens is in the way of a call.
    pub(crate) hands_token: bool,
    pub(crate) name: Name,
    /// The policy that a flag or a grant names, and what names it.
    pub(crate) policy: Option<(PathBuf, String)>,
    /// Whether calls are refused without a policy.
    pub(crate) is_required: bool,
    /// The error of the command itself, which lasts as long as the process.
    pub(crate) fault: Option<String>,
}

impl Reader {
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
            let mut warned = Vec::new();
            if self.hands_token {
                ahead::plan(settings, None, None)?;
                settings.read_only()?;
                warned = warnings(&look);
            }
            let policy = match &self.policy {
                Some((path, named_by)) => PolicySource::named(path, named_by.clone()),
                None => match named_policy(settings)? {
                    Some(named) => named,
                    None if self.is_required => return Ok(Err(NO_POLICY.to_owned())),
                    None => PolicySource::BuiltIn(&[]),
                },
            };
            if self.policy.is_none() {
                warned.extend(settings.empty_policy().map(|oddity| oddity.told()));
            }
            let counts = if let Some(access) = settings.shared_store()? {
                let name = format!("gateway:{}", self.name);
                SharedCounts::in_store(Pool::new(access), &name, self.tokens.state_root())
            } else if let Some(root) = self.tokens.state_root() {
                Place::new(root, &self.name).counts()
            } else {
                warned.push(UNCOUNTED_TOGETHER.into());
                SharedCounts::in_memory()
            };
            Ok(Ok(Ground { policy, counts, warnings: warned }))
        };
        ground().map_err(|error: Error| error.sentence())?
    }

    /// When to refresh; none as long as that cannot be read.
    pub(crate) fn plan(&self) -> Option<Plan> {
        if self.fault.is_some() { None } else { plan_of_now(&self.tokens) }
    }
}
