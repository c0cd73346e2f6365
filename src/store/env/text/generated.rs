//! Generated `.env` texts of which every byte is known, with holes for our values.
//!
//! The unit tests use this, and the integration tests that ask other readers.

use proptest::prelude::*;
use proptest::sample::select;

/// The variables that the texts are read for.
pub(crate) const OURS: &[&str] = &[TOKEN, EXPIRES, CLIENT];
/// Changed by every write.
pub(crate) const TOKEN: &str = "ZOOM_ACCESS_TOKEN";
/// Changed by every write, or added behind the token.
pub(crate) const EXPIRES: &str = "ZOOM_TOKEN_EXPIRES_AT";
/// Never changed.
pub(crate) const CLIENT: &str = "ZOOM_CLIENT_ID";
/// The value that the writes put into [`TOKEN`].
pub(crate) const NEW_TOKEN: &str = "eyJ.new-A_z~9+/==";
/// The value that the writes put into [`EXPIRES`].
pub(crate) const NEW_EXPIRES: &str = "2026-01-02T03:04:05Z";
/// The value in the last line of a text that [`Case::ends_in_client`].
pub(crate) const CLIENT_AT_END: &str = "client-at-the-end";

/// A text, and the expected one after the writes.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The text before.
    pub(crate) old: String,
    /// The same with [`NEW_TOKEN`] and [`NEW_EXPIRES`].
    pub(crate) new: String,
    /// The token that counts in the old text, if there is one.
    pub(crate) token: Option<String>,
    /// There is no token, and the last line sets [`CLIENT`]: a reader of that can read text put behind it.
    pub(crate) ends_in_client: bool,
}

#[derive(Debug, Clone)]
enum Line {
    /// Stays as it is.
    Other(String),
    Ours {
        name: &'static str,
        /// All before the value, up to the equals sign.
        before: String,
        /// Between the equals sign and the value.
        blanks: &'static str,
        quote: &'static str,
        value: String,
        behind: &'static str,
    },
}

impl Line {
    fn name(&self) -> Option<&'static str> {
        match self {
            Self::Other(_) => None,
            Self::Ours { name, .. } => Some(name),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Other(text) => text.clone(),
            Self::Ours { before, blanks, quote, value, behind, .. } => {
                format!("{before}{blanks}{quote}{value}{quote}{behind}")
            }
        }
    }

    fn rewritten(&self) -> String {
        let Self::Ours { name, before, blanks, quote, value, behind } = self else { return self.text() };
        let new = match *name {
            TOKEN => NEW_TOKEN,
            EXPIRES => NEW_EXPIRES,
            _ => return self.text(),
        };
        if quote.is_empty() && value.is_empty() {
            format!("{before}\"{new}\"{blanks}{behind}")
        } else {
            format!("{before}{blanks}{quote}{new}{quote}{behind}")
        }
    }
}

/// Any text that has to be readable.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let newlines = prop_oneof![
        4 => Just(vec!["\n"]),
        1 => Just(vec!["\r\n"]),
        1 => prop::collection::vec(select(vec!["\n", "\r\n"]), 7),
    ];
    let bom = prop_oneof![9 => Just(""), 1 => Just("\u{feff}")];
    let line = prop_oneof![4 => other().prop_map(Line::Other), 2 => ours(TOKEN), 1 => ours(EXPIRES), 1 => ours(CLIENT)];
    (bom, prop::collection::vec(line, 0..10), newlines, any::<bool>(), any::<bool>()).prop_map(
        |(bom, lines, newlines, complete, client_last)| build(bom, lines, &newlines, complete, client_last),
    )
}

fn ours(name: &'static str) -> impl Strategy<Value = Line> {
    let before = select(vec!["", "", "", "", " ", "\t", "export ", "export ", " export\t"]);
    let equals = select(vec!["=", "=", "=", "=", "=", " ="]);
    let blanks = select(vec!["", "", "", "", "", " ", "\t "]);
    let value = prop_oneof![
        1 => Just(("", String::new())),
        4 => "[A-Za-z0-9._~+/=:@%,-][A-Za-z0-9._~+/=:@%,#-]{0,12}".prop_map(|value| ("", value)),
        2 => "[A-Za-z0-9 $`\"#;&=é]{0,12}".prop_map(|value| ("'", value)),
        1 => "[a-z]{0,3}(\\\\[a-z]{1,3}){0,2}".prop_map(|value| ("'", value)),
        3 => "[A-Za-z0-9 '#;&=é]{0,12}".prop_map(|value| ("\"", value)),
    ];
    let behind =
        select(vec!["", "", "", "", " ", "\t", " # it's", "  # it's \"", "\t#", " \t # '", "    #\""]);
    (before, equals, blanks, value, behind).prop_map(
        move |(before, equals, blanks, (quote, value), behind)| Line::Ours {
            name,
            before: format!("{before}{name}{equals}"),
            blanks,
            quote,
            value,
            behind,
        },
    )
}

