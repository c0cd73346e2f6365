use proptest::prelude::*;

use super::generated::{self, Case, EXPIRES, NEW_EXPIRES, NEW_TOKEN, OURS, TOKEN};
use super::oracle::{by_dotenvy, env_text, is_for_dotenvy};
use super::*;

fn parse(text: &str) -> Result<EnvText, Fault> {
    EnvText::parse(text.as_bytes(), OURS)
}

/// A line with the variable `A` in a text: what is read.
fn read(line: &str) -> Option<String> {
    let env = EnvText::parse(line.as_bytes(), &["A"]).unwrap_or_else(|fault| panic!("{line:?}: {fault}"));
    env.get("A").map(|entry| entry.value.to_string())
}

fn with(text: &str, changes: &[(&str, &str)]) -> String {
    let written = parse(text).unwrap().with(changes).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
    assert_eq!(parse(&written).unwrap().with(changes).unwrap(), written, "a second write changes {text:?}");
    written.to_string()
}

#[test]
fn values_are_read() {
    let table = [
        ("A=b", "b"),
        ("A=b\r\n", "b"),
        ("A=b  ", "b"),
        ("A=b\t\n", "b"),
        (" \tA=b\n", "b"),
        ("export A=b", "b"),
        ("  export\tA = 'b' \n", "b"),
        ("A = b\n", "b"),
        ("A= b\n", "b"),
        ("A =b\n", "b"),
        ("A=", ""),
        ("A=\r\n", ""),
        ("A=  \n", ""),
        ("A= # comment\n", ""),
        ("A=\"\" # it's\n", ""),
        ("A=''", ""),
        ("A=b # it's", "b"),
        ("A=b  # it's\nB=c", "b"),
        ("A=b \t # say \"x\n", "b"),
        ("A='b'  # it's\n", "b"),
        ("A=\"b\"\t# it's\n", "b"),
        ("A=b#c\n", "b#c"),
        ("A=\"b # c\"\n", "b # c"),
        ("A='$b`c\\d;e'\n", "$b`c\\d;e"),
        ("A='C:\\dir'\n", "C:\\dir"),
        ("A='b\"c'\n", "b\"c"),
        ("A=\"it's; (b) & c\"\n", "it's; (b) & c"),
        ("A=\"b\nc\"\n", "b\nc"),
        ("A=~/x/y=z:{1,2}*?[!a]@%^,\n", "~/x/y=z:{1,2}*?[!a]@%^,"),
        ("A=b\nA=c\n", "c"),
        ("A=b\nA=\n", ""),
        ("\u{feff}A=b\n", "b"),
        ("# it's\nA=b\n# \"\n", "b"),
        ("A=b\nexport A\n", "b"),
        ("A=b\nexport A # it's", "b"),
        ("A=b\n   ", "b"),
        ("export=1\nA=b", "b"),
    ];
    for (text, value) in table {
        assert_eq!(read(text).as_deref(), Some(value), "{text:?}");
    }
}

