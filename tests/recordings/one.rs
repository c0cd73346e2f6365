//! One file, and everything that can happen to it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault, RetryAfter, Sandbox, Shelf};

use crate::recordings::many::assert_has_all;
use crate::support::{Home, assert_exchanges, names, sandbox};

const SHELF: Shelf = Shelf { meetings: 1, days: 1, bytes: 100_000, ranges: true };

/// A sandbox with one recording today, and somebody who downloads it.
fn world(shelf: Shelf) -> (Sandbox, Home) {
    let sandbox = sandbox();
    sandbox.record(shelf);
    let home = Home::with_token(&sandbox, 3000);
    (sandbox, home)
}

fn today() -> String {
    chrono::Utc::now().date_naive().to_string()
}

/// Downloads the recordings of today and of the day before.
fn download(home: &Home, more: &[&str]) -> crate::support::Ended {
    let from = (chrono::Utc::now().date_naive() - chrono::TimeDelta::days(1)).to_string();
    home.run([&["recordings", "download", "--from", &from, "--to", &today(), "zoom"], more].concat())
}

fn directory(home: &Home) -> PathBuf {
    home.work().join("zoom")
}

/// The name of the only file.
fn name(home: &Home) -> String {
    let names = names(&directory(home));
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].clone()
}

/// A break that leaves half of the file, and a server that answers no more.
fn half(sandbox: &Sandbox, home: &Home) -> String {
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
    sandbox.fail(Endpoint::Api, Fault::Truncated, 1);
    sandbox.fail(Endpoint::Api, Fault::Status(404), 1);
    let ended = download(home, &[]).expect(1);
    assert!(
        ended.stderr.contains("_Daily-news-0_") && ended.stderr.contains(": Zoom refused: Not Found"),
        "{}",
        ended.stderr
    );
    let part = name(home);
    assert!(part.ends_with(".mp4.part"), "{part}");
    assert_eq!(fs::metadata(directory(home).join(&part)).unwrap().len(), 50_000);
    part.strip_suffix(".part").unwrap().to_owned()
}

