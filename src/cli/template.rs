//! A template of `check --format`: text with the names of fields in braces, `{{` and `}}` for the braces themselves.

use std::error::Error;
use std::fmt;

/// A field, which stands in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The state of the token in one word.
    State,
    /// The remaining time, as `57m 29s`.
    Left,
    /// The remaining time as a whole number of seconds.
    Seconds,
    /// The local time of day when the token expires, as `16:04`.
    Expires,
    /// The name of the profile.
    Profile,
    /// A sign for the state.
    Icon,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::State, Self::Left, Self::Seconds, Self::Expires, Self::Profile, Self::Icon];

    /// The name in braces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Left => "left",
            Self::Seconds => "seconds",
            Self::Expires => "expires",
            Self::Profile => "profile",
            Self::Icon => "icon",
        }
    }

    /// The field whose name is most like this one.
    fn nearest(name: &str) -> Self {
        let distance = |field: &Self| strsim::damerau_levenshtein(name, field.name());
        Self::ALL.into_iter().min_by_key(distance).unwrap_or(Self::State)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(Field),
}

/// A template that can be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no field of this name.
    Unknown(String),
    /// A brace is opened and never closed: the text from there on.
    Unclosed(String),
    /// A brace is closed that was never opened.
    Unopened,
}

impl Template {
    /// Reads one.
    ///
    /// # Errors
    ///
    /// A name that is not one of the fields, or a brace without its other half.
    pub fn read(text: &str) -> Result<Self, Fault> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let behind = &rest[at + 1..];
            if let Some(behind) = behind.strip_prefix(brace) {
                plain.push_str(brace);
                rest = behind;
                continue;
            }
            if brace == "}" {
                return Err(Fault::Unopened);
            }
            // A name holds no brace, so that the one that lacks its other half is the one that is reported.
            let end = behind.find(['{', '}']).filter(|end| behind[*end..].starts_with('}'));
            let end = end.ok_or_else(|| Fault::Unclosed(rest[at..].to_owned()))?;
            let name = &behind[..end];
            let field = Field::ALL.into_iter().find(|field| field.name() == name);
            let field = field.ok_or_else(|| Fault::Unknown(name.to_owned()))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Field(field));
            rest = &behind[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The text with these values in the places of the fields.
    pub fn filled_in(&self, value: impl Fn(Field) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(field) => value(*field),
        });
        parts.collect()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => {
                let nearest = Field::nearest(name).name();
                write!(f, "there is no field {{{name}}}; the nearest is {{{nearest}}}; ")?;
            }
            Self::Unclosed(text) => write!(f, "a brace is never closed: {text}; ")?,
            Self::Unopened => f.write_str("a brace is closed that was never opened; ")?,
        }
        f.write_str("the fields are ")?;
        for (at, field) in Field::ALL.iter().enumerate() {
            write!(f, "{}{{{}}}", if at == 0 { "" } else { " " }, field.name())?;
        }
        f.write_str("; a brace itself is {{ or }}")
    }
}

impl Error for Fault {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The template with the name of each field in its place, in angle brackets.
    fn named(text: &str) -> Result<String, Fault> {
        Ok(Template::read(text)?.filled_in(|field| format!("<{}>", field.name())))
    }

    #[test]
    fn fields_are_replaced_and_double_braces_are_braces() {
        for (text, expected) in [
            ("", ""),
            ("zoom", "zoom"),
            ("{icon} {left}", "<icon> <left>"),
            (
                "{state}{left}{seconds}{expires}{profile}{icon}",
                "<state><left><seconds><expires><profile><icon>",
            ),
            ("{{}}", "{}"),
            ("{{left}}", "{left}"),
            ("{{{left}}}", "{<left>}"),
            ("%F{{green}}{left}%f", "%F{green}<left>%f"),
            (r#"{{"text":"{left}"}}"#, r#"{"text":"<left>"}"#),
            ("ünï {left} ✅", "ünï <left> ✅"),
        ] {
            assert_eq!(named(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_fault_says_what_is_wrong_and_what_there_is() {
        let list =
            "the fields are {state} {left} {seconds} {expires} {profile} {icon}; a brace itself is {{ or }}";
        for (text, said) in [
            ("{lefft}", "there is no field {lefft}; the nearest is {left}; "),
            ("{expires_at}", "there is no field {expires_at}; the nearest is {expires}; "),
            ("{Icon}", "there is no field {Icon}; the nearest is {icon}; "),
            ("{ left }", "there is no field { left }; the nearest is {left}; "),
            ("{}", "there is no field {}; the nearest is {left}; "),
            ("a {left", "a brace is never closed: {left; "),
            ("{", "a brace is never closed: {; "),
            ("{{{", "a brace is never closed: {; "),
            ("{a {left}", "a brace is never closed: {a {left}; "),
            ("left}", "a brace is closed that was never opened; "),
            ("{left}}", "a brace is closed that was never opened; "),
        ] {
            assert_eq!(named(text).unwrap_err().to_string(), format!("{said}{list}"), "{text}");
        }
    }

    /// A part of a template, and what becomes of it.
    fn part() -> impl Strategy<Value = (String, String)> {
        let text = "[ -z|~äß€🔑]{0,6}".prop_map(|text| (text.clone(), text));
        let field = prop::sample::select(&Field::ALL[..])
            .prop_map(|field| (format!("{{{}}}", field.name()), format!("<{}>", field.name())));
        let brace =
            prop::sample::select(&["{", "}"][..]).prop_map(|brace| (brace.repeat(2), brace.to_owned()));
        prop_oneof![text, field, brace]
    }

    proptest! {
        #[test]
        fn each_part_is_replaced_alone(parts in prop::collection::vec(part(), 0..12)) {
            let (text, expected): (String, String) = parts.into_iter().unzip();
            prop_assert_eq!(named(&text), Ok(expected));
        }

        #[test]
        fn any_text_is_a_template_or_has_a_fault(text in any::<String>()) {
            // Doubled, no brace begins a field, and nothing is lost or added.
            let doubled = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(named(&doubled), Ok(text.clone()));
            // Whatever it is, it is a template or has a fault that can be told.
            let _ = named(&text).map_err(|fault| fault.to_string());
        }
    }
}
