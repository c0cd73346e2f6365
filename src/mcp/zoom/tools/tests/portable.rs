//! The list of tools is one that every client takes: each rule, with whose it is and where it stands.

use super::*;

/// A rule for a schema and all schemas in it: the name of the place, and the keywords there.
struct Rule {
    /// The origin of the rule, and where it stands.
    source: &'static str,
    holds: fn(&str, &Map<String, Value>) -> bool,
}

const RULES: &[Rule] = &[
    Rule {
        source: "Gemini's API refuses a keyword that its Schema does not have, such as additionalProperties, const, \
                 exclusiveMinimum, $ref and oneOf (https://ai.google.dev/api/caching#Schema; \
                 https://github.com/googleapis/python-genai/issues/2476, \
                 https://github.com/hideya/langchain-mcp-tools-ts/issues/36); Claude's strict tools and OpenAI's strict \
                 mode refuse pattern, lengths, bounds or default, by model \
                 (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, \
                 https://docs.claude.com/en/docs/build-with-claude/structured-outputs). These are left",
        holds: |_, keywords| {
            const ALL: [&str; 6] = ["type", "description", "properties", "required", "items", "enum"];
            keywords.keys().all(|keyword| ALL.contains(&keyword.as_str()))
        },
    },
    Rule {
        source: "one type, and a name: Gemini's API takes no list of types (type is one word of an enumeration, \
                 https://ai.google.dev/api/caching#Type), llama.cpp no schema without one in tools \
                 (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md)",
        holds: |_, keywords| {
            let types = ["object", "string", "integer", "boolean", "array"];
            keywords["type"].as_str().is_some_and(|name| types.contains(&name))
        },
    },
    Rule {
        source: "Gemini's API: \"enum: only allowed for STRING type\", \
                 https://github.com/google-gemini/gemini-cli/issues/2237",
        holds: |_, keywords| {
            keywords.get("enum").is_none_or(|words| {
                let words = words.as_array().unwrap();
                keywords["type"] == "string" && !words.is_empty() && words.iter().all(Value::is_string)
            })
        },
    },
    Rule {
        source: "an object has properties, and what is required is among them: Gemini's API and OpenAI's functions \
                 (https://platform.openai.com/docs/guides/function-calling)",
        holds: |_, keywords| {
            let is_object = keywords["type"] == "object";
            let Some(parts) = keywords.get("properties").and_then(Value::as_object) else {
                return !is_object;
            };
            let mut required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
            is_object && required.all(|name| parts.contains_key(name.as_str().unwrap()))
        },
    },
    Rule {
        source: "no object without a property: Gemini's API (\"properties: should be non-empty for OBJECT type\", \
                 https://github.com/pipecat-ai/pipecat-flows/issues/110, \
                 https://github.com/CherryHQ/cherry-studio/issues/3270)",
        holds: |_, keywords| {
            let parts = keywords.get("properties").and_then(Value::as_object);
            keywords["type"] != "object" || parts.is_some_and(|parts| !parts.is_empty())
        },
    },
    Rule {
        source: "an array says of what: Gemini's API (\"items: missing field\")",
        holds: |_, keywords| (keywords["type"] == "array") == keywords.contains_key("items"),
    },
    Rule {
        source: "Claude's API: property keys match ^[a-zA-Z0-9_.-]{1,64}$ \
                 (https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use)",
        holds: |name, _| {
            let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            is_plain && (1..=64).contains(&name.len())
        },
    },
    Rule {
        source: "OpenAI's strict mode: at most 100 properties, five levels, and 1,000 words of an enum \
                 (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas)",
        holds: |_, keywords| {
            levels(keywords) <= 5 && Value::from(keywords.clone()).to_string().len() < 15_000
        },
    },
    Rule {
        source: "texts of one line, which every client shows",
        holds: |_, keywords| {
            let said = keywords.get("description").map(|text| text.as_str().unwrap());
            said.is_none_or(|text| text.ends_with('.') && !text.contains(['\n', '\t']))
        },
    },
];

fn levels(keywords: &Map<String, Value>) -> usize {
    let parts = keywords.get("properties").and_then(Value::as_object);
    let parts = parts.into_iter().flat_map(|parts| parts.values()).chain(keywords.get("items"));
    1 + parts.map(|part| levels(part.as_object().unwrap())).max().unwrap_or(0)
}

fn hold(tool: &str, place: &str, name: &str, keywords: &Map<String, Value>) {
    for Rule { source, holds } in RULES {
        assert!(holds(name, keywords), "{tool} {place}: {source}: {keywords:#?}");
    }
    for (below, part) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
        hold(tool, &format!("{place}.{below}"), below, part.as_object().unwrap());
    }
    if let Some(items) = keywords.get("items") {
        hold(tool, &format!("{place}[]"), "items", items.as_object().unwrap());
    }
}

#[test]
fn every_tool_is_one_that_every_client_takes() {
    let tools = all();
    // OpenAI: at most 128 functions (https://platform.openai.com/docs/api-reference/chat/create).
    assert!(tools.len() <= 128);
    for tool in tools {
        // The shortest of all: Gemini's 63 characters, with a letter first. OpenAI has 64 and no dots.
        let name = tool.name.as_bytes();
        assert!(name.len() < 64 && name[0].is_ascii_alphabetic(), "{}", tool.name);
        assert!(name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'), "{}", tool.name);
        // OpenAI: 1,024 characters.
        assert!(tool.description.chars().count() <= 1024, "{}", tool.name);
        hold(tool.name, "input", "input", &tool.input);
        assert_eq!(tool.input["type"], "object", "{}: the protocol wants an object", tool.name);
        for (name, argument) in tool.input["properties"].as_object().unwrap() {
            assert!(argument["description"].is_string(), "{}: {name} is not described", tool.name);
        }
        if let Some(output) = &tool.output {
            hold(tool.name, "output", "output", output);
            assert_eq!(output["type"], "object", "{}: the protocol wants an object", tool.name);
        }
    }
}

/// Keywords that are not shown hold all the same.
#[test]
fn rules_that_are_not_shown_are_checked() {
    for tool in all() {
        let given = json!({"no_such_argument": 1, "meeting_id": "1", "topic": "x", "user_id": "me"});
        let failure = zoom::read(tool.name, given).err().unwrap();
        assert!(failure.message.contains("unknown field"), "{}: {}", tool.name, failure.message);
        let hidden = tool.schema.to_string();
        assert!(hidden.contains(r#""additionalProperties":false"#), "{}", tool.name);
    }
}

#[test]
fn rules_that_are_not_shown_are_described() {
    let tools = all();
    let said = |tool: &str, argument: &str| {
        let tool = tools.iter().find(|one| one.name == tool).unwrap();
        tool.input["properties"][argument]["description"].as_str().unwrap().to_owned()
    };
    for (tool, argument, end) in [
        ("list_meetings", "page_size", " From 1 to 300. By default 30."),
        ("list_meetings", "user_id", " By default `me`."),
        ("list_meetings", "type", " By default `upcoming`."),
        ("create_meeting", "topic", " At most 200 characters."),
        ("create_meeting", "duration", " At least 1."),
        ("create_meeting", "type", " By default 2."),
    ] {
        let said = said(tool, argument);
        assert!(said.ends_with(end), "{tool} {argument}: {said}");
    }
}
