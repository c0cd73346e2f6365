//! docs/demo.svg is what the demo shows on a terminal: parts of it, with times and tokens that are always the same, so that the
//! picture changes only when the demo does.
//!
//! ```sh
//! ZOOMTOK_DRAW=1 cargo test --locked --test zoomtok picture    # draws it anew
//! ```

use std::fmt::Write as _;
use std::fs;

use regex_lite::Regex;

use crate::support::Home;
use crate::support::pages::{read, root};
use crate::terminal::screen::{UTF8, on_terminal};

const PICTURE: &str = "docs/demo.svg";

/// The width of a column, the height of a row, and the margin, in pixels.
const COLUMN: f64 = 7.8;
const ROW: f64 = 18.0;
const MARGIN: f64 = 20.0;
const TITLE: f64 = 34.0;
/// The columns that fit, as on most terminals.
const COLUMNS: u32 = 80;

/// How long after the line before it a line lights up, and how long after a command or the heading of a step, in seconds.
const NEXT_LINE: f64 = 0.12;
const NEXT_STEP: f64 = 0.7;

/// Plain colours, so that a viewer that knows neither media queries nor animations shows the whole picture in light. The lines
/// light up one after the other; they can be read before that, so that a picture that was taken early is not empty.
const STYLE: &str = "
    text { fill: #1f2328; white-space: pre;
      font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace }
    .page { fill: #ffffff; stroke: #d0d7de }
    .bar { fill: #f6f8fa; stroke: #d0d7de }
    .bold { font-weight: 700 }
    .underline { text-decoration: underline }
    .red { fill: #cf222e }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .page { fill: #0d1117; stroke: #30363d }
      .bar { fill: #161b22; stroke: #30363d }
      .red { fill: #ff7b72 }
    }
    @media (prefers-reduced-motion: no-preference) {
      .line { animation: light-up .4s both }
      @keyframes light-up { from { opacity: .4 } }
    }
  ";

/// A piece of a line in one style, and the column it begins in.
#[derive(Debug, PartialEq)]
struct Run {
    column: u32,
    columns: u32,
    class: String,
    text: String,
}

/// How many columns a character takes on a terminal.
fn columns(character: char) -> u32 {
    match character {
        '\u{fe0f}' => 0,
        '⏳' | '⚠' | '⚙' | '✅' | '❌' | '\u{1f000}'.. => 2,
        _ => 1,
    }
}

/// The class that a style of the terminal turns another one into.
fn restyled(class: &str, style: &str) -> String {
    let mut classes: Vec<&str> = class.split_whitespace().collect();
    for code in style.split(';') {
        match code {
            "" | "0" => classes.clear(),
            "1" => classes.push("bold"),
            "4" => classes.push("underline"),
            "31" => classes.push("red"),
            "39" => classes.retain(|class| *class != "red"),
            _ => panic!("the picture knows no style {code}"),
        }
    }
    classes.join(" ")
}

/// A line as it came from the terminal, in pieces: signs apart from the text, since their fonts have widths of their own.
fn runs(line: &str) -> Vec<Run> {
    let (mut runs, mut class, mut column) = (Vec::<Run>::new(), String::new(), 0);
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some((style, after)) = rest.strip_prefix("\u{1b}[").and_then(|style| style.split_once('m')) {
            class = restyled(&class, style);
            rest = after;
            continue;
        }
        let wide = columns(character);
        let goes_on = runs.last().is_some_and(|run| {
            wide == 0 || (wide == 1 && run.class == class && run.text.chars().all(|c| columns(c) == 1))
        });
        if !goes_on {
            runs.push(Run { column, columns: 0, class: class.clone(), text: String::new() });
        }
        let run = runs.last_mut().unwrap();
        run.text.push(character);
        run.columns += wide;
        column += wide;
        rest = &rest[character.len_utf8()..];
    }
    runs
}

/// A text with every time and token in it replaced by one that is always the same.
fn settled(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, settled) in [
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-03-04 16:04:35"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z, in \d+ s", "2026-03-04T15:05:00Z, in 23 s"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.", "2026-03-04T16:04:37Z."),
        (r"\d+m \d+s remaining", "59m 58s remaining"),
        (r"Expires in \d+m \d+s \(at [^)]*\)", "Expires in 4m 59s (at 4:04:35 PM)"),
        (r"\(× 1\d\)", "(× 10)"),
        (r"asked 1\d times", "asked 10 times"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, settled).into_owned();
    }
    // The first token, the next one, and so on.
    let masks = ["eyJz...NTMz", "eyJz...VjgT", "eyJz...Q2Zs", "eyJz...bW9k"];
    let mut seen = Vec::new();
    Regex::new(r"eyJz\.\.\.[\w-]{4}")
        .unwrap()
        .replace_all(&text, |found: &regex_lite::Captures<'_>| {
            let mask = found[0].to_owned();
            let at = seen.iter().position(|known| *known == mask).unwrap_or_else(|| {
                seen.push(mask);
                seen.len() - 1
            });
            masks[at]
        })
        .into_owned()
}

/// The parts of the demo that the picture shows, an empty line between them.
fn scenes<'s>(shown: &'s str) -> Vec<&'s str> {
    // A spinner goes back and clears the line.
    let lines = |step: &'s str| step.lines().map(|line| line.rsplit("\u{1b}[2K").next().unwrap()).collect();
    let steps: Vec<Vec<&str>> = shown.split("\n\n").map(lines).collect();
    let step = |part: &str| {
        let is_it = |step: &&Vec<&str>| step.iter().any(|line| line.contains(part));
        steps.iter().find(is_it).unwrap_or_else(|| panic!("no step of the demo has {part}: {shown}")).clone()
    };
    // It counts the requests of a step that is not shown.
    let mut crowd = step("$ zoomtok get --print");
    crowd.retain(|line| !line.starts_with('#'));
    // It may have waited for a minute to begin.
    let mut policy = step("[POLICY DENIED]");
    policy.retain(|line| !line.starts_with('#') || line.contains("asked"));
    let watch = step("$ zoomtok watch");
    let command = watch.iter().position(|line| line.contains("$ zoomtok watch")).unwrap();
    let is_status = |line: &&str| line.contains("Token Status");
    let due = watch.iter().position(|line| is_status(line) && line.contains('⚠')).unwrap();
    let done = due + 1 + watch[due + 1..].iter().position(is_status).unwrap();
    let watch = [&watch[..1], &watch[command..=command], &watch[due..done]].concat();

    [step("$ zoomtok get\u{1b}"), crowd, watch, policy].join(&"")
}

