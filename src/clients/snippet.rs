//! An entry as a client's configuration has it, to be pasted there.

use super::change::{Change, Entry, Refused, Target};
use super::client::Client;
use super::command_line::Reader;
use super::error::Error;
use super::system::System;

impl Client {
    /// A configuration with this server and nothing else.
    ///
    /// # Errors
    ///
    /// The entry cannot be in one.
    pub(crate) fn snippet(
        &'static self,
        server: &str,
        entry: &Entry,
        reader: Reader,
    ) -> Result<String, Error> {
        let target = Target {
            client: self,
            server: server.to_owned(),
            key: String::new(),
            system: System::current(),
            reader,
        };
        let edited = target.apply(&Change::Server(&|_| entry.clone()), self.format.empty);
        let path = self.find()?;
        match edited {
            Ok(edited) => Ok(edited.text.map(|text| text.to_string()).unwrap_or_default()),
            Err(Refused::Fault(fault)) => {
                Err(Error::Unparseable { path, line: fault.line, problem: fault.problem })
            }
            Err(_) => Err(self.missing_at(&path)),
        }
    }
}
