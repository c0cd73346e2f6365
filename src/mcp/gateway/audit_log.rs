//! The audit log of a gateway: a file that only grows, with a line for each call, written in one write.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::audit::Line;
use crate::error::Error;
use crate::files::{Access, Directory, append, name_of};

/// How often in a row the last line must look cut off.
const LOOKS: usize = 20;

/// The log. It is opened for each line, so that it can be moved away while the gateway runs.
#[derive(Debug)]
pub(crate) struct AuditLog {
    path: PathBuf,
    with_values: bool,
    /// Whether the last line may not be whole: another process was killed, or the disk was full.
    may_be_broken: AtomicBool,
    is_failing: AtomicBool,
    /// The fields that the calls of this process share.
    process: u32,
    calls: AtomicU64,
}

/// A line that could not be written.
#[derive(Debug)]
pub(crate) struct NotLogged {
    pub(crate) error: Error,
    /// Whether the line before could be written: who is warned of each would not read them.
    pub(crate) is_first: bool,
}

impl AuditLog {
    /// The log at `path`, which need not exist; with the values of arguments if wanted.
    pub(crate) fn new(path: PathBuf, with_values: bool) -> Self {
        Self {
            path,
            with_values,
            may_be_broken: AtomicBool::new(true),
            is_failing: AtomicBool::new(false),
            process: fastrand::u32(..),
            calls: AtomicU64::new(0),
        }
    }

    /// The fields that the lines of one call share.
    pub(crate) fn next_call(&self) -> String {
        format!("{:08x}-{}", self.process, self.calls.fetch_add(1, Ordering::Relaxed))
    }

    /// Adds a line. `mask` takes secrets out of the texts that may hold some.
    ///
    /// # Errors
    ///
    /// It cannot be written, as with a full disk, or where a link has the name.
    pub(crate) fn write(&self, line: &Line<'_>, mask: &dyn Fn(&str) -> String) -> Result<(), NotLogged> {
        let mut text = line.text(self.with_values, mask);
        // Another process may be in the middle of a line, which a reader sees page by page.
        let looks_broken = || {
            std::thread::yield_now();
            self.is_broken()
        };
        if self.may_be_broken.swap(false, Ordering::Relaxed) && (0..LOOKS).all(|_| looks_broken()) {
            text.insert(0, '\n');
        }
        match append(&self.path, &text) {
            Ok(()) => {
                self.is_failing.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.may_be_broken.store(true, Ordering::Relaxed);
                Err(NotLogged { error, is_first: !self.is_failing.swap(true, Ordering::Relaxed) })
            }
        }
    }

    /// Whether the last line has no end.
    fn is_broken(&self) -> bool {
        let last = || {
            let (mut file, _) = Directory::of(&self.path)?.file(name_of(&self.path), Access::Read)?;
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            std::io::Result::Ok(last[0])
        };
        last().is_ok_and(|last| last != b'\n')
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::collections::BTreeSet;
    use std::fs;

    use serde_json::{Map, Value};

    use super::super::audit::{Event, Outcome};
    use super::*;
    use crate::error::{Code, Diagnostic as _};

    fn write(log: &AuditLog, tool: &str) -> Result<(), NotLogged> {
        let (call, arguments) = (log.next_call(), Map::new());
        let line = Line {
            time: "2026-03-04T12:00:00Z".parse().unwrap(),
            event: Event::End,
            call: &call,
            name: "files",
            grant: None,
            client: None,
            tool: Some(tool),
            arguments: &arguments,
            decision: Outcome::Allowed,
            rule: None,
            wait: None,
            duration: None,
            size: None,
            error: None,
        };
        log.write(&line, &str::to_owned)
    }

    fn lines(log: &AuditLog) -> Vec<Option<Value>> {
        let text = fs::read_to_string(&log.path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn put(log: &AuditLog, text: &str) {
        crate::files::Reservation::new(&log.path, 1).unwrap().commit(text.as_bytes()).unwrap();
    }

    // Windows appends in one step, but wine does not.
    #[cfg(unix)]
    #[test]
    fn lines_of_many_at_once_are_all_there_and_whole() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let log = || AuditLog::new(directory.path().join("logs/audit.jsonl"), false);
        let tool = "x".repeat(150);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let log = log();
                    (0..50).for_each(|_| write(&log, &tool).unwrap());
                });
            }
        });
        let calls: BTreeSet<String> =
            lines(&log()).iter().map(|line| line.as_ref().unwrap()["call"].to_string()).collect();
        assert_eq!(calls.len(), 200);
        assert_eq!(fs::metadata(log().path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_line_that_was_cut_off_spoils_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.jsonl");
        let log = AuditLog::new(path.clone(), false);
        write(&log, "a").unwrap();
        put(&log, &format!("{}{{\"v\":1,\"ti", fs::read_to_string(&path).unwrap()));
        let next = AuditLog::new(path, false);
        for _ in 0..2 {
            write(&next, "b").unwrap();
        }
        let is_whole: Vec<bool> = lines(&next).iter().map(Option::is_some).collect();
        assert_eq!(is_whole, [true, false, true, true]);
    }

    #[test]
    fn a_log_that_was_moved_away_is_begun_anew() {
        let directory = tempfile::tempdir().unwrap();
        let log = AuditLog::new(directory.path().join("audit.jsonl"), false);
        write(&log, "a").unwrap();
        fs::rename(&log.path, directory.path().join("audit.1")).unwrap();
        write(&log, "b").unwrap();
        assert_eq!(lines(&log).len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_line_that_cannot_be_written_is_an_error_each_time_and_the_first_is_known() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().unwrap();
        let log = AuditLog::new(directory.path().join("audit.jsonl"), false);
        let elsewhere = AuditLog::new(directory.path().join("elsewhere"), false);
        write(&elsewhere, "a").unwrap();
        symlink(&elsewhere.path, &log.path).unwrap();
        for is_first in [true, false, false] {
            let failed = write(&log, "b").unwrap_err();
            assert_eq!((failed.error.code(), failed.is_first), (Code::Store, is_first));
            assert!(failed.error.with_causes().contains("symbolic link"), "{:?}", failed.error);
        }
        assert_eq!(lines(&elsewhere).len(), 1);
        fs::remove_file(&log.path).unwrap();
        write(&log, "b").unwrap();
        fs::remove_file(&log.path).unwrap();
        symlink("/dev/full", &log.path).unwrap();
        assert!(write(&log, "b").unwrap_err().is_first);
    }
}
