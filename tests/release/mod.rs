//! A release is made by `contrib/release`, and installed into an empty folder from each of its channels.
//!
//! The program in it is a script that becomes the real one: compressing that one six times over would take minutes.

mod channels;
mod packages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::needs::needs;
use crate::support::pages::root;
use crate::support::set_mode;

const LINUX: &str = "x86_64-unknown-linux-musl";
const WINDOWS: &str = "x86_64-pc-windows-gnu";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A release, made once for all tests.
static RELEASE: LazyLock<TempDir> = LazyLock::new(|| made_in(&root()));

/// Makes a release of the checkout in this directory.
fn made_in(checkout: &Path) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("program");
    fs::write(&program, format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_zoomtok"))).unwrap();
    set_mode(&program, 0o755);
    let out = place.path().join("release");
    let mut release = Command::new(checkout.join("contrib/release"));
    release.arg("--out").arg(&out).arg("--url").arg("file:///the/release");
    for target in [LINUX, WINDOWS] {
        release.arg("--binary").arg(format!("{target}={}", program.display()));
    }
    // The time of a commit, which a source without one lacks.
    release.env("SOURCE_DATE_EPOCH", "1790000000").env_remove("CARGO_TARGET_DIR");
    done(&mut release);
    place
}

/// Where the release is.
fn release() -> PathBuf {
    RELEASE.path().join("release")
}

/// Runs a command that has to succeed. Gives what it printed.
#[track_caller]
fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {status}\n{said}{}", String::from_utf8_lossy(&stdout));
    String::from_utf8(stdout).unwrap()
}

/// The digest of a file, in hexadecimal digits.
fn digest(file: &Path) -> String {
    done(Command::new("sha256sum").arg(file)).split(' ').next().unwrap().to_owned()
}

/// The file that a channel names by its address, which has to have this digest.
#[track_caller]
fn fetched(address: &str, sha256: &str) -> PathBuf {
    let name = address.strip_prefix("file:///the/release/").unwrap();
    let file = release().join(name);
    assert_eq!(digest(&file), sha256, "{name}");
    file
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// The program that was installed says which one it is.
#[track_caller]
fn runs(program: &Path) {
    assert_eq!(done(Command::new(program).arg("--version")), format!("zoomtok {VERSION}\n"), "{program:?}");
}

#[test]
fn the_archive_has_all_that_a_user_needs_and_the_digest_that_is_listed() {
    needs!(ReleaseTools);
    let release = release();
    done(Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(&release));
    let folder = tempfile::tempdir().unwrap();
    let name = format!("zoomtok-{VERSION}-{LINUX}");
    done(
        Command::new("tar")
            .arg("-xf")
            .arg(release.join(format!("{name}.tar.gz")))
            .arg("-C")
            .arg(folder.path()),
    );
    let archive = folder.path().join(name);
    runs(&archive.join("zoomtok"));
    for file in
        ["README.md", "LICENSE-MIT", "man/zoomtok.1", "completions/_zoomtok", "policies/read-only.json"]
    {
        assert_eq!(fs::read(archive.join(file)).unwrap(), fs::read(root().join(file)).unwrap(), "{file}");
    }
    // Cargo's own installer of built programs finds it by these two.
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let expand = |pattern: &str| {
        [("{ name }", "zoomtok"), ("{ version }", VERSION), ("{ target }", LINUX), ("{ bin }", "zoomtok")]
            .iter()
            .fold(pattern.to_owned(), |text, (name, value)| text.replace(name, value))
            .replace("{ archive-suffix }", ".tar.gz")
            .replace("{ binary-ext }", "")
    };
    let url = expand(binstall["pkg-url"].as_str().unwrap());
    assert!(release.join(url.rsplit('/').next().unwrap()).is_file(), "{url}");
    runs(&folder.path().join(expand(binstall["bin-dir"].as_str().unwrap())));
}

#[test]
fn the_same_source_gives_the_same_bytes_elsewhere() {
    needs!(ReleaseTools);
    let release = release();
    let elsewhere = tempfile::tempdir().unwrap();
    let checkout = elsewhere.path().join("another name");
    done(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&checkout));
    // Changes that are not committed yet belong to it as well.
    for part in ["Cargo.toml", "Cargo.lock", "README.md", "CHANGELOG.md"] {
        fs::copy(root().join(part), checkout.join(part)).unwrap();
    }
    for part in ["contrib", "completions", "man", "policies", "docs"] {
        done(Command::new("cp").arg("-r").arg(root().join(part)).arg(&checkout));
    }
    let again = made_in(&checkout);
    done(Command::new("diff").arg("-r").arg(&release).arg(again.path().join("release")));
}

#[test]
fn a_mistake_is_reported_and_makes_nothing() {
    needs!(ReleaseTools);
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().display().to_string();
    for (arguments, report) in [
        (&["--out", there.as_str()][..], "exists"),
        (&["--binary", "x86_64-unknown-linux-musl"], "--binary wants TARGET=FILE"),
        (&["--no-such-option"], "is no option"),
    ] {
        let failed = Command::new(root().join("contrib/release")).args(arguments).output().unwrap();
        let said = String::from_utf8(failed.stderr).unwrap();
        assert!(!failed.status.success() && said.contains(report), "{arguments:?}: {said}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
