//! Calls that wait in a store that machines share.

use super::*;
use crate::clock::SystemClock;
use crate::redis::tests::{Server, with_server};

/// The calls as a gateway of another machine has them. The clock of that machine does not matter.
fn machine(server: &Server, time: &str) -> Approvals {
    let access = server.access();
    let name = Name::parse("files").unwrap();
    let stores = Stores::new(move || Ok(Some(access.clone())));
    Approvals::new(None, stores, name, Arc::new(ManualClock::at(time)))
}

fn machines(server: &Server) -> [Approvals; 2] {
    ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"].map(|time| machine(server, time))
}

#[test]
fn a_call_that_waits_on_one_machine_is_decided_about_on_another() {
    with_server(|runtime, server| {
        let [here, there] = machines(&server);
        for (allow, decision) in [(true, Decision::Allowed), (false, Decision::Denied)] {
            runtime.block_on(async {
                let mut waiting = here.ask(request("write")).await.unwrap();
                let id = waiting.id().clone();
                let listed = there.list().await.unwrap();
                assert_eq!(listed.approvals.iter().map(|one| &one.id).collect::<Vec<_>>(), [&id]);
                assert_eq!(there.decide(&id, allow, &Shutdown::never()).unwrap().binding, call("write"));
                let again = there.decide(&id, true, &Shutdown::never());
                assert!(matches!(again, Err(ApprovalError::Decided { .. })));
                assert_eq!(waiting.decided().await, decision);
                drop(waiting);
                // Another thread forgets the denied one.
                let since = SystemClock::start();
                while there.has(&id).unwrap() {
                    assert!(
                        crate::clock::Clock::elapsed(&since) < Duration::from_secs(20),
                        "it is still there"
                    );
                    pause(Duration::from_millis(10)).await;
                }
            });
        }
        assert_eq!(server.ask(&["EXISTS", "zoomtok:{gateway:files}:approvals"]).number(), Some(0));
        let names = Stores::new({
            let access = server.access();
            move || Ok(Some(access.clone()))
        });
        assert_eq!(names.names().unwrap(), [Name::parse("files").unwrap()]);
    });
}

#[test]
fn of_two_machines_that_want_an_approval_one_uses_it() {
    with_server(|runtime, server| {
        let [here, there] = machines(&server);
        for round in 0..50 {
            let tool = format!("t{round}");
            let used = runtime.block_on(async {
                let waiting = here.ask(request(&tool)).await.unwrap();
                let id = waiting.id().clone();
                waiting.leave().await.unwrap();
                there.decide(&id, true, &Shutdown::never()).unwrap();
                let mut claims = tokio::task::JoinSet::new();
                for approvals in [&here, &there, &here, &there] {
                    let (approvals, call) = (approvals.clone(), call(&tool));
                    // Each asks in a thread of its own.
                    claims.spawn(async move { approvals.claim(&call).await.unwrap() });
                }
                (claims.join_all().await.into_iter().flatten().collect::<Vec<_>>(), id)
            });
            assert_eq!(used.0, [used.1], "{round}");
        }
    });
}

#[test]
fn calls_that_wait_on_many_machines_are_all_listed_and_no_argument_can_be_read() {
    with_server(|_, server| {
        std::thread::scope(|scope| {
            for at in 0..4 {
                let server = &server;
                scope.spawn(move || {
                    let approvals = machine(server, "2026-03-04T12:00:00Z");
                    crate::clock::runtime().unwrap().block_on(async {
                        for n in 0..8 {
                            approvals
                                .ask(request(&format!("canary-{at}-{n}")))
                                .await
                                .unwrap()
                                .leave()
                                .await
                                .unwrap();
                        }
                    });
                });
            }
        });
        let listed = machine(&server, "2026-03-04T12:00:00Z").list_here().unwrap();
        assert_eq!(listed.approvals.len(), 32);
        let key = "zoomtok:{gateway:files}:approvals";
        let dump = server.dump(key);
        assert!(!dump.windows(6).any(|part| part == b"canary"));
        let left = server.ask(&["PTTL", key]).number().unwrap();
        assert!((100_000..=120_000).contains(&left), "it ends with the last of them: {left}");
    });
}

#[test]
fn without_the_store_nothing_is_allowed_and_what_waits_is_lost() {
    with_server(|runtime, mut server| {
        let [here, there] = machines(&server);
        runtime.block_on(async {
            let mut waiting = here.ask(request("write")).await.unwrap();
            let left = here.ask(request("read")).await.unwrap();
            let id = left.id().clone();
            left.leave().await.unwrap();
            there.decide(&id, true, &Shutdown::never()).unwrap();
            server.kill();
            let Decision::Lost(why) = waiting.decided().await else { panic!("it was decided") };
            assert!(why.contains("the shared store at redis://"), "{why}");
            for refused in [here.claim(&call("read")).await.err(), here.ask(request("x")).await.err()] {
                assert!(matches!(refused, Some(ApprovalError::File(Error::Shared(_)))), "{refused:?}");
            }
            assert!(there.list().await.is_err());
        });
    });
}
