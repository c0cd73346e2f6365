//! The gateways of this machine, as commands name them.

use std::path::PathBuf;

use super::Context;
use crate::error::Error;
use crate::mcp::gateway::name::Name;
use crate::mcp::gateway::place::{Place, all};
use crate::store::{Store as _, no_place};

/// The state root, below which gateways keep what they keep.
///
/// # Errors
///
/// The system has no place for it.
pub(super) fn state_root(context: &Context) -> Result<PathBuf, Error> {
    let root = context.store.state_root().ok_or_else(|| no_place("what gateways keep"))?;
    Ok(root.to_owned())
}

/// The files of the gateway of this name.
///
/// # Errors
///
/// There is none, with the names of those that there are.
pub(super) fn kept_by(context: &Context, name: &str) -> Result<Place, Error> {
    let root = state_root(context)?;
    let named = Name::parse(name);
    let place = named.ok().map(|name| Place::new(&root, &name)).filter(Place::exists);
    let Some(place) = place else {
        let all: Vec<String> = all(&root)?.iter().map(Name::to_string).collect();
        let there = if all.is_empty() { "none has run yet".into() } else { all.join(", ") };
        return Err(Error::Setting {
            name: "NAME".into(),
            place: "on the command line".into(),
            problem: format!("is none of the gateways: {there}"),
        });
    };
    Ok(place)
}
