use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::*;
use crate::policy::{BuiltIn, Window};

const LIMITS: &[BuiltIn] =
    &[BuiltIn { tool: "zoom_refresh_token", counter: "rate", max: 10, window: Window::Minute }];

/// A gate whose ground is wrong until it is put right, and what it has said.
fn scene(policy: PolicySource) -> (Gate, Arc<AtomicBool>, Arc<Mutex<Vec<String>>>) {
    let (right, said) = (Arc::new(AtomicBool::new(false)), Arc::<Mutex<Vec<String>>>::default());
    let ground = {
        let right = Arc::clone(&right);
        Box::new(move || {
            let ground = || Ground {
                policy: policy.clone(),
                counts: SharedCounts::in_memory(),
                warnings: vec!["odd".to_owned()],
            };
            right.load(Ordering::Relaxed).then(ground).ok_or_else(|| "the .env is wrong. Fix it.".to_owned())
        })
    };
    let voice = || {
        let said = Arc::clone(&said);
        Box::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
    };
    let voice = Voice { warn: voice(), talk: voice() };
    let catalog: Catalog = [("delete_meeting".to_owned(), json!({"type": "object"}))].into_iter().collect();
    (Gate::new(ground, catalog, SystemClock::start(), voice), right, said)
}

async fn called(gate: &Gate) -> Result<Arc<PolicySource>, String> {
    gate.admits("delete_meeting").map_err(|failure| failure.0)?;
    let passed = gate.pass("delete_meeting", &Map::new()).await;
    passed.map(|pass| Arc::clone(&pass.source)).map_err(|failure| failure.0)
}

#[tokio::test]
async fn it_is_closed_until_what_is_wrong_is_right_and_says_each_thing_once() {
    let (gate, right, said) = scene(PolicySource::BuiltIn(LIMITS));
    for _ in 0..3 {
        let refused = called(&gate).await.unwrap_err();
        assert!(refused.contains("the .env is wrong. Fix it. It is checked again at each call"), "{refused}");
        assert!(!gate.hides("delete_meeting"));
    }
    right.store(true, Ordering::Relaxed);
    assert_eq!(*called(&gate).await.unwrap(), PolicySource::BuiltIn(LIMITS));
    right.store(false, Ordering::Relaxed);
    assert!(called(&gate).await.is_ok(), "what it has begun with stays");
    assert_eq!(
        *said.lock().unwrap(),
        [
            "no tool can be called until this is fixed: the .env is wrong. Fix it.",
            "📋 Policy: none is named; every tool may be called, zoom_refresh_token 10 times a minute",
            "odd",
        ]
    );
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test makes a file")]
async fn a_policy_that_is_named_and_cannot_be_had_leaves_it_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.json");
    let named = PolicySource::File { path: path.clone(), named_by: "--policy".into() };
    let (gate, right, said) = scene(named.clone());
    right.store(true, Ordering::Relaxed);
    let changes = gate.changes();
    assert!(called(&gate).await.unwrap_err().contains("cannot read"));
    std::fs::write(&path, "{").unwrap();
    assert!(called(&gate).await.unwrap_err().contains("policy.json"));
    assert!(!changes.has_changed().unwrap());
    std::fs::write(&path, r#"{"version": "1", "default": "allow", "hide": ["delete_meeting"]}"#).unwrap();
    assert!(called(&gate).await.unwrap_err().starts_with("[POLICY DENIED]"));
    assert!(gate.hides("delete_meeting") && changes.has_changed().unwrap(), "the client lists them again");
    std::fs::write(&path, r#"{"version": "1", "default": "allow"}"#).unwrap();
    assert_eq!(*called(&gate).await.unwrap(), named);
    let said = said.lock().unwrap();
    assert!(said.contains(&format!("📋 Policy: {} (--policy)", path.display())), "{said:?}");
}
