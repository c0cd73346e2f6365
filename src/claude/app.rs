//! The app and the steps of its restart.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::launch::{Asked, Launch, Launched};
use super::platform::{Again, Force, Platform, Quit};
use super::processes::{Process, Signal, alive, find};
use crate::clock::Clock;
use crate::error::Error;
use crate::settings::Settings;

/// The name that stands for Claude Desktop wherever it is.
const NAME: &str = "Claude";

/// Names of programs that are not Claude Desktop and must not be ended in its place.
const OTHERS: [&str; 2] = ["claude", "zoomtok"];

/// How long the app may take to quit. Claude Desktop stops its servers one by one, and needs seconds for it
/// (anthropics/claude-code#30267).
const TO_QUIT: Duration = Duration::from_secs(10);

/// How long it may take to go when it is forced.
const TO_BE_FORCED: Duration = Duration::from_secs(5);

/// How long it may take to come up.
const TO_COME: Duration = Duration::from_secs(15);

/// How much of that is left when the command that starts it has said that it failed.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// How long it has to be there to count as there: one that crashes at once does not.
const TO_STAY: Duration = Duration::from_secs(1);

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// The Claude app of this machine.
#[derive(Debug, Clone)]
pub struct App {
    platform: Platform,
    which: Which,
    command: Option<Vec<String>>,
}

/// What the app is known by.
#[derive(Debug, Clone)]
enum Which {
    /// The places where Claude Desktop is.
    Usual,
    /// The exact name of its executable or bundle.
    Named(String),
    /// Its executable, or the directory of its bundle on macOS.
    At(PathBuf),
}

/// What a restart is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Asking the app to quit.
    Quitting,
    /// Waiting until it is gone.
    Waiting,
    /// Ending it, since it did not go.
    Forcing,
    /// Starting it.
    Launching,
    /// Waiting until it is there.
    Confirming,
}

/// A restart that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restarted {
    /// Whether the app ran before.
    pub was_running: bool,
    /// Whether it had to be forced.
    pub forced: bool,
    /// The process that is the app now.
    pub pid: u32,
    /// How long it took.
    pub took: Duration,
}

impl App {
    /// The app that the settings describe; `name` is that of the flag `--app`.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a name that no app has, and for a command that cannot be split into words.
    pub fn of(settings: &Settings<'_>, name: Option<&str>) -> Result<Self, Error> {
        let (name, setting, place) = match name {
            Some(name) => (name.to_owned(), "--app", "on the command line"),
            None => (settings.claude_app_name()?, "CLAUDE_APP_NAME", "as it is set"),
        };
        Self::on(Platform::current(), &name, settings.claude_app_command()?).map_err(|problem| {
            Error::Setting { name: setting.into(), place: place.into(), problem: problem.into() }
        })
    }

