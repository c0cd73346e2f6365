//! The store that many machines share: a Redis or Valkey, its address, a connection to it, and values that only zoomtok reads.
//!
//! | file | holds |
//! |---|---|
//! | `address` | `redis://user@host:port/db`, and what is wrong with one (pure) |
//! | `access` | address, password, authorities and keys together; the files that they are in |
//! | `keys`, `seal` | the keys of a machine, and values that are sealed with them (pure) |
//! | `reply`, `script` | an answer, and a script, without the library's types (pure) |
//! | `probe` | a look at a store for `doctor`: rights, persistence, clock |
//! | `document` | a small document, sealed, that is replaced by one who has read what it replaces |
//! | `pool` | connections that tasks of a server share |
//! | `connection`, `stream` | a command and its answer in limited time, with TLS; in `absent` what is there without them |

use std::time::Duration;

#[cfg(not(feature = "fleet"))]
mod absent;
#[cfg_attr(not(feature = "fleet"), expect(dead_code, reason = "nobody connects"))]
mod access;
mod address;
#[cfg(feature = "fleet")]
mod connection;
mod document;
mod keys;
mod pool;
mod probe;
mod reply;
#[cfg_attr(not(feature = "fleet"), expect(dead_code, reason = "nothing runs it"))]
mod script;
mod seal;
#[cfg(feature = "fleet")]
mod stream;
#[cfg(test)]
pub(crate) mod tests;

#[cfg(not(feature = "fleet"))]
pub use absent::Connection;
pub use access::{Access, password, secret_file};
pub use address::Address;
#[cfg(feature = "fleet")]
pub use connection::Connection;
pub(crate) use document::{Document, Names, Next, Read};
pub use keys::{Keys, MAKE_A_KEY};
pub use pool::Pool;
pub use probe::{COMMANDS, Probe};
pub use reply::Reply;
pub use script::Script;
pub use seal::SealFault;

/// How long it may take to connect to the shared store, with TLS.
pub const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// How long the shared store may take to answer a command.
pub const REPLY_PATIENCE: Duration = Duration::from_secs(3);
