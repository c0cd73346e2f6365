//! The kernel reads and writes one byte a call, and the disk may become full between any two bytes: a library that is
//! preloaded does that (claims 3, 5 and 15).

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::support::canaries::Shows;
use crate::support::needs::needs;
use crate::support::{Ended, Home, ended_showing, names, sandbox, without};

const OURS: [&str; 3] = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", "ZOOM_REFRESH_TOKEN"];

/// The library, and where it counts.
struct Preloaded {
    directory: TempDir,
}

impl Preloaded {
    fn build() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(directory.path().join("short.so"));
        compiler.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/short_writes.c"));
        let output = compiler.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { directory }
    }

    fn count(&self) -> PathBuf {
        self.directory.path().join("count")
    }

    /// Runs the program with so much room on the disk, in bytes, and gives the number of calls that were cut short.
    fn run(&self, home: &Home, arguments: &[&str], room: Option<usize>) -> (Ended, usize) {
        let mut command = home.command(arguments);
        command.env("LD_PRELOAD", self.directory.path().join("short.so"));
        command.env("SHORT_WRITES_COUNT", self.count());
        command.envs(room.map(|room| ("SHORT_WRITES_ROOM", room.to_string())));
        let ended = ended_showing(command.output().unwrap(), Shows::by_contract(&command));
        (ended, fs::read_to_string(self.count()).unwrap().parse().unwrap())
    }
}

#[test]
fn a_kernel_that_takes_a_byte_a_call_gets_all_of_them() {
    needs!(CCompiler);
    let preloaded = Preloaded::build();
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    let original = home.env_text();
    let (done, cut) = preloaded.run(&home, &["get", "-f", "--print"], None);
    let token = done.expect(0).quietly().stdout;
    assert!(cut > original.len(), "{cut}");
    assert_eq!(home.value(OURS[0]).unwrap(), token.trim_end());
    assert_eq!(home.value(OURS[2]).unwrap(), sandbox.refresh_token());
    assert_eq!(without(&home.env_text(), &OURS), without(&original, &OURS));

    let config = home.work().join("c.json");
    home.is_for_secrets(&config);
    fs::write(&config, "{\"mcpServers\": {\"zoom\": {\"command\": \"node\", \"env\": {}}}}").unwrap();
    let (done, _) = preloaded.run(&home, &["update-claude", "--config", "c.json"], None);
    done.expect(0);
    assert!(fs::read_to_string(&config).unwrap().contains(token.trim_end()));
}

#[test]
fn a_disk_that_becomes_full_between_any_two_bytes_harms_nothing() {
    /// Bytes between one try and the next; no divisor of anything that is written.
    const STEP: usize = 4099;
    needs!(CCompiler);
    let preloaded = Preloaded::build();
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "# mine\n\nexport A='b # c'\nLAST=1");
    home.run(["get"]).expect(0);
    let original = home.env_text();
    let mut failures = 0;
    loop {
        let (before, asked) = (home.env_text(), sandbox.token_requests().len());
        let (done, _) = preloaded.run(&home, &["get", "-f", "--print"], Some(failures * STEP));
        assert_eq!(without(&home.env_text(), &OURS), without(&original, &OURS));
        if done.code == Some(0) {
            assert_eq!(home.value(OURS[0]).unwrap(), done.stdout.trim_end());
            break;
        }
        // Room is made for all of the new text before Zoom is asked.
        assert_eq!(sandbox.token_requests().len(), asked);
        assert_eq!(done.expect(6).says(&[".env", "No space left on device"]).stdout, "");
        assert_eq!(home.env_text(), before);
        assert_eq!(names(&home.work()), [".env", ".env.lock"]);
        home.run(["get", "-f"]).expect(0).quietly();
        assert_eq!(home.value(OURS[2]).unwrap(), sandbox.refresh_token());
        failures += 1;
    }
    assert!(failures >= 10, "{failures}");
}
