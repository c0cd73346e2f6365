//! Where one account's tokens live: the `.env` and its text, what is remembered beside it, and where calls are counted.

pub(crate) mod env;
mod known;
mod state;

pub use env::file::{EnvFile, Place, find as find_env_file};
pub(crate) use env::rewrite::is_storable;
pub use env::rewrite::{Prepared, Rewrite};
pub(crate) use env::text::reference;
pub use env::text::{Entry, EnvText, Fault};
pub(crate) use known::KnownFiles;
pub use state::Texts;
pub(crate) use state::no_place;
pub(crate) use state::root_where as state_root_where;
pub use state::{
    ClockDifference, Failure, Life, Memory, Recovery, StateDirectory, default_root as default_state_root,
    digest,
};
