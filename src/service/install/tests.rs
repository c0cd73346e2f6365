use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

use super::super::job::tests::watch;
use super::*;
use crate::clock::manual::ManualClock;
use crate::error::Diagnostic as _;

/// A manager of services made up: it knows what runs, and records what it was asked.
struct Made {
    /// The answers to looks at the service, the last one again and again.
    looks: RefCell<Vec<Answer>>,
    /// Which command fails, by a word of it.
    fails: Option<&'static str>,
    asked: RefCell<Vec<String>>,
}

impl Runner for Made {
    fn run(&self, step: &Step) -> io::Result<Answer> {
        let line = step.line();
        self.asked.borrow_mut().push(line.clone());
        if self.fails.is_some_and(|word| line.contains(word)) {
            return Ok(Answer { stderr: "\nno such thing\nmore".into(), ..Answer::default() });
        }
        if ["show", "print", "Get-ScheduledTask"].iter().any(|look| line.contains(look)) {
            let mut looks = self.looks.borrow_mut();
            return Ok(if looks.len() > 1 { looks.remove(0) } else { again(&looks[0]) });
        }
        Ok(Answer { succeeded: true, ..Answer::default() })
    }
}

fn again(answer: &Answer) -> Answer {
    Answer { succeeded: answer.succeeded, stdout: answer.stdout.clone(), stderr: answer.stderr.clone() }
}

fn says(stdout: &str) -> Answer {
    Answer { succeeded: true, stdout: stdout.into(), ..Answer::default() }
}

/// Each manager, with its answers for a service that runs and for one that has ended.
fn managers() -> [(Manager, Answer, Answer); 3] {
    [
        (
            Manager::Systemd,
            says("LoadState=loaded\nActiveState=active\nMainPID=7\n"),
            says("LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n"),
        ),
        (Manager::Launchd(501), says("state = running\npid = 7\n"), says("state = not running\n")),
        (Manager::Tasks(r"PC\me".into()), says("Running"), says("Ready")),
    ]
}

fn made(looks: Vec<Answer>) -> Made {
    Made { looks: RefCell::new(looks), fails: None, asked: RefCell::default() }
}

/// A home, and a clock that does not wait.
struct World {
    root: tempfile::TempDir,
    clock: ManualClock,
    stop: Shutdown,
}

impl World {
    fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            clock: ManualClock::at("2026-03-04T12:00:00Z"),
            stop: Shutdown::never(),
        }
    }

    fn services<'a>(&'a self, manager: &Manager, made: &'a Made) -> Services<'a> {
        let config = self.root.path().join("config");
        let homes = (Some(self.root.path()), Some(config.as_path()));
        Services::new(manager.clone(), homes, made, &self.clock, &self.stop).unwrap()
    }
}

#[test]
fn a_service_is_written_started_seen_to_run_and_removed() {
    for (manager, running, ended) in managers() {
        let world = World::new();
        let made = made(vec![again(&ended), running]);
        let services = world.services(&manager, &made);
        let installed = services.install(&watch()).unwrap();
        assert!(installed.changed);
        assert_eq!(fs::read(&installed.path).unwrap(), manager.bytes(&watch()));
        assert!(!services.install(&watch()).unwrap().changed, "the same file is not written twice");
        let listed = services.list().unwrap();
        assert_eq!(listed.iter().map(|stand| stand.name.as_str()).collect::<Vec<_>>(), ["zoomtok-watch"]);
        assert!(matches!(listed[0].state, State::Running(_)));

        made.asked.borrow_mut().clear();
        assert!(services.uninstall("zoomtok-watch").unwrap());
        assert!(!installed.path.exists() && !made.asked.borrow().is_empty());
        made.asked.borrow_mut().clear();
        assert!(!services.uninstall("zoomtok-watch").unwrap());
        assert!(made.asked.borrow().is_empty() && services.list().unwrap().is_empty());
    }
}

#[test]
fn a_service_that_ends_at_once_is_reported() {
    for (manager, running, ended) in managers() {
        for looks in [vec![again(&ended)], vec![running, again(&ended)]] {
            let world = World::new();
            let made = made(looks);
            let error = world.services(&manager, &made).install(&watch()).unwrap_err();
            assert!(matches!(error, ServiceError::NotRunning { .. }), "{error}");
            assert!(error.hint().unwrap().contains("shows why"));
            assert!(world.clock.elapsed() <= START_PATIENCE + 2 * LOOK_PAUSE);
        }
    }
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    for (manager, running, _) in managers() {
        let world = World::new();
        let made = made(vec![running]);
        let services = world.services(&manager, &made);
        let path = services.path(&Kind::Watch(None));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::OpenOptions::new().create_new(true).write(true).open(&path).unwrap().write_all(b"mine").unwrap();
        assert!(matches!(services.install(&watch()), Err(ServiceError::Foreign { .. })));
        assert!(matches!(services.uninstall("zoomtok-watch"), Err(ServiceError::Foreign { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        assert!(made.asked.borrow().is_empty() && services.list().unwrap().is_empty());
    }
}

#[test]
fn a_manager_that_refuses_leaves_nothing_new_behind() {
    for ((manager, running, _), fails) in managers().into_iter().zip(["restart", "bootstrap", "/Create"]) {
        let world = World::new();
        let refusing = Made { fails: Some(fails), ..made(vec![again(&running)]) };
        let services = world.services(&manager, &refusing);
        let error = services.install(&watch()).unwrap_err();
        assert!(error.to_string().ends_with("failed: no such thing"), "{error}");
        assert!(!services.path(&Kind::Watch(None)).exists());

        // An earlier installation stays.
        let willing = made(vec![running]);
        world.services(&manager, &willing).install(&watch()).unwrap();
        let other = Job { environment: BTreeMap::new(), arguments: vec!["watch".into()], ..watch() };
        services.install(&other).unwrap_err();
        assert!(services.path(&Kind::Watch(None)).exists());
    }
}