    /// An app on a platform, by its name or path, and the command that starts it where it is known.
    ///
    /// # Errors
    ///
    /// What is wrong with the name, to be read after it.
    pub fn on(platform: Platform, name: &str, command: Option<Vec<String>>) -> Result<Self, &'static str> {
        let name = name.trim();
        let which = if platform.same(name, NAME) {
            Which::Usual
        } else if name.is_empty() || name.contains(char::is_control) {
            return Err("is no name of an app");
        } else if platform.is_path(name) {
            // Processes are known by where their executable really is.
            Which::At(std::fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name)))
        } else {
            let name = if platform.windows_paths { plain(name, ".exe") } else { plain(name, ".app") };
            if OTHERS.contains(&name) {
                return Err("names a program that is not Claude Desktop; give the path of the app");
            }
            Which::Named(name.to_owned())
        };
        Ok(Self { platform, which, command: command.filter(|words| !words.is_empty()) })
    }

    /// Whether the app runs.
    ///
    /// # Errors
    ///
    /// The processes cannot be listed.
    pub fn is_running(&self) -> Result<bool, Error> {
        Ok(self.find()?.iter().any(|process| process.is_main))
    }

    /// Asks the app to quit, waits, forces it if need be, starts it, and waits until it is there. One that does not
    /// run is started.
    ///
    /// Only the processes that are found at the beginning are ended: two restarts at once do not end what the other
    /// one has started, and where one was faster the other does not start the app a second time.
    ///
    /// # Errors
    ///
    /// [`Error::Claude`] when this process descends from the app, when it does not go, cannot be started or does not
    /// come up.
    pub fn restart(&self, clock: &dyn Clock, progress: &mut dyn FnMut(Step)) -> Result<Restarted, Error> {
        let start = clock.elapsed();
        let old = self.find()?;
        if let Some(ancestor) = old.iter().find(|process| process.is_ancestor) {
            return Err(Error::Claude {
                what: format!("this zoomtok was started by it (process {})", ancestor.pid),
                hint: "Run zoomtok restart-claude in a terminal outside of the app".into(),
            });
        }
        let forced = !old.is_empty() && self.end(&old, clock, progress)?;

        progress(Step::Launching);
        let is_new = |process: &Process| {
            process.is_main && !old.iter().any(|old| (old.pid, old.started) == (process.pid, process.started))
        };
        let started_by_another = self.find()?.iter().any(is_new);
        let launched = if started_by_another { None } else { Some(self.launch(&old)?) };

        progress(Step::Confirming);
        let pid = self.confirm(launched.as_ref(), is_new, clock)?;
        let was_running = old.iter().any(|process| process.is_main);
        Ok(Restarted { was_running, forced, pid, took: clock.elapsed().saturating_sub(start) })
    }

    /// Ends the app as a restart does, and does not start it again.
    ///
    /// # Errors
    ///
    /// [`Error::Claude`] when it does not go.
    pub fn quit(&self, clock: &dyn Clock) -> Result<(), Error> {
        let old = self.find()?;
        if !old.is_empty() {
            self.end(&old, clock, &mut |_| {})?;
        }
        Ok(())
    }

    fn find(&self) -> Result<Vec<Process>, Error> {
        find(|executable| self.is(executable))
    }

    fn is(&self, executable: &Path) -> bool {
        let ends_in = |pattern: &str| self.platform.ends_in(executable, pattern);
        match &self.which {
            Which::Usual => self.platform.executables.iter().any(|pattern| ends_in(pattern)),
            Which::Named(name) => ends_in(&self.platform.named.replace("{}", name)),
            Which::At(path) => {
                let in_bundle = || {
                    executable.parent().is_some_and(|parent| parent == path.join("Contents").join("MacOS"))
                };
                self.platform.same_path(executable, path) || in_bundle()
            }
        }
    }

    /// Ends these processes; whether they had to be forced.
    fn end(&self, old: &[Process], clock: &dyn Clock, progress: &mut dyn FnMut(Step)) -> Result<bool, Error> {
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
            clock.sleep(PAUSE);
            left = alive(old)?;
        }
        if left.is_empty() {
            return Ok(false);
        }

        progress(Step::Forcing);
        let _asked = match &self.platform.force {
            Force::Kill => {
                for process in &left {
                    process.signal(Signal::Kill);
                }
                None
            }
            Force::TaskKill(taskkill) => {
                Some(Asked::start(taskkill, &[vec!["/F".into()], pids(&left)].concat()))
            }
        };
        let deadline = clock.elapsed() + TO_BE_FORCED;
        while !left.is_empty() {
            if clock.elapsed() >= deadline {
                let pids: Vec<String> = left.iter().map(|process| process.pid.to_string()).collect();
                return Err(Error::Claude {
                    what: format!("it still runs though it was forced to end (process {})", pids.join(", ")),
                    hint: "End it by hand and start it again".into(),
                });
            }
            clock.sleep(PAUSE);
            left = alive(old)?;
        }
        Ok(true)
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

    fn launch(&self, old: &[Process]) -> Result<Launched, Error> {
        let mut missing = Vec::new();
        for launch in self.launches(old) {
            match launch.start() {
                Ok(launched) => return Ok(launched),
                Err(error) => missing.push(format!("{}: {error}", launch.program.to_string_lossy())),
            }
        }
        let hint = if self.command.is_some() {
            "Mend CLAUDE_APP_COMMAND"
        } else {
            "Say with CLAUDE_APP_COMMAND how to start it"
        };
        Err(Error::Claude {
            what: format!("it cannot be started ({})", missing.join("; ")),
            hint: hint.into(),
        })
    }

    /// What may start the app, best first.
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

    /// What starts this process again as it ran.
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
            // What it ran from is gone with it; the image brings the arguments along.
            launch.program = image.into();
            launch.arguments.clear();
        }
        // An update may have put it elsewhere.
        Path::new(&launch.program).exists().then_some(launch)
    }

    /// Waits until there is a new process that stays, and gives its number.
    fn confirm(
        &self,
        launched: Option<&Launched>,
        is_new: impl Fn(&Process) -> bool,
        clock: &dyn Clock,
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
            clock.sleep(PAUSE);
        }
        let mut what = match seen.last() {
            Some((pid, ..)) => format!("it was there and went again (process {pid})"),
            None => "it did not come up: no process of it was seen".into(),
        };
        if let (Some(launched), Some(status)) = (launched, status) {
            what = format!("{what}; {} ended with {status}", launched.program);
        }
        Err(Error::Claude { what, hint: self.how_to_find() })
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

fn terminate(processes: &[&Process]) {
    // One that has gone meanwhile cannot be sent anything; who stays is seen by looking.
    for process in processes {
        process.signal(Signal::Terminate);
    }
}

/// The arguments of `taskkill` that name these processes.
fn pids(processes: &[&Process]) -> Vec<String> {
    processes.iter().flat_map(|process| ["/PID".into(), process.pid.to_string()]).collect()
}

/// A name without an ending that may be left out.
fn plain<'a>(name: &'a str, ending: &str) -> &'a str {
    name.len()
        .checked_sub(ending.len())
        .filter(|at| name.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case(ending)))
        .map_or(name, |at| &name[..at])
}
