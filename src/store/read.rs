//! Reading a file that somebody else wrote, and that may not be one at all.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

/// Reads a regular file of at most `most` bytes; `what` says of a larger one what it cannot be. The bytes are wiped when
/// they are dropped: most of the files that are read so hold secrets.
pub(crate) fn read_regular(path: &Path, most: u64, what: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let metadata = fs::metadata(path)?;
    let refuse = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    if metadata.is_dir() {
        return refuse("it is a directory");
    }
    // Opening a named pipe would wait for whoever writes into it.
    if !metadata.is_file() {
        return refuse("it is not a regular file");
    }
    if metadata.len() > most {
        return refuse(&format!("it is larger than {} MiB, {what}", most / (1024 * 1024)));
    }
    // One byte more than there is, so that the end is seen without a second read, and nothing has to move and leave a copy.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
