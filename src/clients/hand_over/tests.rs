//! When a client is restarted, with a client that only remembers what was done to it.

use std::cell::{Cell, RefCell};

use super::*;
use crate::clients::lack::Lack;

/// A client that is not there.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a case")]
struct Recorded {
    did: RefCell<Vec<&'static str>>,
    update: Update,
    lacks: bool,
    closed: bool,
    keeps_up: bool,
    cannot_restart: bool,
    handed: Cell<bool>,
}

impl Recipient for Recorded {
    fn needs_restart(&self) -> bool {
        !self.keeps_up
    }

    fn update(&self, _: &Token) -> Result<Update, Error> {
        self.did.borrow_mut().push("update");
        if self.lacks {
            return Err(Error::NoServer {
                path: "/c.json".into(),
                place: "servers.zoom".into(),
                lack: Box::new(Lack::Remote),
                names_server: "--server",
            });
        }
        Ok(self.update.clone())
    }

    fn is_running(&self) -> Result<bool, Error> {
        Ok(!self.closed)
    }

    fn restart(
        &self,
        handed: Option<&Token>,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Option<(Restarted, Vec<String>)>, Error> {
        self.did.borrow_mut().push("restart");
        self.handed.set(handed.is_some());
        progress(Step::Quitting);
        if self.cannot_restart {
            return Err(Error::NotRestarted { client: "It", what: "no".into(), hint: "Do that".into() });
        }
        let restarted = Restarted { was_running: true, forced: false, pid: 1, took: Duration::ZERO };
        Ok(Some((restarted, vec!["beware".into()])))
    }

    fn name(&self) -> &'static str {
        "It"
    }
}

/// Hands a token over, and gives what was done, what was reported, and whether it went well.
fn handed_over(recipient: &Recorded, when: Restart) -> (Vec<&'static str>, Vec<String>, Result<(), Error>) {
    let mut reported = Vec::new();
    let result = hand_over(recipient, &Token::new("a.token").unwrap(), when, &mut |progress| {
        reported.push(match progress {
            Progress::Warning(warning) => warning,
            other => format!("{other:?}").split(['(', ' ']).next().unwrap().to_owned(),
        });
        Ok(())
    });
    (recipient.did.take(), reported, result)
}

fn changed() -> Update {
    Update { changed: true, ..Update::default() }
}

#[test]
fn a_client_is_left_alone_unless_its_configuration_was_changed() {
    use Restart::{Always, IfChanged, IfRunning, Never};
    let (update, both) = (&["update"][..], &["update", "restart"][..]);
    for (case, given, [never, if_running, if_changed, always]) in [
        ("unchanged", Update::default(), [update, update, update, both]),
        ("reads .env", Update { reads_env: true, ..changed() }, [update, update, both, both]),
        ("not understood", Update { unread: true, ..changed() }, [update, update, both, both]),
        ("changed", changed(), [update, both, both, both]),
    ] {
        for (when, did) in
            [(Never, never), (IfRunning, if_running), (IfChanged, if_changed), (Always, always)]
        {
            let recipient = Recorded { update: given.clone(), ..Recorded::default() };
            assert_eq!(handed_over(&recipient, when).0, did, "{case}, {when:?}");
            let restarted_with = recipient.handed.get();
            assert_eq!(restarted_with, did.len() == 2 && !given.reads_env, "{case}, {when:?}");
        }
    }
}

#[test]
fn a_client_that_does_not_run_is_started_only_when_asked_for() {
    for (when, did) in [(Restart::IfRunning, 1), (Restart::IfChanged, 2), (Restart::Always, 2)] {
        let recipient = Recorded { update: changed(), closed: true, ..Recorded::default() };
        assert_eq!(handed_over(&recipient, when).0.len(), did, "{when:?}");
    }
}

#[test]
fn a_client_that_notices_a_change_by_itself_is_never_restarted() {
    for when in [Restart::Never, Restart::IfRunning, Restart::IfChanged, Restart::Always] {
        let recipient = Recorded { update: changed(), keeps_up: true, ..Recorded::default() };
        let (did, reported, result) = handed_over(&recipient, when);
        result.unwrap();
        assert_eq!((did, reported), (vec!["update"], vec!["Updating".into(), "Updated".into()]), "{when:?}");
    }
}

#[test]
fn what_fails_is_an_error_or_a_warning_by_what_was_asked_for() {
    for (when, is_warning) in [
        (Restart::Never, false),
        (Restart::IfRunning, false),
        (Restart::IfChanged, false),
        (Restart::Always, true),
    ] {
        let recipient = Recorded { lacks: true, ..Recorded::default() };
        let (did, reported, result) = handed_over(&recipient, when);
        assert_eq!((result.is_ok(), did.contains(&"restart")), (is_warning, is_warning), "{when:?}");
        let warned = reported.iter().any(|line| line.contains("reached by a URL"));
        assert_eq!(warned, is_warning, "{when:?}: {reported:?}");
    }
    for (when, is_warning) in
        [(Restart::IfRunning, true), (Restart::IfChanged, false), (Restart::Always, false)]
    {
        let recipient = Recorded { update: changed(), cannot_restart: true, ..Recorded::default() };
        let (_, reported, result) = handed_over(&recipient, when);
        assert_eq!(result.is_ok(), is_warning, "{when:?}");
        let warned = reported.iter().any(|line| line == "It was not restarted: no. Do that.");
        assert_eq!(warned, is_warning, "{when:?}: {reported:?}");
    }
}

#[test]
fn what_happens_is_reported_in_its_order() {
    let update = Update { warnings: vec!["odd".into()], ..changed() };
    let recipient = Recorded { update, ..Recorded::default() };
    let (_, reported, result) = handed_over(&recipient, Restart::IfRunning);
    result.unwrap();
    assert_eq!(reported, ["Updating", "odd", "Updated", "Restarting", "Step", "beware", "Restarted"]);
    let deaf = |at: usize| {
        let recipient = Recorded { update: changed(), ..Recorded::default() };
        let mut reports = 0;
        let result = hand_over(&recipient, &Token::new("a.token").unwrap(), Restart::IfChanged, &mut |_| {
            reports += 1;
            if reports < at { Ok(()) } else { Err(CoreError::Unread) }
        });
        assert!(matches!(result, Err(Error::Core(CoreError::Unread))), "{at}: {result:?}");
        recipient.did.take().len()
    };
    // Before the update, before the restart, and while it goes on.
    assert_eq!([deaf(1), deaf(2), deaf(3), deaf(4)], [0, 1, 1, 2]);
}
