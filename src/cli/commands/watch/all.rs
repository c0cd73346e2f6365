//! `zoomtok watch --all`: a watch for each account, each with a thread and a schedule of its own, so that what is wrong
//! with one of them is nothing to the others. Profiles that are made or removed meanwhile are noticed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use super::parts::{claude, desktop, keeper, live, plan, warn};
use crate::cli::args;
use crate::cli::commands::Context;
use crate::cli::commands::accounts::{self, Account};
use crate::cli::commands::claude::CurrentClaude;
use crate::cli::commands::hooked::{Hooked, json};
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::cli::live::{Live, Seat};
use crate::cli::output::Output;
use crate::clock::{Clock as _, ShutdownRequested};
use crate::error::{Code, Diagnostic, Error};
use crate::event::{Desktop, Event};
use crate::keeper::Look;
use crate::mutex::locked;
use crate::settings::of_claude;
use crate::store::ProfileName;
use crate::token::Token;
use crate::watch::{Onlooker, Plan, Recipient, Report, Watch};
use crate::words;

/// How often it looks for accounts that are new, and for those that can be watched by now.
const ACCOUNTS_PAUSE: Duration = Duration::from_secs(5);

const NO_ACCOUNT: &str = "there is no account to watch: neither a profile nor a .env";

/// All watches of this process.
struct All<'a> {
    context: &'a Context,
    flags: &'a args::Watch,
    output: Output,
    /// Held while an event is printed. It holds what ended the printing for good.
    printing: Mutex<Option<Error>>,
    /// Held while Claude gets a token: one account at a time.
    claude: Mutex<()>,
    hooked: Hooked,
    desktop: Option<Desktop>,
    /// A line for each account. Dropped last: the command for events may still complain, above them.
    live: Option<Live>,
}

/// The watch of one account.
#[derive(Default)]
struct Watched<'scope> {
    thread: Option<ScopedJoinHandle<'scope, ()>>,
    /// Why it could not be started, which is not reported again.
    complaint: Option<String>,
}

pub(super) fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
    context.stop.listen()?;
    let all = All {
        context,
        flags,
        output: context.output.while_read(),
        printing: Mutex::default(),
        claude: Mutex::default(),
        hooked: Hooked::of_server(context, flags.on_event.as_ref(), std::iter::empty())?,
        desktop: desktop(context, flags)?,
        live: live(context, flags),
    };
    if flags.once { all.once() } else { all.go_on() }
}

