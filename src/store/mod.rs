//! The token's home: the `.env` and its text, its replacement, the lock, the state directory, and the file of counts.

mod append;
mod directory;
mod env_file;
pub(crate) mod env_text;
mod heir;
mod in_place;
mod known;
mod limits;
mod lock;
mod make;
mod obstacle;
mod open;
mod owner;
mod probe;
mod read;
mod replace;
mod rewrite;
mod sharing;
mod state;
mod stream;
mod tally;
mod texts;
mod unchanged;

pub(crate) use append::append;
pub(crate) use env_file::resolve;
pub use env_file::{EnvFile, Place, find as find_env_file};
pub(crate) use env_text::reference;
pub use env_text::{Entry, EnvText, Fault};
pub(crate) use known::KnownFiles;
pub(crate) use limits::may_print;
pub use lock::{Lock, PATIENCE, lock_path};
pub(crate) use make::make_private;
pub(crate) use obstacle::is_mounted;
pub(crate) use probe::is_replaceable;
pub(crate) use read::read_regular;
pub use replace::{Reservation, clean, temporary};
pub(crate) use rewrite::is_storable;
pub use rewrite::{Prepared, Rewrite};
pub(crate) use sharing::insist;
pub(crate) use state::no_place;
pub(crate) use state::root_where as state_root_where;
pub use state::{
    ClockDifference, Failure, Life, Memory, Recovery, StateDirectory, default_root as default_state_root,
    digest,
};
pub(crate) use tally::Tally;
pub use texts::Texts;
pub(crate) use unchanged::{Unchanged, stamp};
