//! The files that a server is started from: another version of it is there when they have changed.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::files::{Stamp, stamp};

/// Programs that run a script, by their names without a version.
const INTERPRETERS: [&str; 15] = [
    "node", "nodejs", "tsx", "ts-node", "bun", "deno", "python", "pythonw", "pypy", "ruby", "perl", "php",
    "java", "bash", "sh",
];

/// The files of one command.
#[derive(Debug)]
pub(crate) struct Origin(Vec<PathBuf>);

impl Origin {
    /// The program, and behind an interpreter the script. A package that a runner such as npx has fetched is not known.
    pub(crate) fn of(command: &[OsString]) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self(files(command, &path, Path::is_file))
    }

    /// Their state; none where one of them is not there, as in the middle of an upgrade, or where the system does not show
    /// every change.
    pub(crate) fn state(&self) -> Option<Vec<Stamp>> {
        self.0.iter().map(|path| stamp(path)).collect()
    }
}

fn files(command: &[OsString], path: &OsStr, is_file: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let Some((program, arguments)) = command.split_first() else { return Vec::new() };
    let is_name = Path::new(program).components().count() == 1;
    let found = if is_name {
        std::env::split_paths(path).map(|place| place.join(program)).find(|file| is_file(file))
    } else {
        Some(PathBuf::from(program))
    };
    let script = arguments.iter().map(PathBuf::from).find(|file| is_file(file));
    found.into_iter().chain(script.filter(|_| is_interpreter(program))).collect()
}

fn is_interpreter(program: &OsStr) -> bool {
    let name = Path::new(program).file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let name = name.unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    INTERPRETERS.contains(&name.trim_end_matches(|part: char| part.is_ascii_digit() || ".-".contains(part)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_its_program_or_the_script_of_an_interpreter() {
        let there = [
            "/bin/node",
            "/usr/bin/server",
            "/usr/bin/npx",
            "/usr/bin/python3.11",
            "/s/index.js",
            "data.db",
            "/opt/x",
        ];
        let is_file = |path: &Path| there.iter().any(|file| Path::new(file) == path);
        for (command, expected) in [
            ("server --db data.db", &["/usr/bin/server"][..]),
            ("/opt/x data.db", &["/opt/x"]),
            ("node --enable-source-maps /s/index.js data.db", &["/bin/node", "/s/index.js"]),
            ("python3.11 -m server", &["/usr/bin/python3.11"]),
            ("npx -y server", &["/usr/bin/npx"]),
            ("nowhere /s/index.js", &[]),
        ] {
            let words: Vec<OsString> = command.split(' ').map(OsString::from).collect();
            let found = files(&words, OsStr::new("/bin:/usr/bin"), is_file);
            assert_eq!(found, expected.iter().map(PathBuf::from).collect::<Vec<_>>(), "{command}");
        }
        assert!(files(&[], OsStr::new("/bin"), is_file).is_empty());
    }
}