impl All<'_> {
    /// Looks at each account once, all at the same time, and gives the code of the first that is not well.
    fn once(&self) -> Result<Code> {
        let accounts = accounts::all(self.context)?;
        if accounts.is_empty() {
            self.tell_all(&Event::Warning { message: NO_ACCOUNT.into() })?;
            return Ok(Code::Configuration);
        }
        let code = |account: &Account| {
            self.once_of(account).unwrap_or_else(|error| {
                let _ = self.tell(account, &Event::Warning { message: error.report() });
                error.code()
            })
        };
        let codes: Vec<Code> = thread::scope(|scope| {
            let threads: Vec<_> = accounts.iter().map(|account| scope.spawn(|| code(account))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or(Code::Failed)).collect()
        });
        self.printed()?;
        Ok(codes.into_iter().find(|code| *code != Code::Done).unwrap_or(Code::Done))
    }

    fn once_of(&self, account: &Account) -> Result<Code, Error> {
        let look = account.keeper(self.context).look()?;
        warn(self.context, self.flags, &look);
        let plan = plan(&look, self.flags)?;
        self.watch(account, plan, gets_claude(account, self.flags, &look))
    }

    fn go_on(&self) -> Result<Code> {
        let requested = thread::scope(|scope| {
            let mut watched = BTreeMap::new();
            let mut complaint = None;
            loop {
                let told = match accounts::all(self.context) {
                    Ok(accounts) if accounts.is_empty() => Some(NO_ACCOUNT.to_owned()),
                    Ok(accounts) => {
                        for account in accounts {
                            let watched = watched.entry(account.profile.clone()).or_default();
                            self.keep_watched(scope, account, watched);
                        }
                        None
                    }
                    Err(error) => Some(error.report()),
                };
                if let Some(message) = told.clone().filter(|_| told != complaint) {
                    // A report that fails requests the end.
                    let _ = self.tell_all(&Event::Warning { message });
                }
                complaint = told;
                if let Err(requested) = self.context.clock.sleep(ACCOUNTS_PAUSE, &self.context.stop) {
                    return requested;
                }
            }
        });
        let ShutdownRequested { signal } = requested;
        if locked(&self.printing).is_none() {
            let _ = self.tell_all(&Event::Ended { signal });
        }
        self.printed()?;
        Ok(Code::Done)
    }

    /// Starts the watch of an account that has none.
    fn keep_watched<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        account: Account,
        watched: &mut Watched<'scope>,
    ) {
        if watched.thread.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        let look = account.keeper(self.context).look();
        let planned = look.and_then(|look| Ok((plan(&look, self.flags)?, look)));
        let (plan, look) = match planned {
            Ok(planned) => planned,
            Err(error) => {
                let message = error.report();
                if watched.complaint.as_ref() != Some(&message) {
                    let _ = self.tell(&account, &Event::Warning { message: message.clone() });
                    watched.complaint = Some(message);
                }
                return;
            }
        };
        watched.complaint = None;
        warn(self.context, self.flags, &look);
        let gets_claude = gets_claude(&account, self.flags, &look);
        watched.thread = Some(scope.spawn(move || {
            let ended = self.watch(&account, plan, gets_claude);
            if let Err(Error::NoProfile { .. }) = ended {
                let message = "the profile was removed, and is no longer watched".into();
                let _ = self.tell(&account, &Event::Warning { message });
                if let Some(live) = &self.live {
                    live.forget(account.label());
                }
            }
        }));
    }

    fn watch(&self, account: &Account, plan: Plan, gets_claude: bool) -> Result<Code, Error> {
        let environment = account.environment.clone().without_token();
        let keeper = keeper(self.context, account, &environment);
        let claude = InTurn { claude: claude(self.context, self.flags, &keeper), turn: &self.claude };
        let recipient: Option<&dyn Recipient> = if gets_claude { Some(&claude) } else { None };
        let mut report = |event: &Event| match event {
            // All end together, and that is reported once.
            Event::Ended { .. } => Ok(()),
            event => self.tell(account, event),
        };
        let seat = self.live.as_ref().map(|live| Seat { live, account: account.label().to_owned() });
        let seat = seat.as_ref().map(|seat| seat as &dyn Onlooker);
        let watch = Watch::new(&keeper, plan, recipient, &mut report).seen_by(seat);
        if self.flags.once { watch.once() } else { watch.run_while_profile_exists() }
    }

    /// Reports an event of an account, in one piece.
    fn tell(&self, account: &Account, event: &Event) -> Result<(), Error> {
        if let Some(desktop) = &self.desktop {
            desktop.tell(account.profile.as_ref().map(ProfileName::as_str), event);
        }
        if let Some(live) = &self.live {
            live.heard(Some(account.label()), event);
        }
        self.print(event, account.profile.as_ref(), &format!("{}: ", account.label()))
    }

    /// Reports an event that concerns all of them.
    fn tell_all(&self, event: &Event) -> Result<(), Error> {
        if let Some(live) = &self.live {
            live.heard(None, event);
        }
        self.print(event, None, "")
    }

    fn print(&self, event: &Event, profile: Option<&ProfileName>, label: &str) -> Result<(), Error> {
        let mut failed = locked(&self.printing);
        let json = json(event, self.context.clock.now(), profile);
        self.hooked.tell_json(&json);
        let printed = if self.flags.json {
            self.output.json(&json)
        } else {
            let lines = lines(event, words::time_of_day);
            lines.iter().try_for_each(|line| self.output.text(&format!("{label}{line}")))
        };
        printed.map_err(|error| {
            // With its reader, or with room for it, all of it ends; the first reason is the one to report.
            self.context.stop.request();
            failed.get_or_insert(error);
            Error::Unread
        })
    }

    /// The error that ended the printing, unless it is that nobody reads it.
    fn printed(&self) -> Result<(), Error> {
        match locked(&self.printing).take() {
            None | Some(Error::Unread) => Ok(()),
            Some(error) => Err(error),
        }
    }
}

/// Whether new tokens of an account go to Claude: of a profile only where it says something of Claude, since usually
/// Claude has the tokens of one account.
fn gets_claude(account: &Account, flags: &args::Watch, look: &Look) -> bool {
    let is_configured = || of_claude().iter().any(|name| look.env_file().get(name).is_some());
    !flags.no_claude && (account.profile.is_none() || is_configured())
}

/// Claude, for one account at a time.
struct InTurn<'a> {
    claude: CurrentClaude<'a>,
    turn: &'a Mutex<()>,
}

impl Recipient for InTurn<'_> {
    fn hand_over(&self, token: &Token, report: Report<'_>) -> Result<(), Box<dyn Diagnostic>> {
        let _turn = locked(self.turn);
        Recipient::hand_over(&self.claude, token, report)
    }
}
