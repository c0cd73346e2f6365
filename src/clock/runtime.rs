//! What waits for many things at once.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// A runtime for one thread, where the system has room for what it opens and what is opened in it.
///
/// # Errors
///
/// That there is no room, as with a low `ulimit -n`: tokio would panic.
pub(crate) fn runtime() -> io::Result<Runtime> {
    insist_on_room()?;
    Builder::new_current_thread().enable_all().build()
}

/// Opens as many files as a runtime, its signals and a connection, and closes them again.
#[cfg(unix)]
fn insist_on_room() -> io::Result<()> {
    use std::os::unix::net::UnixStream;
    let pairs: Result<Vec<_>, _> = std::iter::repeat_with(UnixStream::pair).take(5).collect();
    pairs.map(drop)
}

/// Other systems have no such limit.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn insist_on_room() -> io::Result<()> {
    Ok(())
}
