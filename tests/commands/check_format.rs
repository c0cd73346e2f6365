//! `zoomtok check --format`: one line for a prompt, with the verdict of `check`.

use std::fs;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::support::rows::jwt;
use crate::support::{Home, sandbox};

const ALL: &str = "{state}|{left}|{seconds}|{expires}|{profile}|{icon}";

fn expiring_in(left: i64) -> String {
    let now = Utc::now().timestamp();
    format!("ZOOM_ACCESS_TOKEN={}\n", jwt(&json!({"iat": now + left - 3600, "exp": now + left})))
}

fn with_signs(mut home: Home) -> Home {
    home.set("LC_ALL", "C.UTF-8");
    home
}

/// The values of all fields.
#[track_caller]
fn fields(home: &Home, code: i32, arguments: &[&str]) -> Vec<String> {
    let ended = home.run([&["check", "--format", ALL], arguments].concat()).expect(code).quietly();
    let line = ended.stdout.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'), "{line}");
    line.split('|').map(str::to_owned).collect()
}

#[test]
fn each_state_has_its_word_and_its_sign_and_the_exit_status_of_check() {
    for (env, code, state, icon, ascii) in [
        (expiring_in(3000), 0, "valid", "✅", "[ok]"),
        (expiring_in(30), 1, "expiring", "⚠️", "[!]"),
        (expiring_in(-5), 1, "expired", "❌", "[!!]"),
        ("ZOOM_ACCESS_TOKEN=opaque\n".into(), 1, "malformed", "❌", "[!!]"),
        (String::new(), 1, "missing", "❌", "[!!]"),
    ] {
        let found = fields(&Home::with_env(&env), code, &[]);
        let signs = if cfg!(windows) { icon } else { ascii };
        assert_eq!([&*found[0], &found[4], &found[5]], [state, "", signs], "{env}");
        let found = fields(&with_signs(Home::with_env(&env)), code, &[]);
        assert_eq!([&*found[0], &found[4], &found[5]], [state, "", icon], "{env}");
        let nothing_is_left = code == 1 && state != "expiring";
        assert_eq!((&*found[1], &*found[2]) == ("0s", "0"), nothing_is_left, "{found:?}");
        assert_eq!(found[3].is_empty(), ["malformed", "missing"].contains(&state), "{found:?}");
    }
}

#[test]
fn the_remaining_time_is_in_words_in_seconds_and_on_the_clock() {
    let home = Home::with_env(&expiring_in(3000));
    let found = fields(&home, 0, &[]);
    let seconds: i64 = found[2].parse().unwrap();
    assert!((2900..=3000).contains(&seconds) && found[1].ends_with(['m', 's']), "{found:?}");
    let json: serde_json::Value =
        serde_json::from_str(&home.run(["check", "--json"]).expect(0).stdout).unwrap();
    let expires = DateTime::parse_from_rfc3339(json["expires_at"].as_str().unwrap()).unwrap();
    assert_eq!(found[3], expires.format("%H:%M").to_string());
}

#[test]
fn a_token_that_zoom_refuses_is_rejected() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    assert_eq!(fields(&home, 0, &["--live"])[0], "valid");
    sandbox.revoke_all();
    assert_eq!(fields(&home, 1, &["--live"])[0], "rejected");
}

// Elsewhere no variable says where the profiles are.
#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn the_profile_is_named_by_flag_or_variable() {
    let mut home = Home::empty();
    let profiles = home.config_home().join("zoomtok/profiles");
    fs::create_dir_all(&profiles).unwrap();
    fs::write(profiles.join("work.env"), expiring_in(3000)).unwrap();
    home.is_for_secrets(&profiles.join("work.env"));
    assert_eq!(fields(&home, 0, &["--profile", "work"])[4], "work");
    home.set("ZOOMTOK_PROFILE", "work");
    assert_eq!(fields(&home, 0, &[])[4], "work");
}

#[test]
fn without_env_file_and_token_the_line_is_empty() {
    for template in [ALL, "zoom: {left}", "zoom"] {
        let ended = Home::empty().run(["check", "--format", template]).expect(1).quietly();
        assert_eq!(ended.stdout, "\n", "{template}");
    }
    // An exported token is one.
    let mut home = Home::empty();
    home.set("ZOOM_ACCESS_TOKEN", expiring_in(3000).trim_end().split_once('=').unwrap().1);
    assert_eq!(fields(&home, 0, &[])[0], "valid");
}

#[test]
fn a_template_is_all_that_is_printed_also_with_q_and_v() {
    let home = Home::with_env(&expiring_in(3000));
    for arguments in [&["-q"][..], &["-v"], &["-q", "-v"]] {
        let ended =
            home.run([&["check", "--format", "{{{state}}} €"], arguments].concat()).expect(0).quietly();
        assert_eq!(ended.stdout, "{valid} €\n");
    }
    assert_eq!(fs::read_to_string(home.work().join("logs/zoom_token.log")).unwrap().lines().count(), 2);
}

#[test]
fn it_is_one_line_that_controls_no_terminal_whatever_the_template() {
    let home = Home::with_env(&expiring_in(3000));
    for (template, shown) in [("a\nb", "a\\u{a}b\n"), ("\u{1b}[2J{state}", "\\u{1b}[2Jvalid\n"), ("", "\n")] {
        let ended = home.run(["check", "--format", template]).expect(0).quietly();
        assert_eq!(ended.stdout, shown);
    }
}

#[test]
fn what_is_no_template_is_a_usage_error_before_anything_is_read() {
    // A file that cannot be read would be 3.
    let home = Home::with_env("ZOOM_ACCESS_TOKEN=\"x\n");
    let list = "{state} {left} {seconds} {expires} {profile} {icon}";
    for (template, parts) in [
        ("{lefft}", &["no field {lefft}", "nearest is {left}", list][..]),
        ("a {left", &["never closed: {left", list]),
        ("left}", &["never opened", list]),
        ("{\u{1b}[2J}", &[list]),
    ] {
        let ended = home.run(["check", "--format", template]).expect(2);
        assert_eq!(ended.stdout, "");
        for part in parts {
            assert!(ended.stderr.contains(part), "{template:?}: {part}: {}", ended.stderr);
        }
        assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    }
    let ended = home.run(["check", "--format", "{left}", "--json"]).expect(2);
    assert!(ended.stderr.contains("cannot be used with"), "{}", ended.stderr);
    home.run(["check", "--format", "{left}"]).expect(3).says(&["line 1"]);
}
