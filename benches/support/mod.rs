//! Shared by the measurements: a sandbox with its `.env`, comparisons, and a report of exceeded limits.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement that cannot continue has failed; these create files and print"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

pub(crate) const ZOOMTOK: &str = env!("CARGO_BIN_EXE_zoomtok");

/// A sandbox in a separate process, and a directory with a `.env` for it.
pub(crate) struct Sandbox {
    directory: TempDir,
    pub(crate) process: Child,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sandbox {
    /// Starts a sandbox, and returns its URL too.
    pub(crate) fn start() -> (Self, String) {
        let directory = tempfile::tempdir().unwrap();
        let mut process = Command::new(ZOOMTOK).arg("sandbox").stdout(Stdio::piped()).spawn().unwrap();
        let mut exports = Vec::new();
        let mut url = String::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(export) = line.trim().strip_prefix("export ZOOM_") else { continue };
            if let Some(value) = export.strip_prefix("OAUTH_URL=") {
                value.clone_into(&mut url);
            }
            if !export.starts_with("ENV_FILE") {
                exports.push(format!("ZOOM_{export}\n"));
            }
            if export.starts_with("ACCOUNT_ID") {
                break;
            }
        }
        fs::write(directory.path().join(".env"), exports.concat()).unwrap();
        (Self { directory, process }, url)
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// A subject of a comparison: its name, and a function that times one run.
pub(crate) type Timed<'a> = (&'a str, &'a mut dyn FnMut() -> Duration);

/// The limits that were exceeded.
#[derive(Default)]
pub(crate) struct Report {
    failures: Vec<String>,
}

impl Report {
    /// Starts a report by printing the machine.
    pub(crate) fn begin() -> Self {
        println!(
            "{} processors, {}\n",
            std::thread::available_parallelism().map_or(0, usize::from),
            machine()
        );
        Self::default()
    }

    /// Alternates between both, and prints the medians and the median of the ratios. Returns the latter, which should
    /// be at most `limit`.
    pub(crate) fn compare(
        &mut self,
        rounds: usize,
        (a_name, a): Timed<'_>,
        (b_name, b): Timed<'_>,
        limit: f64,
    ) -> f64 {
        for _ in 0..2 {
            a();
            b();
        }
        let pairs: Vec<(f64, f64)> = (0..rounds).map(|_| (a().as_secs_f64(), b().as_secs_f64())).collect();
        let a = Spread::of(pairs.iter().map(|pair| pair.0 * 1000.0));
        let b = Spread::of(pairs.iter().map(|pair| pair.1 * 1000.0));
        let ratio = Spread::of(pairs.iter().map(|(a, b)| a / b)).median;
        println!("{a_name:<24} {:>8.2} ms  ({:.2} to {:.2})", a.median, a.low, a.high);
        println!("{b_name:<24} {:>8.2} ms  ({:.2} to {:.2})", b.median, b.low, b.high);
        let shown =
            |ratio: f64| if ratio < 1.0 { format!("1/{:.1}", 1.0 / ratio) } else { format!("{ratio:.2}") };
        println!("{:<24} {:>8}     over {rounds} pairs; 5 % to 95 % in brackets\n", "ratio", shown(ratio));
        if ratio > limit {
            self.fail(format!(
                "{a_name} takes {} times as long as {b_name}, not {}",
                shown(ratio),
                shown(limit)
            ));
        }
        ratio
    }

    /// Records an exceeded limit.
    pub(crate) fn fail(&mut self, failure: String) {
        self.failures.push(failure);
    }

    /// Prints the exceeded limits, which are a failure with `--check`.
    pub(crate) fn end(self) {
        for failure in &self.failures {
            println!("limit exceeded: {failure}");
        }
        // Cargo passes `--bench`.
        if !self.failures.is_empty() && std::env::args().any(|argument| argument == "--check") {
            std::process::exit(1);
        }
    }
}

/// The 5th percentile, the median, and the 95th percentile.
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let count = values.len();
        Self { low: values[count / 20], median: values[count / 2], high: values[count * 19 / 20] }
    }
}

fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(": ")?.1.to_owned()));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{}, {} {}", model.unwrap_or_else(|| "unknown".into()), std::env::consts::OS, kernel.trim())
}
