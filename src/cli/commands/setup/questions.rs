//! The choices of a person beside a login, by flags or answers.

use super::super::Context;
use crate::cli::args::Setup;
use crate::clients::{CLIENTS, Client};
use crate::error::Error;
use crate::login::{LoginError, Terminal};

/// The steps after the login.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wishes {
    /// The clients that get a server, by their ids.
    pub(super) clients: Vec<String>,
    /// The address of that server; none for zoomtok's own tools.
    pub(super) url: Option<String>,
    /// Whether the system keeps the token fresh.
    pub(super) service: bool,
}

/// The questions, where there is a terminal to ask on.
pub(super) struct Questions<'a> {
    context: &'a Context,
    terminal: Option<&'a mut Terminal>,
}

impl<'a> Questions<'a> {
    pub(super) fn new(context: &'a Context, terminal: Option<&'a mut Terminal>) -> Self {
        Self { context, terminal }
    }

    /// Asks whatever no flag answers. Zoom's hosted servers take the token of a user alone.
    pub(super) fn ask(&mut self, setup: &Setup, is_user: bool) -> Result<Wishes, LoginError> {
        let found: Vec<&Client> = CLIENTS.iter().copied().filter(|client| client.is_found()).collect();
        let clients = self.clients(setup, &found)?;
        let url = match &setup.url {
            Some(url) => Some(url.clone()),
            None if is_user && !clients.is_empty() && !setup.yes => self.server()?,
            None => None,
        };
        let service = self.service(setup, !clients.is_empty())?;
        Ok(Wishes { clients, url, service })
    }

    fn clients(&mut self, setup: &Setup, found: &[&Client]) -> Result<Vec<String>, LoginError> {
        if setup.no_clients || !setup.clients.is_empty() {
            return Ok(setup.clients.clone());
        }
        let ids = |chosen: &[usize]| chosen.iter().map(|at| found[*at].id.to_owned()).collect();
        let all: Vec<usize> = (0..found.len()).collect();
        if setup.yes || found.is_empty() {
            return Ok(ids(&all));
        }
        self.need("--client or --no-clients")?;
        self.context.output.talk("These clients are on this machine:");
        for (at, client) in found.iter().enumerate() {
            self.context.output.talk(&format!("  {} {}", at + 1, client.title));
        }
        loop {
            let answer = self.answer("Put zoomtok into which? Their numbers, all or none [all] ")?;
            match numbers(&answer, found.len()) {
                Some(chosen) => return Ok(ids(&chosen)),
                None => self.context.output.talk("Type numbers, such as 1 3, or all, or none"),
            }
        }
    }

    fn server(&mut self) -> Result<Option<String>, LoginError> {
        if self.terminal.is_none() {
            return Ok(None);
        }
        let question = "Give them (1) zoomtok's own tools for meetings and recordings, or (2) Zoom's hosted MCP server? [1] ";
        loop {
            match self.answer(question)?.as_str() {
                "" | "1" => return Ok(None),
                "2" => return Ok(Some("zoom".into())),
                _ => self.context.output.talk("Type 1 or 2"),
            }
        }
    }

    fn service(&mut self, setup: &Setup, has_clients: bool) -> Result<bool, LoginError> {
        if setup.service || setup.no_service {
            return Ok(setup.service);
        }
        // A server of zoomtok's keeps the token fresh itself, while its client runs.
        let default = !has_clients;
        if setup.yes {
            return Ok(default);
        }
        self.need("--service or --no-service")?;
        let choice = if default { "[Y/n]" } else { "[y/N]" };
        let question = format!("Have the system keep the token fresh, also while no client runs? {choice} ");
        loop {
            match self.answer(&question)?.to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.context.output.talk("Type y or n"),
            }
        }
    }

    fn need(&self, flags: &str) -> Result<(), Error> {
        if self.terminal.is_some() {
            return Ok(());
        }
        Err(Error::Setting {
            name: format!("{flags}, or --yes,"),
            place: "on the command line".into(),
            problem: "is needed where nobody can be asked".into(),
        })
    }

    fn answer(&mut self, question: &str) -> Result<String, LoginError> {
        let Some(terminal) = &mut self.terminal else { return Err(LoginError::EndOfInput) };
        self.context.output.ask(question);
        Ok(terminal.answer_shown(&self.context.stop)?.trim().to_owned())
    }
}

/// The places that an answer names, counted from 0, each once; none where it makes no sense.
fn numbers(answer: &str, count: usize) -> Option<Vec<usize>> {
    match answer.to_ascii_lowercase().as_str() {
        "" | "all" => return Some((0..count).collect()),
        "none" | "0" => return Some(Vec::new()),
        _ => {}
    }
    let mut chosen = Vec::new();
    for number in answer.split([',', ' ']).filter(|part| !part.is_empty()) {
        let at = number.parse::<usize>().ok().filter(|number| (1..=count).contains(number))? - 1;
        if !chosen.contains(&at) {
            chosen.push(at);
        }
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_clients_by_their_numbers() {
        for (answer, expected) in [
            ("", Some(vec![0, 1, 2])),
            ("ALL", Some(vec![0, 1, 2])),
            ("none", Some(vec![])),
            ("1", Some(vec![0])),
            ("3, 1,3", Some(vec![2, 0])),
            ("4", None),
            ("0 1", None),
            ("-1", None),
            ("cursor", None),
        ] {
            assert_eq!(numbers(answer, 3), expected, "{answer}");
        }
    }
}
