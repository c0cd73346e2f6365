//! Whether a file may be taken for the user's own, though nobody has named it.

use std::fs::Metadata;
use std::path::Path;

/// Why the file at `path` may be somebody else's, in words to be read after its path; none where it is the user's or root's
/// and nobody else can write it. `opened` is what was read. A link counts as well: who laid it says where it leads.
#[cfg(unix)]
pub(crate) fn distrust(path: &Path, opened: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let me = Person {
        uid: rustix::process::geteuid().as_raw(),
        gid: rustix::process::getegid().as_raw(),
        has_own_group: !cfg!(target_os = "macos"),
    };
    let seen = |metadata: &Metadata| Seen { uid: metadata.uid(), gid: metadata.gid(), mode: metadata.mode() };
    let link = path.symlink_metadata().ok().filter(Metadata::is_symlink);
    // A link has no mode of its own.
    let link = link.map(|link| Seen { mode: 0, ..seen(&link) });
    [Some(seen(opened)), link].into_iter().flatten().find_map(|seen| me.distrusts(seen))
}

/// Access lists, inherited from the directory, decide there who may write a file.
#[cfg(not(unix))]
pub(crate) fn distrust(_: &Path, _: &Metadata) -> Option<String> {
    None
}

/// The user who runs this process.
#[cfg(unix)]
#[derive(Clone, Copy)]
struct Person {
    uid: u32,
    gid: u32,
    /// Whether the user's own group is usually nobody else's. On macOS it is `staff`, everybody's.
    has_own_group: bool,
}

/// The facts about a file.
#[cfg(unix)]
#[derive(Clone, Copy)]
struct Seen {
    uid: u32,
    gid: u32,
    mode: u32,
}

#[cfg(unix)]
impl Person {
    fn distrusts(self, file: Seen) -> Option<String> {
        const OTHERS: u32 = 0o002;
        const GROUP: u32 = 0o020;
        if file.uid != self.uid && file.uid != 0 {
            return Some(format!("belongs to another user (uid {})", file.uid));
        }
        let mode = file.mode & 0o777;
        if mode & OTHERS != 0 {
            return Some(format!("can be written by everybody (mode {mode:03o})"));
        }
        // Where each user has a group of their own, the usual umask lets that write.
        let is_own_group = self.has_own_group && file.gid == self.gid;
        (mode & GROUP != 0 && !is_own_group)
            .then(|| format!("can be written by others, of group {} (mode {mode:03o})", file.gid))
    }
}

/// The permissions of a file; none where the system has other ones.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().ok().map(|metadata| metadata.permissions().mode() & 0o777)
}

/// The permissions of a file; none where the system has other ones.
#[cfg(not(unix))]
pub(crate) fn mode(_: &Path) -> Option<u32> {
    None
}

/// Whether anybody but the owner may read or write what has this mode.
pub(crate) fn is_open(mode: u32) -> bool {
    mode & 0o066 != 0
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_the_users_and_roots_files_that_nobody_else_can_write_are_trusted() {
        let me = Person { uid: 1000, gid: 1000, has_own_group: true };
        let root = Person { uid: 0, gid: 0, ..me };
        let staff = Person { has_own_group: false, ..me };
        for (person, (uid, gid, mode), problem) in [
            (me, (1000, 1000, 0o600), None),
            (me, (1000, 1000, 0o644), None),
            (me, (1000, 1000, 0o664), None),
            (me, (1000, 50, 0o644), None),
            (me, (0, 0, 0o644), None),
            (root, (0, 0, 0o664), None),
            (me, (1000, 50, 0o664), Some("of group 50 (mode 664)")),
            (me, (0, 0, 0o664), Some("of group 0")),
            (staff, (1000, 1000, 0o664), Some("of group 1000")),
            (me, (1000, 1000, 0o666), Some("by everybody (mode 666)")),
            (me, (0, 0, 0o602), Some("by everybody (mode 602)")),
            (me, (1001, 1000, 0o600), Some("another user (uid 1001)")),
            (root, (1000, 1000, 0o600), Some("another user (uid 1000)")),
        ] {
            let said = person.distrusts(Seen { uid, gid, mode: mode | 0o100_000 });
            assert_eq!(said.is_some(), problem.is_some(), "{uid} {gid} {mode:o}: {said:?}");
            assert!(said.unwrap_or_default().contains(problem.unwrap_or_default()), "{uid} {gid} {mode:o}");
        }
    }
}
