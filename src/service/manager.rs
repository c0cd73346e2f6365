//! The managers of services, one for each system, as data. Pure.

use std::path::{Path, PathBuf};

use super::job::{Job, MARK};
use super::step::{Answer, State, Step};
use super::{launchd, systemd, tasks};

/// A manager of services, with what it has to be told of its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manager {
    /// `systemctl --user`.
    Systemd,
    /// `launchctl`, for the user with this id.
    Launchd(u32),
    /// The task scheduler, for the user `DOMAIN\name`.
    Tasks(String),
}

impl Manager {
    /// The manager of a system, by its name in [`std::env::consts::OS`], for the user with this id and these variables.
    pub(crate) fn of(system: &str, user: u32, variable: impl Fn(&str) -> String) -> Self {
        match system {
            "windows" => Self::Tasks(format!("{}\\{}", variable("USERDOMAIN"), variable("USERNAME"))),
            "macos" => Self::Launchd(user),
            _ => Self::Systemd,
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Launchd(_) => "launchd",
            Self::Tasks(_) => "the task scheduler",
        }
    }

    /// Where the files of its services are. `home` and `configuration` are the user's directories.
    pub(super) fn directory(&self, home: &Path, configuration: &Path) -> PathBuf {
        match self {
            // systemd.unit(5)
            Self::Systemd => configuration.join("systemd").join("user"),
            Self::Launchd(_) => home.join("Library").join("LaunchAgents"),
            // The scheduler keeps tasks itself; the file is what it was given.
            Self::Tasks(_) => configuration.join("zoomtok").join("services"),
        }
    }

    /// How the name of such a file ends.
    pub(super) fn ending(&self) -> &'static str {
        match self {
            Self::Systemd => ".service",
            Self::Launchd(_) => ".plist",
            Self::Tasks(_) => ".xml",
        }
    }

    /// The file of a service, as text.
    pub(crate) fn text(&self, job: &Job) -> String {
        match self {
            Self::Systemd => systemd::text(job),
            Self::Launchd(_) => launchd::text(job),
            Self::Tasks(user) => tasks::text(job, user),
        }
    }

    /// The same as the bytes of the file.
    pub(super) fn bytes(&self, job: &Job) -> Vec<u8> {
        match self {
            Self::Systemd | Self::Launchd(_) => self.text(job).into_bytes(),
            Self::Tasks(_) => tasks::bytes(&self.text(job)),
        }
    }

    /// Whether zoomtok wrote a file with these bytes.
    pub(super) fn is_own(bytes: &[u8]) -> bool {
        let marks = [MARK.as_bytes().to_vec(), MARK.encode_utf16().flat_map(u16::to_le_bytes).collect()];
        marks.iter().any(|mark| bytes.windows(mark.len()).any(|part| part == mark))
    }

    /// Whether a task gets variables; a task of Windows has those of its user.
    pub(crate) fn gives_environment(&self) -> bool {
        !matches!(self, Self::Tasks(_))
    }

    pub(crate) fn start(&self, name: &str, file: &str) -> Vec<Step> {
        match self {
            Self::Systemd => systemd::start(name),
            Self::Launchd(user) => launchd::start(name, file, *user),
            Self::Tasks(_) => tasks::start(name, file),
        }
    }

    pub(super) fn stop(&self, name: &str) -> Vec<Step> {
        match self {
            Self::Systemd => systemd::stop(name),
            Self::Launchd(user) => launchd::stop(name, *user),
            Self::Tasks(_) => tasks::stop(name),
        }
    }

    /// The steps after the file of a service was removed.
    pub(super) fn forget(&self) -> Vec<Step> {
        match self {
            Self::Systemd => systemd::forget(),
            Self::Launchd(_) | Self::Tasks(_) => Vec::new(),
        }
    }

    pub(super) fn look(&self, name: &str) -> Step {
        match self {
            Self::Systemd => systemd::look(name),
            Self::Launchd(user) => launchd::look(name, *user),
            Self::Tasks(_) => tasks::look(name),
        }
    }

    /// The command that shows why a service ended.
    pub(super) fn log(&self, name: &str) -> String {
        match self {
            Self::Systemd => format!("journalctl --user -u {name}"),
            Self::Launchd(user) => launchd::look(name, *user).line(),
            Self::Tasks(_) => format!("schtasks /Query /V /FO LIST /TN {name}"),
        }
    }

    pub(super) fn state(&self, answer: &Answer) -> State {
        match self {
            Self::Systemd => systemd::state(answer),
            Self::Launchd(_) => launchd::state(answer),
            Self::Tasks(_) => tasks::state(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_manager_and_knows_whose_services_they_are() {
        let variable = |name: &str| format!("<{name}>");
        for (system, manager) in [
            ("linux", Manager::Systemd),
            ("macos", Manager::Launchd(501)),
            ("windows", Manager::Tasks(r"<USERDOMAIN>\<USERNAME>".into())),
        ] {
            assert_eq!(Manager::of(system, 501, variable), manager);
        }
    }
}
