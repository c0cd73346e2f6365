//! docs/numbers.md has the numbers of the sources: every constant, and sums that are right.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use zoomtok::watch::{Outcome, Plan, Schedule, View};

use crate::support::pages::{quoted, read, rows};
use crate::support::sources::{SOURCES, Source, source_of_constant};

/// A number in the smallest unit: milliseconds, or pieces, of which a byte is one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Time(f64),
    Count(f64),
}

impl Number {
    fn value(self) -> f64 {
        match self {
            Self::Time(value) | Self::Count(value) => value,
        }
    }

    /// The same kind of number, where one of them is a time.
    fn with(self, other: Self, value: f64) -> Self {
        match (self, other) {
            (Self::Count(_), Self::Count(_)) => Self::Count(value),
            _ => Self::Time(value),
        }
    }
}

/// A number with its unit, as people write it; several of them where they have commas between them.
fn written(text: &str) -> Vec<Number> {
    let (numbers, unit) = text.rsplit_once(' ').unwrap_or((text, ""));
    let numbers =
        numbers.split(", ").map(|number| number.parse::<f64>().unwrap_or_else(|_| panic!("{text}")));
    numbers
        .map(|number| match unit {
            "" => Number::Count(number),
            "KiB" => Number::Count(number * 1024.0),
            "MiB" => Number::Count(number * 1024.0 * 1024.0),
            "ms" => Number::Time(number),
            "s" => Number::Time(number * 1000.0),
            "min" => Number::Time(number * 60_000.0),
            "h" => Number::Time(number * 3_600_000.0),
            _ => panic!("{text}"),
        })
        .collect()
}

/// The value of a constant, from the source that it stands in.
fn constant(reference: &str) -> Vec<Number> {
    let name = reference.rsplit("::").next().unwrap();
    let source = &source_of_constant(reference).unwrap_or_else(|error| panic!("{error}")).text;
    let (_, rest) = source.split_once(&format!("const {name}: ")).unwrap_or_else(|| panic!("no {reference}"));
    let (_, value) = rest.split(';').next().unwrap().split_once(" = ").unwrap_or_else(|| {
        // The length of an array ends with a semicolon too.
        let (_, rest) = rest.split_once(" = ").unwrap();
        ("", rest.split(';').next().unwrap())
    });
    let factors = |text: &str| -> f64 {
        let factor = |text: &str| match text.trim() {
            "MIB" => 1024.0 * 1024.0,
            digits => digits.replace('_', "").parse().unwrap_or_else(|_| panic!("{reference}: {digits}")),
        };
        text.split('*').map(factor).product()
    };
    let called = |name: &str| Some(factors(value.strip_prefix(name)?.strip_suffix(')')?));
    let units = [
        ("Duration::from_millis(", 1.0),
        ("Duration::from_secs(", 1000.0),
        ("TimeDelta::seconds(", 1000.0),
        ("Duration::from_mins(", 60_000.0),
        ("Duration::from_hours(", 3_600_000.0),
    ];
    if let Some(time) = units.iter().find_map(|(name, unit)| Some(called(name)? * unit)) {
        return vec![Number::Time(time)];
    }
    value.trim_matches(['[', ']']).split(", ").map(|part| Number::Count(factors(part))).collect()
}

/// The value of sums of products of constants and numbers.
fn sum(text: &str) -> Number {
    let factor = |text: &str| match quoted(text)[..] {
        [reference] => constant(reference)[0],
        _ => written(text.trim())[0],
    };
    let product = |text: &str| {
        text.split(" × ")
            .map(|part| {
                let mut parts = part.split(" ÷ ").map(factor);
                let first = parts.next().unwrap();
                parts.fold(first, |dividend, divisor| Number::Count(dividend.value() / divisor.value()))
            })
            .reduce(|one, other| one.with(other, one.value() * other.value()))
            .unwrap()
    };
    text.split(" + ").map(product).reduce(|one, other| one.with(other, one.value() + other.value())).unwrap()
}

/// Whether a number of the page is that of the sources, where seconds are sometimes plain numbers.
fn is_same(page: Number, source: Number) -> bool {
    match (page, source) {
        (Number::Time(page), Number::Count(source)) => (page - source * 1000.0).abs() < 0.5,
        (page, source) => {
            page.with(source, 0.0) == source.with(page, 0.0) && (page.value() - source.value()).abs() < 0.5
        }
    }
}

