//! Where one account's tokens live: what can be read of it, and the right to change it. The `.env` is such a home.

pub(crate) mod env;
pub mod fleet;
mod identity;
mod known;
mod names;
mod new_tokens;
mod same_user;
mod snapshot;
mod state;
mod turn;

pub use env::EnvStore;
pub(crate) use env::ROOM_FOR_TOKENS;
pub use env::file::EnvFile;
pub use env::find::{Place, find as find_env_file};
pub use env::profiles::{ProfileName, all as profiles, in_directory as profiles_in};
pub(crate) use env::rewrite::is_storable;
pub(crate) use env::text::reference;
pub use env::text::{Entry, EnvText, Fault};
pub use fleet::{AccountStore, Places, SharedAccount, SharedPlace};
pub use identity::{Identity, digest};
pub(crate) use known::KnownFiles;
pub(crate) use names::{
    ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SECRET_COMMAND, TOKEN_EXPIRES_AT,
};
pub use new_tokens::{NewApp, NewTokens};
pub(crate) use same_user::{note_user, of_same_user};
pub use snapshot::{Snapshot, StoredTokens};
pub(crate) use state::no_place;
pub(crate) use state::root_where as state_root_where;
pub use state::{
    ClockDifference, GrantedTo, Life, Memory, Recovery, RememberedFailure, StateDirectory,
    default_root as default_state_root,
};
pub use turn::{Reserved, Store, Turn};
