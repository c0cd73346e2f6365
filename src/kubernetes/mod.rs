//! A Secret of Kubernetes that holds the present token, for pods that mount it.
//!
//! | file | holds |
//! |---|---|
//! | `name.rs` | the name of a Secret, as a person types it (pure) |
//! | `secret.rs` | what to write, given the Secret as it was read and the token that is held (pure) |
//! | `verb.rs` | the requests, by the names that rights have for them (pure) |
//! | `answer.rs` | what an answer of the API server means (pure) |
//! | `keep.rs` | reading, deciding and writing, and again where somebody else was faster |
//! | `account.rs` | the service account of this pod: its token, its namespace, whom it trusts |
//! | `api.rs` | the requests, over HTTPS |
//! | `error.rs` | what can go wrong, its exit code, its hint |

mod account;
mod answer;
mod api;
mod error;
mod keep;
mod name;
mod secret;
mod verb;

pub(crate) use account::Surroundings;
pub(crate) use api::keep;
pub(crate) use keep::Kept;
pub use name::SecretName;
