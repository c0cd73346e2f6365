//! A reader of the pages, who runs what they say.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use zoomtok::sandbox::{Options, Sandbox};

use crate::support::{Ended, credentials, ended};

/// Somebody who has followed the README this far, in a home of theirs.
pub(super) struct Reader {
    root: TempDir,
    pub(super) sandbox: Sandbox,
}

impl Reader {
    pub(super) fn new() -> Self {
        let reader =
            Self { root: tempfile::tempdir().unwrap(), sandbox: Sandbox::start(Options::default()).unwrap() };
        let config =
            if cfg!(target_os = "macos") { "Library/Application Support/Claude" } else { ".config/Claude" };
        for directory in [".cargo/bin", "project", "zoommcp/scripts", ".config/zoomtok", config] {
            fs::create_dir_all(reader.home().join(directory)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_zoomtok"), reader.home().join(".cargo/bin/zoomtok")).unwrap();
        reader.write(".env", &credentials(&reader.sandbox));
        let profiles = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        let profiles = reader.home().join(profiles).join("zoomtok/profiles");
        fs::create_dir_all(&profiles).unwrap();
        for profile in ["work.env", "home.env"] {
            fs::write(profiles.join(profile), credentials(&reader.sandbox)).unwrap();
        }
        reader.script(
            "my-script",
            "echo \"with${ZOOM_ACCESS_TOKEN:-out} a token\" | sed 's/with[^o].* a/with a/' >ran",
        );
        reader.script("../.cargo/bin/claude", "printf '%s\\n' \"$@\" >claude");
        // A stand-in for a password manager: it exports the credentials and becomes the command.
        reader.script("../.cargo/bin/op", "shift 4; set -a; . ./.env; unset ZOOM_ACCESS_TOKEN; exec \"$@\"");
        reader
    }

    pub(super) fn home(&self) -> PathBuf {
        self.root.path().join("you")
    }

    pub(super) fn project(&self) -> PathBuf {
        self.home().join("project")
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.project().join(name), text).unwrap();
    }

    fn script(&self, name: &str, line: &str) {
        self.write(name, &format!("#!/bin/sh\n{line}\n"));
        fs::set_permissions(self.project().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The record of `my-script`.
    pub(super) fn ran(&self) -> String {
        fs::read_to_string(self.project().join("ran")).unwrap()
    }

    /// Runs this line alone in a shell.
    pub(super) fn shell(&self, program: &str, directory: &Path, path: &str, line: &str) -> Ended {
        let line = line.replace("https://api.zoom.us/v2", &self.sandbox.api_url());
        let output = Command::new(program)
            .args(["-c", &line])
            .current_dir(directory)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", path)
            .env("SHELL", "/bin/sh")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        ended(output)
    }

    /// As in a terminal: rustup has put cargo's directory into PATH.
    pub(super) fn bash(&self, directory: &Path, line: &str) -> Ended {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.home().join(".cargo/bin").display());
        self.shell("bash", directory, &path, line)
    }

    /// As cron does it.
    pub(super) fn cron(&self, line: &str) -> Ended {
        let mut command = line;
        for _ in 0..5 {
            command = command.split_once(' ').unwrap().1.trim_start();
        }
        self.shell("/bin/sh", &self.home(), "/usr/bin:/bin", command)
    }
}
