//! Whatever moment a process is killed at, `.env` has its old bytes or its new ones, and what is not zoomtok's in it
//! stays: every other byte, its mode, its owner, the links that lead to it (claim 3).

use std::fs;

use zoomtok::sandbox::Sandbox;

use crate::support::{Home, credentials, sandbox, without};

const TOKEN: &str = "ZOOM_ACCESS_TOKEN";
const EXPIRES: &str = "ZOOM_TOKEN_EXPIRES_AT";

#[test]
fn no_byte_changes_but_those_of_the_token_and_its_end() {
    let sandbox = sandbox();
    let mine = credentials(&sandbox);
    let token = sandbox.mint(-10);
    let texts = [
        format!(
            "# mine\n{mine}\n  # indented\nexport A='b # c'\n{TOKEN}={token}\n{EXPIRES}=x\n\n\nB=\"$A\" # d\n"
        ),
        format!("{TOKEN}={token}\r\n{EXPIRES}=x\r\n{}\r\n# the end\r\n", mine.replace('\n', "\r\n")),
        format!("\u{feff}# with a mark\n{TOKEN}={token}\n{EXPIRES}=x\n{mine}"),
        format!("{EXPIRES}=x\n{mine}{TOKEN}={token}"),
        format!("{mine}{TOKEN}=\n{EXPIRES}=\nZ=\u{e9}\u{4e2d}\n   "),
    ];
    for text in texts {
        let home = Home::with_env(&text);
        let mut last = token.clone();
        for _ in 0..2 {
            let new = home.run(["get", "-f", "--print"]).expect(0).quietly().stdout.trim_end().to_owned();
            assert_ne!(new, last);
            let now = home.env_text();
            assert_eq!(without(&now, &[TOKEN, EXPIRES]), without(&text, &[TOKEN, EXPIRES]));
            let line = now.trim_start_matches('\u{feff}').lines().find(|line| line.starts_with(TOKEN));
            assert_eq!(line.unwrap().replace('"', ""), format!("{TOKEN}={new}"));
            last = new;
        }
    }
}

