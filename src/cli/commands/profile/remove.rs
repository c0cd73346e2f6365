//! `zoomtok profile remove`

use crate::cli::commands::Context;
use crate::cli::commands::accounts::Account;
use crate::cli::commands::confirm::is_confirmed;
use crate::cli::failure::Result;
use crate::error::{Code, Error};
use crate::store::{ProfileName, REFRESH_TOKEN};

pub(super) fn run(context: &Context, name: &ProfileName, yes: bool) -> Result<Code> {
    let account = Account::of_profile(name)?;
    let path = account.store.path().to_owned();
    let look = match account.keeper(context).look() {
        Err(error @ Error::NoProfile { .. }) => return Err(error.into()),
        // What cannot be read can be removed.
        look => look.ok(),
    };
    let question = format!("Remove {} with its credentials and tokens?", path.display());
    if !yes && !is_confirmed(context, &question)? {
        context.output.talk("Nothing was removed");
        return Ok(Code::Failed);
    }
    let left = account.store.remove(&context.clock, &context.stop)?;
    context.output.text(&format!("✅ Removed the profile {name}: {}", path.display()))?;
    if let Some(left) = left {
        let left = left.display();
        context.output.text(&format!("📋 It was a symbolic link; {left} stays as it is"))?;
    } else if look.is_some_and(|look| look.snapshot.get(REFRESH_TOKEN).is_some()) {
        context.output.text(
            "👉 The app stays authorised at Zoom until you remove it there: marketplace.zoom.us, Added Apps",
        )?;
    }
    Ok(Code::Done)
}
