//! Giving away what root has made.

use std::fs::{File, Metadata};

/// Gives something that root has just made in the directory of somebody else to them: they could not use it otherwise.
/// `made` was made by this process, and is not what somebody put in its place.
#[cfg(unix)]
pub(super) fn give(made: &File, to: &Metadata) {
    use std::os::unix::fs::MetadataExt as _;
    if rustix::process::geteuid().is_root() && made.metadata().is_ok_and(|made| made.uid() != to.uid()) {
        // In a container that knows no such user it stays root's.
        let _ = std::os::unix::fs::fchown(made, Some(to.uid()), Some(to.gid()));
    }
}

#[cfg(not(unix))]
pub(super) fn give(_: &File, _: &Metadata) {
    // A new file has the owner and the access list that the directory gives.
}
