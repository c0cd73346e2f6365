//! Precedence, and what is refused, over `.env` texts in a temporary directory.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::*;
use crate::clients::App;
use crate::error::{Code, Diagnostic as _, Error};
use crate::store::{EnvStore, Snapshot, Store as _};
use crate::zoom::{Credentials, Grant};

mod profiles;
mod secrets;
mod shared;

struct World {
    _root: TempDir,
    environment: Environment,
    snapshot: Arc<Snapshot>,
}

fn world(pairs: &[(&'static str, &str)], env: &str) -> World {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(".env");
    std::io::Write::write_all(
        &mut std::fs::File::options().create_new(true).write(true).open(&path).unwrap(),
        env.as_bytes(),
    )
    .unwrap();
    let environment =
        Environment::from_pairs(pairs.iter().map(|(name, value)| (*name, OsString::from(value))));
    World { environment, snapshot: Arc::new(EnvStore::new(path, NAMES, None).read().unwrap()), _root: root }
}

/// A token with one claim, a time in seconds since 1970.
fn jwt(claim: &str, seconds: i64) -> String {
    format!("eyJh.{}.c2ln", URL_SAFE_NO_PAD.encode(format!(r#"{{"{claim}":{seconds}}}"#)))
}

impl World {
    fn settings(&self) -> Settings {
        Settings::new(&self.environment, &self.snapshot)
    }
}

#[test]
fn flag_then_environment_then_file_then_default() {
    let file = "ZOOM_TOKEN_THRESHOLD=20\n";
    assert_eq!(world(&[("ZOOM_TOKEN_THRESHOLD", "30")], file).settings().threshold(Some(40)).unwrap(), 40);
    assert_eq!(world(&[("ZOOM_TOKEN_THRESHOLD", "30")], file).settings().threshold(None).unwrap(), 30);
    assert_eq!(world(&[("ZOOM_TOKEN_THRESHOLD", "")], file).settings().threshold(None).unwrap(), 20);
    assert_eq!(world(&[], "ZOOM_TOKEN_THRESHOLD=\n").settings().threshold(None).unwrap(), 60);
}

#[test]
fn a_number_that_is_none_is_told_with_its_place() {
    for bad in ["abc", "-5", "1e9", "1.5", "+5", "0x10", "99999999999999999999", "6 0"] {
        let error = world(&[("ZOOM_TOKEN_THRESHOLD", bad)], "").settings().threshold(None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "ZOOM_TOKEN_THRESHOLD (set in the environment) is not a whole number of seconds",
            "{bad}"
        );
        assert_eq!(error.code(), Code::Usage);
        let error = world(&[], &format!("A=1\nZOOM_TOKEN_THRESHOLD='{bad}'\n"))
            .settings()
            .threshold(None)
            .unwrap_err();
        assert!(error.to_string().contains(".env, line 2)"), "{error}");
    }
    assert_eq!(world(&[("ZOOM_TOKEN_THRESHOLD", "0")], "").settings().threshold(None).unwrap(), 0);
}

#[test]
fn a_name_that_no_app_has_is_told_with_its_place() {
    for (pairs, env, place) in [
        (&[("CLAUDE_APP_NAME", "zoomtok")][..], "", "(set in the environment)"),
        (&[], "A=1\nCLAUDE_APP_NAME=zoomtok\n", ".env, line 2)"),
    ] {
        let error = App::from_settings(&world(pairs, env).settings(), None).unwrap_err();
        assert!(
            error.to_string().starts_with("CLAUDE_APP_NAME (") && error.to_string().contains(place),
            "{error}"
        );
        assert_eq!(error.code(), Code::Usage);
    }
    let error = App::from_settings(&world(&[], "").settings(), Some("zoomtok")).unwrap_err();
    assert!(error.to_string().starts_with("--app (on the command line)"), "{error}");
}

#[test]
fn a_url_is_https_or_leads_to_this_machine() {
    for good in [
        "https://zoom.us",
        "https://zoomgov.com/",
        "https://proxy.example/zoom/v2",
        "http://127.0.0.1:8080",
        "http://127.9.9.9",
        "http://[::1]:1",
        "http://localhost:80",
    ] {
        assert!(world(&[("ZOOM_OAUTH_URL", good)], "").settings().oauth_url().is_ok(), "{good}");
    }
    for bad in [
        "zoom.us",
        "/oauth",
        "http://zoom.us",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://user:canary@zoom.us",
        "https://zoom.us?a=b",
        "https://zoom.us#a",
        "https://",
    ] {
        let world = world(&[("ZOOM_API_URL", bad)], "");
        let error = world.settings().api_url(None).expect_err(bad);
        assert_eq!(error.code(), Code::Usage);
        assert!(error.to_string().starts_with("ZOOM_API_URL (set in the environment)"), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
}

#[test]
fn an_address_is_taken_as_it_is_copied() {
    for (name, text, expected) in [
        ("ZOOM_OAUTH_URL", "https://zoomgov.com/", "https://zoomgov.com/"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth/token", "https://zoom.us/"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth/token/", "https://zoom.us/"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth", "https://zoom.us/"),
        ("ZOOM_OAUTH_URL", "https://zoom.us/oauth//", "https://zoom.us/"),
        ("ZOOM_OAUTH_URL", "https://proxy.example/zoom/oauth/token", "https://proxy.example/zoom"),
        ("ZOOM_OAUTH_URL", "https://proxy.example/myoauth", "https://proxy.example/myoauth"),
        ("ZOOM_API_URL", "https://api.zoomgov.com", "https://api.zoomgov.com/v2"),
        ("ZOOM_API_URL", "https://api.zoom.us/v2/", "https://api.zoom.us/v2"),
        ("ZOOM_API_URL", "https://proxy.example", "https://proxy.example/"),
        ("ZOOM_MCP_URL", "https://mcp.zoomgov.com/", "https://mcp.zoomgov.com/"),
        ("ZOOM_MCP_URL", " http://127.0.0.1:9/zoom/ ", "http://127.0.0.1:9/zoom"),
    ] {
        let world = world(&[(name, text)], "");
        let settings = world.settings();
        let url = match name {
            "ZOOM_API_URL" => settings.api_url(None),
            "ZOOM_MCP_URL" => settings.mcp_url(None),
            _ => settings.oauth_url(),
        };
        assert_eq!(url.unwrap().as_str(), expected, "{text}");
    }
}

#[test]
fn a_home_is_expanded_and_that_of_another_user_refused() {
    for name in ["ZOOM_CHECK_LOGFILE", "CLAUDE_CONFIG_FILE", "ZOOM_POLICY_FILE"] {
        let env = |path: &str| world(&[], &format!("{name}='{path}'\n"));
        let path = |world: &World| match name {
            "ZOOM_CHECK_LOGFILE" => world.settings().check_logfile().map(Some),
            "ZOOM_POLICY_FILE" => world.settings().policy_file(),
            _ => world.settings().claude_config_file(),
        };
        let expected = dirs::home_dir().unwrap().join("a/b");
        assert_eq!(path(&env("~/a/b")).unwrap(), Some(expected), "{name}");
        let error = path(&env("~me/a")).unwrap_err();
        assert!(error.to_string().starts_with(name) && error.to_string().contains("only ~/"), "{error}");
        assert_eq!(error.code(), Code::Usage);
    }
    let home = |name: &str| dirs::home_dir().unwrap().join(name).into_os_string().into_string().unwrap();
    let pairs = [("CLAUDE_APP_COMMAND", "~/run '~/a b' x~/y"), ("CLAUDE_APP_NAME", "~/Claude")];
    let world = world(&pairs, "");
    let words = world.settings().claude_app_command().unwrap().unwrap();
    assert_eq!(words, [home("run"), home("a b"), "x~/y".into()]);
    assert_eq!(world.settings().claude_app_name().unwrap(), home("Claude"));
}

fn secret_of(credentials: &Credentials<ClientSecret>) -> String {
    match &credentials.client_secret {
        Some(ClientSecret::Set(secret)) => secret.expose_secret().to_owned(),
        Some(ClientSecret::Printed(command)) => format!("$({})", command.words.join("|")),
        None => String::new(),
    }
}

#[test]
fn credentials_come_from_anywhere_and_the_account_goes_first() {
    let all = "ZOOM_CLIENT_ID=id\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=-account\nZOOM_REFRESH_TOKEN=refresh\n";
    let world_ = world(&[("ZOOM_CLIENT_ID", "exported")], all);
    let credentials = world_.settings().credentials().unwrap();
    assert_eq!(credentials.client_id, "exported");
    assert_eq!(secret_of(&credentials), "secret");
    assert!(
        matches!(credentials.grant, Grant::AccountCredentials { account_id } if account_id == "-account")
    );
    let world_ = world(&[], &all.replace("ZOOM_ACCOUNT_ID=-account", "ZOOM_ACCOUNT_ID="));
    assert!(matches!(world_.settings().credentials().unwrap().grant, Grant::RefreshToken(_)));
}

#[test]
fn a_refresh_token_needs_no_client_secret() {
    for secret in ["", "ZOOM_CLIENT_SECRET=\n"] {
        let env = format!("ZOOM_CLIENT_ID=id\nZOOM_REFRESH_TOKEN=refresh\n{secret}");
        let credentials = world(&[], &env).settings().credentials().unwrap();
        assert_eq!(credentials.client_id, "id");
        assert!(credentials.client_secret.is_none());
        assert!(matches!(credentials.grant, Grant::RefreshToken(_)));
    }
}

#[test]
fn what_is_missing_is_listed() {
    for (env, missing) in [
        ("", "ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET and ZOOM_ACCOUNT_ID (or ZOOM_REFRESH_TOKEN) are not set"),
        ("ZOOM_CLIENT_ID=a\nZOOM_ACCOUNT_ID=b\n", "ZOOM_CLIENT_SECRET is not set"),
        ("ZOOM_CLIENT_ID=a\nZOOM_ACCOUNT_ID=b\nZOOM_REFRESH_TOKEN=c\n", "ZOOM_CLIENT_SECRET is not set"),
        ("ZOOM_REFRESH_TOKEN=c\n", "ZOOM_CLIENT_ID is not set"),
        ("ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=b\n", "ZOOM_ACCOUNT_ID (or ZOOM_REFRESH_TOKEN) is not set"),
    ] {
        let error = world(&[], env).settings().credentials().unwrap_err();
        assert!(error.to_string().contains(missing), "{error}");
        assert_eq!(error.code(), Code::Configuration);
    }
}

#[test]
fn what_a_copy_and_paste_spoils_is_named_and_not_shown() {
    let good =
        [("ZOOM_CLIENT_ID", "canary"), ("ZOOM_CLIENT_SECRET", "canary"), ("ZOOM_ACCOUNT_ID", "canary")];
    for spoiled in 0..3 {
        for (value, problem) in [
            (" canary", "white space"),
            ("canary\n", "white space"),
            ("can ary", "white space"),
            ("'canary'", "quote"),
            ("canary\"", "quote"),
            ("can\u{200b}ary", "not ASCII"),
        ] {
            let mut pairs = good;
            pairs[spoiled].1 = value;
            let error = world(&pairs, "").settings().credentials().unwrap_err();
            let message = error.to_string();
            assert!(message.contains(pairs[spoiled].0) && message.contains(problem), "{value:?}: {message}");
            assert!(!message.contains("can"), "{message}");
            assert_eq!(error.code(), Code::Configuration);
        }
    }
}

#[test]
fn what_stands_for_a_credential_is_named_with_what_resolves_it() {
    let good = "ZOOM_CLIENT_ID=id\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=account\n";
    for (value, problem, hint) in [
        ("op://vault/item/canary", "1Password", "op run --env-file"),
        ("op://My Vault/item/canary", "1Password", "op run --env-file"),
        ("\"op://vault/item/canary\"", "1Password", "op run --env-file"),
        ("encrypted:canary+/=", "dotenvx", "dotenvx run --"),
        ("vault:secret/canary#x", "vault", "vault-env"),
        ("ENC[AES256_GCM,data:canary]", "SOPS", "sops exec-env"),
        ("${CANARY}", "another variable", "Write the value itself"),
        ("$(op read canary)", "command for a shell", "Write the value itself"),
        ("<your-canary>", "placeholder", "Replace it with the value from the app's page"),
        ("your_canary", "placeholder", "Replace it with the value from the app's page"),
        ("cana...nary", "cut short", "Copy the whole value"),
    ] {
        for name in ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"] {
            let exported = world(&[(name, value)], good);
            let filed = world(&[], &format!("{good}{name}='{value}'\n"));
            for (world, place) in [(&exported, "environment"), (&filed, ".env, line 4")] {
                let error = world.settings().credentials().unwrap_err();
                let (message, fix) = (error.to_string(), error.hint().unwrap());
                assert!(message.starts_with(name) && message.contains(place), "{message}");
                assert!(message.contains(problem) && fix.contains(hint), "{message}: {fix}");
                assert!(!message.to_lowercase().contains("canary"), "{message}");
                assert_eq!(error.code(), Code::Configuration);
            }
            // The tool that resolves it exports the value; the reference stays in the file.
            let resolved = world(&[(name, "resolved")], &format!("{good}{name}='{value}'\n"));
            assert!(resolved.settings().credentials().is_ok(), "{name}={value}");
        }
    }
    let refresh =
        world(&[], "ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=b\nZOOM_REFRESH_TOKEN=op://vault/item/token\n");
    assert!(refresh.settings().credentials().unwrap_err().to_string().contains("1Password"));
}

#[test]
fn the_env_file_is_the_one_that_was_named() {
    let root = tempfile::tempdir().unwrap();
    let environment = Environment::from_pairs([("ZOOM_ENV_FILE", OsString::from("/from/environment"))]);
    let file = |environment: &Environment, flag| {
        let named = NamedEnv { env_file: flag, profile: None };
        environment.env_file(named, root.path(), None).unwrap()
    };
    assert_eq!(file(&environment, Some(Path::new("/from/flag"))), ("/from/flag".into(), Chosen::ByFlag));
    assert_eq!(file(&environment, None), ("/from/environment".into(), Chosen::ByVariable));
    let here = root.path().join(".env");
    assert_eq!(file(&Environment::default(), None), (here.clone(), Chosen::ToBeMade));
    std::fs::File::options().create_new(true).write(true).open(&here).unwrap();
    assert_eq!(file(&Environment::default(), None), (here, Chosen::Found));
    let environment = |text: &str| Environment::from_pairs([("ZOOM_ENV_FILE", OsString::from(text))]);
    assert_eq!(file(&environment("~/x/.env"), None).0, dirs::home_dir().unwrap().join("x/.env"));
    let error = environment("~me/.env").env_file(NamedEnv::default(), root.path(), None).unwrap_err();
    assert!(error.to_string().starts_with("ZOOM_ENV_FILE (set in the environment) begins with ~"), "{error}");
    assert_eq!(error.code(), Code::Usage);
}

#[test]
fn the_command_of_the_app_is_split_as_a_shell_does() {
    let words = |text: &str| world(&[("CLAUDE_APP_COMMAND", text)], "").settings().claude_app_command();
    assert_eq!(words("").unwrap(), None);
    assert_eq!(words("open -b 'a b' \"c d\"").unwrap().unwrap(), ["open", "-b", "a b", "c d"]);
    // A backslash is a part of a path on Windows and protects the next character elsewhere.
    let expected = if cfg!(windows) { [r"C:\Apps\x.exe", r"D:\a b"] } else { ["C:Appsx.exe", r"D:\a b"] };
    assert_eq!(words(r"C:\Apps\x.exe 'D:\a b'").unwrap().unwrap(), expected);
    for text in ["'", "  ", "a \"b"] {
        assert_eq!(words(text).unwrap_err().code(), Code::Usage, "{text}");
    }
}

#[test]
fn a_survey_names_what_is_set_and_what_of_it_does_not_count() {
    let env = "ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=canary\nZOOM_TOKEN_THRESHOLD=x\nZOOM_AUTO_REFRESH_THRESHOLD=90\n\
               ZOOM_API_URL=https://api.example.com\nCLAUDE_APP_COMMAND=canary\nZOOM_ACCESS_TOKEN=canary\nOTHER=1\n";
    let world = world(
        &[("ZOOM_CLIENT_ID", "b"), ("ZOOM_CLIENT_SECRET", "canary"), ("ZOOM_OAUTH_URL", "canary")],
        env,
    );
    let given = world.settings().survey();
    assert!(!format!("{given:?}").contains("canary"), "{given:?}");
    let line = |line| Origin::File { path: world.snapshot.file().path().to_owned(), line };
    let rows: Vec<_> = given
        .iter()
        .map(|given| {
            let value = given.value.as_ref().map(Option::as_deref).map_err(Error::code);
            (given.name, given.origin.clone(), given.overruled.clone(), value)
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("ZOOM_CLIENT_ID", Origin::Environment, Some(line(1)), Ok(None)),
            ("ZOOM_CLIENT_SECRET", Origin::Environment, None, Ok(None)),
            ("ZOOM_TOKEN_THRESHOLD", line(3), None, Err(Code::Usage)),
            ("ZOOM_OAUTH_URL", Origin::Environment, None, Err(Code::Usage)),
            ("ZOOM_API_URL", line(5), None, Ok(Some("https://api.example.com/"))),
            ("ZOOM_AUTO_REFRESH_THRESHOLD", line(4), None, Ok(Some("90"))),
            ("CLAUDE_APP_COMMAND", line(6), None, Ok(None)),
        ]
    );
}

#[test]
fn an_exported_token_that_does_not_count_is_noticed() {
    for (exported, filed, noticed) in [
        (None, Some(600), false),
        (Some(600), None, false),
        (Some(600), Some(600), false),
        (Some(60), Some(600), true),
        (Some(600), Some(60), false),
    ] {
        let now: DateTime<Utc> = "2026-03-04T12:00:00Z".parse().unwrap();
        let token = |left: i64| jwt("exp", now.timestamp() + left);
        let (exported, filed) = (exported.map(token), filed.map(token));
        let pairs: Vec<_> = exported.iter().map(|token| ("ZOOM_ACCESS_TOKEN", token.as_str())).collect();
        let world =
            world(&pairs, &filed.map(|token| format!("ZOOM_ACCESS_TOKEN={token}\n")).unwrap_or_default());
        let held = world.settings().token(now, || 0).unwrap();
        assert_eq!(world.settings().outlives_exported(&held), noticed, "{pairs:?}");
    }
}

#[test]
fn a_fingerprint_changes_with_what_counts_and_with_nothing_else() {
    let print = |pairs: &[(&'static str, &str)], env: &str| world(pairs, env).settings().fingerprint();
    assert_eq!(print(&[], "ZOOM_CLIENT_ID=a\nOTHER=1\n"), print(&[], "OTHER=2\nZOOM_CLIENT_ID=a\n"));
    for name in
        ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN", "ZOOM_ACCESS_TOKEN"]
    {
        assert_ne!(print(&[], &format!("{name}=a\n")), print(&[], &format!("{name}=b\n")), "{name}");
    }
    let filed = |issued| format!("ZOOM_REFRESH_TOKEN={}\n", jwt("iat", issued));
    // An exported refresh token may long be spent: it hides no newer one, and is hidden by none that is older.
    for (exported, same) in [(1, false), (9, true)] {
        let exported = jwt("iat", exported);
        let pairs = [("ZOOM_REFRESH_TOKEN", exported.as_str())];
        assert_eq!(print(&pairs, &filed(2)) == print(&pairs, &filed(3)), same, "{pairs:?}");
    }
}
