//! The steps of a replace that differ between systems.

use std::ffi::OsStr;
#[cfg(unix)]
use std::fs::TryLockError;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use crate::files::directory::Directory;
use crate::files::open::check_regular;
#[cfg(windows)]
use crate::files::sharing::retry_sharing;

/// Makes a temporary file this process's own until it is closed.
///
/// # Errors
///
/// [`io::ErrorKind::ResourceBusy`] when it is another's.
#[cfg(unix)]
pub(super) fn claim(file: &File, directory: &Directory, name: &OsStr) -> io::Result<()> {
    let of_another = || io::Error::new(io::ErrorKind::ResourceBusy, "another zoomtok is writing it");
    match file.try_lock() {
        // Between being opened and being locked it may have been removed by another, who made one of his own.
        Ok(()) if directory.has(name, file)? => Ok(()),
        Ok(()) | Err(TryLockError::WouldBlock) => Err(of_another()),
        // The first defence, the lock file, has been taken on this filesystem.
        Err(TryLockError::Error(_)) => Ok(()),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(super) fn claim(_: &File, _: &Directory, _: &OsStr) -> io::Result<()> {
    // A lock would keep readers from the new file until it is closed.
    Ok(())
}

/// Whether a file lets itself be replaced, as far as that can be known before.
#[cfg(windows)]
pub(super) fn replaceable(_: &Directory, target: &Path, old: &Metadata) -> io::Result<()> {
    use std::os::windows::fs::OpenOptionsExt as _;
    // The right that a replace needs, and that a program withholds which keeps the file open.
    const DELETE: u32 = 0x0001_0000;
    check_regular(old)?;
    if old.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    retry_sharing(|| File::options().access_mode(DELETE).open(target)).map(drop)
}

#[cfg(not(windows))]
pub(super) fn replaceable(directory: &Directory, target: &Path, old: &Metadata) -> io::Result<()> {
    check_regular(old)?;
    // Otherwise it is the directory that decides, and the temporary file shows whether it does.
    crate::files::obstacle::obstacle(directory, target).map_or(Ok(()), |obstacle| Err(obstacle.error()))
}

/// Whether a new file has the owner and the group of the old one already.
#[cfg(unix)]
pub(in crate::files) fn has_owner_of(file: &File, old: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let new = file.metadata()?;
    Ok((new.uid(), new.gid()) == (old.uid(), old.gid()))
}

/// Gives a new file the owner and the group of the old one.
#[cfg(unix)]
pub(in crate::files) fn take_owner(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(in crate::files) fn has_owner_of(_: &File, _: &Metadata) -> io::Result<bool> {
    // A new file in the same directory has the owner and the access list that the directory gives.
    Ok(true)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(in crate::files) fn take_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Gives a new file the mode of the old one.
#[cfg(unix)]
pub(super) fn keep_mode(file: &File, old: &Metadata) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(super) fn keep_mode(_: &File, _: &Metadata) -> io::Result<()> {
    // The only mode there is read-only, and a read-only file is not replaced.
    Ok(())
}

/// Has all of it written to the disk. Some filesystems, mostly of networks, cannot do that for a directory or for
/// anything, and there is nothing better to do on them.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    match file.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        // ENOTTY and ENOTSUP, which std has no kind for: what macOS says where it has no F_FULLFSYNC.
        Err(error) if cfg!(target_os = "macos") && matches!(error.raw_os_error(), Some(25 | 45)) => Ok(()),
        synced => synced,
    }
}

/// Has the names in a directory written to the disk.
#[cfg(unix)]
pub(crate) fn sync_directory(directory: &Directory) -> io::Result<()> {
    sync(&directory.for_sync()?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(crate) fn sync_directory(_: &Directory) -> io::Result<()> {
    // Windows writes directory entries through and has no call to sync them.
    Ok(())
}
