use std::time::Duration;

use rmcp::ServiceExt as _;
use serde_json::json;

use super::*;
use crate::clock::{Shutdown, SystemClock};
use crate::mcp::zoom::tools::{Call, Hints, Read};
use crate::policy::Catalog;
use crate::policy::gate::Ground;
use crate::policy::gate::Voice;
use crate::settings::Environment;

/// A server of tools that do this.
fn server(reads: &[(&'static str, Read)]) -> Server {
    let hints = Hints { read_only: true, destructive: false, idempotent: true, open_world: false };
    let input: Arc<Map<_, _>> = Arc::new([("type".into(), "object".into())].into_iter().collect());
    let definition = |&(name, read): &(&'static str, Read)| {
        let (input, schema) = (Arc::clone(&input), Arc::default());
        Definition {
            scopes: None,
            name,
            title: name,
            description: name,
            hints,
            input,
            output: None,
            long: None,
            schema,
            read,
        }
    };
    let tools = reads.iter().map(definition).collect();
    let (clock, (_, gone)) = (SystemClock::start(), watch::channel(()));
    let gate = Gate::new(Ground::nothing(), Catalog::new(), clock, Voice::silent());
    let tokens = Tokens::new(Environment::from_pairs([]), ".env".into(), None, clock, Shutdown::never());
    Server::new(Parts { tools, gate: Arc::new(gate), tokens: Arc::new(tokens), gone })
}

#[tokio::test]
async fn a_tool_that_panics_fails_and_the_server_lives() {
    let server = server(&[
        ("panics", |_, given, _| {
            Ok(Call::new(given, |_| Box::pin(async { panic!("this is part of a test") })))
        }),
        ("works", |_, given, _| {
            Ok(Call::new(given, |_| Box::pin(async { Ok(json!({"fine": true}).into()) })))
        }),
    ]);
    let (ours, theirs) = tokio::io::duplex(65536);
    tokio::spawn(async move { server.serve(ours).await.unwrap().waiting().await });
    let client = ().serve(theirs).await.unwrap();
    // Without an answer it would wait for ever.
    let call = async |tool| {
        let answer = client.call_tool(CallToolRequestParams::new(tool));
        tokio::time::timeout(Duration::from_secs(20), answer).await.unwrap().unwrap()
    };
    for _ in 0..2 {
        let failed = call("panics").await;
        assert_eq!(failed.is_error, Some(true));
        assert_eq!(failed.content[0].as_text().unwrap().text, ToolFailure::internal().message);
        let done = call("works").await;
        assert_eq!(done.structured_content, Some(json!({"fine": true})));
    }
}
