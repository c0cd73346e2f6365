//! Processes that run beside the tests.
#![cfg(target_os = "linux")]

use std::process::{Child, Command};

use super::*;

/// The process of a program that is not this one any more, as it is between fork and exec.
fn found(program: &Path, child: &Child) -> Process {
    loop {
        let found = find(|path| path == program).unwrap();
        match found.into_iter().find(|process| process.pid == child.id()) {
            Some(process) => return process,
            None => std::thread::yield_now(),
        }
    }
}

#[test]
fn a_process_that_cannot_be_held_is_looked_at_once_more_before_it_is_signalled() {
    let directory = tempfile::tempdir().unwrap();
    // A copy, which nobody else runs.
    let program = directory.path().canonicalize().unwrap().join("sleeps");
    std::fs::copy("/bin/sleep", &program).unwrap();
    let mut child = Command::new(&program).arg("60").spawn().unwrap();
    let process = found(&program, &child);
    let is_alive = |process: &Process| !alive(std::slice::from_ref(process)).unwrap().is_empty();
    assert!(is_alive(&process) && process.hold.is_some());
    let process = Process { hold: None, ..process };
    assert!(is_alive(&process));
    // Its number was given to another one meanwhile: that has begun later, or is another program.
    let later = Process { started: process.started + 1, ..process };
    later.signal(Signal::Kill);
    assert!(!is_alive(&later));
    let other = Process { started: later.started - 1, executable: "/bin/sleep".into(), ..later };
    other.signal(Signal::Terminate);
    assert!(!is_alive(&other));
    assert!(child.try_wait().unwrap().is_none(), "another process was signalled");
    let process = Process { executable: program, ..other };
    process.signal(Signal::Kill);
    assert!(!child.wait().unwrap().success());
    assert!(!is_alive(&process));
}
