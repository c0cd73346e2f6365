//! Configurations as people have them, and the same with zoomtok in them: `golden/ID.before` and `golden/ID.after`, a pair for
//! each client.

use std::path::{Path, PathBuf};

use super::*;

fn golden(id: &str, which: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/clients/tests/golden/{id}.{which}"))
}

fn zoomtok() -> Entry {
    Entry {
        command: "/home/ada/.cargo/bin/zoomtok".into(),
        args: ["mcp", "--env-file", "/home/ada/.config/zoomtok/.env"].map(str::to_owned).to_vec(),
        env: BTreeMap::from([("HTTPS_PROXY".to_owned(), "http://proxy.example:3128".to_owned())]),
    }
}

fn target(client: &'static Client) -> Target {
    let (server, key) = ("zoom".into(), "TOKEN".into());
    Target { client, server, key, system: System::Linux, reader }
}

#[test]
fn every_client_has_a_pair_and_gets_an_entry_of_its_own_form() {
    let mut lines = 0;
    for client in CLIENTS {
        let before = fs::read_to_string(golden(client.id, "before")).unwrap();
        let target = target(client);
        let edited = target.apply(&Change::Server(&|_| zoomtok()), &before).ok().unwrap();
        let new = edited.text.unwrap();
        let after = fs::read_to_string(golden(client.id, "after")).unwrap_or_default();
        assert!(*new == after, "{} would get\n{}", client.id, &*new);
        lines = lines.max(before.lines().count());
        // All that was there is there, around one piece.
        let head = before.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
        let (old, rest) = (&before.as_bytes()[head..], &new.as_bytes()[head..]);
        let tail = old.iter().rev().zip(rest.iter().rev()).take_while(|(old, new)| old == new).count();
        let gone = &before[head..before.len() - tail];
        assert!(gone.trim().is_empty(), "{}: {gone:?} is gone", client.id);
        assert!(
            target.apply(&Change::Server(&|_| zoomtok()), &new).ok().unwrap().text.is_none(),
            "{}",
            client.id
        );
        // It is known again, and can be taken out.
        assert!(matches!(target.before(&new).ok().unwrap().server, server::Server::Own(..)), "{}", client.id);
        let out = target.apply(&Change::Removed, &new).ok().unwrap().text.unwrap();
        let read = client.format.read;
        assert_eq!(read(&out).unwrap(), read(&before).unwrap(), "{}", client.id);
        let has_others = !client.format.servers(&before, &client.shape).unwrap().is_empty();
        assert!(*out == before || !has_others, "{}: {}", client.id, &*out);
    }
    assert!(lines > 2_000, "the longest has {lines} lines");
}

#[test]
fn a_client_that_rewrites_its_file_is_looked_at_again() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().canonicalize().unwrap().join(".claude.json");
    let old = fs::read_to_string(golden("claude-code", "before")).unwrap();
    let write = |text: &str| {
        let mut options = File::options();
        options
            .create(true)
            .truncate(true)
            .write(true)
            .open(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    };
    write(&old);
    let state = root.path().join("state");
    let file = ClientFile {
        path: path.clone(),
        target: target(client("claude-code").unwrap()),
        state_root: Some(state.clone()),
    };
    // The app writes what it had read before, right after the first replace and during the second edit.
    let newer = old.replace("\"numStartups\": 412", "\"numStartups\": 413");
    let clock = Rewrites { file: &path, text: &newer, times: std::cell::Cell::new(2) };
    let mut surroundings =
        Surroundings { state_root: Some(&state), clock: &clock, stop: &Shutdown::never(), ready: &mut || {} };
    file.write_in(&Change::Server(&|_| zoomtok()), &mut surroundings).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("413") && text.contains("proxy.example"), "{}", text.len());
    // One that never leaves it there is reported.
    write(&old);
    let clock = Rewrites { file: &path, text: &old, times: std::cell::Cell::new(usize::MAX) };
    let mut surroundings =
        Surroundings { state_root: Some(&state), clock: &clock, stop: &Shutdown::never(), ready: &mut || {} };
    let error = file.write_in(&Change::Server(&|_| zoomtok()), &mut surroundings).err().unwrap();
    assert_eq!(error.code(), Code::Store);
    assert!(error.report().contains("keeps changing it"), "{}", error.report());
}

/// A clock in whose pauses an app writes its file, so many times.
struct Rewrites<'a> {
    file: &'a Path,
    text: &'a str,
    times: std::cell::Cell<usize>,
}

impl Clock for Rewrites<'_> {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration, _: &Shutdown) -> Result<(), ShutdownRequested> {
        if let Some(left) = self.times.get().checked_sub(1) {
            self.times.set(left);
            let mut options = File::options();
            options
                .truncate(true)
                .write(true)
                .open(self.file)
                .unwrap()
                .write_all(self.text.as_bytes())
                .unwrap();
        }
        Ok(())
    }
}
