//! The line of a watch on a terminal, which is drawn again in its place every second: how long the token lasts, what happened
//! last, when the watch looks again. Events scroll above it.
//!
//! | file | holds |
//! |---|---|
//! | `view.rs` | what is known of an account (pure) |
//! | `line.rs`, `columns.rs` | the line, in the columns of the terminal (pure) |
//! | `screen.rs` | what is at the bottom of the terminal, and what is printed above it |
//! | `signals.rs` | the signals about a terminal |

mod columns;
mod line;
mod screen;
mod signals;
mod view;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

pub(super) use self::line::Style;
use self::line::{Moment, label_columns, line};
pub(super) use self::screen::above;
use self::signals::{Change, Changes};
use self::view::{Standing, View};
use super::terminal::Size;
use crate::clock::{Clock as _, SystemClock, pause, runtime};
use crate::event::Event;
use crate::mutex::locked;
use crate::token::TokenState;
use crate::watch::Onlooker;
use crate::words;

/// How often the line is drawn again, if it has changed.
const DRAWN_AGAIN: Duration = Duration::from_secs(1);

/// The lines of a watch, one for each account, with the thread that draws them. Dropped, it leaves the terminal as it was.
pub(super) struct Live {
    board: Arc<Mutex<Board>>,
    clock: SystemClock,
    last: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// The facts about the accounts, by their names.
#[derive(Default)]
struct Board {
    views: BTreeMap<String, View>,
    /// The watch has ended.
    is_over: bool,
}

impl Live {
    /// Begins to draw on the terminal on stdout; none where the system has no room for a thread.
    pub(super) fn start(style: Style, clock: SystemClock) -> Option<Self> {
        let board = Arc::new(Mutex::new(Board::default()));
        let last = CancellationToken::new();
        let thread = {
            let last = last.clone();
            std::thread::Builder::new().name("line".into()).spawn(move || draw(&last)).ok()?
        };
        let shown = Arc::clone(&board);
        screen::begin(Box::new(move |size| {
            let moment = Moment { now: clock.now(), elapsed: clock.elapsed() };
            locked(&shown).lines(moment, size, style)
        }));
        Some(Self { board, clock, last, thread: Some(thread) })
    }

    /// Takes note of an event of an account, or of the whole watch.
    pub(super) fn heard(&self, account: Option<&str>, event: &Event) {
        let mut board = locked(&self.board);
        board.is_over |= matches!(event, Event::Ended { .. });
        if let Some(account) = account {
            board.view(account).heard(event, self.clock.now());
        }
    }

    /// Has no line any more for an account.
    pub(super) fn forget(&self, account: &str) {
        locked(&self.board).views.remove(account);
        screen::draw(false);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.last.cancel();
        if let Some(thread) = self.thread.take() {
            // An error is a panic there, which has been reported where it happened.
            let _ = thread.join();
        }
        screen::end();
    }
}

/// The line of one account, as its watch sees it.
pub(super) struct Seat<'l> {
    pub(super) live: &'l Live,
    pub(super) account: String,
}

impl Onlooker for Seat<'_> {
    fn looked(&self, state: &TokenState) {
        let now = self.live.clock.now();
        locked(&self.live.board).view(&self.account).looked(state, now);
    }

    fn naps(&self, nap: Duration) {
        let next = self.live.clock.elapsed().saturating_add(nap);
        locked(&self.live.board).view(&self.account).next_look = Some(next);
        screen::draw(false);
    }
}

impl Board {
    fn view(&mut self, account: &str) -> &mut View {
        self.views.entry(account.to_owned()).or_default()
    }

    fn lines(&self, moment: Moment, size: Size, style: Style) -> Vec<String> {
        let views = || self.views.iter().filter(|(_, view)| view.standing != Standing::Unknown);
        if self.is_over {
            return Vec::new();
        }
        let is_one = self.views.len() < 2;
        let columns = label_columns(views().map(|(account, _)| account.as_str()), style);
        let drawn = |(account, view): (&String, &View)| {
            let label = (!is_one).then_some((account.as_str(), columns));
            line(label, view, moment, size.columns, style, time)
        };
        views().map(drawn).collect()
    }
}

fn time(time: DateTime<Utc>) -> String {
    words::time_of_day(time)
}

/// Draws until it is over.
fn draw(last: &CancellationToken) {
    let Ok(runtime) = runtime() else { return };
    runtime.block_on(async {
        let Ok(mut changes) = Changes::listen() else { return };
        loop {
            tokio::select! {
                () = last.cancelled() => return,
                change = changes.next() => match change {
                    Change::Resized | Change::Continued => screen::draw(true),
                    Change::Stop => {
                        screen::hide();
                        signals::stop();
                    }
                },
                () = pause(DRAWN_AGAIN) => screen::draw(false),
            }
        }
    });
}
