//! Whole processes against each other, in one run: `cargo bench --bench processes`.
//!
//! Each comparison takes turns, A B A B and so on, so that a machine that slows down does so for both, and reports
//! medians and the median of the ratios pair by pair. With `cargo bench -- --check` it fails when a ratio, a size or a
//! memory is beyond what benches/README.md promises. What is missing on the machine (python3, curl, time) is left out
//! and said.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement that cannot go on has failed; this one makes files, looks at the clock and prints"
)]

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Report, Sandbox, ZOOMTOK};

/// What `check` does, the way the scripts do it: bash for the `.env`, python3 for the token.
const SCRIPT: &str = r#"
set -a; source ./.env; set +a
"$PYTHON" - "$ZOOM_ACCESS_TOKEN" 60 <<'PY'
import base64, json, sys, time
payload = sys.argv[1].split('.')[1]
claims = json.loads(base64.urlsafe_b64decode(payload + '=' * (-len(payload) % 4)))
left = claims['exp'] - int(time.time())
print('valid' if left > 0 else 'expired', time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(claims['exp'])))
sys.exit(0 if left > int(sys.argv[2]) else 1)
PY
"#;

/// What `get -f` does, the way the scripts do it: curl for the answer, python3 for the token in it, sed for the `.env`.
const REFRESH: &str = r#"
set -e; set -a; source ./.env; set +a
answer=$(curl -sf -u "$ZOOM_CLIENT_ID:$ZOOM_CLIENT_SECRET" -d grant_type=account_credentials \
    -d "account_id=$ZOOM_ACCOUNT_ID" "$ZOOM_OAUTH_URL/oauth/token")
token=$("$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["access_token"])' <<<"$answer")
sed -i "s|^ZOOM_ACCESS_TOKEN=.*|ZOOM_ACCESS_TOKEN=\"$token\"|" .env
"#;

/// A program with its arguments, run in the bench's directory.
struct Subject {
    name: &'static str,
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(&'static str, OsString)>,
}

impl Subject {
    fn new<P: Into<OsString>>(name: &'static str, program: P, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Self { name, program: program.into(), arguments, environment: Vec::new() }
    }

    fn command(&self, directory: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.environment.iter().cloned()).current_dir(directory);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The time from its start to its end.
    fn time(&self, directory: &Path) -> Duration {
        let mut command = self.command(directory);
        let start = Instant::now();
        let status = command.status().unwrap();
        let time = start.elapsed();
        assert!(status.success(), "{} ended with {status}", self.name);
        time
    }

    /// Its peak memory in KiB, as GNU time tells it; none without that.
    fn memory(&self, directory: &Path) -> Option<u64> {
        let mut arguments: Vec<OsString> = ["-f", "%M"].map(OsString::from).to_vec();
        arguments.push(self.program.clone());
        arguments.extend(self.arguments.iter().cloned());
        let output = Command::new("/usr/bin/time")
            .args(arguments)
            .envs(self.environment.iter().cloned())
            .current_dir(directory)
            .output()
            .ok()?;
        String::from_utf8_lossy(&output.stderr).lines().last()?.trim().parse().ok()
    }
}

struct Bench {
    sandbox: Sandbox,
    report: Report,
}

impl Bench {
    fn path(&self) -> &Path {
        self.sandbox.path()
    }

    fn compare(&mut self, rounds: usize, a: &Subject, b: &Subject, limit: f64) -> f64 {
        let path = self.sandbox.path();
        let (mut a_runs, mut b_runs) = (|| a.time(path), || b.time(path));
        self.report.compare(rounds, (a.name, &mut a_runs), (b.name, &mut b_runs), limit)
    }

    fn memory(&mut self, subject: &Subject, limit: u64) {
        match subject.memory(self.path()) {
            Some(peak) => {
                println!("{:<24} {peak:>8} KiB peak", subject.name);
                if peak > limit {
                    self.report.fail(format!("{} takes {peak} KiB, not {limit}", subject.name));
                }
            }
            None => println!("{:<24} not measured: /usr/bin/time is missing", subject.name),
        }
    }
}

/// A program as an installation leaves it. Linux keeps a file that was copied in larger pieces than what a linker wrote
/// here and there, and maps those faster.
fn installed(program: &Path, directory: &Path) -> PathBuf {
    let copy = directory.join(program.file_name().unwrap());
    fs::copy(program, &copy).unwrap();
    copy
}

/// Has a program read in again from the disk, page by page, as it is after the machine was started; false where the
/// system does not say how.
fn forget(program: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Advice, fadvise};
        let file = fs::File::open(program).unwrap();
        // What is not on the disk yet is not forgotten.
        file.sync_all().unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = program;
        false
    }
}