#[test]
fn lines_of_others_do_not_matter() {
    let table = [
        "",
        "\n\n",
        "\u{feff}",
        "#A=b",
        "  # A=b",
        "B=\"\nA=b\n\"",
        "B='\nA=b\n'  # it's",
        "B=\"\nA=b\\\\\"",
        "B=\"say \\\"\nA=b\n\\\" \"",
        "AB=c",
        "A.B=c",
        "A-OLD=c",
        "B=A=c",
        "key-with-minus=1",
        "B=c d e",
        "B=C:\\new",
        "B=$A`c`",
        "B='it\\'s'",
        "what is that",
        "=x",
        "export",
        "export A",
        "if true; then\n  echo \"x\ny\"\nfi\n",
    ];
    for text in table {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[test]
fn an_ambiguous_text_is_refused() {
    let table: &[(&str, usize)] = &[
        ("A", 1),
        ("B=1\n\n A: b", 3),
        ("A b\n", 1),
        ("A+=b\n", 1),
        ("A[0]=b\n", 1),
        ("export A b\n", 1),
        ("A=b c\n", 1),
        ("A=b$c\n", 1),
        ("A=\"b$c\"\n", 1),
        ("A=`b`\n", 1),
        ("A=\"`b`\"\n", 1),
        ("A=b\\c\n", 1),
        ("A=\"b\\\"c\"\n", 1),
        ("A=b\\\nB=c\n", 1),
        ("A=b;c\n", 1),
        ("A=b&c\n", 1),
        ("A=b|c\n", 1),
        ("A=<b>\n", 1),
        ("A=(b)\n", 1),
        ("A=#b\n", 1),
        ("A=b'c'\n", 1),
        ("A='b'c\n", 1),
        ("A='b'\"c\"\n", 1),
        ("A=''#b\n", 1),
        ("A='b' c\n", 1),
        ("A='it\\'s'\n", 1),
        ("A='b\\'\nB='\n", 1),
        ("A=b\u{a0}\n", 1),
        ("A=\u{a0}b\n", 1),
        ("A=b\r\r\n", 1),
        ("A=\"b\nc\"d\n", 1),
        ("B=\"x\ny\"\nA=$b", 3),
        // Quotes that are never closed, and quotes that take more than they should.
        ("A=1\nB=\"x\n\nA=b\n", 2),
        ("B=it's\nA=b\n", 1),
        ("B=c\\ # it's\nA=b\n", 1),
        ("B=\"\\\n'\" 'z\nA=b\n", 2),
        ("B=\"x\ny\" 'z\nA=b\n", 2),
        ("B=don't\nA=b\nC=won't\n", 1),
        ("B='C:\\x\\'\nA=b\nC='C:\\y\\'\n", 1),
        ("echo \"x\nA=b\n\"\n", 1),
        // Not text at all.
        ("A=b\n\0\n", 2),
    ];
    for (text, line) in table {
        match EnvText::parse(text.as_bytes(), &["A"]) {
            Ok(env) => panic!("{text:?} is read as {:?}", env.get("A").map(|entry| &entry.value)),
            Err(fault) => assert_eq!(fault.line, Some(*line), "{text:?}: {fault}"),
        }
    }
    let fault = EnvText::parse(b"A=1\nB=\xff\n", &["A"]).unwrap_err();
    assert_eq!(fault.to_string(), "line 2: the text is not UTF-8");
}

/// The fault of a text that is refused.
fn fault(text: &str) -> Fault {
    match parse(text) {
        Ok(env) => panic!("{text:?} is read: {env:?}"),
        Err(fault) => fault,
    }
}

#[test]
fn the_line_is_blamed_whose_quote_ran_over_its_end() {
    let token = "ZOOM_ACCESS_TOKEN=x";
    let table: &[(String, usize, &str)] = &[
        (format!("APP_NAME=Ada's meetings\nX=1\n{token}\nNOTE='fine'\n"), 1, "apostrophe"),
        (format!("X=1\nAPP_NAME=Ada's meetings\n\n{token}\nNOTE=it's\n"), 2, "swallows"),
        (
            format!("A=\"x\"\nAPP_NAME=Ada's meetings\n# it's a comment\nNOTE=can't\n{token}\n"),
            2,
            "apostrophe",
        ),
        (format!("KEY=\"-----BEGIN\nx\n-----END\"\nAPP=it's\nNOTE='fine'\n{token}\n"), 4, "apostrophe"),
        (
            format!("KEY=\"-----BEGIN\nx\n-----END\"\nNOTE=\"fine\"\nLAST=\"open\n{token}\n"),
            5,
            "never closed",
        ),
        (format!("SIZE=27\"\nNOTE=\"fine\"\n{token}\n"), 1, "quotation mark"),
        (format!("DIR='C:\\Backups\\'\nX=1\nLOG='C:\\logs'\n{token}\n"), 1, "backslash"),
        (format!("DIR='C:\\Backups\\'\n{token}\n"), 1, "backslash"),
        (format!("DIR=\"C:\\Backups\\\"\n{token}\nLOG=\"C:\\logs\"\n"), 1, "backslash"),
        (format!("NAME=\"Ada\n{token}\nX=\"b\"\nY=\"c\"\n"), 1, "never closed"),
        // A quote that is closed, where the next variable opens one.
        (format!("NAME='Ada\n{token}\nX='\n"), 1, "swallows"),
        (format!("NAME=\"Ada\n{token}\nexport X = \"\n"), 1, "swallows"),
        (format!("OK=\"x\ny\" and z'\n{token}\nX=z'\n"), 2, "swallows"),
        ("ZOOM_CLIENT_ID=it's\nX='1'\n".into(), 1, "apostrophe"),
    ];
    for (text, line, problem) in table {
        let fault = fault(text);
        assert_eq!(fault.line, Some(*line), "{text:?}: {fault}");
        assert!(fault.problem.contains(problem), "{text:?}: {fault}");
    }
}

#[test]
fn a_line_of_ours_in_another_form_is_reported_with_that_form() {
    let table = [
        ("ZOOM_CLIENT_ID: x", "as YAML does"),
        ("ZOOM_CLIENT_ID:x", "as YAML does"),
        ("ZOOM_CLIENT_ID := x", "as a Makefile does"),
        ("ZOOM_CLIENT_ID", "stands alone"),
        ("ZOOM_CLIENT_ID\r\n", "stands alone"),
        ("ZOOM_CLIENT_ID  # as in the shell", "stands alone"),
        ("ZOOM_CLIENT_ID+=x", "is added to"),
        ("ZOOM_CLIENT_ID x", "is not followed by an equals sign"),
        ("set ZOOM_CLIENT_ID=x", "as cmd.exe does (set NAME=…); write ZOOM_CLIENT_ID=value"),
        ("$env:ZOOM_CLIENT_ID = 'x'", "as PowerShell does"),
        ("declare -x ZOOM_CLIENT_ID='x'", "as bash does"),
        ("setenv ZOOM_CLIENT_ID x", "as csh does"),
        ("A=1\n\u{feff}ZOOM_CLIENT_ID=x", "not visible"),
        ("ZOOM_CLIENT_ID=x; export ZOOM_CLIENT_ID", "another command"),
        ("ZOOM_CLIENT_ID=x;", "another command"),
        ("export ZOOM_CLIENT_ID=x ZOOM_ACCESS_TOKEN=y", "another variable on its line"),
        ("ZOOM_CLIENT_ID=x \\\n", "backslash at the end"),
        ("ZOOM_CLIENT_ID=$(op read op://a/b/c)", "command for a shell"),
        ("ZOOM_CLIENT_ID=\"`pass zoom`\"", "command for a shell"),
        ("ZOOM_CLIENT_ID=x$(id)", "command for a shell"),
        ("ZOOM_CLIENT_ID=${OTHER}", "another variable"),
        ("ZOOM_CLIENT_ID=\"$OTHER\"", "another variable"),
        ("ZOOM_CLIENT_ID=x$OTHER", "another variable"),
        ("ZOOM_CLIENT_ID=<your-client-id>", "placeholder"),
    ];
    for (text, problem) in table {
        let fault = fault(text);
        assert!(
            fault.problem.starts_with("ZOOM_CLIENT_ID ") && fault.problem.contains(problem),
            "{text:?}: {fault}"
        );
        assert!(!fault.problem.contains("single quotes") || text.contains("=x$"), "{text:?}: {fault}");
    }
}

#[test]
fn a_text_of_two_bytes_a_character_is_reported_with_the_line_where_it_begins() {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let swapped = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
    let table: [(Vec<u8>, usize); 6] = [
        ([b"\xff\xfe".to_vec(), wide("A=1\r\n")].concat(), 1),
        (wide("A=1\r\nB=2\r\n"), 1),
        (swapped("A=1\r\nB=2\r\n"), 1),
        ([b"A=1\r\nB=2\r\n".to_vec(), wide("ZOOM_CLIENT_ID=x\r\n")].concat(), 3),
        ([b"A=1".to_vec(), wide("\r\nZOOM_CLIENT_ID=x\r\n")].concat(), 1),
        ([b"A=\xc3\xa9\n".to_vec(), wide("B=\u{e9}\r\n")].concat(), 2),
    ];
    for (bytes, line) in table {
        let fault = EnvText::parse(&bytes, OURS).unwrap_err();
        assert!(fault.problem.contains("UTF-16 and not UTF-8"), "{fault}");
        assert_eq!(fault.line, Some(line), "{fault}");
    }
}

#[test]
fn an_entry_knows_the_line_that_counts() {
    let env = parse("# x\nZOOM_CLIENT_ID=a\nB='\n\n'\n\nZOOM_CLIENT_ID='b'\n").unwrap();
    assert_eq!(env.get("ZOOM_CLIENT_ID"), Some(&Entry { value: "b".to_owned().into(), line: 7 }));
    assert_eq!(env.get("B"), None);
}

#[test]
fn only_the_value_changes() {
    let table = [
        ("ZOOM_ACCESS_TOKEN=old", "ZOOM_ACCESS_TOKEN=new"),
        ("ZOOM_ACCESS_TOKEN=\"old\"\n", "ZOOM_ACCESS_TOKEN=\"new\"\n"),
        ("ZOOM_ACCESS_TOKEN='$old'\r\n", "ZOOM_ACCESS_TOKEN='new'\r\n"),
        ("ZOOM_ACCESS_TOKEN=", "ZOOM_ACCESS_TOKEN=\"new\""),
        ("ZOOM_ACCESS_TOKEN=''", "ZOOM_ACCESS_TOKEN='new'"),
        ("ZOOM_ACCESS_TOKEN=  # it's\r\n", "ZOOM_ACCESS_TOKEN=\"new\"  # it's\r\n"),
        ("\texport  ZOOM_ACCESS_TOKEN =\told\t#'\n", "\texport  ZOOM_ACCESS_TOKEN =\tnew\t#'\n"),
        ("ZOOM_ACCESS_TOKEN=old#old # old", "ZOOM_ACCESS_TOKEN=new # old"),
        ("ZOOM_ACCESS_TOKEN=\"o\nl\nd\"  # x\nB=c", "ZOOM_ACCESS_TOKEN=\"new\"  # x\nB=c"),
        (
            "\u{feff}ZOOM_ACCESS_TOKEN=1\r\n#ZOOM_ACCESS_TOKEN=2\nB=\"\nZOOM_ACCESS_TOKEN=3\n\"\n\nexport ZOOM_ACCESS_TOKEN='4'",
            "\u{feff}ZOOM_ACCESS_TOKEN=new\r\n#ZOOM_ACCESS_TOKEN=2\nB=\"\nZOOM_ACCESS_TOKEN=3\n\"\n\nexport ZOOM_ACCESS_TOKEN='new'",
        ),
        ("ZOOM_ACCESS_TOKEN=old\nB=${ZOOM_ACCESS_TOKEN}", "ZOOM_ACCESS_TOKEN=new\nB=${ZOOM_ACCESS_TOKEN}"),
    ];
    for (old, new) in table {
        assert_eq!(with(old, &[(TOKEN, "new")]), new);
    }
}

#[test]
fn quotes_come_where_a_shell_would_expand_a_tilde() {
    let table =
        [("~a", true), ("a:~b", true), ("a=~b", true), ("a~b", false), ("a:b=c/~", false), ("", true)];
    for (value, quoted) in table {
        let quote = if quoted { "\"" } else { "" };
        let expected = format!("ZOOM_ACCESS_TOKEN={quote}{value}{quote}");
        assert_eq!(with("ZOOM_ACCESS_TOKEN=old", &[(TOKEN, value)]), expected);
        assert_eq!(
            with("ZOOM_ACCESS_TOKEN='old'", &[(TOKEN, value)]),
            format!("ZOOM_ACCESS_TOKEN='{value}'")
        );
    }
}

#[test]
fn a_missing_variable_gets_a_line() {
    let table = [
        ("", "ZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\"\n"),
        ("\u{feff}", "\u{feff}ZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\"\n"),
        ("B=c", "B=c\nZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\""),
        ("B=c\r\n", "B=c\r\nZOOM_ACCESS_TOKEN=\"t\"\r\nZOOM_TOKEN_EXPIRES_AT=\"e\"\r\n"),
        ("B=c\r\nC=d", "B=c\r\nC=d\r\nZOOM_ACCESS_TOKEN=\"t\"\r\nZOOM_TOKEN_EXPIRES_AT=\"e\""),
        ("B=c\r\nC=d\r", "B=c\r\nC=d\r\nZOOM_ACCESS_TOKEN=\"t\"\r\nZOOM_TOKEN_EXPIRES_AT=\"e\""),
        ("ZOOM_ACCESS_TOKEN=1\nB=c\n", "ZOOM_ACCESS_TOKEN=t\nZOOM_TOKEN_EXPIRES_AT=\"e\"\nB=c\n"),
        (
            "ZOOM_ACCESS_TOKEN=1 # x\r\nB=c\n",
            "ZOOM_ACCESS_TOKEN=t # x\r\nZOOM_TOKEN_EXPIRES_AT=\"e\"\r\nB=c\n",
        ),
        (
            "ZOOM_ACCESS_TOKEN=1\nB=c\nZOOM_ACCESS_TOKEN=2",
            "ZOOM_ACCESS_TOKEN=t\nB=c\nZOOM_ACCESS_TOKEN=t\nZOOM_TOKEN_EXPIRES_AT=\"e\"",
        ),
        ("ZOOM_TOKEN_EXPIRES_AT=1\nB=c\n", "ZOOM_TOKEN_EXPIRES_AT=e\nB=c\nZOOM_ACCESS_TOKEN=\"t\"\n"),
        ("B=c\\\n", "B=c\\\n\nZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\"\n"),
        ("B=c\\", "B=c\\\n\nZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\""),
        ("B=c\n  ", "B=c\n  \nZOOM_ACCESS_TOKEN=\"t\"\nZOOM_TOKEN_EXPIRES_AT=\"e\""),
    ];
    for (old, new) in table {
        assert_eq!(with(old, &[(TOKEN, "t"), (EXPIRES, "e")]), new, "{old:?}");
    }
    let new = EnvText::empty(OURS).with(&[(TOKEN, "t")]).unwrap();
    assert_eq!(*new, "ZOOM_ACCESS_TOKEN=\"t\"\n");
}

#[test]
fn a_value_that_must_not_be_written_is_refused() {
    let env = parse("ZOOM_ACCESS_TOKEN=old\n").unwrap();
    for value in ["a b", "a\nb", "a\"b", "a'b", "$(id)", "`id`", "a#b", "a;b", "a\\b", "a\u{e9}b"] {
        assert!(env.with(&[(TOKEN, value)]).is_err(), "{value:?}");
    }
    assert!(env.with(&[("PATH", "x")]).is_err());
    assert!(env.with(&[(TOKEN, "2026-01-02T03:04:05Z")]).is_ok());
}

#[test]
fn nothing_shows_a_value() {
    let env = parse("ZOOM_CLIENT_ID=canary\nB=canary\n").unwrap();
    let shown = format!("{env:?} {:?}", env.get("ZOOM_CLIENT_ID"));
    assert!(shown.contains("ZOOM_CLIENT_ID") && !shown.contains("canary"), "{shown}");
    for text in
        ["ZOOM_CLIENT_ID: canary", "ZOOM_CLIENT_ID=canary canary", "B='canary", "ZOOM_CLIENT_ID=$canary"]
    {
        let fault = parse(text).unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains("canary"), "{fault}");
    }
}

proptest! {
    #[test]
    fn a_write_changes_the_values_and_no_other_byte(case in generated::case()) {
        let Case { old, new, token, .. } = case;
        let changes = [(TOKEN, NEW_TOKEN), (EXPIRES, NEW_EXPIRES)];
        let env = parse(&old).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert_eq!(env.get(TOKEN).map(|entry| &*entry.value), token.as_ref());
        let written = env.with(&changes).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert_eq!(&*written, &new);
        prop_assert_eq!(parse(&new).and_then(|env| env.with(&changes)), Ok(new.clone().into()));
        if is_for_dotenvy(&old) {
            prop_assert_eq!(by_dotenvy(&old, TOKEN), token);
            prop_assert_eq!(by_dotenvy(&new, TOKEN), Some(NEW_TOKEN.to_owned()));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        env_text(&bytes);
    }

    #[test]
    fn a_readable_text_can_be_written(text in "([A='\"\\\\ #\n\r\t;-]|A=|\nA=|export |\u{feff}|\u{a0}|\\$A|B=){0,20}") {
        env_text(text.as_bytes());
    }
}
