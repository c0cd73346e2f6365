//! Processes, each held so that a signal reaches the one that was looked at and no other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::error::Error;

/// A process of this user. It has no `Debug`, which would show its environment.
pub(super) struct Process {
    pub(super) pid: u32,
    /// When it was started, in seconds since 1970: with the number it tells this process from a later one.
    pub(super) started: u64,
    pub(super) executable: PathBuf,
    /// Without the name it was called by.
    pub(super) arguments: Vec<OsString>,
    /// `NAME=value`; empty where it cannot be read.
    pub(super) environment: Vec<OsString>,
    pub(super) directory: Option<PathBuf>,
    /// Whether it is one that the others belong to: it was not started by one of them, and not as a helper.
    pub(super) is_main: bool,
    /// Whether this process descends from it.
    pub(super) is_ancestor: bool,
    #[cfg(target_os = "linux")]
    hold: Option<rustix::fd::OwnedFd>,
}

/// A signal that can be sent to a process.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signal {
    /// SIGTERM: it may do as it likes.
    Terminate,
    /// SIGKILL.
    Kill,
}

/// The processes whose executable is one that is looked for. This one, others of the same program and those of other
/// users are never among them.
pub(super) fn find(is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<Process>, Error> {
    let mut system = system()?;
    let basic = basic();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, basic);
    let own = Pid::from_u32(std::process::id());
    let user = system.process(own).and_then(|process| process.user_id()).cloned();
    let own_program = std::env::current_exe().ok();
    let found: Vec<(Pid, u64, PathBuf)> = system
        .processes()
        .values()
        .filter(|process| process.pid() != own && process.user_id() == user.as_ref())
        .filter_map(|process| Some((process.pid(), process.start_time(), process.exe()?.to_owned())))
        .filter(|(_, _, executable)| is_wanted(executable) && Some(executable) != own_program.as_ref())
        .collect();
    let ancestors = ancestors(&system, own);

    // A process that is held now may have taken the number of one that was found. It is looked at once more while it is
    // held.
    let held: Vec<_> = found.into_iter().map(|found| (hold(found.0), found)).collect();
    let pids: Vec<Pid> = held.iter().map(|(_, found)| found.0).collect();
    let mut system = self::system()?;
    let all =
        basic.with_cmd(UpdateKind::Always).with_cwd(UpdateKind::Always).with_environ(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, all);
    Ok(held
        .into_iter()
        .filter_map(|(hold, (pid, started, executable))| {
            #[cfg(not(target_os = "linux"))]
            let () = hold;
            let process = system.process(pid)?;
            if process.start_time() != started || process.exe() != Some(&executable) {
                return None;
            }
            // Electron starts its helpers from the same executable, with this argument.
            let is_helper = process.cmd().iter().any(|word| word.to_string_lossy().starts_with("--type="));
            let is_child = process.parent().is_some_and(|parent| pids.contains(&parent));
            Some(Process {
                pid: pid.as_u32(),
                started,
                executable,
                arguments: process.cmd().iter().skip(1).cloned().collect(),
                environment: process.environ().to_vec(),
                directory: process.cwd().map(Path::to_owned),
                is_main: !is_helper && !is_child,
                is_ancestor: ancestors.contains(&pid),
                #[cfg(target_os = "linux")]
                hold,
            })
        })
        .collect())
}

/// Those of the processes that still run.
pub(super) fn alive(processes: &[Process]) -> Result<Vec<&Process>, Error> {
    let mut system = system()?;
    let pids: Vec<Pid> = processes.iter().map(|process| Pid::from_u32(process.pid)).collect();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&pids), true, basic());
    Ok(processes.iter().filter(|process| process.runs(&system)).collect())
}

impl Process {
    /// Sends a signal. One that has gone meanwhile gets none; who stays is seen by looking.
    pub(super) fn signal(&self, signal: Signal) {
        // Only Linux can hold a process. Elsewhere, and on kernels before 5.3, it is looked at once more.
        #[cfg(target_os = "linux")]
        if let Some(hold) = &self.hold {
            let signal = match signal {
                Signal::Terminate => rustix::process::Signal::TERM,
                Signal::Kill => rustix::process::Signal::KILL,
            };
            let _ = rustix::process::pidfd_send_signal(hold, signal);
            return;
        }
        let Ok(mut system) = system() else { return };
        let pid = Pid::from_u32(self.pid);
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, basic());
        let signal = match signal {
            Signal::Terminate => sysinfo::Signal::Term,
            Signal::Kill => sysinfo::Signal::Kill,
        };
        if let Some(process) = system.process(pid).filter(|_| self.is_in(&system)) {
            let _ = process.kill_with(signal);
        }
    }

    /// The value of a variable of its environment.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.environment.iter().find_map(|pair| {
            let (this, value) = pair.to_str()?.split_once('=')?;
            (this == name && !value.is_empty()).then(|| value.to_owned())
        })
    }

    /// Whether it runs. Where it is held the hold tells: times of start are counted from the time of boot, which moves
    /// when the clock is set, and then the same process seems to be another one.
    fn runs(&self, system: &System) -> bool {
        #[cfg(target_os = "linux")]
        if let Some(hold) = &self.hold {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};
            let now = Timespec { tv_sec: 0, tv_nsec: 0 };
            // It can be read from as soon as the process has ended.
            return poll(&mut [PollFd::new(hold, PollFlags::IN)], Some(&now)).is_ok_and(|ready| ready == 0);
        }
        self.is_in(system)
    }

    /// A process that has ended and was not waited for has no executable any more.
    fn is_in(&self, system: &System) -> bool {
        system.process(Pid::from_u32(self.pid)).is_some_and(|process| {
            process.start_time() == self.started && process.exe() == Some(&self.executable)
        })
    }
}

fn system() -> Result<System, Error> {
    System::new().map_err(|error| Error::Other {
        action: "list the processes".into(),
        source: std::io::Error::other(error.to_string()),
    })
}

fn basic() -> ProcessRefreshKind {
    ProcessRefreshKind::nothing().with_exe(UpdateKind::Always).with_user(UpdateKind::Always).without_tasks()
}

/// Those that a process descends from. One that is younger than its child has only the number of the parent.
fn ancestors(system: &System, of: Pid) -> Vec<Pid> {
    let mut ancestors = Vec::new();
    let mut child = system.process(of);
    while let Some(process) = child {
        child = process
            .parent()
            .and_then(|parent| system.process(parent))
            .filter(|parent| parent.start_time() <= process.start_time())
            .filter(|parent| !ancestors.contains(&parent.pid()));
        ancestors.extend(child.map(sysinfo::Process::pid));
    }
    ancestors
}

#[cfg(target_os = "linux")]
fn hold(pid: Pid) -> Option<rustix::fd::OwnedFd> {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid.as_u32()).ok()?)?;
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn hold(_: Pid) {}

#[cfg(test)]
mod tests;
