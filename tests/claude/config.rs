//! Configurations that no token can be put into, or that Claude would not read: the commands that look at them agree.

use crate::claude::update::{CONFIG, home, token, update};
use crate::support::names;

#[test]
fn without_a_server_that_takes_a_token_nothing_is_written_and_nothing_restarted() {
    for (text, parts) in [
        ("{}", &["there is no mcpServers.zoom", "nor any other server", "zoomtok mcp --install"][..]),
        (
            r#"{"mcpServers": {"files": {"command": "canary"}, "a b": {}}}"#,
            &[r#"the servers are "a b", files"#, "CLAUDE_MCP_SERVER_NAME"],
        ),
        (
            r#"{"mcpServers": {"Zoom": {"command": "canary"}}}"#,
            &["the servers are Zoom", "If you mean Zoom, name it with CLAUDE_MCP_SERVER_NAME"],
        ),
        (
            r#"{"mcpServers": {"zoom": {"env": {"ZOOM_ACCESS_TOKEN": "PUT-YOUR-TOKEN-HERE-PLEASE"}}}}"#,
            &["mcpServers.zoom has no command", "Remove mcpServers.zoom, give it a command"],
        ),
        (
            r#"{"mcpServers": {"zoom": {"type": "http", "url": "https://canary"}}}"#,
            &["mcpServers.zoom is reached by a URL"],
        ),
    ] {
        let mut home = home(&token(3000, 1), text);
        // It is not even started.
        home.set("CLAUDE_APP_COMMAND", "touch started").set("CLAUDE_APP_NAME", "/nowhere/Claude");
        for flags in [&[][..], &["--dry-run"], &["--restart"]] {
            let ended = update(&home, flags, 3).says(&["claude_desktop_config.json"]).says(parts);
            assert!(ended.stdout.is_empty() && !ended.stderr.contains("canary"), "{}", ended.stderr);
        }
        assert_eq!(home.config(), text);
        assert_eq!(names(home.config_path().parent().unwrap()), ["claude_desktop_config.json"]);
        assert!(!home.names().contains(&"started".to_owned()), "{:?}", home.names());
    }
}

#[test]
fn a_configuration_that_claude_would_not_read_is_reported_without_a_restart() {
    for (text, part) in [
        (format!("\u{feff}{CONFIG}"), "begins with a byte-order mark"),
        (
            CONFIG.replace("{\n\t\"mcp", "{ // mine\n\t\"mcp").replacen('{', "{ // mine", 1),
            "has a comment (line 1)",
        ),
        (CONFIG.replace("}\n\t}\n", "},\n\t}\n"), "has a comma behind the last element (line 5)"),
    ] {
        let mut home = home(&token(3000, 1), &text);
        home.set("CLAUDE_APP_COMMAND", "touch started").set("CLAUDE_APP_NAME", "/nowhere/Claude");
        // Each time, also where there is nothing to do.
        for flags in [&["--dry-run"][..], &[], &[]] {
            update(&home, flags, 0).says(&["warning", part, "strict JSON", "drop every server"]);
        }
        assert_eq!(
            home.config(),
            text.replace("PUT-YOUR-TOKEN-HERE-PLEASE", &home.value("ZOOM_ACCESS_TOKEN").unwrap())
        );
        home.write_env(&format!("ZOOM_ACCESS_TOKEN={}\n", token(3000, 2)));
        let output = update(&home, &["--restart"], 8).stderr;
        assert!(output.contains("Claude was not restarted") && output.matches(part).count() == 2, "{output}");
        for flags in [&["restart-claude"][..], &["restart-claude", "--app-only"]] {
            home.run(flags).expect(8).says(&["Claude was not restarted", part, "Correct the file first"]);
        }
        assert!(!home.names().contains(&"started".to_owned()), "{:?}", home.names());
    }
}

/// Each command that would write an unwritable file reports it, and none advises it.
#[cfg(target_os = "linux")]
mod read_only {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::support::ended;
    use crate::support::processes::bound;

    #[test]
    fn a_state_directory_without_room_for_a_lock_is_one_to_each_command() {
        let mut home = home(&token(3000, 1), CONFIG);
        let file = home.work().join("file");
        fs::write(&file, "").unwrap();
        home.set("XDG_STATE_HOME", file.join("state").to_str().unwrap());
        for flags in [&[][..], &["--dry-run"]] {
            update(&home, flags, 6);
            home.run([&["mcp", "--install"], flags].concat()).expect(6);
        }
        assert_eq!(home.config(), CONFIG);
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_one_to_each_command() {
        let home = home(&token(3000, 1), CONFIG);
        let directory = home.config_path().parent().unwrap().to_owned();
        fs::create_dir_all(home.state()).unwrap();
        let run = |arguments: &[&str]| ended(bound(&home, arguments).output().unwrap());
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o500)).unwrap();
        for arguments in [&["update-claude"][..], &["mcp", "--install"]] {
            for flags in [&[][..], &["--dry-run"]] {
                let ended = run(&[arguments, flags].concat()).expect(6);
                assert!(ended.stderr.contains("claude_desktop_config.json"), "{}", ended.stderr);
            }
        }
        let output = run(&["doctor"]).stdout;
        let advice = "👉 Check the permissions and the free space of ";
        assert!(output.contains(advice) && output.contains("Then: Run zoomtok update-claude"), "{output}");
        fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
        for flags in [&["update-claude", "--dry-run"][..], &["update-claude"]] {
            run(flags).expect(0);
        }
        assert_ne!(home.config(), CONFIG);
    }
}
