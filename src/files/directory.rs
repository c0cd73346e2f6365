//! A directory that is held while files in it are read, made and replaced.
//!
//! On Unix each of them is named relative to the open directory: everything concerns the same one, whatever its path leads
//! to by then. A symbolic link is never followed at the name of a file, nothing is waited for, and what is made has its mode
//! from zoomtok and not from the umask.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
#[cfg(not(target_os = "linux"))]
use std::path::PathBuf;

use super::open::opened;
#[cfg(windows)]
use super::sharing::retry_sharing;

/// The directory, held until the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    #[cfg(not(target_os = "linux"))]
    path: PathBuf,
    #[cfg(unix)]
    held: std::sync::Arc<rustix::fd::OwnedFd>,
}

/// The purpose for which a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
    /// To lock it. On Windows it keeps its name while it is open.
    Lock,
    Append,
}

impl Directory {
    /// The directory that a file is in.
    ///
    /// # Errors
    ///
    /// There is none, or it may not be entered.
    pub(crate) fn of(target: &Path) -> io::Result<Self> {
        Self::open(target.parent().unwrap_or(Path::new("")))
    }

    #[cfg(not(target_os = "linux"))]
    fn path_of(&self, name: &OsStr) -> PathBuf {
        self.path.join(name)
    }

    /// Opens a regular file.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for anything but a regular file, a link to one included, and those of the system.
    pub(crate) fn file(&self, name: &OsStr, access: Access) -> io::Result<(File, Metadata)> {
        opened(self.open_file(name, access))
    }

    /// Opens a regular file, made if need be; whether it was made.
    ///
    /// # Errors
    ///
    /// As above.
    pub(crate) fn file_or_make(&self, name: &OsStr, access: Access) -> io::Result<(File, bool)> {
        match self.file(name, access) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            there => return Ok((there?.0, false)),
        }
        match self.make(name, access) {
            // Another process was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok((self.file(name, access)?.0, false))
            }
            made => Ok((made?, true)),
        }
    }

    /// Whether an open file is the one that has this name now.
    pub(crate) fn has(&self, name: &OsStr, file: &File) -> io::Result<bool> {
        match self.metadata(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            there => Ok(is_same(&there?, &file.metadata()?)),
        }
    }
}

#[cfg(unix)]
impl Directory {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        use rustix::fs::{CWD, OFlags};
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        // Linux needs no right to read a directory for this.
        #[cfg(target_os = "linux")]
        let how = OFlags::PATH;
        #[cfg(not(target_os = "linux"))]
        let how = OFlags::RDONLY;
        let held = openat(CWD, path, how | ENTERED, NO_MODE)?;
        Ok(Self {
            #[cfg(not(target_os = "linux"))]
            path: path.to_owned(),
            held: held.into(),
        })
    }

    fn open_file(&self, name: &OsStr, access: Access) -> io::Result<File> {
        Ok(openat(&self.held, name, flags(access), NO_MODE)?.into())
    }

    /// Makes a file that was not there, for its owner alone.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] when something has the name, and those of the system.
    pub(crate) fn make(&self, name: &OsStr, access: Access) -> io::Result<File> {
        use std::os::unix::fs::PermissionsExt;
        let how = flags(access) | rustix::fs::OFlags::CREATE | rustix::fs::OFlags::EXCL;
        let (private, mode) = (0o600, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR);
        let file = File::from(openat(&self.held, name, how, mode)?);
        if file.metadata()?.permissions().mode() & 0o777 != private {
            file.set_permissions(PermissionsExt::from_mode(private))?;
        }
        Ok(file)
    }

    /// Makes a directory, if nobody else was faster; a private one for its owner alone, another as the umask has it, but that
    /// its owner can use it. Where root makes it in a directory of somebody else, it is theirs.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub(super) fn make_directory(&self, name: &OsStr, private: bool) -> io::Result<()> {
        use rustix::fs::{Mode, OFlags};
        use std::os::unix::fs::PermissionsExt;
        let asked = if private { Mode::RWXU } else { Mode::RWXU | Mode::RWXG | Mode::RWXO };
        match rustix::fs::mkdirat(&self.held, name, asked) {
            Err(rustix::io::Errno::EXIST) => return Ok(()),
            made => made?,
        }
        let open = || openat(&self.held, name, OFlags::RDONLY | OFlags::NOFOLLOW | ENTERED, NO_MODE);
        let opened = match open() {
            // By a umask that takes from the owner as well. Root is not bound by it, so that somebody who could put a link in
            // its place here is the user who runs this.
            Err(rustix::io::Errno::ACCESS) => {
                rustix::fs::chmodat(&self.held, name, Mode::RWXU, rustix::fs::AtFlags::empty())?;
                open()?
            }
            made => made?,
        };
        let file = File::from(opened);
        let mode = file.metadata()?.permissions().mode() & 0o777;
        let right = if private { 0o700 } else { mode | 0o700 };
        if mode != right {
            file.set_permissions(PermissionsExt::from_mode(right))?;
        }
        if let Ok(parent) = self.own_metadata() {
            super::give::give(&file, &parent);
        }
        Ok(())
    }

    /// The metadata of this name; for a link, of the link itself.
    pub(crate) fn metadata(&self, name: &OsStr) -> io::Result<Metadata> {
        // std has no `fstatat`. A path alone opens nothing.
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::OFlags;
            let how = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            File::from(openat(&self.held, name, how, NO_MODE)?).metadata()
        }
        #[cfg(not(target_os = "linux"))]
        self.path_of(name).symlink_metadata()
    }

    /// The metadata of the directory itself.
    pub(crate) fn own_metadata(&self) -> io::Result<Metadata> {
        File::from(self.held.try_clone()?).metadata()
    }

    /// The attributes that Linux has beyond those of std: of the file of this name, or of the directory for an empty name.
    #[cfg(target_os = "linux")]
    pub(super) fn attributes(&self, name: &OsStr) -> io::Result<rustix::fs::Statx> {
        use rustix::fs::{AtFlags, StatxFlags, statx};
        let how = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::EMPTY_PATH;
        Ok(statx(&self.held, name, how, StatxFlags::BASIC_STATS)?)
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.held, from, &self.held, to)?)
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.held, name, rustix::fs::AtFlags::empty())?)
    }

    /// Opens the directory itself, to have it written to the disk.
    pub(crate) fn for_sync(&self) -> io::Result<File> {
        let how = rustix::fs::OFlags::RDONLY | ENTERED;
        Ok(openat(&self.held, ".", how, NO_MODE)?.into())
    }
}

