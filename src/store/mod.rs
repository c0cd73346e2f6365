//! Where one account's tokens live: the `.env` and its text, what is remembered beside it, and where calls are counted.

mod env_file;
pub(crate) mod env_text;
mod known;
mod rewrite;
mod state;
mod texts;

pub(crate) use env_file::resolve;
pub use env_file::{EnvFile, Place, find as find_env_file};
pub(crate) use env_text::reference;
pub use env_text::{Entry, EnvText, Fault};
pub(crate) use known::KnownFiles;
pub(crate) use rewrite::is_storable;
pub use rewrite::{Prepared, Rewrite};
pub(crate) use state::no_place;
pub(crate) use state::root_where as state_root_where;
pub use state::{
    ClockDifference, Failure, Life, Memory, Recovery, StateDirectory, default_root as default_state_root,
    digest,
};
pub use texts::Texts;
