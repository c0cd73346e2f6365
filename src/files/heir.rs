//! The owner that a file gets, and what may follow it under its name.

use std::fs::Metadata;
use std::io;

use super::directory::Directory;
use super::open::check_regular;

/// Whether what has the name of a file now may take the place of what was read from it before: a regular file, as editors
/// make them, of the same owner. Anything else may have been put there so that its text is copied, or so that its owner is
/// given the new one.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] or [`io::ErrorKind::PermissionDenied`] in words.
pub(crate) fn follows(before: Option<&Metadata>, now: Option<&Metadata>) -> io::Result<()> {
    let Some(now) = now else { return Ok(()) };
    check_regular(now)?;
    if is_owner_of(before, now) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else than before"))
}

/// Whether a file belongs to the owner of another one, or where there is none to the user who runs this.
#[cfg(unix)]
fn is_owner_of(before: Option<&Metadata>, now: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = before.map_or_else(|| rustix::process::geteuid().as_raw(), MetadataExt::uid);
    now.uid() == owner
}

#[cfg(not(unix))]
fn is_owner_of(_: Option<&Metadata>, _: &Metadata) -> bool {
    true
}

/// The owner for a file without secrets that root makes in this directory: the owner of the directory.
#[cfg(unix)]
pub(crate) fn heir(directory: &Directory) -> Option<Metadata> {
    rustix::process::geteuid().is_root().then(|| directory.own_metadata().ok()).flatten()
}

#[cfg(not(unix))]
pub(crate) fn heir(_: &Directory) -> Option<Metadata> {
    None
}

/// The same for a file with secrets from the file `of`: only where both have the same owner.
#[cfg(unix)]
pub(crate) fn heir_of_secrets(directory: &Directory, of: Option<&Metadata>) -> Option<Metadata> {
    use std::os::unix::fs::MetadataExt;
    let owner = of.map(MetadataExt::uid);
    heir(directory).filter(|directory| owner == Some(directory.uid()))
}

#[cfg(not(unix))]
pub(crate) fn heir_of_secrets(_: &Directory, _: Option<&Metadata>) -> Option<Metadata> {
    None
}
