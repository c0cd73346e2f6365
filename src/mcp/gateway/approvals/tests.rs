use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::clock::manual::ManualClock;
use crate::files;
use crate::mcp::gateway::place::names_in;

struct Made {
    directory: tempfile::TempDir,
    clock: Arc<ManualClock>,
}

impl Made {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-04T12:00:00Z"));
        Self { directory: tempfile::tempdir().unwrap(), clock }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("gateways/files/approvals")
    }

    /// As another process has them.
    fn approvals(&self) -> Approvals {
        let name = Name::parse("files").unwrap();
        Approvals::new(Some(self.path()), Stores::none(), name, Arc::clone(&self.clock) as SharedClock)
    }

    async fn ask(&self, tool: &str) -> Waiting {
        self.approvals().ask(request(tool)).await.unwrap()
    }

    fn decide(&self, id: &Id, allow: bool) -> Result<Approval, ApprovalError> {
        self.approvals().decide(id, allow, &Shutdown::never())
    }

    fn names(&self) -> Vec<String> {
        let mut names = names_in(&self.path()).unwrap();
        names.sort();
        names
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn call(tool: &str) -> Binding {
    Binding {
        grant: "ci".into(),
        gateway: Name::parse("files").unwrap(),
        tool: tool.into(),
        arguments: "a".into(),
        policy: "p".into(),
        pin: "t".into(),
    }
}

fn request(tool: &str) -> Request {
    let arguments = json!({"path": "/x"}).as_object().unwrap().clone();
    let rule = "tools.write.approve".into();
    Request { binding: call(tool), rule, arguments, within: Duration::from_mins(2) }
}

#[tokio::test(start_paused = true)]
async fn a_call_gets_what_another_process_decides_and_nothing_is_left() {
    for (allow, decision) in [(true, Decision::Allowed), (false, Decision::Denied)] {
        let made = Made::new();
        let mut waiting = made.ask("write").await;
        let id = waiting.id().clone();
        let listed = made.approvals().list_here().unwrap();
        assert_eq!((listed.approvals.len(), listed.broken.len()), (1, 0));
        assert_eq!((&listed.approvals[0].id, listed.approvals[0].state), (&id, State::Waiting));
        let deciding = async {
            pause(Duration::from_secs(1)).await;
            assert_eq!(made.decide(&id, allow).unwrap().binding, call("write"));
            assert!(matches!(made.decide(&id, !allow), Err(ApprovalError::Decided { .. })));
        };
        let (decided, ()) = tokio::join!(waiting.decided(), deciding);
        assert_eq!(decided, decision);
        drop(waiting);
        assert_eq!(made.names(), Vec::<String>::new());
        assert!(matches!(made.decide(&id, true), Err(ApprovalError::Unknown(_))));
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_deciding_ends_it() {
    let made = Made::new();
    let mut waiting = made.ask("write").await;
    made.advance(119);
    assert!(tokio::time::timeout(Duration::from_secs(9), waiting.decided()).await.is_err());
    made.advance(1);
    assert_eq!(waiting.decided().await, Decision::Over);
    assert!(matches!(made.decide(waiting.id(), true), Err(ApprovalError::Over(_))));
    assert_eq!(made.approvals().list_here().unwrap().approvals, []);
    drop(waiting);
    assert_eq!(made.names(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_decision_after_the_call_has_gone_holds_for_the_same_call_once() {
    let made = Made::new();
    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    waiting.leave().await.unwrap();
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), None);
    made.advance(100);
    made.decide(&id, true).unwrap();
    made.advance(100);
    assert_eq!(made.approvals().claim(&call("read")).await.unwrap(), None);
    assert_eq!(made.approvals().claim(&Binding { pin: "u".into(), ..call("write") }).await.unwrap(), None);
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), Some(id));
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), None);
    // Too late.
    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    waiting.leave().await.unwrap();
    made.decide(&id, true).unwrap();
    made.advance(120);
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), None);
    assert_eq!(made.names(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn the_same_call_made_again_waits_under_its_id_and_a_denied_one_is_not_asked_for_again() {
    let made = Made::new();
    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    let other = made.ask("write").await;
    assert_ne!(*other.id(), id, "two calls at once are two");
    drop(other);
    waiting.leave().await.unwrap();
    made.advance(100);
    let mut again = made.ask("write").await;
    assert_eq!(*again.id(), id);
    made.advance(100);
    made.decide(&id, true).unwrap();
    assert_eq!(again.decided().await, Decision::Allowed);
    drop(again);

    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    waiting.leave().await.unwrap();
    made.decide(&id, false).unwrap();
    for _ in 0..2 {
        let mut again = made.ask("write").await;
        assert_eq!(again.decided().await, Decision::Denied);
        assert_eq!(*again.id(), id);
    }
    made.advance(120);
    assert_ne!(*made.ask("write").await.id(), id);
}

#[tokio::test(start_paused = true)]
async fn an_approval_that_others_want_too_is_used_by_one() {
    let made = Made::new();
    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    waiting.leave().await.unwrap();
    made.decide(&id, true).unwrap();
    let claims = (0..8).map(|_| {
        let approvals = made.approvals();
        tokio::spawn(async move { approvals.claim(&call("write")).await.unwrap().is_some() })
    });
    let mut used = 0;
    for claim in claims.collect::<Vec<_>>() {
        used += usize::from(claim.await.unwrap());
    }
    assert_eq!(used, 1);
}

#[tokio::test(start_paused = true)]
async fn leftovers_of_killed_gateways_are_removed_once_they_are_over() {
    let made = Made::new();
    let mut killed = made.ask("write").await;
    killed.is_settled = true;
    let id = killed.id().clone();
    drop(killed);
    let half = made.path().join("K7Q2M9XD.json.zoomtok-tmp");
    files::Reservation::new(&half, 1).unwrap().commit(b"{").unwrap();
    made.advance(60);
    drop(made.ask("read").await);
    assert_eq!(made.names(), [format!("{id}.json")]);
    made.advance(60);
    drop(made.ask("read").await);
    assert_eq!(made.names(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_allows_nothing() {
    let made = Made::new();
    let waiting = made.ask("write").await;
    let id = waiting.id().clone();
    waiting.leave().await.unwrap();
    made.decide(&id, true).unwrap();
    let path = made.path().join(format!("{id}.json"));
    let good = fs::read_to_string(&path).unwrap();
    let put = |path: &Path, text: &str| {
        files::Reservation::new(path, 1).unwrap().commit(text.as_bytes()).unwrap();
    };
    for broken in ["", "{}", &good[..good.len() / 2], &good.replace("\"version\": 1", "\"version\": 2")] {
        put(&path, broken);
        assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), None, "{broken}");
        assert_eq!(made.approvals().list_here().unwrap().broken.len(), 1, "{broken}");
    }
    // A copy of an approval is none.
    put(&path, &good);
    put(&made.path().join("K7Q2M9XD.json"), &good);
    assert_eq!(made.approvals().list_here().unwrap().broken.len(), 1);
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), Some(id));
    assert_eq!(made.approvals().claim(&call("write")).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn no_more_wait_than_a_person_looks_through() {
    let made = Made::new();
    let mut waiting = Vec::new();
    for n in 0..MOST_APPROVALS {
        waiting.push(made.ask(&format!("t{n}")).await);
    }
    let refused = made.approvals().ask(request("one more")).await.err().unwrap();
    assert_eq!(refused.to_string(), "64 calls wait for a decision already");
    waiting.pop();
    made.ask("one more").await;
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn only_the_user_can_read_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let made = Made::new();
    let waiting = made.ask("write").await;
    let of = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(of(made.path()), 0o700);
    assert_eq!(of(made.path().with_extension("lock")), 0o600);
    assert_eq!(of(made.path().join(format!("{}.json", waiting.id()))), 0o600);
}

#[cfg(all(target_os = "linux", feature = "fleet"))]
mod shared;
