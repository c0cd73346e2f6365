//! Operations that Windows refuses while another process has the file open: an editor, a virus scanner, another zoomtok.

use std::io;
use std::time::Duration;

use crate::clock::{Clock, Shutdown, SystemClock};

/// How long somebody may be in the way. Scanners and readers are gone much sooner, and with this on top of an exchange
/// the lock is still held for less than others wait for it.
const SHARING_PATIENCE: Duration = Duration::from_secs(2);

/// The pause between two attempts.
const SHARING_PAUSE: Duration = Duration::from_millis(10);

/// Attempts something with a file, and on Windows again for a short time while another process is in the way.
pub(crate) fn retry_sharing<T>(attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    retry_while(attempt, in_the_way, &SystemClock::start())
}

fn retry_while<T>(
    mut attempt: impl FnMut() -> io::Result<T>,
    again: impl Fn(&io::Error) -> bool,
    clock: &dyn Clock,
) -> io::Result<T> {
    // No signal is obeyed within this short time: what is being written may be the only good refresh token.
    let (deadline, stop) = (clock.elapsed() + SHARING_PATIENCE, Shutdown::never());
    loop {
        match attempt() {
            Err(error) if again(&error) && clock.elapsed() < deadline => {
                let _ = clock.sleep(SHARING_PAUSE, &stop);
            }
            done => return done,
        }
    }
}

/// Access denied, sharing violation, lock violation. The first one also means that permission is missing, which cannot
/// be told from a file that is being replaced; elsewhere it means nothing else.
fn in_the_way(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;

    #[test]
    fn it_retries_for_a_bounded_time() {
        let clock = ManualClock::at("2026-03-04T12:00:00Z");
        let mut left = 3;
        let mut attempt = || {
            left -= 1;
            if left == 0 { Ok("done") } else { Err(io::ErrorKind::PermissionDenied.into()) }
        };
        assert_eq!(retry_while(&mut attempt, |_| true, &clock).unwrap(), "done");
        assert_eq!(clock.elapsed(), 2 * SHARING_PAUSE);
        let denied = || Err::<(), _>(io::ErrorKind::PermissionDenied.into());
        retry_while(denied, |_| true, &clock).unwrap_err();
        assert!(clock.elapsed() <= SHARING_PATIENCE + 3 * SHARING_PAUSE);
    }

    #[test]
    fn a_permanent_failure_is_attempted_once() {
        let mut attempts = 0;
        let result = retry_sharing(|| {
            attempts += 1;
            Err::<(), _>(io::ErrorKind::NotFound.into())
        });
        assert_eq!((result.unwrap_err().kind(), attempts), (io::ErrorKind::NotFound, 1));
    }
}
