//! YAML as the examples are written in it, read as JSON: several documents of maps, lists and scalars, without anchors.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Value};

/// All documents of a text.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    let mut parser = Parser::new_from_str(text);
    let mut documents = Vec::new();
    loop {
        match next(&mut parser) {
            Event::StreamEnd => return documents,
            Event::DocumentStart(_) => {
                let first = next(&mut parser);
                documents.push(node(first, &mut parser));
            }
            _ => {}
        }
    }
}

fn next<'t>(parser: &mut Parser<'t, StrInput<'t>>) -> Event<'t> {
    parser.next_event().map_or(Event::StreamEnd, |event| event.unwrap().0)
}

fn node<'t>(event: Event<'t>, parser: &mut Parser<'t, StrInput<'t>>) -> Value {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => match &*text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "" | "~" | "null" => Value::Null,
            text => text.parse::<i64>().map_or_else(|_| text.into(), Into::into),
        },
        Event::Scalar(text, ..) => text.into_owned().into(),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match next(parser) {
                    Event::SequenceEnd => return items.into(),
                    event => items.push(node(event, parser)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                let Event::Scalar(key, ..) = next(parser) else { return map.into() };
                let first = next(parser);
                let value = node(first, parser);
                assert!(map.insert(key.to_string(), value).is_none(), "{key} stands twice");
            }
        }
        event => panic!("{event:?} is not read here"),
    }
}