/// A text in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn drawn(lines: &[&str]) -> String {
    let width = 2.0f64.mul_add(MARGIN, COLUMN * f64::from(COLUMNS));
    let height = ROW.mul_add(f64::from(u32::try_from(lines.len()).unwrap()), TITLE + 1.5 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title\">\n  <title id=\"title\">What zoomtok demo shows</title>\n  \
         <style>{STYLE}</style>\n  \
         <rect x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\" class=\"page\"/>\n  \
         <path d=\"M.5 {TITLE}V8.5a8 8 0 0 1 8-8H{}a8 8 0 0 1 8 8V{TITLE}Z\" class=\"bar\"/>\n  \
         <text x=\"{}\" y=\"22\" text-anchor=\"middle\" class=\"bold\">zoomtok demo</text>\n",
        width - 1.0,
        height - 1.0,
        width - 8.5,
        width / 2.0,
    );
    let mut lights_up = 0.0;
    for (row, line) in (0u32..).zip(lines) {
        let y = ROW.mul_add(f64::from(row), TITLE + MARGIN + 6.0);
        let runs = runs(line);
        assert!(runs.last().is_none_or(|run| run.column + run.columns <= COLUMNS), "too long: {line}");
        if runs.is_empty() {
            lights_up += NEXT_STEP;
            continue;
        }
        let _ = write!(svg, "  <g class=\"line\" style=\"animation-delay: {lights_up:.2}s\">");
        lights_up += if runs[0].class.is_empty() { NEXT_LINE } else { NEXT_STEP };
        for Run { column, columns, class, text } in runs.iter().filter(|run| !run.text.trim().is_empty()) {
            let x = COLUMN.mul_add(f64::from(*column), MARGIN);
            let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
            // Signs keep their own width.
            let length = if text.chars().any(|c| self::columns(c) != 1) {
                String::new()
            } else {
                format!(" textLength=\"{:.1}\"", COLUMN * f64::from(*columns))
            };
            let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y}\"{length}{class}>{}</text>", escaped(text));
        }
        svg += "</g>\n";
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_is_what_the_demo_shows() {
    let (code, shown) = on_terminal(&Home::empty(), &["demo"], UTF8);
    assert_eq!(code, 0, "{shown}");
    let settled = settled(&scenes(&shown).join("\n"));
    let picture = drawn(&settled.lines().collect::<Vec<_>>());
    if std::env::var_os("ZOOMTOK_DRAW").is_some() {
        fs::write(root().join(PICTURE), &picture).unwrap();
    }
    let drawn = read(PICTURE);
    let differs = picture.lines().zip(drawn.lines()).find(|(now, then)| now != then);
    assert!(
        picture == drawn,
        "{PICTURE} is out of date; draw it again with\n\
         ZOOMTOK_DRAW=1 cargo test --locked --test zoomtok picture\n{differs:#?}"
    );
}

#[test]
fn a_line_is_drawn_in_its_columns_and_styles() {
    let runs = runs("\u{1b}[1m$ a\u{1b}[0m ⚠️  b\u{1b}[31mc\u{1b}[39m");
    let seen: Vec<_> =
        runs.iter().map(|run| (run.column, run.columns, run.class.as_str(), run.text.as_str())).collect();
    assert_eq!(
        seen,
        [(0, 3, "bold", "$ a"), (3, 1, "", " "), (4, 2, "", "⚠️"), (6, 3, "", "  b"), (9, 1, "red", "c")]
    );
}

#[test]
fn times_and_tokens_are_always_the_same_in_the_picture() {
    for (shown, expected) in [
        ("eyJz...SoEw → eyJz...Av-g, eyJz...SoEw", "eyJz...NTMz → eyJz...VjgT, eyJz...NTMz"),
        (
            "expires at 2027-11-26 22:01:58 (59m 7s remaining)",
            "expires at 2026-03-04 16:04:35 (59m 58s remaining)",
        ),
        ("⚠️ Expires in 4m 58s (at 19:08:13)", "⚠️ Expires in 4m 59s (at 4:04:35 PM)"),
    ] {
        assert_eq!(settled(shown), expected);
    }
}
