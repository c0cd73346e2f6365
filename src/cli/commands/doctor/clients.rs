//! The clients, but for Claude Desktop's server that gets the token, that have zoomtok in their configurations.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::cli::served::started;
use crate::clients::{CLIENTS, ClientFile, Inventory, Named, Own, program};
use crate::error::Code;
use crate::settings::Settings;

/// A client, with what starts zoomtok in it.
pub(super) struct Seen {
    /// Its name on the command line.
    id: &'static str,
    title: &'static str,
    /// Its configuration.
    path: PathBuf,
    servers: Vec<Server>,
}

/// A server, and what of it does not exist.
struct Server {
    name: String,
    program: Option<String>,
    env_file: Option<PathBuf>,
}

/// Looks at those that are on this machine.
pub(super) fn look(settings: &Settings) -> Vec<Seen> {
    let file = |client| ClientFile::new(client, settings, Named::default(), started).ok();
    let files = CLIENTS.iter().filter_map(|client| file(client)).filter(ClientFile::is_found);
    files
        .map(|file| seen(file.inventory(started), settings))
        .filter(|seen| !seen.servers.is_empty())
        .collect()
}

fn seen(inventory: Inventory, settings: &Settings) -> Seen {
    let Inventory { client, path, own } = inventory;
    // One that gets the token is looked at by itself.
    let looked_at = client.settings.as_ref().and_then(|set| (set.server)(settings).ok());
    // A file that cannot be read is not zoomtok's to report, as long as it is in nobody's way.
    let own = own.unwrap_or_default().into_iter().filter(|own| Some(&own.name) != looked_at.as_ref());
    Seen { id: client.id, title: client.title, path, servers: own.map(server).collect() }
}

fn server(own: Own) -> Server {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let is_there = program(&own.command, std::env::split_paths(&search)).is_some();
    Server {
        name: own.name,
        program: (!is_there).then_some(own.command),
        env_file: own.served.env_file.filter(|path| !Path::exists(path)),
    }
}

/// The findings about them: a line each, and the files that do not exist.
pub(super) fn judge(seen: &[Seen]) -> Vec<Finding> {
    seen.iter().flat_map(of_client).collect()
}

fn of_client(seen: &Seen) -> Vec<Finding> {
    let Seen { id, title, path, servers } = seen;
    let path = path.display();
    let mut findings = Vec::new();
    for Server { name, program, env_file } in servers {
        if program.is_some() {
            findings.push(Finding::bad(
                "client",
                Code::Configuration,
                format!("{title} starts {name} with a zoomtok that does not exist: {path}"),
                format!("Run zoomtok client install {id}, or unwrap and wrap the server again"),
            ));
        }
        if let Some(env_file) = env_file {
            findings.push(Finding::doubtful(
                "client",
                format!("{name} of {title} reads {}, which does not exist: {path}", env_file.display()),
                format!("Name the right one: zoomtok --env-file PATH client install {id}"),
            ));
        }
    }
    if findings.is_empty() {
        let names: Vec<&str> = servers.iter().map(|server| server.name.as_str()).collect();
        findings
            .push(Finding::good("client", format!("{title} has zoomtok in {}: {path}", names.join(", "))));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::hold;
    use super::*;

    #[test]
    fn what_does_not_exist_is_said_with_what_to_do() {
        let seen = |program: bool, env_file: bool| {
            let server = |name: &str, program: bool, env_file: bool| Server {
                name: name.into(),
                program: program.then(|| "/none/canary".into()),
                env_file: env_file.then(|| "/none/.env".into()),
            };
            let servers = vec![server("zoom", program, env_file), server("files", false, false)];
            vec![Seen { id: "cursor", title: "Cursor", path: "/c/mcp.json".into(), servers }]
        };
        for (program, env_file, code, told) in [
            (false, false, Code::Done, &["✅ Cursor has zoomtok in zoom, files: /c/mcp.json"][..]),
            (
                true,
                false,
                Code::Configuration,
                &["❌ Cursor starts zoom with a zoomtok that", "client install cursor"],
            ),
            (false, true, Code::Done, &["zoom of Cursor reads /none/.env, which does not exist"]),
        ] {
            hold("clients", &judge(&seen(program, env_file)), code, told);
        }
        assert!(judge(&[]).is_empty());
    }
}
