//! Tokens while they are rotated: nothing that others can see has them.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zoomtok::sandbox::{Endpoint, Fault};

use super::tokens::{machines_of_user, token_of};
use crate::support::needs::needs;
use crate::support::processes::start;
use crate::support::redis::Redis;
use crate::support::rows::tree;
use crate::support::{replace_token, sandbox};

/// One that sees each command that a store gets, as `redis-cli monitor` does.
struct Monitor {
    stream: TcpStream,
    seen: JoinHandle<String>,
}

impl Monitor {
    fn start(redis: &Redis) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", redis.port)).unwrap();
        stream.write_all(b"MONITOR\r\n").unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        assert_eq!(line, "+OK\r\n");
        // It writes what is no text as \x.. .
        let seen =
            thread::spawn(move || answers.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n"));
        Self { stream, seen }
    }

    /// All that it has seen until now.
    fn end(self, redis: &Redis) -> String {
        // Its lines are in order, so this one is the last.
        redis.ask(&["ECHO", "the end"]);
        thread::sleep(Duration::from_millis(200));
        self.stream.shutdown(Shutdown::Both).unwrap();
        let seen = self.seen.join().unwrap();
        assert!(seen.contains("the end"), "{seen}");
        seen
    }
}

/// Gathers the arguments and the environment of a process while it runs.
struct Watched {
    is_over: Arc<AtomicBool>,
    seen: JoinHandle<Vec<u8>>,
}

impl Watched {
    fn start(id: u32) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let seen = thread::spawn(move || {
            let (mut all, began) = (Vec::new(), Instant::now());
            while !over.load(Ordering::Relaxed) && began.elapsed() < Duration::from_secs(30) {
                for name in ["cmdline", "environ", "comm"] {
                    let read = fs::read(format!("/proc/{id}/{name}")).unwrap_or_default();
                    if !all.windows(read.len().max(1)).any(|part| part == read) {
                        all.extend(read);
                    }
                }
                thread::sleep(Duration::from_millis(2));
            }
            all
        });
        Self { is_over, seen }
    }

    fn end(self) -> Vec<u8> {
        self.is_over.store(true, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

fn is_in(text: &[u8], secret: &str) -> bool {
    text.windows(secret.len()).any(|part| part == secret.as_bytes())
}

#[test]
fn while_tokens_are_rotated_none_can_be_read_by_others() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let mut homes = machines_of_user(&sandbox, &redis, 2);
    for home in &mut homes {
        fs::write(home.work().join("hear.sh"), "cat >> heard\n").unwrap();
        home.set("PATH", "/usr/bin:/bin").set("ZOOMTOK_ON_EVENT", "sh hear.sh");
    }
    // The text of all that others may see, by its name.
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    let monitor = Monitor::start(&redis);
    let (mut refresh_tokens, mut access_tokens) = (vec![sandbox.refresh_token()], Vec::new());
    for round in 0..4 {
        let home = &homes[round % 2];
        let is_heard = round == 3;
        if is_heard {
            // A watch asks only for a token that is due.
            replace_token(home, &sandbox.mint(-10));
            let access = redis.key(":access");
            redis.ask(&["DEL", &access]);
        } else if round > 0 {
            // The other machine's newer token is taken first.
            token_of(home.run(["get", "-f", "--print"]));
        }
        let before = sandbox.token_requests().len();
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(300)), 1);
        let arguments = if is_heard {
            &["watch", "--once", "--no-claude", "--json"][..]
        } else {
            &["get", "-f", "--json"]
        };
        let running = start(home, arguments);
        let watched = Watched::start(running.id());
        assert!(sandbox.wait_for_token_requests(before + 1, Duration::from_secs(10)));
        let ended = running.end().expect(0);
        seen.push((format!("the process of round {round}"), watched.end()));
        seen.push((format!("the output of round {round}"), (ended.stdout + &ended.stderr).into_bytes()));
        refresh_tokens.push(sandbox.refresh_token());
        access_tokens.push(home.value("ZOOM_ACCESS_TOKEN").unwrap());
    }
    seen.push(("the commands that the store got".into(), monitor.end(&redis).into_bytes()));
    seen.push(("the file of the store".into(), redis.written()));
    for key in redis.keys() {
        seen.push((key.clone(), redis.value(&key)));
    }
    for home in &homes {
        for path in tree(&home.state()).into_iter().chain(tree(&home.work())).filter(|path| path.is_file()) {
            if path != home.env_path() {
                seen.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    refresh_tokens.dedup();
    assert_eq!((refresh_tokens.len(), access_tokens.len()), (5, 4));
    assert_eq!(sandbox.token_requests().len(), 4);
    for secret in refresh_tokens.iter().chain(&access_tokens) {
        for (name, text) in &seen {
            assert!(!is_in(text, secret), "a token in {name}");
        }
    }
    for (home, secret) in homes.iter().flat_map(|home| refresh_tokens.iter().map(move |token| (home, token)))
    {
        assert!(!home.env_text().contains(secret), "a refresh token in .env");
    }
    // It has looked at the right things.
    let of =
        |name: &'static str| seen.iter().filter(move |(found, _)| found.contains(name)).map(|(_, text)| text);
    assert!(of("the process").all(|text| is_in(text, "zoomtok\0") && is_in(text, "ZOOMTOK_STORE=")));
    assert!(of("the commands").all(|text| is_in(text, "EVALSHA") && is_in(text, ":grant")), "no command");
    assert!(of("the file of the store").all(|text| is_in(text, "sealed")));
    assert_eq!(of("fleet.json").count(), 2);
    assert!(of("/heard").any(|text| is_in(text, "refresh")), "no event");
    assert!(of(":grant").any(|text| is_in(text, "digest")));
}
