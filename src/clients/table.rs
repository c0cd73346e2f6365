//! The clients that zoomtok knows, a row each. No code asks for a client by its name: what differs is in its row.

mod rows;

use super::client::{Client, ClientSettings};
use super::desktop::App;
use super::edit::STRICT_JSON;
use super::locations::{Base, Location};
use super::printed::{PRINTED, Printed};
use super::shape::Shape;
use super::system::System;
use crate::settings::Settings;

/// All whose configurations zoomtok edits, the most used first.
pub(crate) static CLIENTS: &[&Client] = &[
    &CLAUDE_DESKTOP,
    &rows::CLAUDE_CODE,
    &rows::CURSOR,
    &rows::VS_CODE,
    &rows::CODEX,
    &rows::GEMINI_CLI,
    &rows::COPILOT_CLI,
    &rows::WINDSURF,
    &rows::CLINE,
    &rows::ROO,
    &rows::ZED,
    &rows::KIRO,
    &rows::JUNIE,
    &rows::WARP,
    &rows::LM_STUDIO,
    &rows::OPENCODE,
];

/// The client of this name on the command line; none for one that is only printed.
pub(crate) fn client(id: &str) -> Option<&'static Client> {
    CLIENTS.iter().copied().find(|client| client.id == id)
}

/// The client of this name whose entry is only printed.
pub(crate) fn printed(id: &str) -> Option<&'static Printed> {
    PRINTED.iter().find(|printed| printed.id == id)
}

/// The names of those whose configurations are edited, on the command line.
pub(crate) fn edited_ids() -> impl Iterator<Item = &'static str> {
    CLIENTS.iter().map(|client| client.id)
}

/// The names of all clients there.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    edited_ids().chain(PRINTED.iter().map(|printed| printed.id))
}

