//! Limits that the system ends a process for.

use std::io;

/// Whether this process may write a file of so many bytes. Beyond the limit of `ulimit -f` a write would end the process
/// silently, with SIGXFSZ.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`].
#[cfg(unix)]
pub(crate) fn may_grow_to(bytes: usize) -> io::Result<()> {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Fsize).current {
        Some(most) if bytes as u64 > most => {
            let what = format!("this process may write no file of more than {most} bytes (ulimit -f)");
            Err(io::Error::new(io::ErrorKind::FileTooLarge, what))
        }
        _ => Ok(()),
    }
}

/// The same for so many more bytes on stdout, where that is a file.
///
/// # Errors
///
/// [`io::ErrorKind::FileTooLarge`].
#[cfg(unix)]
pub(crate) fn may_print(bytes: usize) -> io::Result<()> {
    use rustix::fs::{FileType, fstat};
    use rustix::process::{Resource, getrlimit};
    if getrlimit(Resource::Fsize).current.is_none() {
        return Ok(());
    }
    let stdout = fstat(io::stdout())?;
    if FileType::from_raw_mode(stdout.st_mode) != FileType::RegularFile {
        return Ok(());
    }
    may_grow_to(usize::try_from(stdout.st_size).unwrap_or_default().saturating_add(bytes))
}

/// Other systems have no such limit.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(crate) fn may_grow_to(_: usize) -> io::Result<()> {
    Ok(())
}

/// The same here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(crate) fn may_print(_: usize) -> io::Result<()> {
    Ok(())
}
