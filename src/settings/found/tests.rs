//! The settings that count from a `.env` that was found, and from one that was named.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use crate::settings::{Chosen, Environment, NAMES, Origin, Settings};
use crate::store::{EnvStore, Snapshot, Store as _};

struct World {
    root: TempDir,
    environment: Environment,
    snapshot: Arc<Snapshot>,
}

/// A `.env` with this text, chosen for this reason, in a directory of its own below the root.
fn world(chosen: Chosen, pairs: &[(&'static str, &str)], text: &str) -> World {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().canonicalize().unwrap().join("here");
    fs::create_dir(&directory).unwrap();
    put(&directory.join(".env"), &text.replace("ROOT", root.path().to_str().unwrap()));
    let pairs = pairs.iter().map(|(name, value)| (*name, OsString::from(value)));
    let snapshot = Arc::new(EnvStore::new(directory.join(".env"), NAMES, None).read().unwrap());
    World { environment: Environment::from_pairs(pairs).with(chosen), snapshot, root }
}

fn put(path: &Path, text: &str) {
    std::io::Write::write_all(
        &mut fs::File::options().create_new(true).write(true).open(path).unwrap(),
        text.as_bytes(),
    )
    .unwrap();
}

impl World {
    fn settings(&self) -> Settings {
        Settings::new(&self.environment, &self.snapshot)
    }

    fn ignored(&self) -> Vec<&'static str> {
        self.settings().ignored(None).iter().map(|ignored| ignored.name).collect()
    }
}

/// All that says what runs, or where is written.
const RUNS: &str = "CLAUDE_APP_COMMAND=run\nCLAUDE_APP_NAME=Other\nCLAUDE_CONFIG_FILE='ROOT/claude.json'\n\
                    ZOOM_CHECK_LOGFILE='ROOT/x.log'\nCLAUDE_ZOOM_ENV_KEY=LD_PRELOAD\n";

#[test]
fn what_runs_is_said_by_one_that_was_named_and_not_by_one_that_was_found() {
    for chosen in [Chosen::ByFlag, Chosen::ByVariable, Chosen::Configured] {
        let world = world(chosen, &[], RUNS);
        let settings = world.settings();
        assert_eq!(settings.claude_app_command().unwrap().unwrap(), ["run"]);
        assert_eq!(settings.claude_app_name().unwrap(), "Other");
        assert_eq!(settings.claude_env_key().unwrap(), "LD_PRELOAD");
        assert!(settings.claude_config_file().unwrap().is_some());
        assert!(settings.check_logfile().unwrap().starts_with(world.root.path()));
        assert!(world.ignored().is_empty());
    }
    for chosen in [Chosen::Found, Chosen::ToBeMade] {
        let world = world(chosen, &[], RUNS);
        let settings = world.settings();
        assert_eq!(settings.claude_app_command().unwrap(), None);
        assert_eq!(settings.claude_app_name().unwrap(), "Claude");
        assert_eq!(settings.claude_env_key().unwrap(), "ZOOM_ACCESS_TOKEN");
        assert_eq!(settings.claude_config_file().unwrap(), None);
        assert!(settings.check_logfile().unwrap().ends_with("here/logs/zoom_token.log"));
        assert_eq!(
            world.ignored(),
            [
                "ZOOM_CHECK_LOGFILE",
                "CLAUDE_CONFIG_FILE",
                "CLAUDE_ZOOM_ENV_KEY",
                "CLAUDE_APP_NAME",
                "CLAUDE_APP_COMMAND"
            ]
        );
        let told = settings.ignored(None)[0].told();
        let path = world.snapshot.file().path().display();
        assert_eq!(
            told,
            format!(
                "ZOOM_CHECK_LOGFILE ({path}, line 4) does not count, since that .env was found and not named. To allow \
                 it, name the file with --env-file {path}, or export the setting"
            )
        );
    }
}

#[test]
fn what_is_exported_or_changes_nothing_is_nothing_to_warn_of() {
    let pairs = [("CLAUDE_APP_COMMAND", "mine"), ("CLAUDE_CONFIG_FILE", "/mine")];
    let text = "CLAUDE_APP_COMMAND=theirs\nCLAUDE_CONFIG_FILE=/theirs\nCLAUDE_APP_NAME=Claude\n\
                CLAUDE_ZOOM_ENV_KEY=MY_ZOOM_TOKEN\nCLAUDE_MCP_SERVER_NAME=other\nZOOM_TOKEN_THRESHOLD=90\n";
    let world = world(Chosen::Found, &pairs, text);
    assert!(world.ignored().is_empty());
    let settings = world.settings();
    assert_eq!(settings.claude_app_command().unwrap().unwrap(), ["mine"]);
    assert_eq!(settings.claude_env_key().unwrap(), "MY_ZOOM_TOKEN");
    assert_eq!(settings.claude_server_name().unwrap(), "other");
    assert_eq!(settings.threshold(None).unwrap(), 90);
}

#[test]
fn a_path_counts_below_the_directory_of_the_env_and_nowhere_else() {
    let world = world(Chosen::Found, &[], "");
    let here = world.snapshot.file().path().parent().unwrap();
    fs::create_dir(here.join("logs")).unwrap();
    let settings = world.settings();
    let may = |path: &Path| settings.may_say("ZOOM_CHECK_LOGFILE", path.to_str().unwrap());
    for path in ["x.log", "logs/x.log", "new/deep/x.log", "logs/../x.log"] {
        assert!(may(&here.join(path)), "{path}");
    }
    for path in ["../x.log", "logs/../../x.log", "new/../../x.log", "/x.log"] {
        assert!(!may(&here.join(path)), "{path}");
    }
    // A link could be made there meanwhile. Windows takes `..` for the name before it, whatever that is.
    assert_eq!(may(&here.join("new/../x.log")), cfg!(windows));
    assert!(!may(&dirs::home_dir().unwrap().join(".bashrc")) && !may(Path::new("~/.bashrc")));
}

#[cfg(unix)]
#[test]
fn a_link_counts_as_the_place_that_it_leads_to() {
    use std::os::unix::fs::symlink;
    let world = world(Chosen::Found, &[], "");
    let here = world.snapshot.file().path().parent().unwrap();
    fs::create_dir(here.join("in")).unwrap();
    for (link, target) in [("out", ".."), ("inside", "in"), ("nowhere", "/none/x"), ("file", "../secret")] {
        symlink(target, here.join(link)).unwrap();
    }
    put(&world.root.path().join("secret"), "");
    let settings = world.settings();
    for (path, expected) in
        [("inside/x", true), ("out/x", false), ("out/new/x", false), ("nowhere", false), ("file", false)]
    {
        let path = here.join(path);
        assert_eq!(settings.may_say("CLAUDE_CONFIG_FILE", path.to_str().unwrap()), expected, "{path:?}");
    }
    // One that leads to the user's own file elsewhere speaks for both directories.
    let linked = world.root.path().join("linked");
    fs::create_dir(&linked).unwrap();
    symlink(here.join(".env"), linked.join(".env")).unwrap();
    let snapshot = Arc::new(EnvStore::new(linked.join(".env"), NAMES, None).read().unwrap());
    let settings = Settings::new(&world.environment, &snapshot);
    for directory in [&linked, here] {
        assert!(settings.may_say("CLAUDE_CONFIG_FILE", directory.join("x").to_str().unwrap()));
    }
}

#[test]
fn a_policy_that_does_not_count_is_an_error_and_not_nothing() {
    let text = "ZOOM_POLICY_FILE='ROOT/policy.json'\n";
    let error = world(Chosen::Found, &[], text).settings().policy_file().unwrap_err().to_string();
    for part in ["ZOOM_POLICY_FILE (", ".env, line 1) names a policy outside", "--env-file ", "--policy"] {
        assert!(error.contains(part), "{error}");
    }
    let named = |world: &World| world.settings().policy_file().unwrap().unwrap();
    assert!(named(&world(Chosen::ByFlag, &[], text)).ends_with("policy.json"));
    assert_eq!(named(&world(Chosen::Found, &[("ZOOM_POLICY_FILE", "/mine")], text)), Path::new("/mine"));
    let inside = world(Chosen::Found, &[], "ZOOM_POLICY_FILE='ROOT/here/policy.json'\n");
    assert!(named(&inside).ends_with("here/policy.json"));
    assert!(inside.settings().survey().iter().all(|given| given.value.is_ok()));
    let given = world(Chosen::Found, &[], text).settings().survey().pop().unwrap();
    assert_eq!((given.name, given.value.is_err()), ("ZOOM_POLICY_FILE", true));
}

const OF_FILE: &str = "ZOOM_CLIENT_ID=id\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=account\n\
                       ZOOM_OAUTH_URL=https://oauth.example\nZOOM_API_URL=https://api.example/v2\n";

#[test]
fn an_address_that_was_found_gets_what_the_same_file_holds_and_nothing_else() {
    let exported = Some(Origin::Environment);
    let filed = Some(Origin::File { path: "x".into(), line: 1 });
    for (pairs, token, to_oauth, to_api) in [
        (&[][..], &filed, true, true),
        (&[], &exported, true, false),
        (&[("ZOOM_CLIENT_SECRET", "mine")], &filed, false, false),
        (&[("ZOOM_CLIENT_ID", "mine")], &None, false, false),
        (&[("ZOOM_ACCOUNT_ID", "mine")], &None, false, false),
        // One that does not count, and one that is the same.
        (&[("ZOOM_REFRESH_TOKEN", "mine")], &filed, true, true),
        (&[("ZOOM_CLIENT_SECRET", "secret")], &filed, true, true),
    ] {
        let world = world(Chosen::Found, pairs, OF_FILE);
        let settings = world.settings();
        let oauth = settings.oauth_url().unwrap();
        let api = settings.api_url(token.as_ref()).unwrap();
        assert_eq!(oauth.host_str(), Some(if to_oauth { "oauth.example" } else { "zoom.us" }), "{pairs:?}");
        assert_eq!(api.host_str(), Some(if to_api { "api.example" } else { "api.zoom.us" }), "{pairs:?}");
        let ignored = settings.ignored(token.as_ref());
        assert_eq!(ignored.len(), usize::from(!to_oauth) + usize::from(!to_api), "{ignored:?}");
        assert!(ignored.iter().all(|ignored| ignored.told().contains(" for the exported ZOOM_")));
        // Whoever names the file says that it is meant.
        let environment = Environment::default();
        let named = Settings::new(&environment, &world.snapshot).for_caller();
        assert_eq!(named.oauth_url().unwrap().host_str(), Some("oauth.example"));
    }
    let refresh = OF_FILE.replace("ZOOM_ACCOUNT_ID=account", "ZOOM_REFRESH_TOKEN=refresh");
    let world = world(Chosen::Found, &[("ZOOM_REFRESH_TOKEN", "mine")], &refresh);
    assert_eq!(world.settings().oauth_url().unwrap().host_str(), Some("zoom.us"));
}

#[test]
fn what_a_client_has_sent_goes_to_no_address_that_was_found() {
    let found = world(Chosen::Found, &[], OF_FILE);
    let settings = found.settings().for_caller();
    assert_eq!(settings.oauth_url().unwrap().host_str(), Some("zoom.us"));
    assert_eq!(settings.api_url(None).unwrap().host_str(), Some("api.zoom.us"));
    let exported = [("ZOOM_OAUTH_URL", "https://mine.example"), ("ZOOM_CLIENT_SECRET", "mine")];
    let exported = world(Chosen::Found, &exported, OF_FILE);
    assert_eq!(exported.settings().for_caller().oauth_url().unwrap().host_str(), Some("mine.example"));
}
