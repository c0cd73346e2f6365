//! The user's command that hears events, as the commands start it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Context;
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Diagnostic as _, Error};
use crate::event::{Event, Hook};
use crate::keeper::Look;
use crate::settings::{CommandLine, ON_EVENT, SECRET_COMMAND};
use crate::store::ProfileName;

/// The command that hears the events of one process, if there is one.
pub(super) struct Hooked {
    hook: Option<Hook>,
    clock: SystemClock,
    profile: Option<ProfileName>,
}

impl Hooked {
    /// The command that the flag or the settings of a look name.
    ///
    /// # Errors
    ///
    /// The setting is not a command line, or the system has no room for a thread.
    pub(super) fn of(context: &Context, look: &Look, flag: Option<&CommandLine>) -> Result<Self, Error> {
        Self::start(context, look.settings.on_event(flag)?, std::iter::empty())
    }

    /// The same for what goes on whatever is wrong with the `.env`: one that cannot be read names no command. Neither do
    /// wrong settings, which are warned of. These variables of the environment are `hidden` from the command.
    ///
    /// # Errors
    ///
    /// The system has no room for a thread.
    pub(super) fn of_server(
        context: &Context,
        flag: Option<&CommandLine>,
        hidden: impl Iterator<Item = String>,
    ) -> Result<Self, Error> {
        let look = context.keeper().look();
        if let Ok(look) = &look {
            context.warn_of_ignored(look, &[SECRET_COMMAND]);
            if flag.is_none() {
                context.warn_of_ignored(look, &[ON_EVENT]);
            }
        }
        let command = look.and_then(|look| look.settings.on_event(flag)).unwrap_or_else(|error| {
            if flag.is_none() {
                context.output.warn(&format!("{}; no command hears events", error.sentence()));
            }
            flag.cloned()
        });
        Self::start(context, command, hidden)
    }

    fn start(
        context: &Context,
        command: Option<CommandLine>,
        hidden: impl Iterator<Item = String>,
    ) -> Result<Self, Error> {
        // One that itself runs zoomtok would start itself again and again.
        let is_inside = std::env::var_os(Hook::EVENT).is_some();
        let output = context.output;
        let start = |CommandLine(words)| {
            let hidden = hidden.chain([ON_EVENT.to_owned()]).collect();
            Hook::start(words, hidden, context.clock, context.stop.clone(), move |sentence| {
                output.warn(sentence);
            })
        };
        let hook = command.filter(|_| !is_inside).map(start).transpose();
        let hook = hook.map_err(|source| Error::Other {
            action: "start the thread that runs the command for events".into(),
            source,
        })?;
        Ok(Self { hook, clock: context.clock, profile: context.environment.profile().cloned() })
    }

    /// Hands an event to it.
    pub(super) fn tell(&self, event: &Event) {
        if let Some(hook) = &self.hook {
            hook.tell(&json(event, self.clock.now(), self.profile.as_ref()));
        }
    }

    /// The same for one of several accounts, as JSON.
    pub(super) fn tell_json(&self, json: &Value) {
        if let Some(hook) = &self.hook {
            hook.tell(json);
        }
    }
}

/// An event of an account, as programs read it.
pub(super) fn json(event: &Event, at: DateTime<Utc>, profile: Option<&ProfileName>) -> Value {
    let mut json = event.json(at);
    json["profile"] = profile.map(ProfileName::as_str).into();
    json
}
