//! `zoomtok policy convert`

use std::path::Path;

use super::print::print;
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::error::Code;
use crate::policy::convert::convert;
use crate::policy::file as policy_file;
use crate::policy::{PolicyError, PolicyFault};

pub(super) fn run(context: &Context, file: &Path) -> Result<Code> {
    let bytes = policy_file::bytes(file)?;
    let converted = policy_file::text(&bytes).map_err(|fault| vec![fault]).and_then(convert);
    let converted = converted.map_err(|faults| {
        let faults = faults.iter().map(PolicyFault::to_string).collect();
        PolicyError::Unconverted { path: file.to_owned(), faults }
    })?;
    for warning in &converted.warnings {
        context.output.warn(&warning.to_string());
    }
    print(context, &converted.text)?;
    Ok(Code::Done)
}
