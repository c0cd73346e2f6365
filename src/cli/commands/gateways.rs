//! The gateways of this machine and of those that it shares a store with, as commands name them.

use std::path::PathBuf;
use std::sync::Arc;

use super::Context;
use crate::error::Error;
use crate::mcp::gateway::approvals::Approvals;
use crate::mcp::gateway::name::Name;
use crate::mcp::gateway::pin_file::PinFile;
use crate::mcp::gateway::place::{Place, all};
use crate::mcp::gateway::stores::Stores;
use crate::store::{Store as _, no_place};

/// The shared store of a command, if one is set.
pub(super) fn stores(context: &Context) -> Stores {
    let (env, environment) = (context.store.clone(), context.environment.clone());
    Stores::new(move || {
        let snapshot = env.read()?;
        environment.admit(snapshot.file())?;
        environment.shared_store(&snapshot)
    })
}

/// The gateways, and what they keep.
pub(super) struct Gateways {
    /// The state root of this machine; none where it has none.
    root: Option<PathBuf>,
    stores: Stores,
}

impl Gateways {
    /// Those that a command can find.
    pub(super) fn of(context: &Context) -> Self {
        Self { root: context.store.state_root().map(ToOwned::to_owned), stores: stores(context) }
    }

    /// Their names: of those that have kept anything, on this machine or in the shared store.
    ///
    /// # Errors
    ///
    /// The directory or the shared store cannot be read, or the system has no place for either.
    pub(super) fn names(&self) -> Result<Vec<Name>, Error> {
        let mut names = self.stores.names()?;
        match &self.root {
            Some(root) => names.extend(all(root)?),
            None if self.stores.pool()?.is_none() => return Err(no_place("what gateways keep")),
            None => {}
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The directory that a gateway has on this machine.
    pub(super) fn place(&self, name: &Name) -> Option<Place> {
        self.root.as_deref().map(|root| Place::new(root, name))
    }

    /// Its pins.
    pub(super) fn pins(&self, name: &Name) -> PinFile {
        PinFile::new(self.place(name).map(|place| place.pins()), self.stores.clone(), name)
    }

    /// Its calls that wait for a person.
    pub(super) fn approvals(&self, context: &Context, name: &Name) -> Approvals {
        let directory = self.place(name).map(|place| place.approvals());
        Approvals::new(directory, self.stores.clone(), name.clone(), Arc::new(context.clock))
    }
}

/// The pins of the gateway of this name.
///
/// # Errors
///
/// There is none, with the names of those that there are.
pub(super) fn pins_of(context: &Context, name: &str) -> Result<PinFile, Error> {
    let gateways = Gateways::of(context);
    let names = gateways.names()?;
    let Some(name) = names.iter().find(|known| known.as_str() == name) else {
        let all: Vec<String> = names.iter().map(Name::to_string).collect();
        let there = if all.is_empty() { "none has run yet".into() } else { all.join(", ") };
        return Err(Error::Setting {
            name: "NAME".into(),
            place: "on the command line".into(),
            problem: format!("is none of the gateways: {there}"),
        });
    };
    Ok(gateways.pins(name))
}
