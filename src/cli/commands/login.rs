//! `zoomtok login`

mod answers;
mod browser;
mod device;
mod exchange;
mod report;

use secrecy::ExposeSecret;
use serde_json::json;

use self::answers::Answers;
use self::browser::redirect;
use self::exchange::exchange;
use self::report::JSON_VERSION;
use super::{Context, Run};
use crate::cli::args::Login;
use crate::cli::failure::Result;
use crate::error::Code;
use crate::files::make_private_parent;
use crate::keeper::{Look, client_secret};
use crate::login::{Kind, LoginError, Terminal};
use crate::settings::{App, ClientSecret, SECRET_COMMAND};
use crate::store::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET};
use crate::zoom::Grant;

impl Run for Login {
    fn makes_profile(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        let look = context.keeper().look()?;
        if self.check { check(context, self, &look) } else { Ok(run(context, self, &look)?) }
    }
}

fn check(context: &Context, login: &Login, look: &Look) -> Result<Code> {
    let needed = context.keeper().login_needed(look)?;
    if login.json {
        let path = look.env_file().path();
        let object = json!({
            "version": JSON_VERSION, "login_needed": needed.is_some(), "reason": needed, "env_file": path,
        });
        context.output.json(&object)?;
    } else {
        context.output.text(&match &needed {
            Some(why) => format!("❌ A login is needed: {why}"),
            None => "✅ No login is needed".to_owned(),
        })?;
    }
    Ok(if needed.is_some() { Code::Failed } else { Code::Done })
}

fn run(context: &Context, login: &Login, look: &Look) -> Result<Code, LoginError> {
    // From here on Ctrl-C ends it in an orderly way: the terminal may not be showing what is typed.
    context.stop.listen()?;
    let mut terminal = Terminal::open()?;
    let asked = ask(context, login, look, terminal.as_mut())?;
    log_in(context, login, look, terminal.as_mut(), asked)
}

/// All that a login needs, once a person has answered.
pub(super) struct Asked {
    pub(super) kind: Kind,
    app: App,
    redirect_uri: Option<String>,
}

/// Asks for what is missing. Nothing is written, and Zoom is not asked.
///
/// # Errors
///
/// A value is missing and cannot be asked for, or cannot be right.
pub(super) fn ask(
    context: &Context,
    login: &Login,
    look: &Look,
    terminal: Option<&mut Terminal>,
) -> Result<Asked, LoginError> {
    let mut answers = Answers::new(context, terminal);
    let app = if login.replace { look.settings.exported_app()? } else { look.settings.app()? };
    let kind = answers.kind(login, &app)?;
    let app = answers.complete(kind, kind.fitting(app, login.client_id.as_deref()))?;
    let redirect_uri = redirect(kind, login, &app, answers.can_be_asked())?;
    let client_id = app.client_id.clone().unwrap_or_default();
    check_environment(look, kind, &app)?;
    if !login.replace
        && let Some(what) = kind.displaces(&look.settings.written_app(), &client_id)
    {
        answers.replace(look.env_file().path(), what)?;
    }
    Ok(Asked { kind, app, redirect_uri })
}

/// Logs in, and stores the login once Zoom has taken it.
///
/// # Errors
///
/// Any of [`LoginError`]; nothing has changed then, unless it says so.
pub(super) fn log_in(
    context: &Context,
    login: &Login,
    look: &Look,
    terminal: Option<&mut Terminal>,
    asked: Asked,
) -> Result<Code, LoginError> {
    let Asked { kind, app, redirect_uri } = asked;
    let client_id = app.client_id.clone().unwrap_or_default();
    // A `.env` that was merely found does not say where a person logs in.
    let settings = look.settings.for_caller();
    for ignored in settings.ignored(None) {
        if ["ZOOM_OAUTH_URL", "ZOOM_API_URL", SECRET_COMMAND].contains(&ignored.name) {
            context.output.warn(&ignored.told());
        }
    }
    let (url, api) = (settings.oauth_url()?, settings.api_url(None)?);
    if context.environment.profile().is_some() {
        make_private_parent(look.env_file().path())?;
    }
    context.keeper().prepare_login(look)?;
    // Before the person does anything: a login that lacks it ends in a refusal.
    let secret = app.client_secret.as_ref().map(|secret| client_secret(secret, &context.stop)).transpose()?;
    let app_with_secret = (&app, secret.as_ref());
    let logged_in = match kind {
        Kind::ServerToServer => {
            let account_id = app.account_id.clone().unwrap_or_default();
            exchange(context, look, &url, app_with_secret, Grant::AccountCredentials { account_id })?
        }
        Kind::Browser | Kind::Paste => {
            let grant = browser::allowed(context, login, terminal, redirect_uri, &url, &client_id)?;
            exchange(context, look, &url, app_with_secret, grant)?
        }
        Kind::Device => device::allowed(context, look, &url, app_with_secret)?,
    };
    report::report(context, login, look, kind, &api, &client_id, &logged_in)
}

/// Refuses a login that what is exported would hide at once.
fn check_environment(look: &Look, kind: Kind, app: &App) -> Result<(), LoginError> {
    let new = |name| match name {
        CLIENT_ID => app.client_id.as_deref(),
        CLIENT_SECRET => match &app.client_secret {
            Some(ClientSecret::Set(secret)) => Some(secret.expose_secret()),
            _ => None,
        },
        SECRET_COMMAND => Some(app.client_secret.as_ref()?.command()?.text.as_str()),
        ACCOUNT_ID if kind == Kind::ServerToServer => app.account_id.as_deref(),
        _ => None,
    };
    match look.settings.exported_otherwise(new)? {
        Some(name) => Err(LoginError::Exported(name)),
        None => Ok(()),
    }
}
