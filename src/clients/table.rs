//! The clients that zoomtok knows, a row each. No code asks for a client by its name: what differs is in its row.

mod rows;

use std::path::{Path, PathBuf};

use super::desktop::App;
use super::edit::{Format, STRICT_JSON};
use super::error::Error;
use super::link::Link;
use super::locations::{Base, Candidate, Homes, Location, candidates, choose};
use super::shape::Shape;
use super::system::System;
use crate::error::Error as CoreError;
use crate::settings::Settings;

/// What finds an app by settings, and by the name that a flag gives.
pub(crate) type FindApp = fn(&Settings, Option<&str>) -> Result<App, Error>;

/// A program that starts MCP servers.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its name on the command line.
    pub(crate) id: &'static str,
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The same in full, where clients are listed.
    pub(crate) title: &'static str,
    /// Where its configuration may be. On a system with several, the first that exists counts.
    pub(crate) locations: &'static [Location],
    /// The format of that file.
    pub(crate) format: Format,
    /// How servers stand in it.
    pub(crate) shape: Shape,
    /// The name of the lock that all zoomtoks share which write that file.
    pub(crate) lock: &'static str,
    /// What to do where that file does not exist, as a sentence without its full stop.
    pub(crate) if_missing: &'static str,
    /// Whether that file is the client's own state, which it rewrites while it runs. It is never made for such a client.
    pub(crate) is_state: bool,
    /// How it notices a change, as a sentence without its full stop that says what to do.
    pub(crate) picks_up: &'static str,
    /// The link by which it adds a server.
    pub(crate) link: Option<Link>,
    /// When this row was last compared with its source: year and month.
    pub(crate) verified: &'static str,
    /// Where its vendor, or whoever looked best, says where the file is and what is in it.
    pub(crate) source: &'static str,
    /// The settings that override the row.
    pub(crate) settings: Option<ClientSettings>,
    /// How its app is found, where that has to be restarted to notice a change.
    pub(crate) app: Option<FindApp>,
}

/// All whose configurations zoomtok edits, the most used first.
pub(crate) static CLIENTS: &[&Client] = &[
    &CLAUDE_DESKTOP,
    &rows::CLAUDE_CODE,
    &rows::CURSOR,
    &rows::VS_CODE,
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

/// The settings that override a row.
#[derive(Debug)]
pub(crate) struct ClientSettings {
    /// The configuration.
    pub(crate) file: fn(&Settings) -> Result<Option<PathBuf>, CoreError>,
    /// The server that gets the token.
    pub(crate) server: fn(&Settings) -> Result<String, CoreError>,
    /// Its variable.
    pub(crate) server_variable: &'static str,
    /// The variable of that server that holds the token.
    pub(crate) key: fn(&Settings) -> Result<String, CoreError>,
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

impl Client {
    /// Its configuration on this system: the file that exists, else the place where the client would make it.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] where the user has no home.
    pub(super) fn find(&self) -> Result<PathBuf, Error> {
        choose(&self.candidates()).ok_or_else(|| self.missing(Vec::new()))
    }

    /// That there is no configuration at `path`. Where that is one of the places of this system, all of them are named.
    pub(super) fn missing_at(&self, path: &Path) -> Error {
        let candidates: Vec<PathBuf> =
            self.candidates().into_iter().map(|candidate| candidate.path).collect();
        let is_usual = candidates.iter().any(|candidate| candidate == path);
        self.missing(if is_usual { candidates } else { vec![path.to_owned()] })
    }

    fn missing(&self, looked_for: Vec<PathBuf>) -> Error {
        Error::Missing { client: self.name, looked_for, hint: self.if_missing }
    }

    fn candidates(&self) -> Vec<Candidate> {
        candidates(self.locations, System::current(), &Homes::current())
    }

    /// Whether it is there: its configuration, or the directory in which it keeps it.
    pub(crate) fn is_found(&self) -> bool {
        self.candidates().iter().any(Candidate::is_found)
    }

    /// What names another server.
    pub(crate) fn names_server(&self) -> &'static str {
        self.settings.as_ref().map_or("--name", |settings| settings.server_variable)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::clients::locations::tests::homes;

    /// All rows. A row that is not used anywhere does not compile.
    const CLIENTS: &[&Client] = &[&CLAUDE_DESKTOP];

    const NAME: &str = "claude_desktop_config.json";

    #[test]
    fn every_client_is_in_the_pages_and_has_a_place_on_each_system() {
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/files.md")).unwrap();
        let source = include_str!("table.rs").split("#[cfg(test)]").next().unwrap();
        assert_eq!(source.matches(": Client = Client {").count(), CLIENTS.len(), "a row is not in CLIENTS");
        for (at, client) in CLIENTS.iter().enumerate() {
            let name = client.name;
            for file in [NAME.to_owned(), format!("{}.lock", client.lock)] {
                assert!(page.contains(&format!("`{file}`")), "{name}: docs/files.md does not list {file}");
            }
            for system in [System::MacOs, System::Windows, System::Linux] {
                let places = client.locations.iter().filter(|location| location.systems.contains(&system));
                assert!(places.count() > 0, "{name}: its row in clients/table.rs has no place on {system:?}");
            }
            let same = |other: &&&Client| (other.name, other.lock) == (name, client.lock);
            assert!(!CLIENTS[..at].iter().any(|other| same(&other)), "{name} is there twice");
        }
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
