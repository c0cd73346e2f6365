//! The questions to a person before a login.

use std::path::Path;

use zeroize::Zeroizing;

use super::super::Context;
use crate::cli::args::Login;
use crate::login::{Kind, LoginError, Needed, Terminal, checked};
use crate::settings::{App, ClientSecret};

/// The answers of a person, where there is a terminal to ask on.
pub(super) struct Answers<'a> {
    context: &'a Context,
    terminal: Option<&'a mut Terminal>,
}

impl<'a> Answers<'a> {
    pub(super) fn new(context: &'a Context, terminal: Option<&'a mut Terminal>) -> Self {
        Self { context, terminal }
    }

    /// Whether there is a terminal to ask on.
    pub(super) fn can_be_asked(&self) -> bool {
        self.terminal.is_some()
    }

    /// The kind that the flags or the app say, or else the person.
    pub(super) fn kind(&mut self, login: &Login, app: &App) -> Result<Kind, LoginError> {
        let chosen = [
            (login.way.server_to_server, Kind::ServerToServer),
            (login.way.device, Kind::Device),
            (login.paste, Kind::Paste),
            (login.way.browser || login.client_id.is_some(), Kind::Browser),
        ];
        if let Some((_, kind)) = chosen.into_iter().find(|(is_chosen, _)| *is_chosen) {
            return Ok(kind);
        }
        if let Some(kind) = Kind::of(app) {
            return Ok(kind);
        }
        let question =
            "Log in with (1) a General app, in a browser, or (2) a Server-to-Server OAuth app? [1] ";
        loop {
            match self.shown(question)?.ok_or(LoginError::NoKind)?.trim() {
                "" | "1" => return Ok(Kind::Browser),
                "2" => return Ok(Kind::ServerToServer),
                _ => self.context.output.talk("Type 1 or 2"),
            }
        }
    }

    /// The app with what was missing of it.
    pub(super) fn complete(&mut self, kind: Kind, mut app: App) -> Result<App, LoginError> {
        let lacks = kind.lacks(&app);
        if self.terminal.is_none() && !lacks.is_empty() {
            return Err(LoginError::Missing(lacks.into_iter().map(Needed::name).collect()));
        }
        if let Some(id) = &app.client_id {
            checked("the client id", id)?;
        }
        let is_new = app.client_id.is_none();
        for needed in lacks {
            match needed {
                Needed::AccountId => app.account_id = Some(self.value("Account ID", false)?.to_string()),
                Needed::ClientId if kind == Kind::Browser => {
                    app.client_id = Some(self.value("Public Client ID", false)?.to_string());
                }
                Needed::ClientId => app.client_id = Some(self.value("Client ID", false)?.to_string()),
                Needed::ClientSecret => {
                    app.client_secret = Some(ClientSecret::Set(
                        self.value("Client Secret (is not shown)", true)?.as_str().into(),
                    ));
                }
            }
        }
        if is_new && app.client_secret.is_none() && matches!(kind, Kind::Paste | Kind::Device) {
            let secret = self.optional("Client Secret (is not shown; empty for a Public Client ID)")?;
            app.client_secret = secret.map(|secret| ClientSecret::Set(secret.as_str().into()));
        }
        Ok(app)
    }

    /// Has the person agree that what the `.env` holds is replaced.
    pub(super) fn replace(&mut self, path: &Path, what: &'static str) -> Result<(), LoginError> {
        let question = format!("{} holds {what}. Replace that? [y/N] ", path.display());
        let path = path.to_owned();
        match self.shown(&question)? {
            None => Err(LoginError::Displaces { path, what }),
            Some(answer) if ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()) => Ok(()),
            Some(_) => Err(LoginError::Kept { path, what }),
        }
    }

    /// A value that has to be there.
    fn value(&mut self, name: &'static str, is_secret: bool) -> Result<Zeroizing<String>, LoginError> {
        loop {
            let Some(answer) = self.asked(&format!("{name}: "), is_secret)? else {
                return Err(LoginError::EndOfInput);
            };
            match checked(name, answer.trim()) {
                Ok(()) => return Ok(answer.trim().to_owned().into()),
                Err(error) => self.context.output.talk(&error.to_string()),
            }
        }
    }

    /// A secret that may be left out.
    fn optional(&mut self, name: &'static str) -> Result<Option<Zeroizing<String>>, LoginError> {
        loop {
            let Some(answer) = self.asked(&format!("{name}: "), true)? else { return Ok(None) };
            match checked(name, answer.trim()) {
                _ if answer.trim().is_empty() => return Ok(None),
                Ok(()) => return Ok(Some(answer.trim().to_owned().into())),
                Err(error) => self.context.output.talk(&error.to_string()),
            }
        }
    }

    fn shown(&mut self, question: &str) -> Result<Option<Zeroizing<String>>, LoginError> {
        self.asked(question, false)
    }

    /// The answer to a question; none where nobody can be asked.
    fn asked(&mut self, question: &str, is_secret: bool) -> Result<Option<Zeroizing<String>>, LoginError> {
        let Some(terminal) = &mut self.terminal else { return Ok(None) };
        self.context.output.ask(question);
        let stop = &self.context.stop;
        if is_secret { terminal.answer_hidden(stop) } else { terminal.answer_shown(stop) }.map(Some)
    }
}
