//! The forms of texts: what each takes, and the one spelling that it makes of it.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use super::times;
use crate::token::Token;

/// Reads a text, and gives its one spelling or what is wrong with it.
type Read = fn(&str) -> Result<String, &'static str>;

/// Makes one text of a list; none where it cannot.
type Join = fn(&[Value]) -> Option<String>;

/// A form of a text.
#[derive(Debug)]
pub(crate) struct Form {
    /// As a schema names it in `x-form`.
    pub(crate) name: &'static str,
    /// Reads a text without spaces around it. Applied to its own result it changes nothing.
    pub(crate) read: Read,
    /// Whether a number is as good as its digits.
    pub(super) has_digits: bool,
    /// Puts an array together, for a text that is a list.
    pub(super) join: Option<Join>,
    /// Whether a text of this form can have this character.
    pub(crate) holds: fn(char) -> bool,
    /// Whether its texts are not repeated.
    pub(crate) is_secret: bool,
    /// Why a rule that refuses one name of a thing may not hold for the thing, where it has other names.
    pub(crate) aliases: Option<&'static str>,
}

impl Form {
    const fn new(name: &'static str, read: Read, holds: fn(char) -> bool) -> Self {
        Self { name, read, has_digits: false, join: None, holds, is_secret: false, aliases: None }
    }

    /// The form of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }
}

/// Every form there is.
pub(crate) static FORMS: [Form; 15] = [
    Form {
        aliases: Some(
            "a user has several names, an id, an e-mail address and `me`, and is not recognised by the others; a rule \
             that names the users that are allowed has no such gap",
        ),
        ..Form::new("user", user, |c| !c.is_ascii_control() && !matches!(c, ' ' | '/' | '\\'))
    },
    Form {
        aliases: Some(
            "a meeting has several names, its number and the uuid of each instance, and is not recognised by the \
             others; a rule that names the meetings that are allowed has no such gap",
        ),
        has_digits: true,
        ..Form::new("meeting", meeting, |c| c.is_ascii_alphanumeric() || "+/_-=".contains(c))
    },
    Form {
        has_digits: true,
        ..Form::new("occurrence", occurrence, |c| c.is_ascii_alphanumeric() || "_-=".contains(c))
    },
    Form::new("registrant", registrant, |c| c.is_ascii_alphanumeric() || "_-=".contains(c)),
    Form::new("email", email, |c| !c.is_ascii_control() && !matches!(c, ' ' | '/' | '\\')),
    Form::new("page-token", page_token, is_visible),
    Form::new("timezone", timezone, |c| c.is_ascii_alphanumeric() || "_+/-".contains(c)),
    Form::new("date", times::date, |c| c.is_ascii_digit() || c == '-'),
    Form {
        aliases: Some(
            "a moment can be written in UTC, with a Z, or without one in the time zone of the meeting, and is not \
             recognised in the other",
        ),
        ..Form::new("start-time", times::start_time, |c| c.is_ascii_digit() || "-:TZ".contains(c))
    },
    Form::new("utc-time", times::utc_time, |c| c.is_ascii_digit() || "-:TZ".contains(c)),
    Form { has_digits: true, ..Form::new("moment", times::moment, |c| c.is_ascii_digit() || c == ':') },
    Form {
        has_digits: true,
        join: Some(join_days),
        ..Form::new("weekdays", weekdays, |c| ('1'..='7').contains(&c) || c == ',')
    },
    Form { is_secret: true, ..Form::new("token", token, is_visible) },
    Form::new("client-id", client_id, is_visible),
    Form { is_secret: true, ..Form::new("client-secret", client_secret, is_visible) },
];

fn is_visible(c: char) -> bool {
    c.is_ascii_graphic()
}

/// A text without what surrounds it by accident: white space, and quotes of its own, however many.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim_matches(is_space);
    let unquoted = ['"', '\'', '`'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    unquoted.map_or(text, bare)
}

/// White space, and marks of no width that come with a copied text.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The text, where it has at most so many characters and matches.
fn matching(
    text: &str,
    max: usize,
    pattern: &LazyLock<Regex>,
    problem: &'static str,
) -> Result<String, &'static str> {
    let fits = text.chars().count() <= max && pattern.is_match(text);
    if fits { Ok(text.to_owned()) } else { Err(problem) }
}

/// Makes a pattern once.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).unwrap());
    };
}

pattern!(USER, r"^\.*[^\x00-\x20\x7F/\\.][^\x00-\x20\x7F/\\]*$");
pattern!(NUMBER, "^[1-9][0-9]*$");
pattern!(GROUPS, "^[1-9][0-9]*([- \u{a0}\u{2009}\u{202f}\u{2010}\u{2011}\u{2013}][0-9]+)+$");
pattern!(UUID, "^[A-Za-z0-9+/_-]+==?$");
pattern!(OCCURRENCE, "^[A-Za-z0-9_=-]+$");
pattern!(EMAIL, r"^[^\x00-\x20\x7F/\\@]+@[^\x00-\x20\x7F/\\@]+$");
pattern!(VISIBLE, "^[!-~]+$");
pattern!(TIMEZONE, "^[A-Za-z0-9_+/-]+$");

