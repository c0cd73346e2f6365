//! YAML as a policy may be written in it: one document of maps, lists and scalars, each with its line.
//!
//! A policy has to mean the same to every reader. So constructs that readers of YAML disagree on are refused or reported:
//! names that stand twice, anchors, tags, merged maps, several documents, numbers in another base, and words that are
//! true or false in one version of YAML and a text in the other.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Number, Value};

use crate::policy::fault::PolicyFault;

/// How deep maps and lists may stand in each other. A policy needs eight.
const DEPTH: usize = 32;

/// Up to here a floating-point number is exact for every whole number.
pub(super) const WHOLE: f64 = 9_007_199_254_740_992.0;

/// A part of the document.
#[derive(Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Scalar {
        text: String,
        /// Whether it has no quotes, so that it may be something else than a text.
        is_plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Whether it says nothing.
    pub(super) fn is_null(&self) -> bool {
        let Kind::Scalar { text, is_plain: true } = &self.kind else { return false };
        matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// The value of a scalar, and the doubt about it.
#[derive(Debug, PartialEq)]
pub(super) struct Meant {
    pub(super) value: Value,
    pub(super) doubt: Option<String>,
}

impl Meant {
    fn surely(value: impl Into<Value>) -> Self {
        Self { value: value.into(), doubt: None }
    }
}

/// Reads a document.
///
/// # Errors
///
/// The text is not YAML, or not one document of the kind that is read here.
pub(super) fn read(text: &str) -> Result<Node, PolicyFault> {
    // The byte order mark that some editors on Windows put in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut events = Events { events: Parser::new_from_str(text), line: 1 };
    match events.next()? {
        Event::DocumentStart(_) => {}
        _ => return Err(events.fault("there is no policy in it")),
    }
    let first = events.next()?;
    let node = events.node(first, DEPTH)?;
    match events.next()? {
        Event::StreamEnd => Ok(node),
        _ => Err(events.fault("a second document; a policy is one")),
    }
}

/// The document as it is parsed.
struct Events<'t> {
    events: Parser<'t, StrInput<'t>>,
    /// Where the last of them began.
    line: usize,
}

impl<'t> Events<'t> {
    fn fault(&self, problem: &str) -> PolicyFault {
        PolicyFault { place: format!("line {}", self.line), problem: problem.to_owned() }
    }

    fn next(&mut self) -> Result<Event<'t>, PolicyFault> {
        loop {
            match self.events.next_event() {
                None => return Ok(Event::StreamEnd),
                Some(Err(error)) => {
                    let (line, column) = (error.marker().line(), error.marker().col() + 1);
                    let place = format!("line {line}, column {column}");
                    return Err(PolicyFault { place, problem: format!("not YAML: {}", error.info()) });
                }
                Some(Ok((Event::Nothing | Event::StreamStart | Event::DocumentEnd, _))) => {}
                Some(Ok((event, span))) => {
                    self.line = span.start.line();
                    return Ok(event);
                }
            }
        }
    }

    /// The part of the document that begins with this.
    fn node(&mut self, event: Event<'t>, depth: usize) -> Result<Node, PolicyFault> {
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(anchor, tag)
            | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            Event::Alias(anchor) => (*anchor, false),
            _ => (0, false),
        };
        if anchor > 0 {
            return Err(self.fault("anchors and aliases are not converted; write out what is meant"));
        }
        if tag {
            return Err(self.fault("tags are not converted; a text is marked by quotes"));
        }
        let Some(depth) = depth.checked_sub(1) else { return Err(self.fault("deeper than any policy")) };
        let line = self.line;
        let kind = match event {
            Event::Scalar(text, style, ..) => {
                Kind::Scalar { text: text.into_owned(), is_plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break Kind::List(items),
                        item => items.push(self.node(item, depth)?),
                    }
                }
            }
            Event::MappingStart(..) => self.map(depth)?,
            _ => return Err(self.fault("this does not belong here")),
        };
        Ok(Node { line, kind })
    }

    fn map(&mut self, depth: usize) -> Result<Kind, PolicyFault> {
        let mut fields: Vec<(String, Node)> = Vec::new();
        loop {
            let name = match self.next()? {
                Event::MappingEnd => return Ok(Kind::Map(fields)),
                name => self.node(name, depth)?,
            };
            let Kind::Scalar { text: name, is_plain } = name.kind else {
                return Err(self.fault("the name of a field must be a text"));
            };
            if is_plain && name == "<<" {
                return Err(self.fault("merged maps are not converted; write out what is meant"));
            }
            if let Some((_, first)) = fields.iter().find(|(other, _)| *other == name) {
                let line = first.line;
                return Err(self.fault(&format!("{name:?} is there twice, first on line {line}")));
            }
            let value = self.next()?;
            fields.push((name, self.node(value, depth)?));
        }
    }
}

