//! The watch: when to do what (pure), and the loop that does it.

mod adopted;
mod run;
mod schedule;

pub use run::{Desktop, Updated, Watch};
pub use schedule::{COOLDOWN, Decision, Outcome, Plan, Schedule, View};
