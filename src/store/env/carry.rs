//! A `.env` that was replaced stays the one that calls are counted for.

use std::path::Path;
use std::time::Duration;

use super::file::EnvFile;
use crate::clock::{Clock, Shutdown};
use crate::error::Diagnostic as _;
use crate::store::known::KnownFiles;

/// How often what is known of a file is asked for while another process has it.
const CARRY_TRIES: usize = 100;

/// The pause between two of these tries. The other process is done within a millisecond.
const CARRY_PAUSE: Duration = Duration::from_millis(1);

/// Has what took the place of `before` known for the same file. Gives a warning where it is not.
pub(super) fn carry(state_root: Option<&Path>, before: &EnvFile, clock: &dyn Clock) -> Option<String> {
    let known = KnownFiles::new(state_root?);
    let warning = |why: &str| {
        let path = before.real().display();
        format!("calls that a policy limits may count from 0 under another name of {path}: {why}")
    };
    for _ in 0..CARRY_TRIES {
        match known.carry(before.metadata(), before.real()) {
            Ok(true) => return None,
            Ok(false) => clock.sleep(CARRY_PAUSE, &Shutdown::never()).ok()?,
            Err(error) => return Some(warning(&error.with_causes())),
        }
    }
    Some(warning("another zoomtok has its entry in the state directory"))
}