/// The value of a scalar without quotes, by YAML 1.2 and by `gopkg.in/yaml.v3`, which Intercept reads with.
///
/// # Errors
///
/// They do not agree.
pub(super) fn meant(text: &str) -> Result<Meant, String> {
    let doubtful = |doubt: String| Ok(Meant { value: text.into(), doubt: Some(doubt) });
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Meant::surely(Value::Null)),
        "true" | "True" | "TRUE" => return Ok(Meant::surely(true)),
        "false" | "False" | "FALSE" => return Ok(Meant::surely(false)),
        _ => {}
    }
    if ["y", "n", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str()) {
        return doubtful(format!(
            "{text} is taken as the text \"{text}\"; write true or false if that is meant"
        ));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let special = digits.to_ascii_lowercase();
    if [".inf", ".nan"].contains(&special.as_str()) {
        return Err("is no number that JSON has".to_owned());
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Ok(Meant::surely(text));
    }
    if is_decimal(digits) {
        let is_octal =
            digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|c| c.is_ascii_digit());
        if is_octal {
            return Err(format!(
                "{text} is octal to some readers; write the number without leading zeros, or quotes"
            ));
        }
        return number(text).map(Meant::surely).ok_or_else(|| format!("{text} is too large for a number"));
    }
    let is_other_base = special.starts_with("0x") || special.starts_with("0o") || special.starts_with("0b");
    let is_grouped =
        digits.contains('_') && digits.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'_' | b'.'));
    if is_other_base || is_grouped {
        return Err(format!("{text} is a number to some readers; write it in plain decimal, or in quotes"));
    }
    let date = text.get(..10).unwrap_or(text);
    if date.bytes().filter(|c| *c == b'-').count() == 2
        && date.bytes().all(|c| c.is_ascii_digit() || c == b'-')
    {
        return doubtful(format!(
            "{text} is taken as a text, and Intercept takes it as a time that no argument equals"
        ));
    }
    Ok(Meant::surely(text))
}

/// Whether these are the digits of a number: `1`, `1.5`, `.5`, `1e3`.
fn is_decimal(digits: &str) -> bool {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    are_digits(whole)
        && are_digits(fraction)
        && are_digits(exponent)
        && !exponent.is_empty()
        && !(whole.is_empty() && fraction.is_empty())
}

