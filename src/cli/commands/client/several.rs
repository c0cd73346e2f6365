//! Which clients a command is about, and what goes wrong with some of them.

use crate::cli::args::Which;
use crate::cli::commands::Context;
use crate::cli::failure::CommandFailure;
use crate::clients::{CLIENTS, Client, ClientFile, Error as ClientError, Named, Reader, client, printed};
use crate::error::{Code, Diagnostic};
use crate::mcp::gateway::name::Name;
use crate::settings::Settings;
use crate::store::ProfileName;

/// The name of a server where nothing else says one.
const DEFAULT_NAME: &str = "zoom";

/// The name of a server in a client: that of the flag, or for a gateway one by its address, or `zoom`; each profile has
/// one of its own. None where the client's own settings decide.
pub(super) fn server_name(
    client: Option<&Client>,
    flag: Option<&str>,
    url: Option<&str>,
    profile: Option<&ProfileName>,
) -> Option<String> {
    if let Some(name) = flag {
        return Some(name.to_owned());
    }
    let name = match url {
        Some(url) => String::from(Name::of_url(url)),
        None if client.is_some_and(|client| client.settings.is_some()) => return None,
        None => DEFAULT_NAME.to_owned(),
    };
    Some(profile.map_or_else(|| name.clone(), |profile| format!("{name}-{profile}")))
}

/// The configuration of a client, and the server of this name in it.
pub(super) fn file(
    client: &'static Client,
    settings: &Settings,
    name: Option<&str>,
    reader: Reader,
) -> Result<ClientFile, ClientError> {
    ClientFile::new(client, settings, Named { server: name, ..Named::default() }, reader)
}

/// Problems with some of several clients, each of which is reported at once.
pub(super) struct Problems<'a> {
    context: &'a Context,
    first: Option<Code>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, first: None }
    }

    pub(super) fn report(&mut self, error: &dyn Diagnostic) {
        self.context.output.fail(error);
        self.first = self.first.or(Some(error.code()));
    }

    /// The value of a success; a failure is reported.
    pub(super) fn keep<T, E: Into<CommandFailure>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.report(error.into().error())).ok()
    }

    /// The exit status: that of the first problem.
    pub(super) fn code(&self) -> Code {
        self.first.unwrap_or(Code::Done)
    }
}

/// The clients that a person has named, or all that are on this machine.
pub(super) fn chosen(which: &Which) -> Result<Vec<Result<&'static Client, ClientError>>, ClientError> {
    if !which.all {
        let named = which.clients.iter();
        return Ok(named
            .map(|id| client(id).ok_or_else(|| ClientError::OnlyPrinted { title: title(id), id: id.clone() }))
            .collect());
    }
    let found: Vec<_> = CLIENTS.iter().copied().filter(|client| client.is_found()).map(Ok).collect();
    if found.is_empty() { Err(ClientError::NoClients) } else { Ok(found) }
}

fn title(id: &str) -> &'static str {
    printed(id).map_or("this client", |printed| printed.title)
}
