//! `zoomtok client uninstall`

use super::several::{Problems, chosen, file, server_name};
use crate::cli::args::Which;
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::cli::served::{address_served, tools_served};
use crate::clients::{Error as ClientError, Removal, Served, Uninstalled};
use crate::error::Code;

pub(super) fn run(context: &Context, which: &Which, name: Option<&str>) -> Result<Code> {
    let settings = context.keeper().look()?.settings;
    let mut problems = Problems::new(context);
    let mut some = false;
    for client in chosen(which)? {
        let Some(client) = problems.keep(client) else { continue };
        let name = server_name(Some(client), name, None, context.environment.profile());
        let file = file(client, &settings, name.as_deref(), installed);
        let removed = file.and_then(|file| file.uninstall(&context.stop));
        // Where all are meant, one without a file has nothing to lose.
        if which.all && matches!(removed, Err(ClientError::Missing { .. })) {
            continue;
        }
        let Some(Removal { what, place, path }) = problems.keep(removed) else { continue };
        let (title, path) = (client.title, path.display());
        match what {
            Uninstalled::Gone => {
                some = true;
                context.output.text(&format!("✅ {title}: {place} is gone: {path}"))?;
            }
            Uninstalled::NoServer => {
                context.output.text(&format!("✅ {title}: there is no {place}: {path}"))?;
            }
            Uninstalled::Foreign(command) if which.all => {
                context.output.text(&format!("🔍 {title}: {place} runs {command}, and stays: {path}"))?;
            }
            Uninstalled::Foreign(command) => problems.report(&ClientError::NotOurs { place, command }),
        }
    }
    if some {
        context.output.text("👉 A client that runs keeps a server until it starts its servers again")?;
    }
    Ok(problems.code())
}

/// Reads the arguments that `client install` writes. A server that a gateway was put before is somebody else's.
fn installed(args: &[String]) -> Option<Served> {
    tools_served(args).or_else(|| address_served(args))
}
