//! The entry that is asked for.

use crate::cli::args::ServerOptions;
use crate::cli::commands::Context;
use crate::cli::commands::entry::program::{full, program, text, warnings};
use crate::cli::commands::entry::surroundings::Surroundings;
use crate::cli::commands::entry::wanted::{Wanted, policy};
use crate::cli::failure::Result;
use crate::error::Error;
use crate::keeper::Look;
use crate::mcp::gateway::upstream::address::Address;
use crate::settings::Chosen;

/// The entry that flags and settings ask for, and what there is to say about it whatever client it is for.
pub(super) fn wanted(context: &Context, look: &Look, flags: &ServerOptions) -> Result<(Wanted, Vec<String>)> {
    let settings = &look.settings;
    // A server would not start with one of them that makes no sense.
    settings.oauth_url().and(settings.api_url(None))?;
    if let Some(url) = &flags.url {
        Address::read(url, &settings.mcp_url(None)?, None).map_err(|problem| Error::Setting {
            name: "--url".into(),
            place: "on the command line".into(),
            problem,
        })?;
    }
    let policy = policy(settings, flags.policy.as_deref(), flags.url.is_some())?;
    let profile = context.environment.profile();
    let mut surroundings = Surroundings::of_process(profile.is_some());
    if flags.url.is_some() {
        surroundings.add_mcp_url();
    }
    let program = program()?;
    let wanted = Wanted {
        program: text("the path of zoomtok", &program)?,
        env_file: text("the path of .env", &full(context.store.path())?)?,
        env_file_is_named: matches!(context.chosen, Chosen::ByFlag | Chosen::ByVariable | Chosen::Profile(_)),
        profile: profile.map(ToString::to_string),
        policy: policy.map(|policy| text("the path of the policy", &policy)).transpose()?,
        no_watch: flags.no_watch,
        url: flags.url.clone(),
        env: surroundings.variables,
    };
    Ok((wanted, [surroundings.warnings, warnings(&program)].concat()))
}
