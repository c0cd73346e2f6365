//! A `.env` that is a pipe: `--env-file <(…)`, `/dev/stdin`, or a named pipe that a program writes into.
//!
//! It can be read once and never be written, and who reads it may have to wait for its writer.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// How long the writer of a pipe may take, who may have to ask a person first.
const WRITER_PATIENCE: Duration = Duration::from_secs(30);

/// Enough for any `.env` that is meant: one that has to move leaves a copy behind.
const STREAM_ROOM: usize = 64 * 1024;

/// Whether what has this name can only be read once.
pub(crate) fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| can_be_read_once(&metadata))
}

/// A pipe, or a file that has lost its name, as some shells hand over their `<<`.
#[cfg(unix)]
fn can_be_read_once(metadata: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    metadata.file_type().is_fifo() || (metadata.is_file() && metadata.nlink() == 0)
}

#[cfg(not(unix))]
fn can_be_read_once(_: &Metadata) -> bool {
    false
}

/// Reads all of a stream, of at most `most` bytes; `what` says of a larger one what it cannot be.
///
/// # Errors
///
/// [`io::ErrorKind::TimedOut`] when its writer takes too long, and those of the system. A signal ends the program.
pub(crate) fn read_stream(path: &Path, most: u64, what: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = channel();
    let path = path.to_owned();
    // An open may wait as well as a read, and neither can be given up from outside.
    thread::Builder::new().name("pipe".into()).spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(STREAM_ROOM));
        let read =
            File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes));
        // A caller that has given up does not listen.
        let _ = sender.send(read.map(|_| bytes));
    })?;
    let bytes = match receiver.recv_timeout(WRITER_PATIENCE) {
        Ok(read) => read?,
        Err(RecvTimeoutError::Timeout) => {
            let what =
                format!("nobody wrote all of it into this pipe within {} s", WRITER_PATIENCE.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, what));
        }
        Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::Other.into()),
    };
    if bytes.len() as u64 > most {
        let what = format!("it is larger than {} MiB, {what}", most / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(bytes)
}
