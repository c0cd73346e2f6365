//! Stands in for Claude Desktop in the tests, under whatever name it is linked to.
//!
//! ```text
//! stand_in_app [--record FILE] [--on-term quit|ignore|SECONDS] [--helper] [--life SECONDS]
//!              [--drops FILE] [--drop-at SECONDS,...|quit] [ANYTHING...]
//! ```
//!
//! It lives for a minute at most, so that a test that fails leaves nothing behind for long.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "it is a part of the tests")]

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// A configuration that has forgotten what somebody else has put there.
const EMPTY: &str = "{\n  \"mcpServers\": {}\n}\n";

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let most = Duration::from_secs(value("--life").map_or(60, |seconds| seconds.parse().unwrap()));
    if let Some(file) = value("--record") {
        // One write, so that lines of several do not mix.
        let line = format!(
            "{} token={} mark={} {}\n",
            std::process::id(),
            env::var("ZOOM_ACCESS_TOKEN").is_ok(),
            env::var("MARK").unwrap_or_default(),
            arguments.join(" ")
        );
        OpenOptions::new().append(true).create(true).open(file).unwrap().write_all(line.as_bytes()).unwrap();
    }
    let mut helper = arguments.iter().any(|argument| argument == "--helper").then(|| {
        let file = value("--record").unwrap();
        Command::new(env::current_exe().unwrap())
            .args(["--type=renderer", "--record", &file])
            .spawn()
            .unwrap()
    });
    let at_quit = value("--drop-at").as_deref() == Some("quit");
    if let Some(file) = value("--drops").filter(|_| !at_quit) {
        let times: Vec<f64> =
            value("--drop-at").unwrap_or_default().split(',').map(|time| time.parse().unwrap()).collect();
        // As Claude Desktop is known to, it forgets the servers that somebody else has put there.
        std::thread::spawn(move || {
            let mut now = 0.0;
            for time in times {
                sleep(Duration::from_secs_f64(time - now));
                now = time;
                std::fs::write(&file, EMPTY).unwrap();
            }
        });
    }
    live(&value("--on-term").unwrap_or_default(), most);
    if let Some(file) = value("--drops").filter(|_| at_quit) {
        std::fs::write(&file, EMPTY).unwrap();
    }
    if let Some(helper) = &mut helper {
        let _ = helper.kill();
        let _ = helper.wait();
    }
}

/// Lives until its time is over or it is asked to quit.
#[cfg(unix)]
fn live(on_term: &str, life: Duration) {
    use tokio::signal::unix::{SignalKind, signal};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut asked = signal(SignalKind::terminate()).unwrap();
        let quit = async {
            asked.recv().await;
            match on_term {
                "ignore" => sleep(life),
                "" | "quit" => {}
                seconds => sleep(Duration::from_secs(seconds.parse().unwrap())),
            }
        };
        let _ = tokio::time::timeout(life, quit).await;
    });
}

/// Lives until its time is over; nothing asks it to quit.
#[cfg(not(unix))]
fn live(_: &str, life: Duration) {
    sleep(life);
}
