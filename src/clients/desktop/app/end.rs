//! Ending the app: it is asked to quit, and forced when it does not.

use std::time::Duration;

use super::{App, BETWEEN_LOOKS, Step, Which, not_restarted};
use crate::clients::desktop::launch::Asked;
use crate::clients::desktop::platform::{Force, Quit};
use crate::clients::desktop::processes::{Process, Signal, alive};
use crate::clients::error::Error;
use crate::clock::{Clock, Shutdown, ShutdownRequested};

/// How long the app may take to quit. Claude Desktop stops its servers one by one, and needs seconds for it
/// (anthropics/claude-code#30267).
const TO_QUIT: Duration = Duration::from_secs(10);

/// How long it may take to go when it is forced.
const TO_BE_FORCED: Duration = Duration::from_secs(5);

impl App {
    /// Ends these processes; whether they had to be forced.
    pub(super) fn end(
        &self,
        old: &[Process],
        clock: &dyn Clock,
        stop: &Shutdown,
        progress: &mut dyn FnMut(Step),
    ) -> Result<bool, Error> {
        let left = self.ask_to_quit(old, clock, stop, progress)?;
        let forced = !left.is_empty();
        if forced {
            progress(Step::Forcing);
            self.force(old, &left, clock, stop)?;
        }
        Ok(forced)
    }

    /// Asks the app to quit and waits for it. Gives the processes that have not gone.
    fn ask_to_quit<'p>(
        &self,
        old: &'p [Process],
        clock: &dyn Clock,
        stop: &Shutdown,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Vec<&'p Process>, Error> {
        progress(Step::Quitting);
        // Where only helpers are left they are all there is to ask.
        let has_main = old.iter().any(|process| process.is_main);
        let main: Vec<&Process> = old.iter().filter(|process| process.is_main || !has_main).collect();
        let mut asked = match &self.platform.quit {
            Quit::Terminate => {
                terminate(&main);
                None
            }
            Quit::AppleEvent { osascript, bundle } => {
                let script = format!("tell application {} to quit", self.apple_script(bundle));
                Some(Asked::start(osascript, &["-e".into(), script]))
            }
            Quit::TaskKill(taskkill) => Some(Asked::start(taskkill, &pids(&main))),
        };

        progress(Step::Waiting);
        let by_event = matches!(self.platform.quit, Quit::AppleEvent { .. });
        let deadline = clock.elapsed() + TO_QUIT;
        let mut left = alive(old)?;
        while !left.is_empty() && clock.elapsed() < deadline {
            if by_event && asked.as_mut().is_some_and(Asked::failed) {
                // macOS asks the user whether one program may control another. SIGTERM needs no leave, and Electron
                // quits on it as if asked.
                terminate(&main);
                asked = None;
            }
            clock.sleep(BETWEEN_LOOKS, stop).map_err(not_started_again)?;
            left = alive(old)?;
        }
        Ok(left)
    }

    /// Forces those that are `left` of the `old` processes to end, and waits until none is there.
    fn force(
        &self,
        old: &[Process],
        left: &[&Process],
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<(), Error> {
        let _asked = match &self.platform.force {
            Force::Kill => {
                for process in left {
                    process.signal(Signal::Kill);
                }
                None
            }
            Force::TaskKill(taskkill) => {
                Some(Asked::start(taskkill, &[vec!["/F".into()], pids(left)].concat()))
            }
        };
        let deadline = clock.elapsed() + TO_BE_FORCED;
        loop {
            let left = alive(old)?;
            if left.is_empty() {
                return Ok(());
            }
            if clock.elapsed() >= deadline {
                let pids: Vec<String> = left.iter().map(|process| process.pid.to_string()).collect();
                return Err(not_restarted(
                    format!("it still runs though it was forced to end (process {})", pids.join(", ")),
                    "End it by hand and start it again",
                ));
            }
            clock.sleep(BETWEEN_LOOKS, stop).map_err(not_started_again)?;
        }
    }

    /// How `AppleScript` names the app.
    fn apple_script(&self, bundle: &str) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        match &self.which {
            Which::Usual => format!("id {}", quoted(bundle)),
            Which::Named(name) => quoted(name),
            Which::At(path) => quoted(&path.to_string_lossy()),
        }
    }
}

fn not_started_again(ShutdownRequested { signal }: ShutdownRequested) -> Error {
    Error::Interrupted {
        signal,
        when: "after Claude was asked to quit and before it was started again",
        hint: Some("Start it by hand or run zoomtok restart-claude"),
    }
}

fn terminate(processes: &[&Process]) {
    for process in processes {
        process.signal(Signal::Terminate);
    }
}

/// The arguments of `taskkill` that name these processes.
fn pids(processes: &[&Process]) -> Vec<String> {
    processes.iter().flat_map(|process| ["/PID".into(), process.pid.to_string()]).collect()
}
