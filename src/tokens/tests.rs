mod crowd;

use tempfile::TempDir;

use super::given::UNDELIVERED;
use super::*;
use crate::clock::SystemClock;
use crate::files::{LOCK_PATIENCE, Lock, Reservation};
use crate::sandbox::{ACCOUNT_ID, CLIENT_ID, Endpoint, FastClock, Fault, Options, Sandbox};

/// A keeper in a directory of its own, with a wrong secret, for a Zoom that takes half a second.
fn scene(clock: impl Clock + Send + Sync + 'static) -> (TempDir, Sandbox, Arc<Tokens>) {
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
        Tokens::new(environment, env_file, Some(directory.path().join("state")), clock, Shutdown::never());
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
    assert!(second.to_string().starts_with(&format!("{first} (reported by another zoomtok")), "{second}");
    assert_eq!((second.code(), second.hint()), (Code::Refused, first.hint()));
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[tokio::test]
async fn calls_that_wait_for_each_other_wait_for_the_lock_once() {
    let (directory, sandbox, tokens) = scene(FastClock::start(60));
    let _lock = Lock::acquire(
        &directory.path().join(".env"),
        LOCK_PATIENCE,
        &SystemClock::start(),
        &Shutdown::never(),
    )
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
        assert!(matches!(error, Error::Transient { .. }), "{error}");
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

/// Where the test below puts its `.env`, in place of a directory of its own.
#[cfg(unix)]
const DIRECTORY: &str = "ZOOMTOK_TEST_DIRECTORY";

/// In place, as an editor or a script writes it: the file and its size stay the same.
#[cfg(unix)]
#[test]
fn a_token_that_is_written_in_place_is_used_at_the_next_call() {
    use std::os::unix::fs::FileExt as _;
    let directory = tempfile::tempdir().unwrap();
    let path =
        std::env::var_os(DIRECTORY).map_or_else(|| directory.path().into(), PathBuf::from).join(".env");
    let file = std::fs::File::options().create_new(true).write(true).open(&path).unwrap();
    let expires_at = crate::clock::rfc3339(SystemClock::start().now() + chrono::TimeDelta::hours(10));
    let write = |number: u32| {
        let text = format!("ZOOM_ACCESS_TOKEN=token-{number:04}\nZOOM_TOKEN_EXPIRES_AT={expires_at}\n");
        file.write_all_at(text.as_bytes(), 0).unwrap();
    };
    // A file settles in 30 ms in place of three seconds, which is still longer than a tick of the kernel.
    let clock = FastClock::start(100);
    let tokens = Arc::new(Tokens::new(Environment::default(), path.clone(), None, clock, Shutdown::never()));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (reach, mut ready) = (Arc::default(), Vec::new());
    let used = || runtime.block_on(tokens.for_call(&reach)).unwrap().1.expose().to_owned();
    for number in 0..400 {
        write(number);
        assert_eq!(used(), format!("token-{number:04}"));
        if number % 100 == 0 {
            clock.sleep(Duration::from_secs(4), &Shutdown::never()).unwrap();
            ready = [(); 3].map(|()| tokens.ready().unwrap()).to_vec();
        }
    }
    assert!(Arc::ptr_eq(&ready[1], &ready[2]), "what is unchanged is not read again");
}

/// The same on a filesystem where several writes leave the same times: the stamps of others are finer since Linux 6.13.
#[cfg(target_os = "linux")]
#[test]
fn a_token_that_is_written_twice_within_one_tick_is_used_at_the_next_call() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"mount -t ramfs none "$1" || exit 97; exec "$0" --exact --quiet "$2""#;
    let test = "tokens::tests::a_token_that_is_written_in_place_is_used_at_the_next_call";
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["--mount", "sh", "-c", script]).arg(std::env::current_exe().unwrap());
    unshare.arg(directory.path()).arg(test).env(DIRECTORY, directory.path());
    match unshare.output() {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(said.contains("1 passed"), "{said}");
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}", String::from_utf8_lossy(&output.stdout));
        }
        // Only root can mount anything, and not in every container.
        _ => crate::skip::skip("mounts", "no filesystem can be mounted here"),
    }
}

#[test]
fn no_more_refresh_tokens_are_spent_for_nobody_than_are_kept() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let clock = SystemClock::start();
    let tokens = Tokens::new(Environment::default(), ".env".into(), None, clock, Shutdown::never());
    let given = |number: usize| Given {
        client_id: CLIENT_ID.into(),
        client_secret: Some(crate::sandbox::CLIENT_SECRET.into()),
        refresh: Token::new(format!("refresh-{number}")).unwrap(),
    };
    let pair = |number| Pair {
        access: Token::new("access").unwrap(),
        refresh: given(number).refresh,
        expires_at: clock.now(),
    };
    locked(&tokens.undelivered.0).extend((0..UNDELIVERED).map(|number| (given(number), pair(number))));
    let url = Url::parse(&sandbox.oauth_url()).unwrap();
    let spend = |number| {
        tokens.undelivered.spend(&url, given(number), &Reach::default(), &*tokens.clock, &tokens.stop)
    };
    let refused = spend(UNDELIVERED).err().unwrap().report();
    assert!(refused.contains("calls that were cancelled; repeat those"), "{refused}");
    assert!(sandbox.token_requests().is_empty(), "nothing was spent");
    assert_eq!(spend(3).unwrap().refresh, given(3).refresh, "what is kept is still there");
}
