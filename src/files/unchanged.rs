//! Whether a file still holds what was read from it, without reading it again.
//!
//! It is the question that git asks about its index, and the answer is git's ("racy git", gitformat-index): size, inode
//! and times prove that a file is unchanged only if its last change is older than the grain of its clock. Two writes in
//! place within one tick leave the same times, and two tokens have the same length.
//!
//! Unlike git this compares no time of the file with a clock of this machine: a file server has a clock of its own.
//! Instead the same stamp has to be seen for [`SETTLING`] by a clock that never jumps, and the file to be read once more
//! after that. Why such a read can be trusted for as long as the stamp stays:
//!
//! 1. The stamp was seen first at `first`, so the change that it belongs to came before, and has a time of at most the
//!    file's clock then.
//! 2. The read began at `first` + `SETTLING` or later. Whatever changes the file after that gets a time of the file's
//!    clock then, which is later by more than its grain, so it gets another stamp. The time of the last status change
//!    is part of it, and no program can set that one.
//! 3. The read lies between two looks with this stamp, so by 2 nothing changed the file meanwhile, and what was read is
//!    what the stamp stands for. By 2 again that holds until the stamp is another one.
//!
//! It takes a clock of the file that does not go back by as much as the file is old, to the tick, and a writer that
//! writes: changes through a mapping of the file are stamped when the kernel notices them. Nobody edits a `.env` so.

use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

use super::open::open_regular;

/// How long a stamp has to be seen before a read is trusted. The coarsest times of a filesystem are those of FAT, which
/// counts in 2 s; HFS+ counts in 1 s, others in ticks of the kernel, of up to 10 ms.
const SETTLING: Duration = Duration::from_secs(3);

/// Attributes that change when a file is changed or another file takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    /// The time of the last change of its content, name, owner or mode.
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of an open file. None on Windows, where a program can set back every time of a file.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
    fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        Some(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// The stamp of the file at `path`, none where it cannot be opened. It is opened, since a file server reports a change
/// by then and not before.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    open_regular(path).ok().and_then(|(_, metadata)| Stamp::of(&metadata))
}

/// The value that was read from a file, for as long as the file is certainly unchanged.
#[derive(Debug)]
pub(crate) struct Unchanged<T> {
    /// The stamp of the last read, and when it was first seen.
    seen: Option<(Stamp, Duration)>,
    /// The result of a read that can be trusted.
    kept: Option<T>,
}

impl<T> Default for Unchanged<T> {
    fn default() -> Self {
        Self { seen: None, kept: None }
    }
}

