//! `zoomtok setup --undo`: takes back what a set-up has put anywhere, and leaves the `.env`.

use super::super::Context;
use super::super::client::own_servers;
use super::super::confirm::is_confirmed;
use super::steps::Steps;
use crate::cli::args::{Client, ClientCommand, Service, ServiceCommand, ServiceKind, Which, WhichService};
use crate::cli::failure::Result;
use crate::error::Code;

pub(super) fn run(context: &Context, yes: bool) -> Result<Code> {
    let path = context.store.path().display();
    let question = format!(
        "Take zoomtok's servers for {path} out of all clients, remove its service, and forget what is remembered of it?"
    );
    if !yes && !is_confirmed(context, &question)? {
        context.output.talk("Nothing was removed");
        return Ok(Code::Failed);
    }
    let mut steps = Steps::new(context);
    for server in own_servers(context)? {
        let (client, name) = (server.client.id.to_owned(), server.name);
        let command = if server.is_wrapped {
            ClientCommand::Unwrap { name, client: Some(client) }
        } else {
            let which = Which { clients: vec![client], all: false };
            ClientCommand::Uninstall { which, name: Some(name) }
        };
        steps.run(&Client { command })?;
    }
    let which = WhichService { service: ServiceKind::Watch, name: None };
    let service = ServiceCommand::Uninstall { which, all: false };
    steps.run(&Service { command: service })?;
    if context.store.env().forget(&context.clock, &context.stop)? {
        context.output.text(&format!("✅ What was remembered of {path} is gone; {path} stays as it is"))?;
    } else {
        context.output.warn(&format!(
            "a token waits for its place in {path}, so what is remembered of it stays; zoomtok get puts it there"
        ));
        steps.note(Code::Failed);
    }
    Ok(steps.code())
}