/// <https://modelcontextprotocol.io/docs/develop/connect-local-servers>. On Linux Anthropic's own package and the builds of
/// others (<https://github.com/aaddrick/claude-desktop-debian>) keep to Electron's place.
///
/// Windows shows a packaged app a directory of its own in place of `%APPDATA%`, and Claude's installer makes it one. The file
/// in `%APPDATA%` is then a left-over of an older installer, which that app does not read
/// (<https://github.com/anthropics/claude-code/issues/26073>), so a package comes first.
pub(crate) static CLAUDE_DESKTOP: Client = Client {
    id: "claude-desktop",
    name: "Claude",
    title: "Claude Desktop",
    locations: &[
        Location::on(
            &[System::MacOs],
            Base::Home,
            "Library/Application Support/Claude/claude_desktop_config.json",
        ),
        Location::on(&[System::Windows], Base::Packaged("Claude_"), "Claude/claude_desktop_config.json"),
        Location::on(&[System::Windows, System::Linux], Base::Config, "Claude/claude_desktop_config.json"),
    ],
    format: STRICT_JSON,
    shape: Shape::MCP_SERVERS,
    lock: "claude",
    if_missing: "Claude Desktop creates it (Settings, Developer, Edit Config); where that is installed and the file is \
                 elsewhere, name it with CLAUDE_CONFIG_FILE",
    is_state: false,
    picks_up: "Quit Claude Desktop and open it again, or run zoomtok restart-claude",
    link: None,
    verified: "2026-11",
    source: "https://modelcontextprotocol.io/docs/develop/connect-local-servers",
    settings: Some(ClientSettings {
        file: Settings::claude_config_file,
        server: Settings::claude_server_name,
        server_variable: "CLAUDE_MCP_SERVER_NAME",
        key: Settings::claude_env_key,
    }),
    app: Some(App::from_settings),
};

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::clients::error::Error;
    use crate::clients::locations::tests::homes;
    use crate::clients::locations::{Homes, candidates, choose};

    const NAME: &str = "claude_desktop_config.json";

    fn page(name: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
    }

    #[test]
    fn every_client_is_in_the_pages_and_has_a_place_on_each_system() {
        let files = page("files.md");
        let sources = [include_str!("table.rs"), include_str!("table/rows.rs")];
        let rows = |source: &str| source.split("#[cfg(test)]").next().unwrap().matches(": Client = ").count();
        // One of them is what the others have in common.
        assert_eq!(sources.map(rows).iter().sum::<usize>() - 1, CLIENTS.len(), "a row is not in CLIENTS");
        for (at, client) in CLIENTS.iter().enumerate() {
            let name = client.title;
            let lock = format!("{}.lock", client.lock);
            assert!(files.contains(&format!("`{lock}`")), "{name}: docs/files.md does not list {lock}");
            for system in System::ALL {
                let places = client.locations.iter().filter(|location| location.systems.contains(system));
                assert!(places.count() > 0, "{name}: its row in clients/table has no place on {system:?}");
            }
            let same = |other: &&&Client| other.id == client.id || other.name == client.name;
            assert!(!CLIENTS[..at].iter().any(|other| same(&other)), "{name} is there twice");
        }
        assert!(ids().collect::<std::collections::BTreeSet<_>>().len() == ids().count());
    }

    /// A place as the page has it. `CONFIG` is a system's directory for configurations.
    fn place(location: &Location) -> String {
        let file = location.file;
        let path = match location.base {
            Base::Home => format!("~/{file}"),
            Base::Config => format!("CONFIG/{file}"),
            Base::Packaged(name) => format!("%LOCALAPPDATA%/Packages/{name}…/LocalCache/Roaming/{file}"),
            Base::Variable(name) => format!("${name}/{file}"),
        };
        let names: Vec<&str> = location
            .systems
            .iter()
            .map(|system| match system {
                System::MacOs => "macOS",
                System::Windows => "Windows",
                System::Linux => "Linux",
            })
            .collect();
        let systems = if names.len() == 3 { String::new() } else { format!(" ({})", names.join(", ")) };
        format!("`{path}`{systems}")
    }

    #[test]
    fn the_table_of_the_page_is_that_of_the_program() {
        let page = page("clients.md");
        let mut missing = Vec::new();
        for Client { id, title, locations, shape, picks_up, verified, source, .. } in CLIENTS {
            let places: Vec<String> = locations.iter().map(place).collect();
            let (places, root) = (places.join("; "), shape.root.join("."));
            let row =
                format!("| `{id}` | [{title}]({source}) | {places} | `{root}` | {picks_up} | {verified} |");
            missing.extend((!page.contains(&row)).then_some(row));
        }
        for Printed { id, title, place, picks_up, verified, source, .. } in PRINTED {
            let row = format!("| `{id}` | [{title}]({source}) | {place} | {picks_up} | {verified} |");
            missing.extend((!page.contains(&row)).then_some(row));
        }
        assert!(missing.is_empty(), "docs/clients.md lacks\n{}", missing.join("\n"));
        assert_eq!(page.matches("\n| `").count(), CLIENTS.len() + PRINTED.len());
    }

    fn on(system: System, homes: &Homes) -> Vec<PathBuf> {
        let candidates = candidates(CLAUDE_DESKTOP.locations, system, homes);
        candidates.into_iter().map(|candidate| candidate.path).collect()
    }

    fn put(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::options().create(true).truncate(false).write(true).open(path).unwrap();
    }

    #[test]
    fn each_system_has_its_place() {
        let root = Path::new("/home/me");
        for (system, place) in [
            (System::MacOs, "Library/Application Support/Claude"),
            (System::Windows, "config/Claude"),
            (System::Linux, "config/Claude"),
        ] {
            assert_eq!(on(system, &homes(root)), [root.join(place).join(NAME)], "{system:?}");
            assert!(on(system, &Homes::default()).is_empty());
        }
    }

    #[test]
    fn on_windows_a_package_comes_first() {
        let root = tempfile::tempdir().unwrap();
        let homes = homes(root.path());
        let package = root.path().join("local/Packages/Claude_pzs8sxrjxfjjc");
        fs::create_dir_all(&package).unwrap();
        fs::create_dir_all(root.path().join("local/Packages/ClaudeLike_x")).unwrap();
        let packaged = package.join("LocalCache/Roaming/Claude").join(NAME);
        let plain = root.path().join("config/Claude").join(NAME);
        let found = || choose(&candidates(CLAUDE_DESKTOP.locations, System::Windows, &homes)).unwrap();
        assert_eq!(on(System::Windows, &homes), [packaged.clone(), plain.clone()]);
        assert_eq!(on(System::Linux, &homes), std::slice::from_ref(&plain));
        assert_eq!(found(), packaged);
        put(&plain);
        assert_eq!(found(), plain);
        put(&packaged);
        assert_eq!(found(), packaged);
    }

    #[test]
    fn a_missing_file_was_looked_for_where_it_was_named() {
        let looked_for = |path: &Path| match CLAUDE_DESKTOP.missing_at(path) {
            Error::Missing { looked_for, .. } => looked_for,
            error => panic!("{error}"),
        };
        assert_eq!(looked_for(Path::new("/none/x.json")), [PathBuf::from("/none/x.json")]);
        assert!(CLAUDE_DESKTOP.find().is_ok_and(|path| looked_for(&path).contains(&path)));
    }
}
