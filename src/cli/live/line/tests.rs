use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::controls::is_control;

const PLAIN: Style = Style { signs: true, colour: false };
const ASCII: Style = Style { signs: false, colour: false };
const COLOUR: Style = Style { signs: true, colour: true };

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn moment(elapsed: u64) -> Moment {
    let elapsed = Duration::from_secs(elapsed);
    Moment { now: time() + elapsed, elapsed }
}

/// A token with so many seconds left of an hour, that was refreshed just now.
fn view(left: i64) -> View {
    View {
        standing: Standing::Until(time() + TimeDelta::seconds(left), 3600),
        is_stopped: false,
        last: Some(("refreshed at".into(), time())),
        next_look: Some(Duration::from_secs(12)),
    }
}

fn clock(_: DateTime<Utc>) -> String {
    "2:58:31 PM".into()
}

fn drawn(view: &View, width: usize, style: Style) -> String {
    line(None, view, moment(0), width, style, clock)
}

#[test]
fn the_line_has_what_there_is_room_for() {
    for (width, expected) in [
        (200, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱▱▱ 49m 12s left, refreshed at 2:58:31 PM, next look in 12s"),
        (80, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱▱▱ 49m 12s left, refreshed at 2:58:31 PM, next look in 12s"),
        (72, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱▱▱ 49m 12s left, refreshed at 2:58:31 PM"),
        (71, "▰▰▰▰▰▰▰▰▰▱ 49m 12s left, refreshed at 2:58:31 PM, next look in 12s"),
        (60, "▰▰▰▰▰▰▰▰▰▱ 49m 12s left, refreshed at 2:58:31 PM"),
        (40, "▰▰▰▰▰▰▰▰▰▱ 49m 12s left, refreshed"),
        (30, "▰▰▰▰▰▰▰▰▰▱ 49m 12s left"),
        (24, "▰▰▰▰▰▰▰▰▰▱ 49m 12s left"),
        (23, "49m 12s"),
        (19, "49m 12s"),
        (8, "49m 12s"),
        (7, "49m"),
        (4, "49m"),
        (2, "4"),
        (1, ""),
        (0, ""),
    ] {
        assert_eq!(drawn(&view(2952), width, PLAIN), expected, "{width}");
    }
}

#[test]
fn there_is_room_for_the_longest_time_until_the_next_look() {
    assert_eq!(NEXT_LOOK, ", next look in 15s".len());
}

#[test]
fn each_state_has_its_words() {
    let with = |standing| View { standing, ..view(0) };
    let stopped = |left| View { is_stopped: true, ..view(left) };
    for (view, expected) in [
        (view(3600), "▰▰▰▰▰▰▰▰▰▰ 1h 00m left, refreshed"),
        (view(3599), "▰▰▰▰▰▰▰▰▰▰ 59m 59s left, refreshed"),
        (view(9000), "▰▰▰▰▰▰▰▰▰▰ 1h 00m left, refreshed"),
        (view(305), "▰▱▱▱▱▱▱▱▱▱ 5m 05s left, refreshed"),
        (view(1), "▰▱▱▱▱▱▱▱▱▱ 1s left, refreshed"),
        (view(0), "▱▱▱▱▱▱▱▱▱▱ expired, refreshed"),
        (view(-9000), "▱▱▱▱▱▱▱▱▱▱ expired, refreshed"),
        (with(Standing::Missing), "▱▱▱▱▱▱▱▱▱▱ no token, refreshed"),
        (with(Standing::Unusable), "▱▱▱▱▱▱▱▱▱▱ no usable token, refreshed"),
        (stopped(305), "▰▱▱▱▱▱▱▱▱▱ 5m 05s left, stopped"),
        (View { last: None, ..view(305) }, "▰▱▱▱▱▱▱▱▱▱ 5m 05s left, next look in 12s"),
        (View { last: None, next_look: None, ..view(305) }, "▰▱▱▱▱▱▱▱▱▱ 5m 05s left"),
    ] {
        assert_eq!(drawn(&view, 41, PLAIN), expected);
    }
    let shown = line(None, &view(100), moment(12), 100, PLAIN, clock);
    assert!(shown.ends_with(", looking"), "{shown}");
    assert!(drawn(&stopped(0), 80, PLAIN).contains(", refreshing has stopped"));
}

#[test]
fn a_terminal_without_signs_gets_ascii_and_one_without_colour_none() {
    let (view, several) = (view(1800), Some(("zoë\u{1b}", 16)));
    let shown = line(several, &view, moment(0), 60, ASCII, clock);
    assert_eq!(shown, "zo?\\u{1b}        #####..... 30m 00s left, refreshed");
    for (left, begin, end) in [
        (1800, "\u{1b}[32m", "\u{1b}[39m"),
        (299, "\u{1b}[1m", "\u{1b}[22m"),
        (0, "\u{1b}[31m", "\u{1b}[39m"),
    ] {
        let shown = drawn(&self::view(left), 60, COLOUR);
        assert!(shown.starts_with(begin) && shown.matches('\u{1b}').count() == 2, "{shown:?}");
        assert_eq!(shown.replace(begin, "").replace(end, ""), drawn(&self::view(left), 60, PLAIN));
    }
}

#[test]
fn accounts_stand_below_one_another() {
    let names = ["work", "a-very-long-name-of-a-profile", ".env"];
    let room = label_columns(names.into_iter(), PLAIN);
    let lines = names.map(|name| line(Some((name, room)), &view(1800), moment(0), 60, PLAIN, clock));
    let starts = lines.each_ref().map(|line| columns(line.split('▰').next().unwrap()));
    assert_eq!(starts, [17, 17, 17]);
    assert!(lines[1].starts_with("a-very-long-na… ▰"), "{}", lines[1]);
    let room = label_columns(["work", ".env"].into_iter(), PLAIN);
    assert!(line(Some((".env", room)), &view(1800), moment(0), 60, PLAIN, clock).starts_with(".env ▰"));
}

/// A line without the styles that it has of its own.
fn without_styles(line: &str) -> String {
    ["[31m", "[32m", "[39m", "[1m", "[22m"]
        .iter()
        .fold(line.to_owned(), |line, style| line.replace(&format!("\u{1b}{style}"), ""))
}

fn any_view() -> impl Strategy<Value = View> {
    let seconds = -100_000_i64..100_000;
    let standing = prop_oneof![
        Just(Standing::Unknown),
        Just(Standing::Missing),
        Just(Standing::Unusable),
        (seconds, any::<i32>()).prop_map(|(left, whole)| {
            Standing::Until(time() + TimeDelta::seconds(left), i64::from(whole))
        }),
    ];
    let last = proptest::option::of(any::<String>().prop_map(|words| (words, time())));
    let next = proptest::option::of((0_u64..100_000).prop_map(Duration::from_millis));
    (standing, any::<bool>(), last, next).prop_map(|(standing, is_stopped, last, next_look)| View {
        standing,
        is_stopped,
        last,
        next_look,
    })
}

/// A text with what controls a terminal in it.
fn any_name() -> impl Strategy<Value = String> {
    "(\\PC|[\\x00-\\x1f\\x7f-\\x9f\u{200b}-\u{206f}日\u{1f511}]){0,30}"
}

proptest! {
    #[test]
    fn no_line_is_as_wide_as_the_terminal_or_controls_it(
        view in any_view(),
        name in proptest::option::of(any_name()),
        clock in any_name(),
        width in 0_usize..200,
        signs in any::<bool>(),
        colour in any::<bool>(),
        elapsed in 0_u64..100_000,
    ) {
        let style = Style { signs, colour };
        let room = label_columns(name.iter().map(String::as_str), style);
        let label = name.as_deref().map(|name| (name, room));
        let shown = line(label, &view, moment(elapsed), width, style, |_| clock.clone());
        let bare = without_styles(&shown);
        prop_assert!(colour || bare == shown);
        prop_assert!(columns(&bare) <= width.saturating_sub(1), "{shown:?}");
        prop_assert!(!bare.contains(is_control), "{shown:?}");
        prop_assert!(signs || bare.is_ascii(), "{shown:?}");
    }

    #[test]
    fn a_bar_never_grows_while_the_time_passes(whole in 1_i64..100_000, cells in 1_usize..50, steps in proptest::collection::vec(0_i64..5000, 1..50)) {
        let (mut left, mut before) = (whole, cells);
        prop_assert_eq!(full(left, whole, cells), cells);
        for step in steps {
            left -= step;
            let now = full(left, whole, cells);
            prop_assert!(now <= before && (now == 0) == (left <= 0), "{now} of {cells} with {left} of {whole}");
            before = now;
        }
    }
}
