//! From a command to the code that runs it.

use super::Run;
use crate::cli::args::{Command, each_command};

macro_rules! dispatch {
    ($($heading:literal { $($(#[$about:meta])+ $name:literal $command:ident,)+ })+) => {
        impl Command {
            /// The command that was typed, to be run.
            pub(in crate::cli) fn typed(&self) -> &dyn Run {
                match self {
                    $($(Self::$command(command) => command,)+)+
                }
            }
        }
    };
}
each_command!(dispatch);