impl<T: Clone> Unchanged<T> {
    /// The last result of `read`, or a new one if the file may have changed. `look` gives the stamp of the file, none where
    /// it has none; `now` is a clock that never jumps.
    ///
    /// # Errors
    ///
    /// Those of `read`, which are never kept.
    pub(crate) fn get<E>(
        &mut self,
        now: impl Fn() -> Duration,
        look: impl Fn() -> Option<Stamp>,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let began = now();
        let stamp = look();
        if let (Some((seen, _)), Some(value)) = (self.seen, &self.kept)
            && stamp == Some(seen)
        {
            return Ok(value.clone());
        }
        self.kept = None;
        self.seen = stamp.map(|stamp| match self.seen {
            Some((seen, first)) if seen == stamp => (stamp, first),
            _ => (stamp, now()),
        });
        let value = read().inspect_err(|_| self.seen = None)?;
        // A read that cannot be trusted yet needs no second look: the next one will find another stamp.
        if let Some((stamp, first)) = self.seen
            && began >= first + SETTLING
        {
            if look() == Some(stamp) {
                self.kept = Some(value.clone());
            } else {
                self.seen = None;
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// A file whose changes are stamped by a clock of this grain, which is not the reader's clock.
    struct Stamped {
        now: Cell<Duration>,
        grain: Duration,
        content: RefCell<u64>,
        stamp: Cell<Stamp>,
        reads: Cell<u32>,
        looks: Cell<u32>,
    }

    impl Stamped {
        fn new(grain: u64) -> Self {
            let stamp = Stamp { device: 1, inode: 1, size: 8, modified: (0, 0), changed: (0, 0) };
            let grain = Duration::from_millis(grain);
            let now = Cell::new(Duration::from_secs(1000));
            Self {
                now,
                grain,
                content: RefCell::default(),
                stamp: Cell::new(stamp),
                reads: Cell::default(),
                looks: Cell::default(),
            }
        }

        fn wait(&self, milliseconds: u64) {
            self.now.set(self.now.get() + Duration::from_millis(milliseconds));
        }

        /// In place, and as long as before: only the times show the change.
        fn write(&self, content: u64) {
            // Its clock is an hour behind.
            let ticks = (self.now.get() + Duration::from_hours(1)).as_millis() / self.grain.as_millis();
            let time = (i64::try_from(ticks).unwrap(), 0);
            *self.content.borrow_mut() = content;
            self.stamp.set(Stamp { modified: time, changed: time, ..self.stamp.get() });
        }

        fn get(&self, unchanged: &mut Unchanged<u64>) -> u64 {
            self.get_while(unchanged, || {})
        }

        fn get_while(&self, unchanged: &mut Unchanged<u64>, meanwhile: impl FnOnce()) -> u64 {
            let read = || {
                self.reads.set(self.reads.get() + 1);
                let content = *self.content.borrow();
                meanwhile();
                Ok::<_, Infallible>(content)
            };
            let look = || {
                self.looks.set(self.looks.get() + 1);
                Some(self.stamp.get())
            };
            unchanged.get(|| self.now.get(), look, read).unwrap()
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Wait(u64),
        Write,
        Look,
        /// Somebody writes behind the back of a read.
        LookAndWrite,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => prop_oneof![0..20_u64, 900..2100_u64, 2500..9000_u64].prop_map(Step::Wait),
            2 => Just(Step::Write),
            4 => Just(Step::Look),
            1 => Just(Step::LookAndWrite),
        ]
    }

    proptest! {
        #[test]
        fn a_look_gives_what_the_file_holds(
            grain in prop_oneof![Just(1_u64), Just(10), Just(1000), Just(2000)],
            steps in prop::collection::vec(step(), 1..80),
        ) {
            let (file, mut unchanged) = (Stamped::new(grain), Unchanged::default());
            let mut content = 0;
            for step in steps {
                match step {
                    Step::Wait(milliseconds) => file.wait(milliseconds),
                    Step::Write => {
                        content += 1;
                        file.write(content);
                    }
                    Step::Look => prop_assert_eq!(file.get(&mut unchanged), content),
                    Step::LookAndWrite => {
                        let reads = file.reads.get();
                        let got = file.get_while(&mut unchanged, || file.write(content + 1));
                        prop_assert_eq!(got, content);
                        content += u64::from(file.reads.get() > reads);
                    }
                }
            }
        }
    }

    #[test]
    fn a_file_that_has_settled_is_read_no_more() {
        let (file, mut unchanged) = (Stamped::new(10), Unchanged::default());
        file.write(1);
        for _ in 0..10 {
            file.get(&mut unchanged);
        }
        assert_eq!(file.reads.get(), 10, "it may have been written again within the tick");
        assert_eq!(file.looks.get(), 10, "none of these reads is trusted, so each needs one look");
        file.wait(3000);
        for _ in 0..10 {
            file.get(&mut unchanged);
        }
        assert_eq!((file.reads.get(), file.looks.get()), (11, 21), "the trusted one lies between two looks");
        file.write(2);
        assert_eq!(file.get(&mut unchanged), 2);
    }

    #[test]
    fn an_error_is_not_kept() {
        let (file, mut unchanged) = (Stamped::new(10), Unchanged::<u64>::default());
        file.get(&mut unchanged);
        file.wait(3000);
        file.get(&mut unchanged);
        let reads = file.reads.get();
        file.write(1);
        let failed = unchanged.get(|| file.now.get(), || Some(file.stamp.get()), || Err::<u64, _>("gone"));
        assert_eq!(failed, Err("gone"));
        file.get(&mut unchanged);
        assert_eq!(file.reads.get(), reads + 1);
    }

    #[test]
    fn a_file_without_a_stamp_is_read_each_time() {
        let (file, mut unchanged) = (Stamped::new(10), Unchanged::default());
        for reads in 1..=3 {
            let read = || Ok::<_, Infallible>(reads);
            assert_eq!(unchanged.get(|| file.now.get(), || None, read), Ok(reads));
            file.wait(5000);
        }
    }

    #[cfg(unix)]
    #[test]
    fn another_file_of_the_same_name_and_size_has_another_stamp() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(".env");
        let stamp = || Stamp::of(&std::fs::metadata(&path).unwrap()).unwrap();
        let replace = |text: &[u8]| crate::files::Reservation::new(&path, 1).unwrap().commit(text).unwrap();
        replace(b"a");
        let before = stamp();
        replace(b"b");
        assert_ne!(stamp(), before);
    }
}
