//! `zoomtok profile list`, `path` and `remove`

mod list;
mod remove;

use super::accounts::directory;
use super::{Context, Run};
use crate::cli::args::{Profile, ProfileCommand};
use crate::cli::failure::Result;
use crate::error::{Code, Error};

impl Run for Profile {
    fn run(&self, context: &Context) -> Result<Code> {
        match &self.command {
            ProfileCommand::List { json, .. } => list::run(context, *json),
            ProfileCommand::Path { name, .. } => {
                let path = name.file(&directory()?);
                context.output.data(&path.display().to_string())?;
                Ok(Code::Done)
            }
            ProfileCommand::Remove { name, yes, .. } => remove::run(context, name, *yes),
        }
    }

    /// They are about all profiles, or about the one that they name: whatever is wrong with another is nothing to them.
    fn run_despite(&self, context: &Context, _: Error) -> Result<Code> {
        self.run(context)
    }
}
