//! A program that is run about an event, in limited time: in a process group of its own that ends with it, without a terminal
//! and with its output dropped. Trouble with it is a warning, now and then.

use std::io;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock as _, SystemClock, pause};
use crate::mutex::locked;
use crate::programs::{Exit, Program};

/// How long the command may take for one event.
const HOOK_PATIENCE: Duration = Duration::from_secs(10);

/// How long the same trouble with the command is not reported again.
const HOOK_SILENCE: Duration = Duration::from_hours(1);

/// Runs it to its end with this on its standard input. `cut` ends it early, which is no trouble.
///
/// # Errors
///
/// The trouble with it.
pub(super) async fn run(program: &Program, input: &[u8], cut: &CancellationToken) -> Result<(), Trouble> {
    let failed = |error: io::Error| Trouble::NotStarted(error.to_string());
    let mut process = program.start(None, [Stdio::piped(), Stdio::null(), Stdio::null()]).map_err(failed)?;
    let stdin = process.stdin();
    let heard = async {
        if let Some(mut stdin) = stdin {
            // It need not read it.
            let _ = stdin.write_all(input).await;
        }
        process.wait().await
    };
    let trouble = tokio::select! {
        status = heard => return verdict(status.map_err(failed)?.code()),
        () = pause(HOOK_PATIENCE) => Err(Trouble::Late),
        () = cut.cancelled() => Ok(()),
    };
    process.end().await;
    trouble
}

/// The trouble that an exit code says.
fn verdict(code: Option<i32>) -> Result<(), Trouble> {
    match Exit::of(code) {
        Exit::Done => Ok(()),
        Exit::Failed(code) => Err(Trouble::Failed(code)),
        Exit::NotRun(why) => Err(Trouble::NotStarted(why.into())),
    }
}

/// Trouble with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It does not run, for this reason.
    NotStarted(String),
    /// It ended with this exit code.
    Failed(i32),
    /// It took too long.
    Late,
    /// So many events wait for it, and more came.
    Full(usize),
}

impl Trouble {
    fn sentence(&self, whom: &str) -> String {
        match self {
            Self::NotStarted(why) => format!("{whom} was not run: {why}"),
            Self::Failed(code) => format!("{whom} failed with exit code {code}"),
            Self::Late => format!("{whom} took longer than {} s and was ended", HOOK_PATIENCE.as_secs()),
            Self::Full(waiting) => {
                format!("{whom} is too slow: {waiting} events wait for it, and more are dropped")
            }
        }
    }
}

/// Says what is wrong with a program, and nothing for ever. It names the program alone: the arguments of a command may be
/// secret.
pub(super) struct Voice {
    /// The program as the subject of a sentence.
    whom: String,
    warn: Box<dyn Fn(&str) + Send + Sync>,
    clock: SystemClock,
    said: Mutex<Said>,
}

impl Voice {
    pub(super) fn new(whom: String, clock: SystemClock, warn: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { whom, warn: Box::new(warn), clock, said: Mutex::default() }
    }

    pub(super) fn complain(&self, trouble: &Trouble) {
        let sentence = trouble.sentence(&self.whom);
        if locked(&self.said).is_news(&sentence, self.clock.elapsed()) {
            (self.warn)(&sentence);
        }
    }
}

/// The sentences that were said lately, and when.
#[derive(Default)]
struct Said(Vec<(String, Duration)>);

impl Said {
    /// Whether a sentence was not said lately. It counts as said from now on.
    fn is_news(&mut self, sentence: &str, now: Duration) -> bool {
        self.0.retain(|(_, at)| now.saturating_sub(*at) < HOOK_SILENCE);
        let is_news = self.0.iter().all(|(said, _)| said != sentence);
        if is_news {
            self.0.push((sentence.to_owned(), now));
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_is_reported_once_an_hour() {
        let mut said = Said::default();
        let seconds = Duration::from_secs;
        for (sentence, at, news) in [
            ("a", 0, true),
            ("a", 60, false),
            ("b", 60, true),
            ("a", 3599, false),
            ("a", 3600, true),
            ("b", 3601, false),
            ("b", 3660, true),
            ("a", 7199, false),
        ] {
            assert_eq!(said.is_news(sentence, seconds(at)), news, "{sentence} at {at} s");
        }
    }

    #[test]
    fn an_exit_code_says_what_the_trouble_is() {
        let not = |why: &str| Err(Trouble::NotStarted(why.into()));
        for (code, expected) in [
            (Some(0), Ok(())),
            (Some(1), Err(Trouble::Failed(1))),
            (Some(126), not("it cannot be run")),
            (Some(127), not("it is not found")),
            (Some(137), Err(Trouble::Failed(137))),
        ] {
            assert_eq!(verdict(code), expected, "{code:?}");
        }
        assert!(verdict(None).is_err());
    }
}