#[test]
fn the_next_run_goes_on_where_the_last_one_broke_off() {
    let (sandbox, home) = world(SHELF);
    half(&sandbox, &home);
    let before = sandbox.requests().len();
    download(&home, &[]).expect(0).quietly();
    let asked = sandbox.requests().split_off(before);
    let ranges: Vec<Option<&str>> = asked.iter().map(|seen| seen.range.as_deref()).collect();
    assert_eq!(ranges, [None, Some("bytes=50000-")]);
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn a_server_without_ranges_begins_the_file_anew() {
    let (sandbox, home) = world(Shelf { ranges: false, ..SHELF });
    half(&sandbox, &home);
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn what_is_not_the_file_is_never_kept_and_its_absence_is_reported() {
    let forbidden = r#"{"status":false,"errorCode":300,"errorMessage":"Forbidden"}"#;
    for (fault, times, said) in [
        (Fault::Html(200), 1, "a sign-in page came instead of the file"),
        (Fault::Json { status: 200, body: forbidden.into() }, 1, "Zoom refused: Forbidden"),
        (
            Fault::Json { status: 200, body: "[]".repeat(20) },
            1,
            "Zoom lists 100000 bytes, and has sent a file of 40",
        ),
        (Fault::Huge(100_001), 1, "Zoom lists 100000 bytes, and has sent a file of 100001"),
        (Fault::Empty, 1, "Zoom lists 100000 bytes, and has sent a file of 0"),
        (Fault::Status(403), 1, "Zoom refused: Forbidden"),
    ] {
        let (sandbox, home) = world(SHELF);
        sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
        sandbox.fail(Endpoint::Api, fault, times);
        let ended = download(&home, &[]).expect(1).says(&["zoomtok: missing: ", "_Daily-news-0_", said]);
        assert!(ended.stdout.starts_with("⚠️  1 file missing; 0 files downloaded"), "{}", ended.stdout);
        assert_eq!(names(&directory(&home)), [""; 0], "{said}");
        assert_exchanges(&sandbox, 0);
        let ended = download(&home, &["--json"]).expect(0).quietly();
        assert_eq!(serde_json::from_str::<Value>(&ended.stdout).unwrap()["downloaded"], 1);
        assert_has_all(&directory(&home), &SHELF);
    }
}

#[test]
fn a_token_that_is_not_taken_costs_one_exchange_also_where_a_page_says_so() {
    // It ends before the list, or between the list and the file, for which Zoom sends a page.
    let (sandbox, home) = world(SHELF);
    sandbox.revoke_all();
    download(&home, &[]).expect(0).quietly();
    assert_exchanges(&sandbox, 1);
    assert_has_all(&directory(&home), &SHELF);

    // The question to the API about the token may break off too.
    for breaks in [0, 1] {
        let (sandbox, home) = world(SHELF);
        sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
        sandbox.fail(Endpoint::Api, Fault::Html(200), 1);
        sandbox.fail(Endpoint::Api, Fault::CutBefore, breaks);
        sandbox.fail(Endpoint::Api, Fault::Status(401), 1);
        download(&home, &[]).expect(0).quietly();
        assert_exchanges(&sandbox, 1);
        assert_has_all(&directory(&home), &SHELF);
    }
}

#[test]
fn transient_failures_are_tried_again() {
    for fault in [Fault::CutBefore, Fault::Status(503), Fault::Truncated, Fault::Html(502)] {
        let (sandbox, home) = world(SHELF);
        // The list, and the file.
        sandbox.fail(Endpoint::Api, fault.clone(), 1);
        sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
        sandbox.fail(Endpoint::Api, fault, 1);
        download(&home, &[]).expect(0).quietly();
        assert_has_all(&directory(&home), &SHELF);
    }
}

#[test]
fn a_large_file_goes_on_at_once_and_a_server_that_is_busy_is_waited_for() {
    let shelf = Shelf { bytes: 200_000, ..SHELF };
    for (fault, exchanges) in [
        // More than 64 KiB came: it was worth it.
        (Fault::Truncated, 0),
        (Fault::Busy(RetryAfter::Seconds(1)), 0),
        (Fault::Status(401), 1),
    ] {
        let (sandbox, home) = world(shelf);
        sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
        sandbox.fail(Endpoint::Api, fault, 1);
        download(&home, &[]).expect(0).quietly();
        assert_exchanges(&sandbox, exchanges);
        assert_has_all(&directory(&home), &shelf);
    }
}

#[test]
fn where_no_other_token_is_to_be_had_it_ends_with_the_code_of_that() {
    let (sandbox, home) = world(SHELF);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
    // A page in place of the file, then the API says that the token is not taken, then Zoom gives no other one.
    sandbox.fail(Endpoint::Api, Fault::Html(200), 1);
    sandbox.fail(Endpoint::Api, Fault::Status(401), 1);
    sandbox.fail(Endpoint::Token, Fault::Status(400), 1);
    let ended = download(&home, &[]).expect(5).says_at_last("could not get a token");
    assert!(
        ended.stderr.contains("The same command again goes on where this one has ended"),
        "{}",
        ended.stderr
    );
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn a_part_that_is_all_there_gets_its_name_and_one_that_is_too_long_is_begun_anew() {
    let (sandbox, home) = world(SHELF);
    download(&home, &[]).expect(0).quietly();
    let name = name(&home);
    let (whole, part) = (directory(&home).join(&name), directory(&home).join(format!("{name}.part")));
    // The run before ended between its last byte and the name; or the file had another size then.
    for (more, requests) in [(0, vec![]), (1, vec![None])] {
        fs::rename(&whole, &part).unwrap();
        OpenOptions::new().append(true).open(&part).unwrap().write_all(&vec![0; more]).unwrap();
        let before = sandbox.requests().len();
        download(&home, &[]).expect(0).quietly();
        let asked: Vec<Option<String>> =
            sandbox.requests().split_off(before + 1).into_iter().map(|seen| seen.range).collect();
        assert_eq!(asked, requests, "{more} more");
        assert_has_all(&directory(&home), &SHELF);
        assert!(!part.exists());
    }
}

#[test]
fn a_file_that_does_not_end_is_cut_where_zoom_says_that_it_ends() {
    let (sandbox, home) = world(SHELF);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
    sandbox.fail(Endpoint::Api, Fault::Endless, 1);
    download(&home, &[]).expect(1).says(&["Zoom lists 100000 bytes, and has sent a file of "]);
    assert_eq!(names(&directory(&home)), [""; 0]);
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn what_has_the_name_of_a_file_is_left_alone() {
    let (sandbox, home) = world(SHELF);
    let name = half(&sandbox, &home);
    fs::write(directory(&home).join(&name), "mine").unwrap();
    download(&home, &[])
        .expect(1)
        .says(&[&name, "a file of 4 bytes has its name, and Zoom lists 100000; move it away"]);
    assert_eq!(fs::read_to_string(directory(&home).join(&name)).unwrap(), "mine");
    fs::remove_file(directory(&home).join(&name)).unwrap();
    fs::create_dir(directory(&home).join(&name)).unwrap();
    download(&home, &[]).expect(1).says(&[&name, "something that is no file has its name"]);
    fs::remove_dir(directory(&home).join(&name)).unwrap();
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_to_a_place_outside_of_the_directory() {
    use std::os::unix::fs::symlink;
    let (sandbox, home) = world(SHELF);
    let name = half(&sandbox, &home);
    let (part, mine) = (directory(&home).join(format!("{name}.part")), home.work().join("mine"));
    fs::write(&mine, "mine").unwrap();
    fs::remove_file(&part).unwrap();
    symlink(&mine, &part).unwrap();
    download(&home, &[]).expect(1).says(&[&name, "it is a symbolic link, which is not followed here"]);
    fs::remove_file(&part).unwrap();
    symlink(&mine, directory(&home).join(&name)).unwrap();
    download(&home, &[]).expect(1).says(&[&name, "something that is no file has its name"]);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_the_next_run_goes_on() {
    let (sandbox, home) = world(SHELF);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
    sandbox.fail(Endpoint::Api, Fault::Never, 1);
    let mut running = home.start(["recordings", "download", "--from", &today(), "zoom"]);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while crate::recordings::many::file_requests(&sandbox) == 0 && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    running.signal("INT");
    let ended = running.end().expect(130);
    assert!(
        ended
            .stderr
            .ends_with("The same command again goes on where this one has ended\nzoomtok: interrupted\n"),
        "{}",
        ended.stderr
    );
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn what_ends_it_before_any_file_has_a_code_of_its_own() {
    let (sandbox, home) = world(SHELF);
    for arguments in [
        &["--from", "2026-1-1", "zoom"][..],
        &["--to", "yesterday", "zoom"],
        &["--user", "", "zoom"],
        &["--user", "..", "zoom"],
        &[],
        &["--from", "2026-02-01", "--to", "2026-01-01", "zoom"],
    ] {
        home.run([&["recordings", "download"], arguments].concat()).expect(2);
    }
    assert_eq!(sandbox.requests().len(), 0);
    let lacking = r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[cloud_recording:read:list_user_recordings]."}"#;
    for (fault, times, code, said) in [
        (
            Fault::Json { status: 401, body: lacking.into() },
            1,
            4,
            "lacks the scope cloud_recording:read:list_user_recordings",
        ),
        (Fault::Status(404), 1, 4, "could not list the recordings: Zoom refused"),
        (Fault::Html(200), 1, 5, "could not list the recordings: the answer was a web page"),
    ] {
        sandbox.fail(Endpoint::Api, fault, times);
        download(&home, &[]).expect(code).says_at_last(said);
    }
    fs::write(home.work().join("file"), "").unwrap();
    home.run(["recordings", "download", "file"]).expect(6);
    Home::empty().run(["recordings", "download", "zoom"]).expect(3);
}

#[cfg(unix)]
#[test]
fn a_full_disk_ends_it_and_nothing_has_its_name() {
    let (_sandbox, home) = world(SHELF);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 40; exec \"$0\" \"$@\""]);
    let program = home.command(["recordings", "download", "--from", &today(), "zoom"]);
    let mut limited = crate::support::processes::within(limited, &program);
    let ended = crate::support::ended(limited.output().unwrap()).expect(6);
    assert!(ended.stderr.contains("cannot write ") && ended.stderr.contains("ulimit -f"), "{}", ended.stderr);
    assert!(name(&home).contains(".mp4.part"));
    download(&home, &[]).expect(0).quietly();
    assert_has_all(&directory(&home), &SHELF);
}

#[test]
fn the_summary_is_an_object_with_what_is_missing() {
    let (sandbox, home) = world(SHELF);
    sandbox.fail(Endpoint::Api, Fault::Slow(Duration::ZERO), 1);
    sandbox.fail(Endpoint::Api, Fault::Status(404), 1);
    let ended = download(&home, &["--json", "-q"]).expect(1);
    let mut said: Value = serde_json::from_str(&ended.stdout).unwrap();
    let name = said["missing"][0]["name"].take();
    assert!(name.as_str().unwrap().ends_with("_shared_screen_with_speaker_view-shelf-000000.mp4"), "{name}");
    assert!(ended.stderr.contains(name.as_str().unwrap()), "{}", ended.stderr);
    said["from"].take();
    let missing =
        json!([{"name": null, "reason": "Zoom refused: Not Found (HTTP 404, code 404, tracking id X)"}]);
    let reason = said["missing"][0]["reason"].as_str().unwrap();
    let reason = format!("{}tracking id X)", reason.split("tracking").next().unwrap());
    said["missing"][0]["reason"] = reason.into();
    let expected = json!({"version": 1, "from": null, "to": today(), "user": "me", "directory": "zoom", "downloaded": 0,
        "bytes": 0, "kept": 0, "missing": missing});
    assert_eq!(said, expected);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_has_a_bar_in_place_of_lines() {
    use crate::terminal::screen::{UTF8, on_terminal};
    let (_sandbox, home) = world(SHELF);
    let (code, shown) = on_terminal(&home, &["recordings", "download", "zoom"], UTF8);
    assert_eq!(code, 0);
    assert!(shown.contains("\u{1b}[2K[....................] 0/5 files, 0 bytes of 2 MiB"), "{shown:?}");
    assert!(shown.contains("\u{1b}[2K✅ 5 files downloaded (2 MiB)"), "{shown:?}");
    assert!(!shown.contains('📄'), "{shown:?}");
}
