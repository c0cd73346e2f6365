//! Writing a file where it is, for one that nothing can take the place of.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;

use super::directory::{Access, Directory};
use super::limits::may_grow_to;
use super::path::name_of;
use super::replace::sync;
use crate::error::Error;

/// Opens a file that is to be written where it is.
pub(crate) fn open(directory: &Directory, target: &Path, room: usize) -> Result<File, Error> {
    let failed = |source| Error::Store { action: "write", path: target.to_owned(), source };
    let (file, metadata) = directory.file(name_of(target), Access::ReadWrite).map_err(failed)?;
    if is_gone(&metadata) {
        let what = "it was replaced where it is mounted from, and what is written here reaches nobody; start the container \
                    anew, and mount the directory that it is in";
        return Err(failed(io::Error::new(io::ErrorKind::Unsupported, what)));
    }
    may_grow_to(room).map_err(failed)?;
    Ok(file)
}

/// Makes `text` all that the file holds, on the disk.
pub(crate) fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    sync(file)
}

#[cfg(unix)]
fn is_gone(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 0
}

#[cfg(not(unix))]
fn is_gone(_: &std::fs::Metadata) -> bool {
    false
}