fn number(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(number.into());
    }
    text.parse().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document as JSON, all scalars as texts.
    fn shown(node: &Node) -> Value {
        match &node.kind {
            Kind::Scalar { text, .. } => json!(text),
            Kind::List(items) => items.iter().map(shown).collect(),
            Kind::Map(fields) => fields.iter().map(|(name, node)| (name.clone(), shown(node))).collect(),
        }
    }

    #[test]
    fn a_document_is_read_in_each_style() {
        for text in [
            "a: [1, 'x: y']\nb:\n  c: \"z\"\n  d:\n",
            "---\n# a comment\na:\n- 1\n- 'x: y'\nb: {c: z, d: }\n...\n",
            "\u{feff}{\"a\": [\"1\", \"x: y\"], \"b\": {\"c\": \"z\", \"d\": \"\"}}",
            "a:\r\n  - 1\r\n  - |-\r\n    x: y\r\nb:\r\n  c: z # more\r\n  d: ''\r\n",
        ] {
            let node = read(text).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
            assert_eq!(shown(&node), json!({"a": ["1", "x: y"], "b": {"c": "z", "d": ""}}), "{text:?}");
        }
        let Kind::Map(fields) = read("a: 1\n\nb:\n  - 2\n").unwrap().kind else { panic!() };
        assert_eq!(fields.iter().map(|(_, node)| node.line).collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn yaml_that_readers_disagree_on_is_refused_with_its_line() {
        for (text, fault) in [
            ("", "line 1: there is no policy in it"),
            ("# nothing\n", "line 2: there is no policy in it"),
            ("a: 1\nb: 2\na: 3\n", "line 3: \"a\" is there twice, first on line 1"),
            ("a: 1\n\"\\u0061\": 3\n", "line 2: \"a\" is there twice, first on line 1"),
            ("a: {b: 1, b: 2}\n", "line 1: \"b\" is there twice, first on line 1"),
            ("a: &x 1\nb: 2\n", "line 1: anchors and aliases are not converted; write out what is meant"),
            ("a: 1\nb: *x\n", "line 2, column 4: not YAML: while parsing node, found unknown anchor"),
            (
                "a: &x {b: 1}\nb: *x\n",
                "line 1: anchors and aliases are not converted; write out what is meant",
            ),
            ("a:\n  <<: {b: 1}\n", "line 2: merged maps are not converted; write out what is meant"),
            ("a: !!str 1\n", "line 1: tags are not converted; a text is marked by quotes"),
            ("a: !secret 1\n", "line 1: tags are not converted; a text is marked by quotes"),
            ("a: 1\n---\nb: 1\n", "line 2: a second document; a policy is one"),
            ("? [a]\n: 1\n", "line 1: the name of a field must be a text"),
        ] {
            assert_eq!(read(text).unwrap_err().to_string(), fault, "{text:?}");
        }
        // Tabs, and what is not closed.
        for text in ["a:\n\tb: 1\n", "a: [1, 2\n", "a: \"b\n", "a: b: c\n", "a: 1\n b: 2\n", "- a\nb: 1\n"] {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.starts_with("line ") && fault.contains(": not YAML: "), "{text:?}: {fault}");
        }
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        assert_eq!(read(&deep).unwrap_err().problem, "deeper than any policy");
    }

    #[test]
    fn a_scalar_is_what_every_reader_takes_it_for() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("true", json!(true)),
            ("False", json!(false)),
            ("60", json!(60)),
            ("-1", json!(-1)),
            ("+1", json!(1)),
            ("0", json!(0)),
            ("18446744073709551615", json!(u64::MAX)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("0.5", json!(0.5)),
            ("main", json!("main")),
            ("5/hour", json!("5/hour")),
            ("1.2.3", json!("1.2.3")),
            ("10:30", json!("10:30")),
            ("-", json!("-")),
            (".", json!(".")),
            ("1e", json!("1e")),
            ("tRue", json!("tRue")),
        ] {
            assert_eq!(meant(text), Ok(Meant::surely(value)), "{text:?}");
        }
        for text in ["yes", "No", "ON", "off", "y", "2026-03-04", "2026-03-04T12:00:00Z"] {
            let meant = meant(text).unwrap();
            assert_eq!((meant.value, meant.doubt.is_some()), (json!(text), true), "{text:?}");
        }
        for text in ["010", "-007", "0x1F", "0o17", "0b1", "1_000", ".inf", "-.INF", ".nan", "1e999"] {
            assert!(meant(text).is_err(), "{text:?}");
        }
    }
}
