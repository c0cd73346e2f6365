use tempfile::TempDir;

use super::*;
use crate::sandbox::{ACCOUNT_ID, CLIENT_ID, Endpoint, Fault, Options, Sandbox};
use crate::store::{Lock, PATIENCE, Reservation};

/// What keeps a token that is in a directory of its own, with a wrong secret, for a Zoom that takes half a second.
fn scene(clock: SystemClock) -> (TempDir, Sandbox, Arc<Tokens>) {
    let (directory, sandbox) = (tempfile::tempdir().unwrap(), Sandbox::start(Options::default()).unwrap());
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(500)), 1);
    let environment = Environment::from_pairs([
        ("ZOOM_ACCOUNT_ID", ACCOUNT_ID.into()),
        ("ZOOM_CLIENT_ID", CLIENT_ID.into()),
        ("ZOOM_CLIENT_SECRET", "aSecretThatIsNotTheSandboxsOwn00".into()),
        ("ZOOM_OAUTH_URL", sandbox.oauth_url().into()),
    ]);
    let env_file = directory.path().join(".env");
    let tokens =
        Tokens::new(environment, env_file, Some(directory.path().join("state")), clock, Stop::never());
    (directory, sandbox, Arc::new(tokens))
}

/// Two calls at once that need a token. The second one looks only after the first has failed, by the time of its look.
async fn two_calls(tokens: &Arc<Tokens>) -> [Error; 2] {
    let need = || Need { seconds: ENOUGH, unlike: Unlike::None };
    let reach = Arc::default();
    let [first, mut second] = [(); 2].map(|()| tokens.keeper().look().unwrap());
    second.now += chrono::TimeDelta::hours(1);
    let (first, second) =
        tokio::join!(tokens.on_demand(first, need(), &reach), tokens.on_demand(second, need(), &reach));
    [first, second].map(Result::unwrap_err)
}

#[tokio::test]
async fn calls_on_refused_credentials_make_one_exchange_however_late_they_look() {
    let (_directory, sandbox, tokens) = scene(SystemClock::start());
    let [first, second] = two_calls(&tokens).await;
    assert!(matches!(first, Error::Refused { .. }), "{first}");
    assert!(second.to_string().starts_with(&format!("{first} (told a moment ago")), "{second}");
    assert_eq!((second.code(), second.hint()), (Code::Refused, first.hint()));
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[tokio::test]
async fn calls_that_wait_for_each_other_wait_for_the_lock_once() {
    let (directory, sandbox, tokens) = scene(SystemClock::fast(60));
    let _lock =
        Lock::acquire(&directory.path().join(".env"), PATIENCE, &SystemClock::start(), &Stop::never())
            .unwrap();
    let [first, second] = two_calls(&tokens).await;
    assert!(matches!(first, Error::Busy { .. }), "{first}");
    assert!(matches!(second, Error::TakenOver { code: Code::Busy, .. }), "{second}");
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[tokio::test]
async fn a_later_call_asks_again_where_zoom_has_not_refused() {
    let (_directory, sandbox, tokens) = scene(SystemClock::start());
    sandbox.heal(Endpoint::Token);
    sandbox.fail(Endpoint::Token, Fault::Html(403), 2);
    for asked in 1..=2 {
        let (look, reach) = (tokens.keeper().look().unwrap(), Arc::default());
        let need = Need { seconds: ENOUGH, unlike: Unlike::None };
        let error = tokens.on_demand(look, need, &reach).await.unwrap_err();
        assert!(matches!(error, Error::Passing { .. }), "{error}");
        assert_eq!(sandbox.token_requests().len(), asked);
    }
}

#[tokio::test]
async fn a_call_that_waited_finds_what_was_put_there_meanwhile() {
    let (directory, sandbox, tokens) = scene(SystemClock::start());
    let need = || Need { seconds: ENOUGH, unlike: Unlike::None };
    let reach = Arc::default();
    let [first, second] = [(); 2].map(|()| tokens.keeper().look().unwrap());
    let put = async {
        while sandbox.token_requests().is_empty() {
            crate::clock::pause(Duration::from_millis(10)).await;
        }
        let line = format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000));
        let file = Reservation::new(&directory.path().join("other"), line.len()).unwrap();
        file.commit(line.as_bytes()).unwrap();
        std::fs::rename(directory.path().join("other"), directory.path().join(".env")).unwrap();
    };
    let (first, second, ()) =
        tokio::join!(tokens.on_demand(first, need(), &reach), tokens.on_demand(second, need(), &reach), put);
    assert!(first.is_err());
    assert!(sandbox.accepts(second.unwrap().token.expose()));
}
