//! The policies for hosted servers in `policies/hosted`, against the tools that those servers have.

use serde_json::{Map, Value, json};

use crate::policy::class::{Class, classify};
use crate::policy::{Against, Catalog, Judgement, Policy};
use crate::sandbox::hosted::servers::Server::{
    self, Chat, Docs, Meeting, RevenueAccelerator, Tasks, Whiteboard, Zoom,
};
use crate::sandbox::hosted::tools::{self, Effect};

const SERVERS: [Server; 7] = [Zoom, Meeting, Chat, Docs, Tasks, Whiteboard, RevenueAccelerator];

fn catalog(server: Server) -> Catalog {
    tools::of(server).map(|tool| (tool.name.to_owned(), tool.listed()["inputSchema"].clone())).collect()
}

/// A policy that is shipped.
fn shipped(server: Server, kind: &str) -> Policy {
    let path = format!("{}/policies/hosted/{}-{kind}.json", env!("CARGO_MANIFEST_DIR"), server.name());
    let text = std::fs::read_to_string(&path).unwrap();
    let policy = Policy::parse(&text, Against::Listed(&catalog(server)))
        .unwrap_or_else(|faults| panic!("{path}: {faults:?}"));
    assert_eq!(policy.warnings(), [], "{path}");
    policy
}

fn judge(policy: &Policy, tool: &str, arguments: &Value) -> Judgement {
    policy.judge(tool, arguments.as_object().unwrap())
}

#[test]
fn there_is_one_of_each_kind_for_each_server_and_no_other() {
    let directory = format!("{}/policies/hosted", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(std::fs::read_dir(directory).unwrap().count(), 2 * SERVERS.len());
}

#[test]
fn those_for_reading_let_everything_be_read_and_nothing_else() {
    for server in SERVERS {
        let policy = shipped(server, "read-only");
        for tool in tools::of(server) {
            let judgement = judge(&policy, tool.name, &json!({}));
            if tool.effect == Effect::Reads {
                assert_eq!(
                    judgement.map(|allowed| (allowed.charges.len(), allowed.approve)),
                    Ok((0, None)),
                    "{}",
                    tool.name
                );
            } else {
                assert!(judgement.is_err() && policy.hides(tool.name), "{}", tool.name);
            }
        }
        assert!(!policy.allows("a_tool_of_tomorrow"));
    }
}

#[test]
fn the_careful_ones_limit_what_is_made_and_ask_before_anything_is_removed() {
    for server in SERVERS {
        let policy = shipped(server, "careful");
        for tool in tools::of(server) {
            let arguments = if tool.name == "zoom_chat_channel_create" {
                json!({"channel_type": "private_channel"})
            } else {
                json!({})
            };
            let allowed = judge(&policy, tool.name, &arguments).unwrap();
            // The first is the limit of all tools.
            let is_limited = allowed.charges.len() > 1;
            match tool.effect {
                Effect::Reads => assert_eq!(allowed.approve, None, "{}", tool.name),
                Effect::Adds => assert!(is_limited || allowed.approve.is_some(), "{}", tool.name),
                Effect::Removes => assert!(allowed.approve.is_some(), "{}", tool.name),
            }
        }
        assert!(!policy.allows("a_tool_of_tomorrow"));
    }
}

#[test]
fn the_careful_ones_keep_passcodes_out_and_channels_private() {
    let chat = shipped(Chat, "careful");
    for (arguments, passes) in [
        (json!({"channel_type": "private_channel"}), true),
        (json!({"channel_type": "group_chat"}), true),
        (json!({"channel_type": "public_channel"}), false),
        // By default it would be public.
        (json!({}), false),
        (json!({"channel_type": "private_channel", "Channel_Type": "public_channel"}), false),
    ] {
        assert_eq!(judge(&chat, "zoom_chat_channel_create", &arguments).is_ok(), passes, "{arguments}");
    }
    for server in [Zoom, Meeting] {
        let policy = shipped(server, "careful");
        for passcode in ["raw_passcode", "encode_passcode"] {
            let arguments = Value::from(Map::from_iter([(passcode.to_owned(), json!("x"))]));
            assert!(judge(&policy, "get_recording_resource", &arguments).is_err(), "{passcode}");
        }
    }
}

#[test]
fn no_tool_is_classed_below_what_it_does() {
    for server in SERVERS {
        for tool in tools::of(server) {
            let found = classify(&tool.listed()).unwrap();
            match tool.effect {
                Effect::Reads => assert_eq!(found.class, Class::Read, "{found:?}"),
                Effect::Adds => assert!(found.class >= Class::Write, "{found:?}"),
                Effect::Removes => assert_eq!(found.class, Class::Destructive, "{found:?}"),
            }
        }
    }
}
