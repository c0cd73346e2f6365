//! Limits that the system ends a process for.

use std::io;

/// Whether this process may write a file of so many bytes. Beyond the limit of `ulimit -f` a write would end the process
/// without a word, with SIGXFSZ.
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

/// Other systems have no such limit.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
pub(crate) fn may_grow_to(_: usize) -> io::Result<()> {
    Ok(())
}
