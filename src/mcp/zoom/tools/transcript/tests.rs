//! The parts on each page.

use super::super::read;
use super::*;

fn found(starts: &[&str]) -> Found {
    let parts = starts.iter().zip(1..).map(|(start, number)| Part {
        id: number.to_string(),
        name: format!("{number}.vtt"),
        start: (*start).to_owned(),
        end: String::new(),
        address: Some("https://zoom.us/rec/download/x".into()),
    });
    Found { source: Source::Recording, topic: "Review".into(), duration: 45, parts: parts.collect() }
}

fn asked(arguments: &Value) -> GetMeetingTranscript {
    let mut all = json!({"meeting_id": "81000000004"});
    all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
    let Value::Object(all) = all else { unreachable!() };
    read(&all).unwrap()
}

/// The pages, in order: the content or the error of each part.
fn pages(found: &Found, arguments: &Value, contents: &[Result<&str, &str>]) -> Vec<Vec<String>> {
    let (mut pages, mut arguments) = (Vec::new(), arguments.clone());
    loop {
        let asked = asked(&arguments);
        let mut page = Filling::new(found, asked.page().unwrap()).unwrap();
        while let Some(part) = page.next() {
            let at = found.parts.iter().position(|one| one == part).unwrap();
            page.add(contents[at].map(str::to_owned).map_err(ToolFailure::new)).unwrap();
        }
        let (transcripts, next) = page.finish().unwrap();
        pages.push(transcripts.into_iter().map(|part| part.content.or(part.error).unwrap()).collect());
        match next {
            Some(next) => arguments["next_page_token"] = json!(next.token(&asked.whose())),
            None => return pages,
        }
    }
}

fn cue(minute: u32, words: &str) -> String {
    format!("WEBVTT\n\n00:{minute:02}:00.000 --> 00:{minute:02}:01.000\nAda: {words}\n")
}

#[test]
fn moments_are_minutes_or_times() {
    for (text, expected) in [
        ("0", Some(0)),
        ("90", Some(5_400_000)),
        ("01:30:00", Some(5_400_000)),
        ("1:00:05", Some(3_605_000)),
        ("99999", Some(5_999_940_000)),
        ("100:00:00", Some(360_000_000)),
        ("100000", None),
        ("1:30", None),
        ("01:60:00", None),
        ("01:00:60", None),
        ("01:0:00", None),
        ("+1:00:00", None),
        ("1.5", None),
        ("-1", None),
        ("", None),
        ("\u{663}", None),
    ] {
        assert_eq!(Moment::try_from(text.to_owned()).ok().map(|moment| moment.millis()), expected, "{text}");
    }
}

#[test]
fn a_part_that_cannot_be_had_does_not_keep_back_the_others() {
    let found = found(&["2026-03-04T12:00:00Z", "2026-03-04T12:30:00Z"]);
    let (good, bad) = (cue(1, "Hello."), Err("Zoom is busy"));
    assert_eq!(
        pages(&found, &json!({}), &[bad, Ok(&good)]),
        [["Zoom is busy".to_owned(), "[00:31:00] Ada: Hello.".into()]]
    );
    let mut none = Filling::new(&found, asked(&json!({})).page().unwrap()).unwrap();
    none.add(Err(ToolFailure::new("first"))).unwrap();
    none.add(Err(ToolFailure::new("second"))).unwrap();
    assert_eq!(none.finish().err().unwrap().message, "first");
}

#[test]
fn a_long_transcript_comes_once_page_by_page() {
    let found = found(&["2026-03-04T12:00:00Z", "2026-03-04T12:30:00Z", "2026-03-04T13:00:00Z"]);
    let long: String = (0..30).map(|minute| cue(minute, &"words and words ".repeat(100)) + "\n").collect();
    let (short, hostile) = (cue(0, "Bye."), cue(0, &"x".repeat(3 * PAGE)));
    for format in ["text", "vtt"] {
        let shown = pages(&found, &json!({"format": format}), &[Ok(&long), Ok(&short), Ok(&hostile)]);
        let size = |page: &Vec<String>| page.iter().map(|part| part.chars().count()).sum::<usize>();
        assert!(shown.iter().all(|page| size(page) <= PAGE), "{format}");
        assert!(shown.len() >= 6, "{format}: {}", shown.len());
        let all = shown.concat().concat();
        if format == "vtt" {
            assert_eq!(all, [&*long, &short, &hostile].concat());
        } else {
            assert_eq!(all.matches("words and words").count(), 3000);
            assert_eq!(all.matches('x').count(), 3 * PAGE);
            assert!(all.contains("[00:30:00] Ada: Bye.") && all.contains("[01:00:00] Ada: x"));
        }
    }
}

#[test]
fn a_part_outside_the_range_is_not_downloaded() {
    let mut found = found(&["2026-03-04T12:00:00Z", "2026-03-04T12:30:00Z", "2026-03-04T13:00:00Z"]);
    for (part, end) in found.parts.iter_mut().zip(["2026-03-04T12:29:00Z", "2026-03-04T12:59:00Z", ""]) {
        part.end = end.into();
    }
    let contents = [cue(1, "one"), cue(1, "two"), cue(1, "three")];
    let contents = contents.each_ref().map(|content| Ok(content.as_str()));
    for (arguments, expected) in [
        (json!({"to": "20"}), vec!["[00:01:00] Ada: one"]),
        (json!({"from": "30", "to": "01:00:00"}), vec!["[00:31:00] Ada: two"]),
        (json!({"from": "29"}), vec!["[00:31:00] Ada: two", "[01:01:00] Ada: three"]),
        (json!({"from": "01:10:00"}), vec![""]),
    ] {
        assert_eq!(pages(&found, &arguments, &contents), [expected], "{arguments}");
    }
}

#[test]
fn many_parts_are_downloaded_some_at_a_time() {
    let found = found(&[""; 30]);
    let shown = pages(&found, &json!({}), &[Ok("WEBVTT\n"); 30]);
    assert_eq!(shown.iter().map(Vec::len).collect::<Vec<_>>(), [DOWNLOADS, DOWNLOADS, 30 - 2 * DOWNLOADS]);
}

#[test]
fn a_token_of_something_else_is_refused() {
    let whose = asked(&json!({"from": "90"})).whose();
    let token = Position { part: 1, at: 0 }.token(&whose);
    for (arguments, fits) in [
        (json!({"from": "90"}), true),
        (json!({"from": "01:30:00", "format": "text"}), true),
        (json!({"from": "90", "format": "vtt"}), false),
        (json!({"from": "91"}), false),
        (json!({"from": "90", "to": "99"}), false),
        (json!({"from": "90", "meeting_id": "81000000005"}), false),
        (json!({}), false),
    ] {
        let mut arguments = arguments;
        arguments["next_page_token"] = json!(token);
        let page = asked(&arguments).page();
        assert_eq!(page.is_ok(), fits, "{arguments}");
        if let Err(failure) = page {
            assert!(failure.message.contains("next_page_token: it is not from"), "{}", failure.message);
        }
    }
    let page = asked(&json!({"from": "90", "next_page_token": token})).page().unwrap();
    assert!(Filling::new(&found(&["2026-03-04T12:00:00Z"]), page).is_err(), "the part is gone");
    assert!(asked(&json!({"from": "2", "to": "2"})).complete(DateTime::UNIX_EPOCH).is_err());
}
