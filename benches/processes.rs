//! Whole processes compared in one run: `cargo bench --bench processes`.
//!
//! Each comparison alternates, A B A B and so on, so that a machine that slows down affects both, and reports medians
//! and the median of the ratios of pairs. With `cargo bench -- --check` it fails if a ratio, a size or the memory
//! exceeds the limits in benches/README.md. Comparisons with a program that is missing (python3, curl) are
//! skipped with a message.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement that cannot continue has failed; this one creates files, reads the clock and prints"
)]

mod support;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Report, Sandbox, ZOOMTOK};

/// `check` as a script: bash for the `.env`, python3 for the token.
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

/// `get -f` as a script: curl for the answer, python3 for its token, sed for the `.env`.
const REFRESH: &str = r#"
set -e; set -a; source ./.env; set +a
answer=$(curl -sf -u "$ZOOM_CLIENT_ID:$ZOOM_CLIENT_SECRET" -d grant_type=account_credentials \
    -d "account_id=$ZOOM_ACCOUNT_ID" "$ZOOM_OAUTH_URL/oauth/token")
token=$("$PYTHON" -c 'import json, sys; print(json.load(sys.stdin)["access_token"])' <<<"$answer")
sed -i "s|^ZOOM_ACCESS_TOKEN=.*|ZOOM_ACCESS_TOKEN=\"$token\"|" .env
"#;

/// The most that a command may have in memory, in KiB. All but its own part of it are pages of the program's file, which
/// every zoomtok of a machine shares, so it grows with the file.
const MOST_RESIDENT: u64 = 10 * 1024;

/// A program with its arguments, run in the benchmark's directory.
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

    /// The time of one run.
    fn time(&self, directory: &Path) -> Duration {
        let mut command = self.command(directory);
        let start = Instant::now();
        let status = command.status().unwrap();
        let time = start.elapsed();
        assert!(status.success(), "{} ended with {status}", self.name);
        time
    }
}

/// The memory of a program in KiB.
struct Memory {
    /// The pages of the program, of its libraries, and its own.
    resident: u64,
    /// Those that no other process shares, and that are nowhere on the disk.
    own: u64,
}

/// The memory of a program that is about to print its answer, which is the last thing that it does; none where the system
/// does not report it.
#[cfg(target_os = "linux")]
fn memory_at_its_end(subject: &Subject, directory: &Path) -> Option<Memory> {
    use std::io::Write as _;
    let (_reader, mut full) = std::io::pipe().unwrap();
    // The capacity of a pipe (pipe(7)): a process that writes more waits.
    full.write_all(&vec![0; 64 * 1024]).unwrap();
    let mut program = subject.command(directory).stdout(full).spawn().unwrap();
    let of = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", program.id())).unwrap_or_default();
    let asked = Instant::now();
    while !of("wchan").contains("pipe_write") {
        if asked.elapsed() > Duration::from_secs(5) {
            program.kill().unwrap();
            program.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = of("status");
    let kib = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().nth(1)?.parse().ok())
    };
    let memory = kib("VmHWM").zip(kib("RssAnon")).map(|(resident, own)| Memory { resident, own });
    program.kill().unwrap();
    program.wait().unwrap();
    memory
}

#[cfg(not(target_os = "linux"))]
fn memory_at_its_end(_: &Subject, _: &Path) -> Option<Memory> {
    None
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

    fn memory(&mut self, subject: &Subject, own_limit: u64) {
        match memory_at_its_end(subject, self.path()) {
            Some(Memory { resident, own }) => {
                println!("{:<24} {resident:>8} KiB peak, {own} of them its own", subject.name);
                if own > own_limit {
                    self.report.fail(format!("{} has {own} KiB of its own, not {own_limit}", subject.name));
                }
                if resident > MOST_RESIDENT {
                    self.report.fail(format!("{} takes {resident} KiB, not {MOST_RESIDENT}", subject.name));
                }
            }
            None => println!("{:<24} not measured: this system does not tell", subject.name),
        }
    }
}

/// A program as installed. Linux stores a copied file in larger extents than one written by a linker, and maps it
/// faster.
fn installed(program: &Path, directory: &Path) -> PathBuf {
    let copy = directory.join(program.file_name().unwrap());
    fs::copy(program, &copy).unwrap();
    copy
}

/// Drops a program from the page cache, so that its next start reads it from the disk as after a reboot; false if the
/// system has no way to do this.
fn drop_from_cache(program: &Path) -> bool {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Advice, fadvise};
        let file = fs::File::open(program).unwrap();
        // Pages that are not on the disk yet would stay.
        file.sync_all().unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = program;
        false
    }
}

/// An empty Rust program, the lower bound for all others.
fn empty(directory: &Path) -> PathBuf {
    let (source, program) = (directory.join("empty.rs"), directory.join("empty"));
    fs::write(&source, "fn main() {}\n").unwrap();
    let status = Command::new("rustc")
        .args(["-O", "-C", "strip=symbols", "-o"])
        .args([&program, &source])
        .status()
        .expect("rustc is needed to compile the empty program");
    assert!(status.success());
    program
}

/// The interpreter itself, instead of a version manager's wrapper, which takes longer.
fn python() -> Option<OsString> {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().into())
}

fn main() {
    let (sandbox, url) = Sandbox::start();
    let mut bench = Bench { sandbox, report: Report::begin() };
    // Not in /tmp, which is in memory on many machines.
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
        // The time of an interpreter depends on its build, but no program is faster than an empty one.
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
    let json = |name, arguments| Subject::new(name, &program, arguments);
    bench.memory(&json("zoomtok check --json", &["check", "--json"]), 512);
    bench.memory(&json("zoomtok get --json", &["get", "--json"]), 512);
    bench.memory(&json("zoomtok get -f --json", &["get", "-f", "--json"]), 2048);
    println!();
    if drop_from_cache(&program) && drop_from_cache(&empty_program) {
        println!("read from the disk:");
        bench.compare(500, &zoomtok, &empty, 1.6);
    } else {
        println!("this system has no way to drop a program from the page cache\n");
    }
    let size = fs::metadata(ZOOMTOK).unwrap().len();
    println!("{:<24} {:>8} KiB", "the program itself", size / 1024);
    if size > 10 * 1024 * 1024 {
        bench.report.fail(format!("the program has {size} bytes"));
    }
    let Bench { sandbox, report } = bench;
    drop(sandbox);
    report.end();
}