const CONSTANTS: [&str; 12] = [
    "## Margins of a token",
    "## An exchange with Zoom's token endpoint",
    "## Locks and files",
    "## The watch, also inside the MCP server",
    "## A Secret of Kubernetes",
    "## Claude Desktop",
    "## The MCP server",
    "## Downloading recordings",
    "## The gateway: a server over HTTP",
    "## The gateway: its clients over HTTP",
    "## Sizes",
    "## On the screen",
];

#[test]
fn every_number_is_that_of_its_constant() {
    let page = read("docs/numbers.md");
    for cells in CONSTANTS.iter().flat_map(|heading| rows(&page, heading)) {
        let [number, _, reference] = &cells[..] else { panic!("{cells:?}") };
        let (page, source) = (written(number), constant(quoted(reference)[0]));
        let same = page.len() == source.len()
            && page.iter().zip(&source).all(|(page, source)| is_same(*page, *source));
        assert!(same, "{reference} is {source:?} and not {number}");
    }
}

#[test]
fn every_sum_is_right() {
    let page = read("docs/numbers.md");
    for heading in ["## The longest that a command can take", "## Requests to the token endpoint"] {
        for cells in rows(&page, heading) {
            let [number, what, formula] = &cells[..] else { panic!("{cells:?}") };
            assert!(is_same(written(number)[0], sum(formula)), "{what}: {formula} is {:?}", sum(formula));
        }
    }
}

/// The constants of the program that are a time or a number: the file and the name of each.
fn constants() -> BTreeSet<(&'static str, &'static str)> {
    const TYPES: [&str; 7] = ["Duration", "TimeDelta", "usize", "u32", "u64", "i64", "[u64; 4]"];
    let is_number = |rest: &str| TYPES.iter().any(|kind| rest.starts_with(&format!("{kind} = ")));
    let of_source = |source: &'static Source| {
        // `MIB` is only a word for a number.
        let numbers = source.constants().filter(|(name, rest)| *name != "MIB" && is_number(rest));
        numbers.map(|(name, _)| (source.path.as_str(), name))
    };
    SOURCES.iter().flat_map(of_source).collect()
}

#[test]
fn no_constant_is_missing() {
    let pages = read("docs/numbers.md") + &read("docs/stability.md");
    let named: BTreeSet<_> = quoted(&pages)
        .into_iter()
        .filter_map(|reference| {
            let name = reference.rsplit("::").next().unwrap();
            Some((source_of_constant(reference).ok()?.path.as_str(), name))
        })
        .collect();
    let constants = constants();
    assert!(constants.len() > 60, "{}", constants.len());
    let missing: Vec<_> = constants.iter().filter(|constant| !named.contains(constant)).collect();
    assert!(missing.is_empty(), "not in docs/numbers.md, or not with its module: {missing:?}");
}

/// How many attempts a watch makes in each hour, where every one of them passes without a token, or each brings one.
fn attempts(hours: usize, succeeds: bool) -> Vec<usize> {
    let start: DateTime<Utc> = "2026-03-04T12:00:00Z".parse().unwrap();
    let mut schedule = Schedule::new(Plan { threshold: 300, interval: 60 });
    let (mut counts, mut elapsed, mut ends) = (vec![0; hours], Duration::ZERO, start);
    while elapsed < Duration::from_hours(hours as u64) {
        let now = start + TimeDelta::from_std(elapsed).unwrap();
        let mut view = View {
            now,
            elapsed,
            left: Some(ends - now),
            fingerprint: 1,
            last_attempt: None,
            not_before: None,
            life: None,
        };
        let decision = schedule.decide(&view);
        if decision.refresh {
            counts[usize::try_from(elapsed.as_secs() / 3600).unwrap()] += 1;
            let outcome = if succeeds {
                ends = now + TimeDelta::hours(1);
                view.left = Some(ends - now);
                Outcome::Done { left: 3600 }
            } else {
                Outcome::Transient
            };
            schedule.record(outcome, &view, 0.0);
        }
        elapsed += decision.nap;
    }
    counts
}

#[test]
fn a_watch_makes_as_many_attempts_as_the_page_says() {
    let table = rows(&read("docs/numbers.md"), "## Requests to the token endpoint");
    let told = |row: usize| table[row][2].split(" × ").next().unwrap().parse::<usize>().unwrap();
    assert_eq!(*attempts(24, true).iter().max().unwrap(), told(0));
    let outage = attempts(24, false);
    assert_eq!(outage[0], told(1));
    assert!(outage[1..].iter().all(|hour| *hour == told(2)), "{outage:?}");
}