#[test]
fn a_file_that_is_broken_is_left_as_it_is() {
    let sandbox = sandbox();
    let mine = credentials(&sandbox);
    let quote = format!("{mine}{TOKEN}=\"no end\n");
    for bytes in [quote.as_bytes(), b"\xff\xfe\x00Z", b"A='\n"] {
        let home = Home::empty();
        fs::write(home.env_path(), bytes).unwrap();
        home.run(["get", "-f"]).expect(3).says(&[".env"]);
        assert_eq!(fs::read(home.env_path()).unwrap(), bytes);
        assert!(!home.names().contains(&".env.zoomtok-tmp".to_owned()));
    }
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[cfg(unix)]
mod kills {
    use std::ops::Range;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{EXPIRES, Home, Sandbox, TOKEN, credentials, sandbox, without};
    use crate::support::processes::{is_free, note, start};
    use crate::support::rows::tree;

    const REFRESH: &str = "ZOOM_REFRESH_TOKEN";
    const LEFT: &str = ".env.zoomtok-tmp";

    /// Numbers that are the same in every run: splitmix64.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: Duration) -> Duration {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let share = u32::try_from((z ^ (z >> 31)) % 10_000).unwrap();
            limit * share / 10_000
        }
    }

    /// How many kills came at which moment.
    #[derive(Debug, Default)]
    struct Kills {
        total: usize,
        before_the_reservation: usize,
        with_a_temporary_file: usize,
        after_the_end: usize,
    }

    /// How long a forced `get` takes here and now.
    fn run_time(home: &Home) -> Duration {
        let start = Instant::now();
        for _ in 0..10 {
            home.run(["get", "-f"]).expect(0).quietly();
        }
        start.elapsed() / 10
    }

    #[track_caller]
    fn assert_whole(home: &Home, sandbox: &Sandbox, original: &str) {
        let text = home.env_text();
        assert_eq!(without(&text, &[TOKEN, EXPIRES]), without(original, &[TOKEN, EXPIRES]));
        assert!(sandbox.accepts(&home.value(TOKEN).unwrap()), "{text}");
        let end = home.value(EXPIRES).unwrap();
        assert!(chrono::DateTime::parse_from_rfc3339(&end).is_ok(), "{text}");
        let real = home.env_path().canonicalize().unwrap();
        assert!(is_free(&real), "still locked");
        assert!(home.names().iter().all(|name| [".env", ".env.lock", LEFT].contains(&name.as_str())));
    }

    fn kill_many(sandbox: &Sandbox, seeds: Range<u64>) -> Kills {
        let mut kills = Kills::default();
        for seed in seeds {
            let mine = credentials(sandbox);
            let original = format!("# mine\n{mine}{TOKEN}=x\n{EXPIRES}=x\n\nexport A='b # c'\nLAST=1");
            let home = Home::with_env(&original);
            let limit = run_time(&home) * 12 / 10;
            let mut random = Random(seed);
            for _ in 0..125 {
                let mut running = start(&home, &["get", "-f"]);
                thread::sleep(random.below(limit));
                let ended = !running.runs();
                running.kill();
                kills.total += 1;
                match home.names().iter().any(|name| name == LEFT) {
                    _ if ended => kills.after_the_end += 1,
                    true => kills.with_a_temporary_file += 1,
                    false => kills.before_the_reservation += 1,
                }
                assert_whole(&home, sandbox, &original);
            }
            home.run(["get", "-f"]).expect(0).quietly();
            assert_whole(&home, sandbox, &original);
            assert_eq!(home.names(), [".env", ".env.lock"]);
            // No token was kept elsewhere either.
            for file in tree(&home.state()).iter().filter(|path| path.is_file()) {
                assert!(!file.ends_with("recovery.json"), "{}", file.display());
                assert!(!std::fs::read_to_string(file).unwrap().contains("eyJ"), "{}", file.display());
            }
        }
        kills
    }

    #[test]
    fn a_thousand_kills_leave_the_file_whole_and_unlocked() {
        let sandbox = sandbox();
        let kills = thread::scope(|scope| {
            let workers: Vec<_> = [0..4, 4..8].map(|seeds| scope.spawn(|| kill_many(&sandbox, seeds))).into();
            workers.into_iter().map(|worker| worker.join().unwrap()).fold(Kills::default(), |sum, one| {
                Kills {
                    total: sum.total + one.total,
                    before_the_reservation: sum.before_the_reservation + one.before_the_reservation,
                    with_a_temporary_file: sum.with_a_temporary_file + one.with_a_temporary_file,
                    after_the_end: sum.after_the_end + one.after_the_end,
                }
            })
        });
        note(&format!("{kills:?}"));
        assert_eq!(kills.total, 1000);
        // Otherwise the kills came at moments that show nothing.
        assert!(kills.with_a_temporary_file >= 50, "{kills:?}");
    }

    #[test]
    fn after_a_kill_the_refresh_token_works_or_is_reported_as_spent() {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, &format!("{TOKEN}=x\n{EXPIRES}=x\n# the end\n"));
        let ours = [TOKEN, EXPIRES, REFRESH];
        let original = home.env_text();
        let limit = run_time(&home) * 12 / 10;
        let mut random = Random(100);
        let mut lost = 0;
        for _ in 0..100 {
            let before = home.value(REFRESH).unwrap();
            let running = start(&home, &["get", "-f"]);
            thread::sleep(random.below(limit));
            running.kill();
            let after = home.value(REFRESH).unwrap();
            assert_eq!(without(&home.env_text(), &ours), without(&original, &ours));

            let next = home.run(["get", "-f"]);
            if next.code == Some(0) {
                assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
            } else {
                // The kill came between Zoom's answer and the replace, and the only copy of the successor is gone.
                next.expect(4).says(&["refresh token is spent", "Log in again"]);
                assert_eq!(after, before, "spent by the process that was killed, so still the old one");
                assert_ne!(after, sandbox.refresh_token());
                home.write_env(&home.env_text().replace(&after, &sandbox.refresh_token()));
                home.run(["get", "-f"]).expect(0).quietly();
                lost += 1;
            }
            assert_eq!(without(&home.env_text(), &ours), without(&original, &ours));
            assert_eq!(home.names(), [".env", ".env.lock"]);
        }
        note(&format!("{lost} of 100 kills came between the answer and the replace"));
        assert!(lost < 50, "{lost}");
    }
}

#[cfg(unix)]
mod attributes {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
    use std::path::Path;
    use std::process::{Command, Stdio};

