//! Lines of bytes, as long as they may be.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// The lines of a reader. A line that is being read when [`RawLines::next`] is dropped is read on at the next.
pub(crate) struct RawLines<R> {
    read: BufReader<R>,
    line: Vec<u8>,
    longest: usize,
    /// The rest of a line that is too long is passed over.
    is_too_long: bool,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RawLine {
    /// The bytes of the line, without its end.
    Bytes(Vec<u8>),
    /// It had as many bytes as the longest may not have.
    TooLong,
}

impl<R: AsyncRead + Unpin> RawLines<R> {
    /// Lines of fewer bytes than `longest`.
    pub(crate) fn new(read: R, longest: usize) -> Self {
        Self { read: BufReader::new(read), line: Vec::new(), longest, is_too_long: false }
    }

    /// The next line; none at the end, and where nothing more can be read. A last line without an end is none.
    pub(crate) async fn next(&mut self) -> Option<RawLine> {
        loop {
            let available = self.read.fill_buf().await.ok().filter(|bytes| !bytes.is_empty())?;
            let end = memchr::memchr(b'\n', available);
            let part = &available[..end.unwrap_or(available.len())];
            // Not awaited between here and `consume`: all of it is taken, or nothing.
            self.is_too_long |= self.line.len() + part.len() >= self.longest;
            if self.is_too_long {
                self.line = Vec::new();
            } else {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.read.consume(used);
            if end.is_none() {
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let is_too_long = std::mem::take(&mut self.is_too_long);
            return Some(if is_too_long { RawLine::TooLong } else { RawLine::Bytes(line) });
        }
    }
}
