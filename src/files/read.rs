//! Reading a file that somebody else wrote, and that may not be one at all.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::open::open_regular;

/// Reads a regular file of at most `most` bytes; `what` says of a larger one what it cannot be. The bytes are wiped when
/// they are dropped: most of the files that are read so hold secrets.
pub(crate) fn read_regular(path: &Path, most: u64, what: &str) -> io::Result<Zeroizing<Vec<u8>>> {
    let (file, metadata) = open_regular(path)?;
    read_opened(file, &metadata, most, what)
}

/// The same for a file that is open.
pub(crate) fn read_opened(
    file: File,
    metadata: &Metadata,
    most: u64,
    what: &str,
) -> io::Result<Zeroizing<Vec<u8>>> {
    let too_large = || {
        let what = format!("it is larger than {} MiB, {what}", most / (1024 * 1024));
        Err(io::Error::new(io::ErrorKind::InvalidInput, what))
    };
    if metadata.len() > most {
        return too_large();
    }
    // One byte more than there is, so that the end is seen without a second read, and nothing has to move and leave a copy.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    // It may have grown meanwhile, and its beginning is not the file.
    if bytes.len() as u64 > most { too_large() } else { Ok(bytes) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_longer_than_its_reported_size_is_not_cut_off() {
        // Files of the kernel say that they are empty.
        let path = Path::new("/proc/self/status");
        let all = read_regular(path, 1024 * 1024, "which it is not").unwrap();
        assert!(all.starts_with(b"Name:") && all.len() > 100);
        let error = read_regular(path, 100, "which it is not").unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 0 MiB, which it is not");
    }
}