/// Opens it, again where a signal comes first.
#[cfg(unix)]
fn openat(
    directory: impl rustix::fd::AsFd,
    name: impl rustix::path::Arg + Copy,
    flags: rustix::fs::OFlags,
    mode: rustix::fs::Mode,
) -> rustix::io::Result<rustix::fd::OwnedFd> {
    rustix::io::retry_on_intr(|| rustix::fs::openat(&directory, name, flags, mode))
}

#[cfg(unix)]
const ENTERED: rustix::fs::OFlags = rustix::fs::OFlags::DIRECTORY.union(rustix::fs::OFlags::CLOEXEC);

#[cfg(unix)]
const NO_MODE: rustix::fs::Mode = rustix::fs::Mode::empty();

/// No link is followed, nothing is waited for, and no command that is run by zoomtok inherits it.
#[cfg(unix)]
fn flags(access: Access) -> rustix::fs::OFlags {
    use rustix::fs::OFlags;
    let access = match access {
        Access::Read => OFlags::RDONLY,
        Access::ReadWrite | Access::Lock => OFlags::RDWR,
        Access::Append => OFlags::WRONLY | OFlags::APPEND,
    };
    access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC
}

#[cfg(unix)]
fn is_same(this: &Metadata, that: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (this.dev(), this.ino()) == (that.dev(), that.ino())
}

#[cfg(not(unix))]
impl Directory {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned() })
    }

    fn options(access: Access) -> std::fs::OpenOptions {
        let mut options = File::options();
        match access {
            Access::Read => options.read(true),
            Access::ReadWrite | Access::Lock => options.read(true).write(true),
            Access::Append => options.append(true),
        };
        // Shared for reading and writing but not for removal.
        #[cfg(windows)]
        if access == Access::Lock {
            std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1 | 2);
        }
        options
    }

    fn open_file(&self, name: &OsStr, access: Access) -> io::Result<File> {
        let path = self.path_of(name);
        retry_sharing(|| Self::options(access).open(&path))
    }

    pub(crate) fn make(&self, name: &OsStr, access: Access) -> io::Result<File> {
        let path = self.path_of(name);
        retry_sharing(|| Self::options(access).write(access != Access::Append).create_new(true).open(&path))
    }

    pub(crate) fn metadata(&self, name: &OsStr) -> io::Result<Metadata> {
        retry_sharing(|| self.path_of(name).symlink_metadata())
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        retry_sharing(|| std::fs::rename(self.path_of(from), self.path_of(to)))
    }

    pub(crate) fn remove(&self, name: &OsStr) -> io::Result<()> {
        retry_sharing(|| std::fs::remove_file(self.path_of(name)))
    }
}

/// It was opened so that it keeps its name.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}