/// `me`, an id, or an e-mail address, which Zoom takes in any case; ids it does not.
///
/// Dots alone and slashes would lead to another place of the API than the one that the tool is for.
fn user(text: &str) -> Result<String, &'static str> {
    let problem = "must be `me`, a user id or an e-mail address";
    let folded = if text.contains('@') {
        text.to_lowercase()
    } else if text.eq_ignore_ascii_case("me") {
        "me".to_owned()
    } else {
        text.to_owned()
    };
    matching(&folded, 128, &USER, problem)
}

/// The number of a meeting, or the UUID of one instance, which is base64 and may hold slashes.
///
/// One meeting has one spelling, so that a policy can name it: no leading zeros or signs, which Zoom may read over. And
/// a UUID ends as base64 of sixteen bytes does, or `123/recordings` would pass for one.
fn meeting(text: &str) -> Result<String, &'static str> {
    let problem = "must be a meeting number (its digits), the uuid of a meeting with the = at its end, or a join link \
                   that has the number";
    if text.chars().count() > 64 || text.contains(':') || text.contains("zoom.us/") {
        return number_in_link(text).ok_or(if text.contains('/') {
            "must be a meeting number: this link has none, as a personal link or one to a recording; list_meetings and \
             zoom_list_recordings show the numbers"
        } else {
            problem
        });
    }
    if GROUPS.is_match(text) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // As Zoom writes them; anything shorter may be something else.
        return if (9..=12).contains(&digits.len()) { Ok(digits) } else { Err(problem) };
    }
    if NUMBER.is_match(text) || UUID.is_match(text) { Ok(text.to_owned()) } else { Err(problem) }
}

/// The number in a link of Zoom's, wherever it leads: to join (`/j/`, `/wc/join/`), to start (`/s/`) or to look at.
fn number_in_link(link: &str) -> Option<String> {
    let (scheme, rest) = link.split_once("://").unwrap_or(("https", link));
    let rest = rest.split('#').next()?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_ascii_lowercase();
    let is_zoom = ["zoom.us", "zoomgov.com", "zoom.com"]
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let number = match (scheme.to_ascii_lowercase().as_str(), parts.as_slice()) {
        ("http" | "https", ["j" | "s" | "w" | "wc" | "meeting", number, ..]) if is_number(number) => *number,
        ("http" | "https", ["wc", "join" | "start", number, ..]) => number,
        ("zoommtg" | "zoomus", ["join" | "start"]) => {
            let field = query.split('&').find_map(|field| field.strip_prefix("confno="));
            field?
        }
        _ => return None,
    };
    (is_zoom && is_number(number)).then(|| number.to_owned())
}

fn is_number(text: &str) -> bool {
    text.len() <= 19 && NUMBER.is_match(text)
}

fn occurrence(text: &str) -> Result<String, &'static str> {
    matching(
        text,
        64,
        &OCCURRENCE,
        "must be an occurrence_id as get_meeting shows them for a recurring meeting",
    )
}

fn registrant(text: &str) -> Result<String, &'static str> {
    matching(text, 64, &OCCURRENCE, "must be the id of a registrant as list_meeting_registrants shows it")
}

/// An e-mail address, which Zoom takes in any case.
fn email(text: &str) -> Result<String, &'static str> {
    matching(&text.to_lowercase(), 128, &EMAIL, "must be an e-mail address")
}

fn page_token(text: &str) -> Result<String, &'static str> {
    let problem =
        "must be the next_page_token of the answer before; when that was empty, there are no more pages";
    matching(text, 2048, &VISIBLE, problem)
}

fn timezone(text: &str) -> Result<String, &'static str> {
    matching(text, 64, &TIMEZONE, "must be a time zone such as `Europe/Berlin` or `UTC`")
}

fn token(text: &str) -> Result<String, &'static str> {
    Token::new(text.to_owned()).map(|_| text.to_owned())
}

fn client_id(text: &str) -> Result<String, &'static str> {
    matching(text, 200, &VISIBLE, "must be the client id of the app")
}

fn client_secret(text: &str) -> Result<String, &'static str> {
    matching(text, 200, &VISIBLE, "must be the client secret of the app")
}

/// The days of a week as Zoom counts them.
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Days of a week: Zoom's numbers with commas, in their order, each once. English names are taken too.
fn weekdays(text: &str) -> Result<String, &'static str> {
    let problem = "must be days from 1 (Sunday) to 7 (Saturday) with commas between, such as `2,4`";
    let parts = text.trim_matches(['[', ']']).split([',', ';', ' ']).map(bare);
    let days: Option<Vec<usize>> = parts.filter(|part| !part.is_empty()).map(day).collect();
    let mut days = days.filter(|days| !days.is_empty()).ok_or(problem)?;
    days.sort_unstable();
    days.dedup();
    Ok(days.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn day(text: &str) -> Option<usize> {
    if let [digit @ b'1'..=b'7'] = text.as_bytes() {
        return Some(usize::from(digit - b'0'));
    }
    let name = text.to_ascii_lowercase();
    let is_it = |day: &&str| name.len() >= 3 && day.starts_with(&name);
    DAYS.iter().position(is_it).map(|at| at + 1)
}

fn join_days(parts: &[Value]) -> Option<String> {
    let text = |part: &Value| match part {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        _ => None,
    };
    let parts: Option<Vec<String>> = parts.iter().map(text).collect();
    parts.map(|parts| parts.join(","))
}
