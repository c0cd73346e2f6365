//! docs/files.md has every file that the program makes, with its mode; docs/stability.md and docs/architecture.md have
//! the commands, tools, versions and modules that are there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::pages::{commands, quoted, read, rows};
use crate::support::rows::tree;
use crate::support::sandbox;
use crate::support::sources::source_of_constant;

#[cfg(unix)]
pub(crate) mod made {
    use std::collections::BTreeMap;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;
    use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Endpoint, Fault};

    use super::*;
    use crate::support::Home;
    use crate::support::mcp_session::Session;
    use crate::support::processes::in_flight;

    /// The name and mode of every file and directory below one, by its name.
    pub(crate) fn modes(directory: &Path) -> BTreeMap<String, u32> {
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        tree(directory).iter().map(|path| (name(path), mode(path))).collect()
    }

    /// The mode that the page gives for a name: its first word of digits.
    pub(crate) fn told(name: &str) -> Option<u32> {
        let page = read("docs/files.md");
        let mut all = rows(&page, "## Written");
        all.extend(rows(&page, "## The state directory"));
        let is_named =
            |cell: &str| quoted(cell).iter().any(|path| Path::new(path).file_name().unwrap() == name);
        let row = all.iter().find(|cells| is_named(&cells[0]))?;
        let mode = row[1].split([' ', ';']).find(|word| word.starts_with('0')).unwrap();
        Some(u32::from_str_radix(mode, 8).unwrap())
    }

    #[test]
    fn every_file_that_is_made_is_on_the_page_with_its_mode() {
        let sandbox = sandbox();
        let mut home = Home::empty();
        let config = home.work().join("Claude");
        fs::create_dir(&config).unwrap();
        let policy = json!({
            "version": "1",
            "default": "allow",
            "all_tools": {"limits": [{"counter": "c", "window": "day", "max": 9, "scope": "grant"}]},
        });
        let given = home.state().with_file_name("policy.json");
        fs::write(&given, policy.to_string()).unwrap();
        home.set("ZOOM_CLIENT_ID", CLIENT_ID)
            .set("ZOOM_CLIENT_SECRET", CLIENT_SECRET)
            .set("ZOOM_ACCOUNT_ID", ACCOUNT_ID)
            .set("ZOOM_OAUTH_URL", &sandbox.oauth_url())
            .set("ZOOM_API_URL", &sandbox.api_url())
            .set("CLAUDE_CONFIG_FILE", config.join("claude_desktop_config.json").to_str().unwrap());
        home.run(["get"]).expect(0);
        home.run(["check", "-v"]).expect(0);
        home.run(["mcp", "--install"]).expect(0);
        let mut seen = modes(&home.work());
        let file = config.join("claude_desktop_config.json");
        fs::write(&file, r#"{"mcpServers": {"zoom": {"command": "node"}}}"#).unwrap();
        home.run(["update-claude"]).expect(0);
        home.run(["watch", "--once", "--no-claude"]).expect(0);
        let mut session = Session::start(&home, &["--policy", given.to_str().unwrap()]);
        session.call("list_meetings", json!({})).ok();
        session.close();
        let asking = in_flight(&sandbox, &home, &["get", "-f"], Fault::Never);
        seen.extend(modes(&home.work()));
        asking.kill();
        // A token that finds no place.
        sandbox.fail(Endpoint::Token, Fault::Slow(std::time::Duration::from_millis(500)), 1);
        let asked = sandbox.token_requests().len();
        let running = home.start(["get", "-f"]);
        assert!(sandbox.wait_for_token_requests(asked + 1, std::time::Duration::from_secs(10)));
        home.write_env("ZOOM_ACCESS_TOKEN='\n");
        running.end().expect(6);

        seen.extend(modes(&home.work()));
        seen.extend(modes(&home.state()));
        for made in ["Claude", "logs"] {
            seen.remove(made);
        }
        let digest = seen.keys().find(|name| name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(seen.remove(&digest.unwrap().clone()), Some(0o700));
        // Device, inode and birth.
        let number = seen.keys().find(|name| {
            name.split('-').count() == 3 && name.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        });
        assert_eq!(seen.remove(&number.unwrap().clone()), told("NUMBER"));
        for (name, mode) in &seen {
            let told = told(name).unwrap_or_else(|| panic!("{name} is not on the page"));
            assert_eq!(told, *mode, "{name}: {mode:o}");
        }
        let expected = [
            ".env",
            ".env.lock",
            ".env.zoomtok-tmp",
            "claude.lock",
            "claude_desktop_config.json",
            "claude_desktop_config.json.zoomtok.bak",
            "files",
            "policy-counts.json",
            "policy-counts.kept",
            "recovery.json",
            "state.json",
            "zoom_token.log",
            "zoomtok",
        ];
        assert_eq!(seen.keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_existing_mode_is_kept_as_the_page_says() {
        let sandbox = sandbox();
        let home = Home::of(&sandbox, "");
        fs::set_permissions(home.env_path(), Permissions::from_mode(0o640)).unwrap();
        home.run(["get"]).expect(0);
        assert_eq!(modes(&home.work())[".env"], 0o640);
        assert!(rows(&read("docs/files.md"), "## Written")[0][1].starts_with("kept;"));
    }
}

#[test]
fn promises_of_the_page_match_the_program() {
    let page = read("docs/stability.md");
    let named: BTreeSet<&str> = quoted(&page).into_iter().collect();
    let help = crate::support::Home::empty().run(["--help"]).expect(0).stdout;
    for command in commands(&help) {
        assert!(named.contains(command), "{command}");
    }
    let tools: Vec<serde_json::Value> =
        serde_json::from_str(&read("src/mcp/zoom/tools/tests/tools.json")).unwrap();
    let told = rows(&page, "## MCP tools");
    assert_eq!(told.len(), tools.len());
    for (cells, tool) in told.iter().zip(&tools) {
        assert_eq!(quoted(&cells[0]), [tool["name"].as_str().unwrap()]);
        let fields =
            tool["output"]["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        assert_eq!(quoted(&cells[1]), fields.collect::<Vec<_>>(), "{}", tool["name"]);
    }
    let versions = rows(&page, "## Versions");
    assert_eq!(versions.len(), 22);
    for cells in &versions {
        let [version, _, place] = &cells[..] else { panic!("{cells:?}") };
        let reference = quoted(place)[0];
        let name = reference.rsplit("::").next().unwrap();
        let source = source_of_constant(reference).unwrap();
        assert!(source.text.contains(&format!("const {name}: u32 = {version};")), "{place} is not {version}");
    }
}
