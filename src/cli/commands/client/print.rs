//! `zoomtok client print`

use super::several::server_name;
use super::wanted::wanted;
use crate::cli::args::ServerOptions;
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::cli::served::started;
use crate::clients::{Error as ClientError, client, printed};
use crate::error::Code;

pub(super) fn run(context: &Context, id: &str, flags: &ServerOptions, link: bool) -> Result<Code> {
    let look = context.keeper().look()?;
    let (wanted, warnings) = wanted(context, &look, flags)?;
    context.warn(&warnings);
    let entry = wanted.entry(None);
    let edited = client(id);
    let profile = context.environment.profile();
    let name = server_name(edited, flags.name.as_deref(), flags.url.as_deref(), profile);
    let name = &name.map_or_else(|| look.settings.claude_server_name(), Ok)?;
    let to_link = edited.and_then(|client| client.link).map(|link| link.to(name, &entry));
    if link {
        let to_link = to_link.ok_or_else(|| ClientError::NoLink(id.to_owned()))?;
        context.output.data(&to_link)?;
        return Ok(Code::Done);
    }
    let (text, place, next) = if let Some(client) = edited {
        let place = client.find().map(|path| path.display().to_string())?;
        (client.snippet(name, &entry, started)?, place, client.picks_up)
    } else {
        let printed = printed(id).ok_or(ClientError::NoClients)?;
        ((printed.entry)(name, &entry), printed.place.to_owned(), printed.picks_up)
    };
    context.output.talk(&format!("👉 For {place}. Then: {next}"));
    for line in text.lines() {
        context.output.data(line)?;
    }
    if to_link.is_some() {
        context.output.talk(&format!("🔌 Or open the link that zoomtok client print {id} --link prints"));
    }
    Ok(Code::Done)
}
