//! A restart of Claude that leaves the token where it was put.

use std::time::Duration;

use super::{App, Config, Restarted, Step};
use crate::clock::{Clock, Stop};
use crate::error::{Diagnostic as _, Error};
use crate::token::Token;

/// How long after its start Claude is left alone before its configuration is read back. It is known to write the file
/// when it quits and when it starts (anthropics/claude-code issues 34359, 78226).
const SETTLE: Duration = Duration::from_secs(1);

/// Restarts the app and reads its configuration back: a token that was lost on the way is put back once. Gives what the
/// user should know.
///
/// # Errors
///
/// The app could not be restarted, or would not read its configuration. What happens to the configuration afterwards is a warning.
pub fn restart(
    app: &App,
    config: &Config,
    token: &Token,
    clock: &dyn Clock,
    stop: &Stop,
    progress: &mut dyn FnMut(Step),
) -> Result<(Restarted, Vec<String>), Error> {
    config.is_read_by_claude()?;
    let kept = config.kept().unwrap_or_default();
    let restarted = app.restart(clock, stop, progress)?;
    let mut warnings = Vec::new();
    // Who ends it here has a restarted app, and what is left is to make sure.
    let is_stopped = clock.sleep(SETTLE, stop).is_err();
    if !is_stopped && lost(config, token, &mut warnings) {
        match config.put_back(token, kept.as_ref(), stop) {
            Ok(_) => {
                warnings.push(format!(
                    "Claude had dropped the token from {}; it was put back",
                    config.path.display()
                ));
                if clock.sleep(SETTLE, stop).is_ok() && lost(config, token, &mut warnings) {
                    warnings.push(
                        "Claude has dropped it again; quit Claude and run zoomtok update-claude".into(),
                    );
                }
            }
            Err(error) => warnings
                .push(format!("Claude had dropped the token, and it cannot be put back: {}", error.told())),
        }
    }
    Ok((restarted, warnings))
}

fn lost(config: &Config, token: &Token, warnings: &mut Vec<String>) -> bool {
    match config.holds(token) {
        Ok(held) => !held,
        Err(error) => {
            warnings.push(format!("Claude's configuration cannot be read back: {error}"));
            false
        }
    }
}
