//! The asynchronous runtime.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// A single-threaded runtime, if the system can open the files that it and its connections need.
///
/// # Errors
///
/// Too few files may be open, as with a low `ulimit -n`; tokio would panic.
pub(crate) fn runtime() -> io::Result<Runtime> {
    check_open_files()?;
    Builder::new_current_thread().enable_all().build()
}

/// Opens as many files as a runtime, its signals and a connection, and closes them again.
#[cfg(unix)]
fn check_open_files() -> io::Result<()> {
    use std::os::unix::net::UnixStream;
    let pairs: Result<Vec<_>, _> = std::iter::repeat_with(UnixStream::pair).take(5).collect();
    pairs.map(drop)
}

/// Other systems have no such limit.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn check_open_files() -> io::Result<()> {
    Ok(())
}
