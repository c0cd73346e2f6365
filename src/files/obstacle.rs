//! The obstacles to replacing a file in a directory where files can be made.

use std::io;
use std::path::Path;

use super::directory::Directory;

/// An obstacle.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "not every system has all of them"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// Something is mounted at this very name, as containers have it for a single file. It can be written, not replaced.
    Mount,
    /// `chattr +i`, `chflags uchg`.
    Immutable,
    /// `chattr +a`, on it or on its directory.
    AppendOnly,
}

impl Obstacle {
    /// The same as an error: what it is, and what to do about it.
    pub(crate) fn error(self) -> io::Error {
        let what = match self {
            Self::Mount => {
                "it is mounted by itself, so that nothing can take its place; mount the directory that it is in instead"
            }
            Self::Immutable if cfg!(target_os = "macos") => {
                "it is immutable; chflags nouchg lets it be changed"
            }
            Self::Immutable => "it is immutable; chattr -i lets it be changed",
            Self::AppendOnly => "it or its directory can only be appended to; chattr -a lets it be replaced",
        };
        io::Error::new(io::ErrorKind::Unsupported, what)
    }
}

/// The obstacle to replacing the file of this name. `target` is its whole path.
#[cfg(target_os = "linux")]
pub(crate) fn obstacle(directory: &Directory, target: &Path) -> Option<Obstacle> {
    use super::path::name_of;
    use rustix::fs::StatxAttributes as Attributes;
    let Ok(file) = directory.attributes(name_of(target)) else { return mounted(target) };
    let has = |attribute| file.stx_attributes.contains(attribute);
    if has(Attributes::IMMUTABLE) {
        return Some(Obstacle::Immutable);
    }
    let above = directory.attributes("".as_ref());
    let is_append_only = above.is_ok_and(|above| above.stx_attributes.contains(Attributes::APPEND));
    if has(Attributes::APPEND) || is_append_only {
        return Some(Obstacle::AppendOnly);
    }
    // Linux before 5.8 does not say whether something is mounted there.
    let says = file.stx_attributes_mask.contains(Attributes::MOUNT_ROOT);
    if says { has(Attributes::MOUNT_ROOT).then_some(Obstacle::Mount) } else { mounted(target) }
}

/// The same from the list of what is mounted.
#[cfg(target_os = "linux")]
fn mounted(target: &Path) -> Option<Obstacle> {
    use std::os::unix::ffi::OsStrExt as _;
    let list =
        super::read::read_regular(Path::new("/proc/self/mountinfo"), 16 << 20, "which no list of mounts is")
            .ok()?;
    is_in(&list, target.as_os_str().as_bytes()).then_some(Obstacle::Mount)
}

/// Whether the fifth field of a line is this path. A blank, a tab, a line end and a backslash stand there as octal numbers.
#[cfg(target_os = "linux")]
fn is_in(list: &[u8], path: &[u8]) -> bool {
    let mut escaped = Vec::with_capacity(path.len());
    for byte in path {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => escaped.extend(format!("\\{byte:03o}").into_bytes()),
            other => escaped.push(*other),
        }
    }
    list.split(|byte| *byte == b'\n').any(|line| line.split(|byte| *byte == b' ').nth(4) == Some(&escaped))
}

/// The obstacle to replacing the file of this name, by its flags on macOS.
#[cfg(target_os = "macos")]
pub(crate) fn obstacle(directory: &Directory, target: &Path) -> Option<Obstacle> {
    use std::os::macos::fs::MetadataExt as _;
    // UF_IMMUTABLE and SF_IMMUTABLE, UF_APPEND and SF_APPEND
    match directory.metadata(super::path::name_of(target)).ok()?.st_flags() {
        flags if flags & 0x0002_0002 != 0 => Some(Obstacle::Immutable),
        flags if flags & 0x0004_0004 != 0 => Some(Obstacle::AppendOnly),
        _ => None,
    }
}

/// Other systems have no such thing, or do not say so.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn obstacle(_: &Directory, _: &Path) -> Option<Obstacle> {
    None
}

/// Whether something is mounted at the path of this file itself.
pub(crate) fn is_mounted(target: &Path) -> bool {
    Directory::of(target).is_ok_and(|directory| obstacle(&directory, target) == Some(Obstacle::Mount))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_mounts_has_the_paths_of_mounts() {
        let list = b"22 1 0:21 / /proc rw shared:5 - proc proc rw\n30 1 8:1 /a/.env /my\\040app/.env rw - ext4 /dev/sda rw\n";
        assert!(is_in(list, b"/my app/.env") && is_in(list, b"/proc"));
        assert!(!is_in(list, b"/a/.env") && !is_in(list, b"/my") && !is_in(list, b""));
        let list = std::fs::read("/proc/self/mountinfo").unwrap();
        assert!(is_in(&list, b"/proc"));
    }

    #[test]
    fn a_usual_file_has_nothing_in_the_way() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join(".env");
        assert_eq!(obstacle(&Directory::of(&target).unwrap(), &target), None);
        std::fs::File::options().create_new(true).write(true).open(&target).unwrap();
        assert_eq!(obstacle(&Directory::of(&target).unwrap(), &target), None);
        assert_eq!(
            obstacle(&Directory::open(Path::new("/")).unwrap(), Path::new("/proc")),
            Some(Obstacle::Mount)
        );
    }
}
