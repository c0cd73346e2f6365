//! The watch: when to do what (pure), and the loop that does it.

mod adopted;
mod mirror;
mod mirrored;
mod onlooker;
mod recipient;
mod run;
mod schedule;
mod waiting;

pub(crate) use mirror::Mirror;
pub(crate) use onlooker::Onlooker;
pub(crate) use recipient::{Recipient, Report};
pub use run::Watch;
pub use schedule::{COOLDOWN, Decision, Outcome, Plan, Schedule, View};
