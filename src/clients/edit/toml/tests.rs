//! A server in a text of TOML.

use proptest::prelude::*;

use super::*;
use crate::clients::edit::TOML;
use crate::clients::shape::Shape;
use crate::clients::system::System;

const SHAPE: Shape = Shape { root: &["mcp_servers"], ..Shape::MCP_SERVERS };
const SERVER: Place<'_> = Place { shape: &SHAPE, server: "zoom", part: Part::Whole, system: System::Linux };
const COMMAND: Place<'_> = Place { part: Part::Command, ..SERVER };
const ARGS: Place<'_> = Place { part: Part::Args, ..SERVER };
const VARIABLE: Place<'_> = Place { part: Part::Variable("A"), ..SERVER };

fn args() -> Vec<String> {
    ["mcp", r"C:\a b"].map(str::to_owned).to_vec()
}

#[track_caller]
fn changed(text: &str, place: Place<'_>, new: &New<'_>) -> String {
    edit(text, place, new).unwrap().text.unwrap().to_string()
}

#[track_caller]
fn installed(text: &str) -> String {
    let args = args();
    changed(text, SERVER, &New::Object(vec![("command", New::Text("z")), ("args", New::List(&args))]))
}

/// The entry with these ends of lines.
fn entry(newline: &str) -> String {
    ["[mcp_servers.zoom]", "command = \"z\"", r#"args = ["mcp", "C:\\a b"]"#, ""].join(newline)
}

#[test]
fn a_new_server_stands_behind_the_others_and_nothing_else_changes() {
    for (before, after, newline) in [
        ("", "", "\n"),
        ("model = \"x\" # mine\n", "", "\n"),
        ("\u{feff}# only a comment", "", "\n"),
        ("[mcp_servers.a]\r\ncommand = 'y' # c\r\n", "\r\n# of tui\r\n[tui]\r\nx.y = 1\r\n", "\r\n"),
        ("[mcp_servers.a]\nargs = [\n  1, # one\n]\n[mcp_servers.a.env]\nT = 'canary'\n", "\n[tui]\n", "\n"),
        ("[mcp_servers]\n", "\n[[x]]\na = 1\n", "\n"),
        ("[mcp_servers]\na = { command = 'y' }\n", "", "\n"),
    ] {
        let blank = if before.is_empty() { "" } else { newline };
        let ended = if before.ends_with('\n') || before.is_empty() { "" } else { newline };
        let new = installed(&format!("{before}{after}"));
        assert_eq!(new, format!("{before}{ended}{blank}{}{after}", entry(newline)));
        if ended.is_empty() {
            assert_eq!(*remove(&new, SERVER).unwrap().text.unwrap(), format!("{before}{after}"));
        }
    }
    // A header right behind gets a blank line before it.
    let new = installed("[mcp_servers.a]\n[tui]\n");
    assert_eq!(new, format!("[mcp_servers.a]\n\n{}\n[tui]\n", entry("\n")));
}

#[test]
fn another_server_gives_way_with_the_tables_below_it() {
    let text = "a = 1\n[mcp_servers.zoom] # mine\n# old\ncommand = 'n'\nurl = 1 # gone\n\n# of env\n\n\
                [mcp_servers.zoom.env]\nT = 'canary'\n\n[b]\nc = 2\n";
    let entry = entry("\n").replace("zoom]", "zoom] # mine");
    let new = format!("a = 1\n{entry}\n# of env\n\n[b]\nc = 2\n");
    assert_eq!(installed(text), new);
    assert_eq!(
        installed("mcp_servers = { a = {} }\n"),
        "mcp_servers = { a = {}, zoom = { command = \"z\", args = [\"mcp\", \"C:\\\\a b\"] } }\n"
    );
    assert_eq!(edit(&new, SERVER, &New::Object(vec![("command", New::Text("z"))])).unwrap().text, None);
}

#[test]
fn a_part_of_a_server_is_put_where_it_stands() {
    let text = "[mcp_servers.zoom]\ncommand = 'n' # c\n# end\n[mcp_servers.zoom.env]\n\"A\" = 'old' # a\n";
    assert_eq!(changed(text, COMMAND, &New::Text("new")), text.replace("'n'", "\"new\""));
    assert_eq!(changed(text, VARIABLE, &New::Text("new")), text.replace("'old'", "\"new\""));
    let list = ["b".to_owned()];
    assert_eq!(changed(text, ARGS, &New::List(&list)), text.replace("# c\n", "# c\nargs = [\"b\"]\n"));
    for (text, new) in [
        ("[mcp_servers.zoom]\ncommand='n'", "[mcp_servers.zoom]\ncommand='n'\nenv = { A = \"v\" }\n"),
        (
            "[mcp_servers.zoom]\nenv = { B = 'c' }\ncommand='n'\n",
            "[mcp_servers.zoom]\nenv = { B = 'c', A = \"v\" }\ncommand='n'\n",
        ),
        ("[mcp_servers.zoom]\nenv = {}\n", "[mcp_servers.zoom]\nenv = { A = \"v\" }\n"),
        (
            "[mcp_servers.zoom]\r\n[mcp_servers.zoom.env]\r\n\r\n[z]\r\n",
            "[mcp_servers.zoom]\r\n[mcp_servers.zoom.env]\r\nA = \"v\"\r\n\r\n[z]\r\n",
        ),
        (
            "mcp_servers.zoom = { command = 'n' }\n",
            "mcp_servers.zoom = { command = 'n', env = { A = \"v\" } }\n",
        ),
        (
            "mcp_servers = { zoom = { env = { B = 'c' } } } # all\n",
            "mcp_servers = { zoom = { env = { B = 'c', A = \"v\" } } } # all\n",
        ),
    ] {
        assert_eq!(changed(text, VARIABLE, &New::Text("v")), new);
    }
}

#[test]
fn what_is_in_the_way_is_named_and_left_alone() {
    let args = args();
    let server = New::Object(vec![("command", New::Text("z")), ("args", New::List(&args))]);
    for (text, problem) in [
        ("mcp_servers = 1", "cannot be set"),
        ("mcp_servers.zoom = 'canary'", "is not a table"),
        ("[mcp_servers]\nzoom.command = 'canary'", "cannot be set"),
        ("[mcp_servers.zoom.env]\nA = 'canary'", "cannot be set"),
        ("[[mcp_servers]]\n", "cannot be set"),
        ("a = 1\na = 2 # canary", "not TOML"),
        ("a = 'canary", "not TOML"),
        ("[mcp_servers.a]\n[mcp_servers.a]\n", "not TOML"),
        ("{}", "not TOML"),
    ] {
        let fault = edit(text, SERVER, &server).unwrap_err();
        assert!(fault.problem.contains(problem) && !fault.problem.contains("canary"), "{text}: {fault}");
    }
    assert_eq!(read("a = 1\n\nb = 'canary").unwrap_err(), Fault::at(3, "not TOML"));
    for text in ["[mcp_servers]\nzoom.command = 'x'", "mcp_servers = { zoom = { command = 'x' } }"] {
        remove(text, SERVER).unwrap_err();
    }
    assert!(remove("[mcp_servers.a]\n", SERVER).unwrap().text.is_none());
    // A variable has no place where its table is none, or is written piece by piece.
    for text in [
        "[mcp_servers.zoom]\nenv = 'canary'\n",
        "[mcp_servers.zoom]\nenv.B = 'canary'\n",
        "mcp_servers = { zoom = { env = 1 } }\n",
        "mcp_servers = { zoom = 'canary' }\n",
    ] {
        let fault = edit(text, VARIABLE, &New::Text("v")).unwrap_err();
        assert!(
            fault.problem.starts_with("mcp_servers") && !fault.problem.contains("canary"),
            "{text}: {fault}"
        );
    }
    let wrong = edit("[mcp_servers.zoom]\ncommand = ['a']", COMMAND, &New::Text("z")).unwrap_err();
    assert_eq!(wrong.problem, "mcp_servers.zoom.command is not a string");
}

#[test]
fn the_servers_may_be_deeper_and_in_a_table_that_is_a_value() {
    let shape = Shape { root: &["tools", "servers"], ..Shape::MCP_SERVERS };
    let place = Place { shape: &shape, ..SERVER };
    let new = New::Object(vec![("command", New::Text("z"))]);
    let put = |text: &str| edit(text, place, &new).map(|edit| edit.text.map(|text| text.to_string()));
    for (text, expected) in [
        (
            "tools = { servers = { a = {} } }\n",
            "tools = { servers = { a = {}, zoom = { command = \"z\" } } }\n",
        ),
        ("[tools]\nservers = { zoom = {} }\n", "[tools]\nservers = { zoom = { command = \"z\" } }\n"),
    ] {
        assert_eq!(put(text), Ok(Some(expected.to_owned())));
    }
    for text in ["tools = { servers = 1 }\n", "tools = { a = 1 }\n", "[tools]\nservers = 1\n"] {
        assert!(put(text).unwrap_err().problem.contains("tools.servers"), "{text}");
    }
}

/// Texts as people have them: other tables before and behind, comments, either end of lines.
pub(in crate::clients) fn configuration() -> impl Strategy<Value = String> {
    let pieces = prop::sample::subsequence(
        vec![
            "# a comment\n",
            "\n",
            "[tui]\ntheme = \"é\" # t\n",
            "[mcp_servers.a]\ncommand = 'npx'\nargs = [\n\t\"-y\", # yes\n]\n",
            "[mcp_servers.a.env]\nTOKEN = \"canary\"\n\n",
            "[mcp_servers.\"b c\"] # b\nurl = \"https://x\"\n",
            "[profiles.p]\nmodel = 'm'\nwhen = 1979-05-27T07:32:00Z\nn = 1_000\n",
            "[[projects]]\npath = 'p'\n",
            "[mcp_servers.zoom]\ncommand = 'node' # mine\n# env\nenv = { A = 'old', B = \"c\" }\n",
            "[mcp_servers.zoom.tools]\nx = true\n",
        ],
        0..10,
    );
    (pieces.prop_shuffle(), any::<[bool; 3]>()).prop_filter_map("not TOML", |(pieces, [crlf, mark, top])| {
        let text = format!("{}{}", if top { "model = \"x\"\n" } else { "" }, pieces.concat());
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        read(&text).ok().map(|_| format!("{}{text}", if mark { "\u{feff}" } else { "" }))
    })
}

/// Whether all lines of `old` are in `new`, in their order, but for those of the server.
fn keeps_lines(old: &str, new: &str) -> bool {
    let mut own = false;
    let plain = |text: &str| text.trim_start_matches('\u{feff}').to_owned();
    let (old, new) = (plain(old), plain(new));
    let mut new = new.split_inclusive('\n');
    old.split_inclusive('\n').all(|line| {
        if line.starts_with('[') {
            own = line.starts_with("[mcp_servers.zoom");
        }
        let is_comment = line.starts_with('#') && !line.starts_with("# env");
        (own && !is_comment) || line.trim().is_empty() || new.any(|other| other == line)
    })
}

fn without_zoom(text: &str) -> Value {
    let mut value = read(text).unwrap();
    let servers = value.get_mut("mcp_servers").and_then(Value::as_object_mut);
    if servers.is_some_and(|servers| servers.remove("zoom").is_some() && servers.is_empty()) {
        value.as_object_mut().unwrap().remove("mcp_servers");
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_changes_one_server(text in configuration(), (command, value) in any::<(String, String)>()) {
        let args = [value.clone()];
        let server = New::Object(vec![("command", New::Text(&command)), ("args", New::List(&args))]);
        for (place, new) in [
            (SERVER, server.clone()),
            (COMMAND, New::Text(&command)),
            (ARGS, New::List(&args)),
            (VARIABLE, New::Text(&value)),
        ] {
            let Ok(Edit { text: Some(changed), .. }) = edit(&text, place, &new) else { continue };
            let mut expected = read(&text).unwrap();
            assert!(set(&mut expected, &place.path(), &new));
            prop_assert_eq!(read(&changed).unwrap(), expected);
            prop_assert!(edit(&changed, place, &new).unwrap().text.is_none(), "again: {}", &*changed);
            prop_assert!(keeps_lines(&text, &changed), "{:?} {:?}", text, &*changed);
            let bare = changed.replace("\r\n", "");
            prop_assert!(!text.contains("\r\n") || !bare.contains('\n'), "{:?}", &*changed);
        }
        if let Ok(Edit { text: Some(changed), .. }) = edit(&text, SERVER, &server) {
            let gone = remove(&changed, SERVER).unwrap().text.unwrap();
            prop_assert_eq!(read(&gone).unwrap(), without_zoom(&text));
            prop_assert!(keeps_lines(&text, &gone), "{:?} {:?}", text, &*gone);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in any::<String>()) {
        for text in [format!("[mcp_servers.zoom]\n{text}"), text] {
            let _ = edit(&text, SERVER, &New::Object(vec![("command", New::Text("z"))]));
            let _ = edit(&text, VARIABLE, &New::Text("z"));
            let _ = remove(&text, SERVER);
            let _ = (TOML.not_understood)(&text);
        }
    }
}
