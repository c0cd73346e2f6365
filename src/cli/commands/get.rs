//! `zoomtok get`

use std::io::{IsTerminal as _, stderr};

use serde_json::json;

use super::{Context, Run};
use crate::cli::args::Get;
use crate::cli::failure::Result;
use crate::clock::rfc3339;
use crate::error::{Code, Error, Refusal};
use crate::keeper::{How, Keeper, Kept, Need, Unlike};
use crate::settings::{Environment, SECRET_COMMAND};
use crate::store::Store as _;
use crate::words;
use crate::zoom::{Http, Live};

/// The version of the JSON that `get` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

impl Run for Get {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, get: &Get) -> Result<Code> {
    warn_on_terminal(context)?;
    let unlike = if get.force { Unlike::Present } else { Unlike::None };
    let mut kept =
        if get.leave_store { leave_store(context)? } else { ensure(context, get.threshold, unlike)? };
    if get.live {
        kept = accepted(context, get.threshold, kept)?;
    }
    context.warn(&kept.warnings);
    if get.form.print {
        context.output.data(kept.token.expose())?;
    } else if get.form.export {
        // A token has no character that a shell would see between single quotes.
        context.output.data(&format!("export ZOOM_ACCESS_TOKEN='{}'", kept.token.expose()))?;
    } else if get.form.json {
        context.output.json(&json!({
            "version": JSON_VERSION,
            "action": action(kept.how),
            "token": kept.token.to_string(),
            "expires_at": rfc3339(kept.expires_at),
            "seconds_left": kept.left,
            "env_file": kept.env_file,
            "warnings": kept.warnings,
        }))?;
    } else {
        tell(context, &kept)?;
    }
    if get.leave_store {
        context.output.talk("👉 The login is no longer in the shared store: unset ZOOMTOK_STORE here before the next token is due");
    }
    Ok(Code::Done)
}

/// Warns of what is odd about the settings where somebody sees it: in the log of a script the same would stand for ever.
pub(super) fn warn_on_terminal(context: &Context) -> Result<(), Error> {
    if stderr().is_terminal() {
        context.warn_of_oddities(&context.keeper().look()?);
    }
    Ok(())
}

/// A new token, whose refresh token goes into the `.env` and out of the store that many machines share.
fn leave_store(context: &Context) -> Result<Kept, Error> {
    let look = context.keeper().look()?;
    let problem = if !context.store.is_shared(&look.snapshot) {
        "has no store to leave: ZOOMTOK_STORE is not set"
    } else if look.settings.app()?.account_id.is_some() {
        "is for a user's login; a Server-to-Server OAuth app has nothing in the store but tokens: unset ZOOMTOK_STORE"
    } else {
        let leaving = context.store.clone().leaving();
        let keeper = Keeper { store: &leaving, ..context.keeper() };
        return keeper.ensure(&look, &Need { seconds: 0, unlike: Unlike::Any });
    };
    let place = "a flag".to_owned();
    Err(Error::Setting { name: "--leave-store".into(), place, problem: problem.into() })
}

/// A token that Zoom's API takes: this one or that of `.env` or a new one, each of which is tried.
fn accepted(context: &Context, threshold: Option<u64>, mut kept: Kept) -> Result<Kept, Error> {
    let mut environment = context.environment.clone();
    while live(context, &environment, &kept)? == Live::Rejected {
        if kept.how == How::Fetched {
            return Err(Error::Refused { refusal: Refusal::NewToken, status: 401, tracking_id: None });
        }
        // One of the environment, which may outlive every other, would be found again.
        environment = environment.without_token();
        kept = ensure_with(context, &environment, threshold, Unlike::Rejected(kept.token))?;
    }
    Ok(kept)
}

/// Makes sure of a token, by the threshold of the flag or of the settings.
pub(super) fn ensure(context: &Context, threshold: Option<u64>, unlike: Unlike) -> Result<Kept, Error> {
    ensure_with(context, &context.environment, threshold, unlike)
}

fn ensure_with(
    context: &Context,
    environment: &Environment,
    threshold: Option<u64>,
    unlike: Unlike,
) -> Result<Kept, Error> {
    let keeper = Keeper { environment, ..context.keeper() };
    let look = keeper.look()?;
    let seconds = look.settings.threshold(threshold)?;
    if !look.held.state.lasts(seconds) || !matches!(unlike, Unlike::None) {
        context.warn_of_ignored(&look, &["ZOOM_OAUTH_URL", SECRET_COMMAND]);
    }
    keeper.ensure(&look, &Need { seconds, unlike })
}

/// The same for what goes on with the token: whoever has asked for an end meanwhile does not want that any more.
///
/// # Errors
///
/// As before, and [`Error::Interrupted`] when a signal came, which may have found the token stored already.
pub(super) fn ensure_for_more(context: &Context, threshold: Option<u64>) -> Result<Kept, Error> {
    let kept = ensure(context, threshold, Unlike::None)?;
    context.stop.check_all()?;
    Ok(kept)
}

fn live(context: &Context, environment: &Environment, kept: &Kept) -> Result<Live, Error> {
    let look = Keeper { environment, ..context.keeper() }.look()?;
    context.warn_of_ignored(&look, &["ZOOM_API_URL"]);
    Http.live(&look.settings.api_url(look.held.origin.as_ref())?, &kept.token, &context.stop)
}

fn action(how: How) -> &'static str {
    match how {
        How::Kept => "kept",
        How::Adopted => "adopted",
        How::Fetched => "fetched",
        How::Recovered => "recovered",
    }
}

/// Says in words what was done.
pub(super) fn tell(context: &Context, kept: &Kept) -> Result<(), Error> {
    let file = kept.env_file.display();
    let (left, until) = (words::left(kept.left), words::local(kept.expires_at));
    let what = match kept.how {
        How::Kept => "✅ VALID: Token kept".to_owned(),
        How::Adopted => "✅ VALID: Token just fetched by another zoomtok".to_owned(),
        How::Recovered => format!("📋 Token of an earlier run put into {file}"),
        How::Fetched if kept.made => format!("📋 Token fetched successfully; {file} was made for it"),
        How::Fetched => format!("📋 Token fetched successfully and written to {file}"),
    };
    context.output.text(&what)?;
    context.output.text(&format!("🔑 {} expires at {until} ({left} remaining)", kept.token))
}
