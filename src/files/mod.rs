//! Any file that zoomtok reads, locks or replaces: opened without waiting, written whole or not at all.

mod append;
mod directory;
mod give;
mod heir;
pub(crate) mod in_place;
mod limits;
mod lock;
mod make;
mod obstacle;
mod open;
mod owner;
mod path;
mod probe;
mod read;
mod replace;
mod sharing;
mod stream;
mod tally;
mod unchanged;

pub(crate) use append::append;
pub(crate) use directory::{Access, Directory};
pub(crate) use heir::{follows, heir, heir_of_secrets};
pub(crate) use limits::may_print;
pub use lock::{Lock, PATIENCE, lock_path};
pub(crate) use make::make_private;
pub(crate) use obstacle::{Obstacle, is_mounted, obstacle};
pub(crate) use open::open_regular;
pub(crate) use owner::distrust;
pub(crate) use path::{name_of, resolve};
pub(crate) use probe::is_replaceable;
pub(crate) use read::{read_opened, read_regular};
pub use replace::{Reservation, clean, temporary};
pub(crate) use sharing::insist;
pub(crate) use stream::{is_stream, read_stream};
pub(crate) use tally::{Released, Tally};
pub(crate) use unchanged::{Unchanged, stamp};