    use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET};

    use super::{Home, Sandbox, TOKEN, credentials, sandbox};
    use crate::support::canaries::Shows;
    use crate::support::ended_showing;
    use crate::support::mode;
    use crate::support::needs::needs;

    /// One without a `.env`, and the credentials in the environment.
    fn without_env(sandbox: &Sandbox) -> Home {
        let mut home = Home::empty();
        home.set("ZOOM_CLIENT_ID", CLIENT_ID)
            .set("ZOOM_CLIENT_SECRET", CLIENT_SECRET)
            .set("ZOOM_ACCOUNT_ID", ACCOUNT_ID)
            .set("ZOOM_OAUTH_URL", &sandbox.oauth_url());
        home
    }

    #[test]
    fn the_mode_stays() {
        let sandbox = sandbox();
        for kept in [0o600, 0o640, 0o664, 0o400] {
            let home = Home::of(&sandbox, "");
            fs::set_permissions(home.env_path(), Permissions::from_mode(kept)).unwrap();
            for _ in 0..2 {
                home.run(["get", "-f"]).expect(0).quietly();
                assert_eq!(mode(&home.env_path()), kept, "{kept:o}");
                assert_eq!(mode(&home.work().join(".env.lock")), 0o600);
            }
        }
    }

    #[test]
    fn a_new_file_is_private_whatever_the_umask() {
        let sandbox = sandbox();
        for umask in ["000", "022", "077"] {
            let home = without_env(&sandbox);
            let get = home.command(["get", "--print"]);
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]);
            shell.arg(get.get_program()).args(get.get_args()).current_dir(home.work()).env_clear();
            shell.envs(get.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let done =
                ended_showing(shell.stdin(Stdio::null()).output().unwrap(), Shows::AccessToken).expect(0);
            assert_eq!(home.value(TOKEN).unwrap(), done.stdout.trim_end());
            for name in [".env", ".env.lock"] {
                assert_eq!(mode(&home.work().join(name)), 0o600, "{name}");
            }
        }
    }

    #[test]
    fn the_owner_stays() {
        needs!(Root);
        let sandbox = sandbox();
        let home = Home::of(&sandbox, "");
        let lock = home.work().join(".env.lock");
        fs::set_permissions(home.env_path(), Permissions::from_mode(0o640)).unwrap();
        chown(home.env_path(), Some(1234), Some(1234)).unwrap();
        for _ in 0..2 {
            // Root takes a file of somebody else only where it is named.
            home.run(["get", "-f", "--env-file", ".env"]).expect(0).quietly();
            // The lock as well: its owner could not open it otherwise, and not write their own token any more.
            for path in [&home.env_path(), &lock] {
                let metadata = fs::metadata(path).unwrap();
                assert_eq!((metadata.uid(), metadata.gid()), (1234, 1234), "{}", path.display());
            }
            assert_eq!(mode(&home.env_path()), 0o640);
        }
    }

    #[test]
    fn links_stay_and_what_they_lead_to_is_replaced() {
        let sandbox = sandbox();
        let home = Home::empty();
        let real = home.work().join("kept/deep/real.env");
        fs::create_dir_all(home.work().join("kept/deep")).unwrap();
        fs::write(&real, credentials(&sandbox)).unwrap();
        symlink("deep/real.env", home.work().join("kept/second")).unwrap();
        symlink(home.work().join("kept/second"), home.work().join("first")).unwrap();
        symlink("./first", home.env_path()).unwrap();
        for _ in 0..2 {
            let token = home.run(["get", "-f", "--print"]).expect(0).quietly().stdout;
            assert_eq!(home.value(TOKEN).unwrap(), token.trim_end());
            assert_eq!(fs::read_link(home.env_path()).unwrap(), Path::new("./first"));
            assert_eq!(fs::read_link(home.work().join("kept/second")).unwrap(), Path::new("deep/real.env"));
            assert!(fs::symlink_metadata(&real).unwrap().is_file());
            assert_eq!(home.names(), [".env", "first", "kept"]);
            let beside = crate::support::names(real.parent().unwrap());
            assert_eq!(beside, ["real.env", "real.env.lock"]);
        }
    }

    #[test]
    fn a_link_to_nowhere_says_where_the_file_is_made() {
        let sandbox = sandbox();
        let home = without_env(&sandbox);
        fs::create_dir(home.work().join("kept")).unwrap();
        symlink("kept/new.env", home.env_path()).unwrap();
        let token = home.run(["get", "--print"]).expect(0).stdout;
        assert_eq!(fs::read_link(home.env_path()).unwrap(), Path::new("kept/new.env"));
        assert_eq!(home.value(TOKEN).unwrap(), token.trim_end());
        assert_eq!(mode(&home.work().join("kept/new.env")), 0o600);
    }
}
