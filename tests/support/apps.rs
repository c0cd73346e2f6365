//! Stand-ins for Claude Desktop.
//!
//! No test looks for Claude Desktop by its usual name or place: it may run on the machine that runs the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::canaries::{Shows, assert_clean};
use crate::support::processes::Running;
use crate::support::rows::tree;

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(10);

/// A directory with apps in it, and a record of those that were started.
pub(crate) struct Apps {
    root: TempDir,
}

/// A line of the record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) pid: u32,
    pub(crate) rest: String,
}

impl Apps {
    pub(crate) fn new() -> Self {
        // Beside the program that is linked: a link cannot leave its file system.
        Self { root: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() }
    }

    /// As processes see it.
    pub(crate) fn path(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).unwrap()
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.path().join("record")
    }

    /// A stand-in with this name and directory.
    pub(crate) fn app(&self, name: &str) -> PathBuf {
        let path = self.path().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let stand_in = Path::new(env!("CARGO_BIN_EXE_zoomtok"))
            .with_file_name("examples")
            .join(format!("stand_in_app{}", std::env::consts::EXE_SUFFIX));
        // A copy that is still open for writing in a process that another test is just starting cannot be run.
        fs::hard_link(&stand_in, &path).unwrap_or_else(|error| panic!("{}: {error}", stand_in.display()));
        path
    }

    /// Starts an app, and waits until it has recorded itself.
    #[track_caller]
    pub(crate) fn start(&self, app: &Path, arguments: &[&str]) -> Running {
        self.start_with(app, arguments, &[])
    }

    /// As above, with variables in its environment.
    #[track_caller]
    pub(crate) fn start_with(&self, app: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let known = self.started().len();
        let running = Running::new(
            Command::new(app)
                .arg("--record")
                .arg(self.record())
                .args(arguments)
                .env("MARK", "first")
                .env("ZOOM_ACCESS_TOKEN", "stale")
                .envs(variables.iter().copied())
                .stdin(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let expected = known + 1 + usize::from(arguments.contains(&"--helper"));
        self.wait_for(expected);
        running
    }

    pub(crate) fn started(&self) -> Vec<Record> {
        let text = fs::read_to_string(self.record()).unwrap_or_default();
        text.lines()
            .map(|line| {
                let (pid, rest) = line.split_once(' ').unwrap();
                Record { pid: pid.parse().unwrap(), rest: rest.into() }
            })
            .collect()
    }

    #[track_caller]
    pub(crate) fn wait_for(&self, n: usize) {
        let deadline = Instant::now() + SOON;
        while self.started().len() < n {
            assert!(Instant::now() < deadline, "{:?}", self.started());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Apps {
    /// Ends what was started from here and still runs, having looked that it was. Nothing that was started was given a
    /// secret as an argument.
    fn drop(&mut self) {
        let mut system = sysinfo::System::new().unwrap();
        let all = sysinfo::ProcessRefreshKind::nothing().with_exe(sysinfo::UpdateKind::Always);
        for record in self.started() {
            let pid = sysinfo::Pid::from_u32(record.pid);
            system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), true, all);
            if let Some(process) = system.process(pid)
                && process.exe().is_some_and(|executable| executable.starts_with(self.path()))
            {
                process.kill();
            }
        }
        // A test that has failed already has more to say.
        if thread::panicking() {
            return;
        }
        let notes =
            |path: &PathBuf| *path == self.record() || path.extension().is_some_and(|end| end == "log");
        for path in tree(&self.path()).into_iter().filter(notes) {
            assert_clean(fs::read(&path).unwrap_or_default(), Shows::Nothing, "the arguments of an app");
        }
    }
}
