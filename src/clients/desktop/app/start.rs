//! Starting the app, and waiting until it runs.

use std::path::Path;
use std::time::Duration;

use super::{App, BETWEEN_LOOKS, Which, not_restarted};
use crate::clients::desktop::launch::{Launch, Launched};
use crate::clients::desktop::platform::Again;
use crate::clients::desktop::processes::Process;
use crate::clients::error::Error;
use crate::clock::{Clock, Shutdown, ShutdownRequested};

/// How long it may take to come up.
const TO_COME: Duration = Duration::from_secs(15);

/// How much of that is left when the command that starts it has said that it failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How long it has to be there to count as there: one that crashes at once does not.
const TO_STAY: Duration = Duration::from_secs(1);

impl App {
    /// Starts the app, by the best way that works.
    ///
    /// # Errors
    ///
    /// [`Error::NotRestarted`] when none does.
    pub(super) fn launch(&self, old: &[Process]) -> Result<Launched, Error> {
        let mut failures = Vec::new();
        for launch in self.launches(old) {
            match launch.start() {
                Ok(launched) => return Ok(launched),
                Err(error) => failures.push(format!("{}: {error}", launch.program.to_string_lossy())),
            }
        }
        let hint = if self.command.is_some() {
            "Correct CLAUDE_APP_COMMAND"
        } else {
            "Install Claude Desktop, or say with CLAUDE_APP_COMMAND how to start it"
        };
        Err(not_restarted(format!("it cannot be started ({})", failures.join("; ")), hint))
    }

    /// The commands that may start the app, best first.
    fn launches(&self, old: &[Process]) -> Vec<Launch> {
        if let Some(words) = &self.command {
            return vec![Launch::of(words, true)];
        }
        let oldest = old.iter().filter(|process| process.is_main).min_by_key(|process| process.started);
        let mut launches: Vec<Launch> = oldest.and_then(|process| self.again(process)).into_iter().collect();
        let named = |name: &str| {
            let words: Vec<String> =
                self.platform.start_named.iter().map(|word| word.replace("{}", name)).collect();
            Launch::of(&words, self.platform.again == Again::Anew)
        };
        match &self.which {
            Which::Usual => {
                let start = &self.platform.start;
                launches.extend(start.iter().map(|start| Launch::of(&start.words, start.tells)));
            }
            Which::Named(name) => launches.push(named(name)),
            Which::At(path) => launches.push(named(&path.to_string_lossy())),
        }
        launches
    }

    /// The command that starts this process again as it ran.
    fn again(&self, process: &Process) -> Option<Launch> {
        let is_packaged = self.platform.windows_paths
            && process
                .executable
                .components()
                .any(|component| component.as_os_str().to_string_lossy().eq_ignore_ascii_case("WindowsApps"));
        // A packaged app of Windows is started by the shell, or it lacks its identity.
        if self.platform.again == Again::Anew || is_packaged {
            return None;
        }
        let mut launch = Launch {
            program: process.executable.clone().into(),
            arguments: process.arguments.clone(),
            environment: process.environment.clone(),
            directory: process.directory.clone(),
            tells: false,
        };
        if let (Some(image), Some(mounted)) = (process.variable("APPIMAGE"), process.variable("APPDIR"))
            && process.executable.starts_with(mounted)
        {
            // The mounted directory is gone with the process; the image brings the arguments along.
            launch.program = image.into();
            launch.arguments.clear();
        }
        // An update may have put it elsewhere.
        Path::new(&launch.program).exists().then_some(launch)
    }

    /// Waits until there is a new process that stays, and gives its number.
    pub(super) fn confirm(
        &self,
        launched: Option<&Launched>,
        is_new: impl Fn(&Process) -> bool,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<u32, Error> {
        let mut deadline = clock.elapsed() + TO_COME;
        let mut seen: Vec<(u32, Duration)> = Vec::new();
        let mut status = None;
        loop {
            let now = clock.elapsed();
            for process in self.find()?.iter().filter(|process| is_new(process)) {
                match seen.iter().find(|(pid, _)| *pid == process.pid) {
                    Some((pid, since)) if now.saturating_sub(*since) >= TO_STAY => return Ok(*pid),
                    Some(_) => {}
                    None => seen.push((process.pid, now)),
                }
            }
            if let Some(launched) = launched
                && let Some(ended) = launched.ended()
            {
                if launched.tells && !ended.success() {
                    deadline = deadline.min(now + AFTER_FAILURE);
                }
                status = Some(ended);
            }
            if now >= deadline {
                break;
            }
            clock.sleep(BETWEEN_LOOKS, stop).map_err(not_seen)?;
        }
        let mut what = match seen.last() {
            Some((pid, ..)) => format!("it was there and went again (process {pid})"),
            None => "it did not come up: no process of it was seen".into(),
        };
        if let (Some(launched), Some(status)) = (launched, status) {
            what = format!("{what}; {} ended with {status}", launched.program);
        }
        Err(not_restarted(what, self.how_to_find()))
    }

    fn how_to_find(&self) -> String {
        let known = match &self.which {
            Which::Usual => self.platform.executables.join(" or "),
            Which::Named(name) => self.platform.named.replace("{}", name),
            Which::At(path) => path.display().to_string(),
        };
        format!(
            "Start it by hand. If it does run, its executable is not {known}: name it with CLAUDE_APP_NAME, and how \
             to start it with CLAUDE_APP_COMMAND"
        )
    }
}

fn not_seen(ShutdownRequested { signal }: ShutdownRequested) -> Error {
    Error::Interrupted { signal, when: "after Claude was started and before it was seen running", hint: None }
}
