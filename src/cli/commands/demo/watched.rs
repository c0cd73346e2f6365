//! The watch in the demo: hours in half a minute, with a Claude that is none.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use super::stage::Stage;
use crate::cli::commands::claude::CurrentClaude;
use crate::cli::lines;
use crate::clients::{self, App, Restart};
use crate::clock::{Clock, Shutdown, SystemClock};
use crate::error::Error;
use crate::event::Event;
use crate::files::Reservation;
use crate::keeper::{Keeper, Need, Unlike};
use crate::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Endpoint, FastClock, Fault, Options, Sandbox};
use crate::settings::{Environment, NAMES};
use crate::store::EnvStore;
use crate::watch::{Plan, Watch};
use crate::words;

/// So many times faster than the machine's clock everything goes here but Claude, which is a process like any other.
const SPEED: u32 = 10;

/// The life of a token here, in seconds: one minute more than the threshold.
const LIFE: u64 = 360;

const PLAN: Plan = Plan { threshold: 300, interval: 30 };

const CONFIG: &str = r#"{
  "theme":   "somebody's own",
  "mcpServers": {
    "zoom": { "command": "node", "args": ["index.js"], "env": { "ZOOM_ACCESS_TOKEN": "" } }
  }
}
"#;

/// Runs a watch from its first token to an outage, the end of its attempts, and its recovery by hand.
pub(super) fn run(stage: &Stage<'_>) -> Result<()> {
    stage.step("watch refreshes it in time and hands it to Claude Desktop")?;
    stage.note("Here a minute takes six seconds.")?;
    stage.command("zoomtok watch --interval 30");
    let fast = FastClock::start(SPEED);
    let options = Options { token_life: LIFE, clock: Arc::new(fast), ..Options::default() };
    let sandbox = Sandbox::start(options).context("cannot listen on 127.0.0.1")?;
    let mut scene = Scene::new(&sandbox, &stage.program)?;

    let keeper = scene.keeper(&fast, &stage.context.stop);
    let claude = CurrentClaude {
        keeper: &keeper,
        restart: Restart::IfRunning,
        state_root: Some(scene.directory.path()),
        clock: &SystemClock::start(),
        stop: &stage.context.stop,
    };
    let (mut refreshed, mut rearmed) = (0, false);
    let mut told = |event: &Event| {
        for line in lines(event, words::time_of_day) {
            stage.output.data(&line)?;
        }
        match event {
            Event::RefreshDone { .. } => {
                refreshed += 1;
                if refreshed == 2 {
                    stage.note("Now Zoom goes down.")?;
                    sandbox.fail(Endpoint::Token, Fault::Html(502), u32::MAX);
                }
            }
            Event::Disabled { .. } => {
                stage.note("Zoom is back, and somebody recovers by hand:")?;
                sandbox.heal(Endpoint::Token);
                stage.command("zoomtok get -f");
                let kept = keeper.ensure(&keeper.look()?, &Need { seconds: 60, unlike: Unlike::Present })?;
                stage.output.data(&format!("📋 Token fetched successfully: {}", kept.token))?;
            }
            Event::Rearmed => rearmed = true,
            // All has been seen.
            Event::Status { .. } if rearmed => return Err(Error::Unread),
            _ => {}
        }
        Ok(())
    };
    Watch::new(&keeper, PLAN, Some(&claude), &mut told).run()?;
    stage.context.stop.check().map_err(Error::from)?;

    ensure!(refreshed == 2 && rearmed, "the watch refreshed {refreshed} times; rearmed: {rearmed}");
    let config = std::fs::read_to_string(&scene.config).context("cannot read the configuration")?;
    ensure!(
        config.contains("\"theme\":   \"somebody's own\"") && config.contains("\"eyJ"),
        "the configuration is {config}"
    );
    let ended = scene.claude.try_wait().context("cannot look at the stand-in for Claude")?;
    ensure!(ended.is_some() && scene.app()?.is_running()?, "the app was not restarted");
    stage
        .note("Claude's configuration holds the token and is otherwise as it was; the app was restarted.")?;
    Ok(())
}

/// An `.env`, a configuration of Claude's and an app that stands in for it.
struct Scene {
    directory: TempDir,
    store: EnvStore,
    config: PathBuf,
    environment: Environment,
    claude: Child,
}

impl Scene {
    fn new(sandbox: &Sandbox, program: &Path) -> Result<Self> {
        let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
        let place = directory.path().canonicalize().context("cannot find the temporary directory")?;
        let (env_file, config) = (place.join(".env"), place.join("claude_desktop_config.json"));
        let env = format!(
            "ZOOM_ACCOUNT_ID={ACCOUNT_ID}\nZOOM_CLIENT_ID={CLIENT_ID}\nZOOM_CLIENT_SECRET={CLIENT_SECRET}\n\
             ZOOM_OAUTH_URL={}\n",
            sandbox.oauth_url()
        );
        for (path, text) in [(&env_file, env.as_str()), (&config, CONFIG)] {
            Reservation::new(path, text.len())?.commit(text.as_bytes())?;
        }
        // This very program under another name: it is sure to run here, and what it does is to wait.
        let app = place.join(format!("Claude{}", std::env::consts::EXE_SUFFIX));
        std::fs::copy(program, &app).context("cannot make a stand-in for Claude")?;
        let claude = Command::new(&app)
            .args(["--quiet", "sandbox"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the stand-in for Claude")?;
        let environment = Environment::from_pairs([
            ("CLAUDE_APP_NAME", OsString::from(&app)),
            ("CLAUDE_CONFIG_FILE", OsString::from(&config)),
        ]);
        let store = EnvStore::new(env_file, NAMES, Some(directory.path().to_owned()));
        Ok(Self { directory, store, config, environment, claude })
    }

    fn keeper<'a>(&'a self, clock: &'a dyn Clock, stop: &'a Shutdown) -> Keeper<'a> {
        Keeper::new(&self.environment, &self.store, clock, stop)
    }

    fn app(&self) -> Result<App, clients::Error> {
        App::from_settings(&self.keeper(&SystemClock::start(), &Shutdown::never()).look()?.settings, None)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A process that cannot be ended here has ended already.
        let _ = self.app().and_then(|app| app.quit(&SystemClock::start(), &Shutdown::never()));
        let _ = self.claude.kill();
        let _ = self.claude.wait();
    }
}
