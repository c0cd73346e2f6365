//! `zoomtok watch`

mod all;
mod in_secret;
mod one;
mod parts;

use super::{Context, Run};
use crate::cli::args;
use crate::cli::failure::Result;
use crate::error::Code;

impl Run for args::Watch {
    fn run(&self, context: &Context) -> Result<Code> {
        if self.all { all::run(context, self) } else { one::run(context, self) }
    }
}
