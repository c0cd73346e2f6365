use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::*;
use crate::policy::{BuiltIn, Window};

const LIMITS: &[BuiltIn] =
    &[BuiltIn { tool: "zoom_refresh_token", counter: "rate", max: 10, window: Window::Minute }];

#[expect(clippy::disallowed_methods, reason = "a test makes a file")]
fn write(path: &Path, policy: &Value) {
    std::fs::write(path, policy.to_string()).unwrap();
}

/// A gate whose ground is wrong until it is repaired, and its messages.
fn scene(policy: PolicySource) -> (Gate, Arc<AtomicBool>, Arc<Mutex<Vec<String>>>) {
    let catalog: Catalog = [("delete_meeting".to_owned(), json!({"type": "object"}))].into_iter().collect();
    scene_of(|ground, clock, voice| Gate::new(ground, catalog, clock, voice), policy)
}

/// The same with a gate that is made like this.
fn scene_of(
    make: impl FnOnce(ReadGround, SystemClock, Voice) -> Gate,
    policy: PolicySource,
) -> (Gate, Arc<AtomicBool>, Arc<Mutex<Vec<String>>>) {
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
    (make(ground, SystemClock::start(), voice), right, said)
}

async fn called(gate: &Gate) -> Result<Arc<PolicySource>, String> {
    gate.admits("delete_meeting").map_err(|failure| failure.message)?;
    let passed = gate.pass("", "delete_meeting", &Map::new()).await;
    passed.map(|pass| Arc::clone(&pass.source)).map_err(|failure| failure.message)
}

#[tokio::test]
async fn it_is_closed_until_the_fault_is_fixed_and_reports_each_once() {
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

#[tokio::test]
async fn a_pass_and_a_refusal_say_which_rule_decides() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.json");
    let named = PolicySource::File { path: path.clone(), named_by: "--policy".into() };
    let (gate, right, _) = scene_of(Gate::for_gateway, named);
    assert_eq!(gate.admits("a").unwrap_err().rule, None);
    assert!(gate.lets_method("prompts/get").is_err() && gate.lets_method("ping").is_ok());
    right.store(true, Ordering::Relaxed);
    let limit = json!({"counter": "c", "window": "day", "max": 1, "scope": "grant"});
    let mut policy = json!({
        "version": "1",
        "default": "deny",
        "hide": ["h"],
        "methods": ["prompts/get"],
        "approve_within": 60,
        "audit": "required",
        "tools": {"a": {"limits": [limit], "approve": true}, "d": {"deny": "No."}},
    });
    write(&path, &policy);
    for (tool, rule) in [("h", "hide[0]"), ("d", "tools.d.deny"), ("x", "default")] {
        assert_eq!(gate.admits(tool).unwrap_err().rule.as_deref(), Some(rule));
        assert_eq!(gate.pass("", tool, &Map::new()).await.err().unwrap().rule.as_deref(), Some(rule));
    }
    let passed = gate.pass("one", "a", &Map::new()).await.unwrap_or_else(|denied| panic!("{denied:?}"));
    assert_eq!((passed.rule.as_str(), passed.approve.as_deref()), ("tools.a", Some("tools.a.approve")));
    assert!(gate.is_under(&passed));
    let denied = gate.pass("one", "a", &Map::new()).await.err().unwrap();
    assert_eq!(denied.rule.as_deref(), Some("tools.a.limits[0]"));
    // Another grant has a limit of its own, and so has this one what it gives back.
    assert!(gate.pass("two", "a", &Map::new()).await.is_ok());
    gate.give_back(passed).await;
    let passed = gate.pass("one", "a", &Map::new()).await.unwrap_or_else(|denied| panic!("{denied:?}"));
    assert!(gate.lets_method("prompts/get").is_ok() && gate.lets_method("prompts/list").is_err());
    assert_eq!((gate.approve_within().as_secs(), gate.audit_required()), (60, true));
    policy["approve_within"] = json!(61);
    write(&path, &policy);
    assert!(!gate.is_under(&passed), "it was judged by another policy");
}

#[tokio::test]
async fn the_tools_of_a_server_may_change_while_it_runs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.json");
    let named = PolicySource::File { path: path.clone(), named_by: "--policy".into() };
    write(&path, &json!({"version": "1", "default": "allow", "hide": ["a"], "tools": {"b": {}}}));
    let (gate, right, said) = scene_of(Gate::for_gateway, named);
    right.store(true, Ordering::Relaxed);
    gate.look_again();
    let (mut seen, said) = (gate.changes(), || std::mem::take(&mut *said.lock().unwrap()));
    drop(said());
    let mut set = |tools: &[&str]| {
        gate.set_catalog(tools.iter().map(|tool| ((*tool).to_owned(), json!({}))).collect());
        let is_changed = seen.has_changed().unwrap();
        seen.mark_unchanged();
        is_changed
    };
    let warning = |text: &str| format!("{}: {text}", path.display());
    assert!(!set(&["c"]), "nothing is hidden of what there is");
    assert_eq!(said(), [warning("hide[0]: unknown tool \"a\""), warning("tools.b: unknown tool")]);
    assert!(set(&["a", "c"]));
    assert!(!set(&["a", "d"]));
    assert_eq!(said(), [""; 0], "it was said before");
    assert!(set(&["b"]));
    assert_eq!(said(), [warning("hide[0]: unknown tool \"a\"")]);
    assert!(gate.hides("a"));
    // A broken change leaves what is in force, whatever the tools.
    write(&path, &json!({"version": "1"}));
    gate.look_again();
    assert!(said()[0].contains("The policy from before stays in force."));
    assert!(set(&["a"]));
    assert!(gate.hides("a") && said().is_empty());
    // A change is held against the tools of now.
    write(&path, &json!({"version": "1", "default": "allow", "tools": {"aa": {}}}));
    gate.look_again();
    let [news, unknown] = &said()[..] else { panic!() };
    assert!(news.contains("has changed and is in force"), "{news}");
    assert_eq!(*unknown, warning("tools.aa: unknown tool"));
    assert!(seen.has_changed().unwrap() && !gate.hides("a"));
}
