//! `zoomtok profile remove`

use crate::cli::commands::Context;
use crate::cli::commands::accounts::Account;
use crate::cli::commands::confirm::is_confirmed;
use crate::cli::commands::logout::revoke;
use crate::cli::failure::Result;
use crate::error::{Code, Diagnostic as _, Error};
use crate::keeper::Look;
use crate::store::ProfileName;

pub(super) fn run(context: &Context, name: &ProfileName, yes: bool) -> Result<Code> {
    let account = Account::of_profile(name)?;
    let path = account.store.path().to_owned();
    let look = match account.keeper(context).look() {
        Err(error @ Error::NoProfile { .. }) => return Err(error.into()),
        // A file that cannot be read can still be removed.
        look => look.ok(),
    };
    let question = format!("Remove {} with its credentials and tokens?", path.display());
    if !yes && !is_confirmed(context, &question)? {
        context.output.talk("Nothing was removed");
        return Ok(Code::Failed);
    }
    if let Some(look) = look.filter(|_| !path.is_symlink()) {
        log_out(context, &account, &look)?;
    }
    let left = account.store.env().remove(&context.clock, &context.stop)?;
    context.output.text(&format!("✅ Removed the profile {name}: {}", path.display()))?;
    if let Some(left) = left {
        let left = left.display();
        context.output.text(&format!("📋 It was a symbolic link; {left} stays as it is"))?;
    }
    Ok(Code::Done)
}

/// Ends at Zoom what the profile holds. A grant that cannot be ended there is no reason to keep it here.
fn log_out(context: &Context, account: &Account, look: &Look) -> Result<(), Error> {
    let end = |look: &Look| match revoke(context, look) {
        Err(error @ Error::Interrupted { .. }) => Err(error),
        Err(error) => {
            let error = error.with_causes();
            context.output.warn(&format!(
                "the login was not ended at Zoom: {error}. It ends there when the app is removed: marketplace.zoom.us, Added Apps"
            ));
            Ok(())
        }
        Ok(()) => Ok(()),
    };
    match account.keeper(context).log_out(look, true, end) {
        // Somebody else was faster.
        Err(Error::NoProfile { .. }) => Ok(()),
        logged_out => logged_out.map(drop),
    }
}
