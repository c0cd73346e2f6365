//! Settings: flag, then environment, then `.env`, then default, each value knowing where it came from.
//!
//! A setting is looked up when a command needs it, so that a wrong one stops only the commands that it concerns.

mod address;
mod app;
mod checked;
mod credentials;
mod environment;
mod fleet;
mod found;
mod getters;
mod home;
mod lookup;
mod names;
mod oddities;
mod origin;
mod secret;
mod shared;
mod survey;
mod table;
mod token;
mod typed;

pub(crate) use app::App;
pub use environment::{Chosen, EXPORTED_ONLY, Environment, NamedEnv};
pub use found::Ignored;
pub(crate) use home::configuration_directory;
pub use home::expanded;
pub use lookup::Settings;
pub use names::{exported as exported_names, meant};
pub use oddities::Oddity;
pub use origin::Origin;
pub use secret::{ClientSecret, SecretCommand};
pub use survey::Given;
pub use table::NAMES;
pub(crate) use table::{ON_EVENT, POLICY_FILE, SECRET_COMMAND, TABLE, hide_secrets, of_claude};
pub use token::Held;
pub use typed::{CommandLine, program, whole_seconds};

#[cfg(test)]
mod tests;
