//! An answer that Zoom gave and that did not arrive, or not whole: with a refresh token that is good once this is reported
//! from one that was never given, also in a later run.

use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::processes::in_flight;
use crate::support::{Home, sandbox};

const REFRESH: &str = "ZOOM_REFRESH_TOKEN";

#[test]
fn an_answer_cut_short_is_reported_as_lost() {
    for fault in [Fault::Gateway(504), Fault::Torn, Fault::Truncated, Fault::CutAfter] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        let text = home.env_text();
        // The second try finds the refresh token spent.
        sandbox.fail(Endpoint::Token, fault.clone(), 1);
        let ended = home.run(["get", "-f"]).expect(4);
        ended.says(&["an answer from Zoom that never arrived probably held the next one", "Log in again"]);
        assert_eq!(sandbox.token_requests().len(), 2, "{fault:?}");
        assert_eq!(home.env_text(), text);
    }
}

#[test]
fn a_lost_answer_is_remembered_by_the_next_run() {
    for fault in [Fault::Gateway(504), Fault::Torn] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        sandbox.fail(Endpoint::Token, fault.clone(), 1);
        sandbox.fail(Endpoint::Token, Fault::Status(503), 2);
        let ended = home.run(["get", "-f"]).expect(5).says(&["used up the refresh token"]);
        assert!(!ended.stderr.contains("Nothing was changed"), "{}", ended.stderr);
        for _ in 0..2 {
            home.run(["get"]).expect(4).says(&["an answer from Zoom that never arrived"]);
        }
        // Authorised anew, as the hint has it.
        let spent = home.value(REFRESH).unwrap();
        home.write_env(&home.env_text().replace(&spent, &sandbox.refresh_token()));
        home.run(["get"]).expect(0).quietly();
    }
}

#[test]
fn after_a_kill_while_zoom_answers_the_next_run_reports_the_loss() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    in_flight(&sandbox, &home, &["get", "-f"], Fault::Late(Duration::from_secs(5))).kill();
    home.run(["get", "-f"]).expect(4).says(&["an answer from Zoom that never arrived"]);
}

#[test]
fn nothing_was_changed_is_said_where_it_is_so() {
    let sandbox = sandbox();
    let (user, server) = (Home::of_user(&sandbox, ""), Home::of(&sandbox, ""));
    for (home, fault) in [(&user, Fault::Html(403)), (&server, Fault::Html(403)), (&server, Fault::Torn)] {
        sandbox.fail(Endpoint::Token, fault, 3);
        home.run(["get", "-f"]).expect(5).says(&["Nothing was changed; try again later"]);
        sandbox.heal(Endpoint::Token);
    }
    user.run(["get", "-f"]).expect(0).quietly();
}

#[test]
fn the_good_refresh_token_beside_a_token_that_is_refused_is_kept() {
    for fault in [Fault::Token("$(id)".into()), Fault::NoToken] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        let spent = home.value(REFRESH).unwrap();
        sandbox.fail(Endpoint::Token, fault, 1);
        home.run(["get"]).expect(5).says(&["the token from Zoom is unusable", "came with it is kept"]);
        assert_ne!(home.value(REFRESH).unwrap(), spent);
        assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
        assert_eq!(home.value("ZOOM_ACCESS_TOKEN"), None);
        home.run(["get"]).expect(0).quietly();
    }
}
