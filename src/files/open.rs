//! Opening files that somebody else may have made, or may be exchanging at this moment.
//!
//! Whatever has the name, the open returns: a pipe is not waited for, and nothing is used before the open descriptor has
//! shown that it is a regular file.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens the regular file at `path` for reading, also by way of a symbolic link.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] for anything but a regular file, and those of the system.
pub(crate) fn open_regular(path: &Path) -> io::Result<(File, Metadata)> {
    // Some devices do something as soon as they are opened. Whatever has the name a moment later is looked at again.
    check_regular(&std::fs::metadata(path)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    opened(without_waiting(&mut options).open(path))
}

/// The open file, if it is a regular one.
pub(super) fn opened(file: io::Result<File>) -> io::Result<(File, Metadata)> {
    let file = file.map_err(in_words)?;
    let metadata = file.metadata()?;
    check_regular(&metadata)?;
    Ok((file, metadata))
}

/// Has an open return at once, also that of a pipe with nobody at its other end. It changes nothing for a regular file.
#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed())
}

#[cfg(not(unix))]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Plain words for a link that is not followed, and for a pipe or a socket that has nobody at its other end.
fn in_words(error: io::Error) -> io::Error {
    #[cfg(unix)]
    match rustix::io::Errno::from_io_error(&error) {
        Some(rustix::io::Errno::LOOP) => return refusal("it is a symbolic link, which is not followed here"),
        Some(rustix::io::Errno::NXIO) => return refusal("it is not a regular file"),
        _ => {}
    }
    error
}

/// Checks that something is a regular file.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidInput`] with what it is.
pub(super) fn check_regular(metadata: &Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return Ok(());
    }
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_fifo(&kind) {
        return Err(refusal("it is a named pipe, not a regular file"));
    }
    if kind.is_symlink() {
        return Err(refusal("it is a symbolic link, which is not followed here"));
    }
    Err(refusal(if kind.is_dir() { "it is a directory" } else { "it is not a regular file" }))
}

fn refusal(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn only_a_regular_file_is_opened_and_nothing_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("pipe", &link).unwrap();
        for (path, what) in [
            (pipe.as_path(), "it is a named pipe, not a regular file"),
            (link.as_path(), "it is a named pipe, not a regular file"),
            (socket.as_path(), "it is not a regular file"),
            (directory.path(), "it is a directory"),
            (Path::new("/dev/null"), "it is not a regular file"),
        ] {
            assert_eq!(open_regular(path).unwrap_err().to_string(), what);
        }
    }

    #[test]
    fn a_pipe_that_replaces_a_file_before_it_is_opened_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let mut options = OpenOptions::new();
        let error = opened(without_waiting(options.read(true)).open(&pipe)).unwrap_err();
        assert_eq!(error.to_string(), "it is a named pipe, not a regular file");
    }
}
