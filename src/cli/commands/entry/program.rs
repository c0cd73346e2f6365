//! Paths of this program and of others, as a client's configuration can hold them.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::path::{Path, PathBuf, absolute};

use crate::cli::failure::Result;
use crate::error::Error;

/// A path as JSON can hold it.
pub(in crate::cli::commands) fn text(name: &str, path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::Setting {
        name: name.into(),
        place: path.display().to_string(),
        problem: "is not UTF-8, and the file that it goes into can hold nothing else".into(),
    })
}

/// The path from the root on, with its symbolic links.
pub(in crate::cli::commands) fn full(path: &Path) -> Result<PathBuf, Error> {
    absolute(path)
        .map_err(|source| Error::Other { action: format!("tell where {} is", path.display()), source })
}

/// The path of this program, by a name that stays.
pub(in crate::cli::commands) fn program() -> Result<PathBuf, Error> {
    let running = env::current_exe()
        .map_err(|source| Error::Other { action: "tell where this program is".into(), source })?;
    let typed = env::args_os().next().unwrap_or_default();
    Ok(lasting(&full(&running)?, env::var_os("PATH").as_deref(), Path::new(&typed)))
}

/// A name for the file `running` that lasts longer than its own. An installed program is often a link into a directory
/// that goes with the next version, as Homebrew's are, and Linux tells a program only where that leads. So a name in
/// the search path comes first, then what was typed.
fn lasting(running: &Path, search: Option<&OsStr>, typed: &Path) -> PathBuf {
    let name = format!("zoomtok{EXE_SUFFIX}");
    let Ok(real) = running.canonicalize() else { return running.to_owned() };
    let found = search.into_iter().flat_map(env::split_paths).map(|directory| directory.join(&name));
    let typed = absolute(typed).ok().filter(|path| path.file_name() == Some(OsStr::new(&name)));
    let is_running =
        |path: &PathBuf| path.is_absolute() && path.canonicalize().is_ok_and(|path| path == real);
    found.chain(typed).find(is_running).unwrap_or_else(|| running.to_owned())
}

pub(in crate::cli::commands) fn warnings(program: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    if program.components().any(|part| part.as_os_str() == "target") {
        warnings.push(format!(
            "{} looks like a build of cargo's, which may go away; install zoomtok and run this again",
            program.display()
        ));
    }
    // It is by its name that they know it in Claude's configuration.
    if !program.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("zoomtok")) {
        warnings.push(format!(
            "{} is not called zoomtok, so update-claude and watch take it for a server that needs a token",
            program.display()
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Diagnostic as _};

    #[cfg(unix)]
    #[test]
    fn a_path_that_json_cannot_hold_is_named() {
        let odd = Path::new(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/here/\xff.env"));
        let error = text("the path of .env", odd).unwrap_err();
        assert!(
            error.to_string().starts_with("the path of .env (") && error.to_string().contains("UTF-8"),
            "{error}"
        );
        assert_eq!(error.code(), Code::Usage);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_stays_is_taken() {
        use std::fs::{File, create_dir};
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let [versioned, bin, other] = ["1.2.3", "bin", "other"].map(|name| {
            create_dir(root.join(name)).unwrap();
            root.join(name).join("zoomtok")
        });
        for file in [&versioned, &other] {
            File::options().create_new(true).write(true).open(file).unwrap();
        }
        symlink("../1.2.3/zoomtok", &bin).unwrap();
        symlink("zoomtok", root.join("bin/alias")).unwrap();
        let search = |names: &[&str]| env::join_paths(names.iter().map(|name| root.join(name))).unwrap();
        for (names, typed, expected) in [
            (&["other", "bin", "1.2.3"][..], "zoomtok", &bin),
            (&["other", "none"], "zoomtok", &versioned),
            (&[], bin.to_str().unwrap(), &bin),
            (&["bin"], versioned.to_str().unwrap(), &bin),
            (&["1.2.3"], bin.to_str().unwrap(), &versioned),
            (&[], root.join("bin/alias").to_str().unwrap(), &versioned),
            (&[], other.to_str().unwrap(), &versioned),
        ] {
            let lasting = lasting(&versioned, Some(&search(names)), Path::new(typed));
            assert_eq!(&lasting, expected, "{names:?} {typed}");
        }
        assert_eq!(lasting(&versioned, None, Path::new("")), versioned);
        // A path that leads there only from here is no name to give.
        let here = env::current_dir().unwrap();
        let up: PathBuf = here.ancestors().skip(1).map(|_| "..").collect();
        let relative = up.join(bin.parent().unwrap().strip_prefix("/").unwrap());
        assert!(relative.join("zoomtok").exists());
        assert_eq!(lasting(&versioned, Some(relative.as_os_str()), Path::new("")), versioned);
    }

    #[test]
    fn a_program_that_will_not_last_is_told() {
        let told = |program: &str| warnings(Path::new(program));
        assert!(told("/usr/bin/zoomtok").is_empty());
        assert!(told("/usr/bin/Zoomtok.exe").is_empty());
        assert!(told("/home/me/zoomtok/target/release/zoomtok")[0].contains("may go away"));
        assert!(told("/usr/bin/zt")[0].contains("is not called zoomtok"));
    }
}
