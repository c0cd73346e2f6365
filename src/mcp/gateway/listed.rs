//! The tools that a server lists, and the ones of them that a client gets to see. Pure.

use serde_json::Value;
use serde_json::value::RawValue;

use super::distinct::{self, Fields};
use super::message::{Kind, Message, Outcome};

/// One page of a list of tools.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    result: Fields<'a>,
    /// Each tool as it is written, and as it is.
    tools: Vec<(&'a RawValue, Value)>,
}

impl<'a> Page<'a> {
    /// Reads the result of `tools/list`; none where it is not one.
    pub(crate) fn read(answer: &Message<'a>) -> Option<Self> {
        let Kind::Answer { outcome: Outcome::Result(result), .. } = answer.kind else { return None };
        let result = Fields::read(result.get()).ok()?;
        if result.twice().is_some() {
            return None;
        }
        let listed: Vec<&RawValue> = serde_json::from_str(result.get("tools")?.get()).ok()?;
        let tools = listed.into_iter().map(|raw| Some((raw, value(raw)?)));
        Some(Self { tools: tools.collect::<Option<_>>()?, result })
    }

    /// The tools on it.
    pub(crate) fn tools(&self) -> impl Iterator<Item = &Value> {
        self.tools.iter().map(|(_, tool)| tool)
    }

    /// Where the next page begins.
    pub(crate) fn next(&self) -> Option<String> {
        serde_json::from_str(self.result.get("nextCursor")?.get()).ok()
    }

    /// The list with only those of its tools that are `shown`, each as it is written; none where that is all of them.
    pub(crate) fn shown(&self, shown: impl Fn(&Value) -> bool) -> Option<Shown<'a>> {
        let kept: Vec<&str> =
            self.tools.iter().filter(|(_, tool)| shown(tool)).map(|(raw, _)| raw.get()).collect();
        if kept.len() == self.tools.len() {
            return None;
        }
        let text = format!("[{}]", kept.join(","));
        let part = self.result.get("tools")?;
        Some(Shown { part, text })
    }
}

/// A tool as every reader finds it. One in which a name stands twice is none: what was accepted of it need not be what a
/// client reads.
fn value(raw: &RawValue) -> Option<Value> {
    let value = serde_json::from_str(raw.get()).ok()?;
    Some(if distinct::check(raw.get()).is_ok() { value } else { Value::Null })
}

/// The part of an answer with the tools, and what takes its place.
#[derive(Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) part: &'a RawValue,
    pub(crate) text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"result":{"_meta":{"n":1.50},"tools":[ {"name":"a","x":12345678901234567890123},
        {"name":"b"} , {"name":"c"}],"nextCursor":"\u0061"}}"#;

    #[test]
    fn hidden_tools_are_left_out_and_everything_else_stays() {
        let answer = Message::from_server(ANSWER.as_bytes()).unwrap();
        let page = Page::read(&answer).unwrap();
        assert_eq!(page.next().as_deref(), Some("a"));
        assert_eq!(page.tools().count(), 3);
        assert!(page.shown(|_| true).is_none());
        let Shown { part, text } = page.shown(|tool| tool["name"] != "b").unwrap();
        let spliced = answer.spliced([answer.replace(part, text)]);
        let tools = r#"[{"name":"a","x":12345678901234567890123},{"name":"c"}]"#;
        let whole = format!(
            r#"{{"jsonrpc":"2.0","id":1,"result":{{"_meta":{{"n":1.50}},"tools":{tools},"nextCursor":"\u0061"}}}}"#
        );
        assert_eq!(spliced, whole);
    }

    #[test]
    fn a_tool_that_can_be_read_in_two_ways_is_none() {
        for tool in [
            r#"{"name":"a","name":"b"}"#,
            r#"{"name":"a","description":"x","description":"y"}"#,
            r#"{"name":"a","inputSchema":{"type":"object","type":"string"}}"#,
        ] {
            let answer =
                format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"tools":[{tool},{{"name":"c"}}]}}}}"#);
            let answer = Message::from_server(answer.as_bytes()).unwrap();
            let tools: Vec<Value> = Page::read(&answer).unwrap().tools().cloned().collect();
            assert_eq!(tools, [Value::Null, serde_json::json!({"name": "c"})], "{tool}");
        }
    }

    #[test]
    fn a_malformed_list_of_tools_is_none() {
        for result in
            ["7", "{}", r#"{"tools":{}}"#, r#"{"tools":[],"tools":[]}"#, r#"{"tools":[{"a":1e999}]}"#]
        {
            let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{result}}}"#);
            assert!(Page::read(&Message::from_server(answer.as_bytes()).unwrap()).is_none(), "{result}");
        }
    }
}