/// An empty Rust program, the least that any of this can take.
fn empty(directory: &Path) -> PathBuf {
    let (source, program) = (directory.join("empty.rs"), directory.join("empty"));
    fs::write(&source, "fn main() {}\n").unwrap();
    let status = Command::new("rustc")
        .args(["-O", "-C", "strip=symbols", "-o"])
        .args([&program, &source])
        .status()
        .expect("rustc is needed to make the empty program");
    assert!(status.success());
    program
}

/// The interpreter itself, and not a version manager's script of that name, which costs more than it.
fn python() -> Option<OsString> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().into())
}

fn main() {
    let (sandbox, url) = Sandbox::start();
    let mut bench = Bench { sandbox, report: Report::begin() };
    // Not below /tmp, which is no disk on many machines.
    let programs = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let program = installed(Path::new(ZOOMTOK), programs.path());
    let empty_program = installed(&empty(bench.path()), programs.path());

    let empty = Subject::new("empty Rust program", &empty_program, &[]);
    let get = Subject::new("zoomtok get", &program, &["get"]);
    let force = Subject::new("zoomtok get -f", &program, &["get", "-f"]);
    let zoomtok = Subject::new("zoomtok check", &program, &["check"]);
    force.time(bench.path());

    bench.compare(500, &zoomtok, &empty, 1.3);
    bench.compare(500, &get, &empty, 1.5);
    let python = python();
    let script = |name, text| {
        let mut script = Subject::new(name, "bash", &["-c", text]);
        script.environment.extend(python.clone().map(|python| ("PYTHON", python)));
        script
    };
    if python.is_some() {
        // How long an interpreter takes depends on how it was built. What no program can be faster than is an empty one.
        let script = script("bash and python3", SCRIPT);
        let least = bench.compare(40, &empty, &script, 1.0);
        bench.compare(40, &zoomtok, &script, 1.5 * least);
    } else {
        println!("python3 is missing: check is not compared with a script\n");
    }
    let curl = Subject::new(
        "curl, the same POST",
        "curl",
        &[
            "-sf",
            "-u",
            "sandbox_client_id_0000:sandboxClientSecretMadeUp0000000",
            "-d",
            "grant_type=account_credentials",
            "-d",
            "account_id=sandbox_account_id_000",
            &format!("{url}/oauth/token"),
        ],
    );
    if curl.command(bench.path()).status().is_ok() {
        bench.compare(100, &force, &curl, 1.0);
        if python.is_some() {
            bench.compare(40, &force, &script("bash, curl, python3, sed", REFRESH), 1.0 / 6.0);
        }
    } else {
        println!("curl is missing: get -f is not compared with it\n");
    }
    for (subject, limit) in [(&zoomtok, 6 * 1024), (&get, 6 * 1024), (&force, 12 * 1024)] {
        bench.memory(subject, limit);
    }
    println!();
    if forget(&program) && forget(&empty_program) {
        println!("read in again from the disk:");
        bench.compare(500, &zoomtok, &empty, 1.6);
    } else {
        println!("this system does not say how to have a program read in again from the disk\n");
    }
    let size = fs::metadata(ZOOMTOK).unwrap().len();
    println!("{:<24} {:>8} KiB", "the program itself", size / 1024);
    if size > 8 * 1024 * 1024 {
        bench.report.fail(format!("the program has {size} bytes"));
    }
    let Bench { sandbox, report } = bench;
    drop(sandbox);
    report.end();
}