/// A line of others, or several in one quote.
fn other() -> impl Strategy<Value = String> {
    let known = select(vec![
        "#ZOOM_ACCESS_TOKEN=old",
        "  # export ZOOM_ACCESS_TOKEN='old",
        "MY_ZOOM_ACCESS_TOKEN=x",
        "ZOOM_ACCESS_TOKEN_OLD='x'",
        "ZOOM_ACCESS_TOKEN.x=y",
        "ZOOM_ACCESS_TOKEN-OLD=y",
        "export ZOOM_ACCESS_TOKEN",
        "X_NOTE='\nZOOM_ACCESS_TOKEN=decoy\n\n# it is'",
        "X_NOTE=\"it's\nexport ZOOM_ACCESS_TOKEN='decoy'\n\\\"\" # it's",
        "X_COPY=\"${ZOOM_ACCESS_TOKEN}\"",
        "X_COPY=${X_NOTE}$HOME-x",
        "X_SAID=\"say \\\"hi\\\" \\\\ \"",
        "X_DIR=C:\\new\\table",
        "X_COLOR=#fff",
        "X_TWO=a'b c'\"d\"",
        "not an assignment",
        "X_SPACED = a b c",
        "X-KEY=1",
        "=x",
        "X_EMPTY=",
    ]);
    prop_oneof![
        4 => known.prop_map(str::to_owned),
        1 => Just(String::new()),
        1 => "[ \t]{1,3}",
        2 => "[ \t]{0,2}#[ -\\[\\]-~ß]{0,20}",
        1 => "X_[A-Z]{1,2}='[A-Za-z0-9 \"#$=é\n]{0,20}'( +# it's)?",
        1 => "X_[A-Z]{1,2}=\"[A-Za-z0-9 '#=é\n]{0,20}\"( +# it's)?",
        1 => "(export )?X_[A-Z]{1,2}=[A-Za-z0-9_./:@%+é-]{0,12}( +# \"x)?",
    ]
}

type Lines = Vec<(String, &'static str)>;

fn build(
    bom: &str,
    mut lines: Vec<Line>,
    newlines: &[&'static str],
    complete: bool,
    client_last: bool,
) -> Case {
    let has = |lines: &[Line], name| lines.iter().any(|line| line.name() == Some(name));
    let ends_in_client = client_last && !has(&lines, TOKEN);
    if ends_in_client {
        lines.push(Line::Ours {
            name: CLIENT,
            before: format!("{CLIENT}="),
            blanks: "",
            quote: "'",
            value: CLIENT_AT_END.into(),
            behind: "",
        });
    }
    // An empty line that lacks its newline is no line.
    while !complete && lines.pop_if(|line| line.text().is_empty()).is_some() {}

    let with_newlines = |text: fn(&Line) -> String| -> Lines {
        let newline =
            |index| if index + 1 == lines.len() && !complete { "" } else { newlines[index % newlines.len()] };
        lines.iter().enumerate().map(|(index, line)| (text(line), newline(index))).collect()
    };
    let old = with_newlines(Line::text);
    let mut new = with_newlines(Line::rewritten);
    let mut last_token = lines.iter().rposition(|line| line.name() == Some(TOKEN));
    if last_token.is_none() {
        last_token = Some(new.len());
        insert(&mut new, lines.len(), format!("{TOKEN}=\"{NEW_TOKEN}\""));
    }
    if let Some(index) = last_token.filter(|_| !has(&lines, EXPIRES)) {
        insert(&mut new, index + 1, format!("{EXPIRES}=\"{NEW_EXPIRES}\""));
    }
    let token = lines.iter().rev().find_map(|line| match line {
        Line::Ours { name: TOKEN, value, .. } => Some(value.clone()),
        _ => None,
    });
    Case { old: bom.to_owned() + &joined(&old), new: bom.to_owned() + &joined(&new), token, ends_in_client }
}

fn insert(lines: &mut Lines, at: usize, line: String) {
    let before = joined(&lines[..at]);
    let newline = match at.checked_sub(1).map(|above| &mut lines[above].1) {
        None => "\n",
        // The text lacks its last newline, and must still lack it afterwards.
        Some(newline @ &mut "") => {
            let crlf = before.rsplit_once('\n').is_some_and(|(text, _)| text.ends_with('\r'));
            *newline = if crlf { "\r\n" } else { "\n" };
            ""
        }
        Some(newline) => newline,
    };
    lines.insert(at, (line, newline));
}

fn joined(lines: &[(String, &str)]) -> String {
    lines.iter().map(|(text, newline)| text.clone() + newline).collect()
}
