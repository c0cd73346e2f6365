//! Documents on a Redis of their own.
#![cfg(all(target_os = "linux", feature = "fleet"))]

use std::convert::Infallible;

use super::*;
use crate::redis::tests::{Server, with_server};

/// As another process has it.
fn document(server: &Server) -> Document<Vec<String>> {
    let names = Some(Names { key: "zoomtok:{all}:names", name: "a".into() });
    Document::new(Pool::new(server.access()), "zoomtok:{a}:list".into(), 1, names)
}

fn next(content: Vec<String>) -> Next<Vec<String>> {
    Next { content, until: None }
}

fn add(document: &Document<Vec<String>>, text: &str) {
    let added = document.change_here(|before, _| {
        let mut list = before.cloned().unwrap_or_default();
        list.push(text.to_owned());
        Ok::<_, Infallible>((Some(next(list)), ()))
    });
    let Ok(()) = added.unwrap();
}

fn list(document: &Document<Vec<String>>) -> Vec<String> {
    document.read_here().unwrap().content.map(|list| (*list).clone()).unwrap_or_default()
}

#[test]
fn changes_at_the_same_time_are_all_there_and_nothing_is_in_clear() {
    with_server(|_, server| {
        assert!(document(&server).read_here().unwrap().content.is_none());
        std::thread::scope(|scope| {
            for at in 0..6 {
                let server = &server;
                scope.spawn(move || {
                    let document = document(server);
                    (0..20).for_each(|n| add(&document, &format!("canary-{at}-{n}")));
                });
            }
        });
        let all: std::collections::BTreeSet<String> = list(&document(&server)).into_iter().collect();
        assert_eq!(all.len(), 120);
        let kept = format!("{:?}", server.ask(&["HGETALL", "zoomtok:{a}:list"]));
        let canary: Vec<String> = b"canary".iter().map(u8::to_string).collect();
        assert!(kept.len() > 1000 && !kept.contains(&canary.join(", ")), "{kept}");
        assert_eq!(server.ask(&["HGET", "zoomtok:{all}:names", "a"]), Reply::Text(b"1".into()));
    });
}

#[test]
fn a_reader_sees_each_change_of_another_one_and_none_where_there_is_none() {
    with_server(|runtime, server| {
        let (one, other) = (document(&server), document(&server));
        for text in ["a", "b"] {
            add(&one, text);
            let read = runtime.block_on(other.read()).unwrap();
            assert_eq!(read.content.as_ref().unwrap().last().unwrap(), text);
            let again = runtime.block_on(other.read()).unwrap();
            assert_eq!(again.revision, read.revision);
            assert!(Arc::ptr_eq(&again.content.unwrap(), &read.content.unwrap()), "it is not opened again");
        }
        let unchanged = other.change_here(|_, _| Err::<(Option<Next<Vec<String>>>, ()), _>("no"));
        assert_eq!(unchanged.unwrap(), Err("no"));
        server.ask(&["FLUSHALL"]);
        assert!(other.read_here().unwrap().content.is_none());
        assert_eq!(other.seen().unwrap().len(), 2);
    });
}

#[test]
fn a_document_ends_when_it_says() {
    with_server(|_, server| {
        let document = document(&server);
        let written = document.change_here(|_, now| {
            let next = Next { content: vec!["a".into()], until: Some(now + chrono::TimeDelta::hours(1)) };
            Ok::<_, Infallible>((Some(next), ()))
        });
        let Ok(()) = written.unwrap();
        let left = server.ask(&["PTTL", "zoomtok:{a}:list"]).number().unwrap();
        assert!((3_500_000..=3_600_000).contains(&left), "{left}");
        let written = document.change_here(|_, now| {
            Ok::<_, Infallible>((Some(Next { content: Vec::new(), until: Some(now) }), ()))
        });
        let Ok(()) = written.unwrap();
        assert_eq!(server.ask(&["EXISTS", "zoomtok:{a}:list"]), Reply::Number(0));
    });
}

#[test]
fn what_is_no_document_of_ours_is_refused_and_left_alone() {
    with_server(|_, server| {
        let key = "zoomtok:{a}:list";
        add(&document(&server), "a");
        server.ask(&["COPY", key, "good"]);
        for (change, said) in [
            (&["HSET", key, "version", "2"][..], "was written by a newer zoomtok, in format 2"),
            (&["HSET", key, "version", "x"], "or was changed since"),
            (&["HSET", key, "sealed", "\u{1}x"], "or was changed since"),
            // An older content under another revision.
            (&["HSET", key, "revision", "0123"], "or was changed since"),
            (&["HDEL", key, "version"], "or was changed since"),
        ] {
            server.ask(change);
            let before = server.dump(key);
            let document = document(&server);
            let error = document.read_here().err().unwrap().to_string();
            assert!(error.contains(said) && error.contains(key), "{change:?}: {error}");
            let changed = document.change_here(|_, _| Ok::<_, Infallible>((Some(next(Vec::new())), ())));
            assert!(changed.is_err(), "{change:?}");
            assert_eq!(server.dump(key), before);
            server.ask(&["COPY", "good", key, "REPLACE"]);
        }
        server.ask(&["SET", key, "x"]);
        assert!(document(&server).read_here().err().unwrap().to_string().contains("or was changed since"));
        // Moved to another key it does not open.
        server.ask(&["COPY", "good", "zoomtok:{b}:list"]);
        let moved: Document<Vec<String>> =
            Document::new(Pool::new(server.access()), "zoomtok:{b}:list".into(), 1, None);
        assert!(matches!(moved.read_here(), Err(SharedError::Foreign { .. })));
    });
}

#[test]
fn a_full_store_loses_nothing_by_a_change() {
    with_server(|_, server| {
        let document = document(&server);
        add(&document, "a");
        server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
        let changed = document.change_here(|_, _| Ok::<_, Infallible>((Some(next(Vec::new())), ())));
        assert!(matches!(changed, Err(SharedError::Full { .. })));
        server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
        assert_eq!(list(&document), ["a"]);
    });
}

#[test]
fn a_document_that_becomes_one_of_a_newer_version_while_it_is_changed_is_not_overwritten() {
    with_server(|_, server| {
        let document = document(&server);
        add(&document, "a");
        let key = "zoomtok:{a}:list";
        let mut before = None;
        let error = document.change_here(|_, _| {
            server.ask(&["HSET", key, "version", "2"]);
            before = Some(server.ask(&["DUMP", key]));
            Ok::<_, Infallible>((Some(next(vec!["b".into()])), ()))
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains("was written by a newer zoomtok, in format 2"), "{error}");
        assert_eq!(Some(server.ask(&["DUMP", key])), before);
    });
}
