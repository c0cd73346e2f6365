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
    within(getrlimit(Resource::Fsize).current, bytes)
}

/// The same for a limit of so many bytes, if there is one.
#[cfg(unix)]
fn within(limit: Option<u64>, bytes: usize) -> io::Result<()> {
    match limit {
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_grow_to_the_limit_and_no_further() {
        for (limit, bytes, is_fine) in
            [(None, usize::MAX, true), (Some(10), 10, true), (Some(10), 11, false), (Some(0), 0, true)]
        {
            assert_eq!(within(limit, bytes).is_ok(), is_fine, "{limit:?} {bytes}");
        }
        let error = within(Some(512), 513).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(error.to_string().contains("more than 512 bytes (ulimit -f)"), "{error}");
    }
}
