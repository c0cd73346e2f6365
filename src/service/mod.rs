//! A watch or a gateway that the system starts at each login: a user unit of systemd, an agent of launchd, a task of Windows.
//!
//! | file | holds |
//! |---|---|
//! | `job` | the program, its arguments and its name (pure) |
//! | `systemd`, `launchd`, `tasks` | the text of a file and the commands of each manager, and what their answers mean (pure) |
//! | `step` | a command, its answer, and the state of a service (pure) |
//! | `manager` | the three of them as one |
//! | `install` | writes and removes the files, and runs the commands |

mod error;
mod install;
mod job;
mod launchd;
mod manager;
mod step;
mod systemd;
mod tasks;

pub(crate) use error::ServiceError;
pub(crate) use install::{Installed, Services, Stand, System};
pub(crate) use job::{Job, Kind};
pub(crate) use manager::Manager;
pub(crate) use step::State;
