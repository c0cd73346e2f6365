//! One grant for many machines: who may spend it, and which pair of tokens a shared store accepts.
//!
//! This is the pure part, for any store that can change a few values in one step. Zoom takes a refresh token once and checks
//! no lock, so a lease alone does not keep a grant: a holder can be paused beyond it, and wake with the only good refresh
//! token. The [`Lineage`] decides. The tests explore all orders of steps and faults of three machines.

mod end;
mod finish;
mod kept;
mod lease;
mod leave;
mod lineage;
mod machine;
mod own;
mod place;
mod remote;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod turn;

pub use self::lease::{ALONE_EVERY, ALONE_JITTER, LEASE_PATIENCE, pause};
pub use self::lineage::{Lineage, MOST_ANCESTORS, Offer};
pub use self::own::{Own, Step};
pub use self::place::{Places, SharedAccount, SharedPlace};
pub use self::remote::{LEASE, LINGER, Pair, REFUSAL_PATIENCE, Remote, Stored};
pub use self::shared::{Put, Refused, Shared, Taken};
pub use self::store::AccountStore;
