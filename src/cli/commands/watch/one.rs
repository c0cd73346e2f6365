//! `zoomtok watch` over one `.env`.

use super::in_secret::InSecret;
use super::parts::{claude, desktop, keeper, live, plan, warn};
use crate::cli::args;
use crate::cli::commands::Context;
use crate::cli::commands::accounts::Account;
use crate::cli::commands::hooked::{Hooked, json};
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::cli::live::Seat;
use crate::clock::Clock as _;
use crate::error::Code;
use crate::event::Event;
use crate::store::ProfileName;
use crate::watch::{Mirror, Onlooker, Recipient, Watch};
use crate::words;

pub(super) fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
    let account = Account::of_context(context);
    let look = account.keeper(context).look()?;
    context.warn_of_oddities(&look);
    warn(context, flags, &look);
    let plan = plan(&look, flags)?;
    context.stop.listen()?;
    let environment = account.environment.clone().without_token();
    let keeper = keeper(context, &account, &environment);
    let output = context.output.while_read();
    // Dropped last: the command for events may still complain, above the line.
    let live = live(context, flags);
    let desktop = desktop(context, flags)?;
    let hooked = Hooked::of(context, &look, flags.on_event.as_ref())?;
    let mut report = |event: &Event| {
        hooked.tell(event);
        if let Some(desktop) = &desktop {
            desktop.tell(account.profile.as_ref().map(ProfileName::as_str), event);
        }
        if let Some(live) = &live {
            live.heard(Some(account.label()), event);
        }
        if flags.json {
            return output.json(&json(event, context.clock.now(), account.profile.as_ref()));
        }
        lines(event, words::time_of_day).iter().try_for_each(|line| output.text(line))
    };
    let claude = claude(context, flags, &keeper);
    let recipient: Option<&dyn Recipient> = if flags.no_claude { None } else { Some(&claude) };
    let seat = live.as_ref().map(|live| Seat { live, account: account.label().to_owned() });
    let seat = seat.as_ref().map(|seat| seat as &dyn Onlooker);
    let in_secret = InSecret::of(context, flags);
    let mirror = in_secret.as_ref().map(|in_secret| in_secret as &dyn Mirror);
    let watch = Watch::new(&keeper, plan, recipient, &mut report).seen_by(seat).with_mirror(mirror);
    Ok(if flags.once { watch.once() } else { watch.run() }?)
}
