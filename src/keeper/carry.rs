//! A replaced `.env` stays the one that calls are counted for.

use std::time::Duration;

use super::Keeper;
use crate::clock::Stop;
use crate::store::{EnvFile, KnownFiles};

/// How often what is known of a file is asked for while another process has it.
const LOOKS: usize = 100;

/// The pause between two of these looks. The other one is done within a millisecond.
const LOOK_PAUSE: Duration = Duration::from_millis(1);

impl Keeper<'_> {
    /// Has what took the place of `before` known for the same file. Gives a warning where it is not.
    pub(super) fn carry(&self, before: &EnvFile) -> Option<String> {
        let known = KnownFiles::new(self.state_root?);
        let told = |why: &str| {
            let path = before.real().display();
            format!("calls that a policy limits may count from 0 under another name of {path}: {why}")
        };
        for _ in 0..LOOKS {
            match known.carry(before.metadata(), before.real()) {
                Ok(true) => return None,
                Ok(false) => self.clock.sleep(LOOK_PAUSE, &Stop::never()).ok()?,
                Err(error) => return Some(told(&error.with_causes())),
            }
        }
        Some(told("another zoomtok has its entry in the state directory"))
    }
}
