//! Recordings of a period, downloaded into a directory: each once, whole, and under a name that sorts by time.
//!
//! A file grows as `NAME.part` and gets its name when all of it is on the disk. A download that breaks off goes on where it
//! ended, in this run or in the next one.
//!
//! | file | |
//! |---|---|
//! | `name` | the name of a file (pure) |
//! | `plan` | the files in Zoom's lists (pure) |
//! | `next` | the step after a failure (pure) |
//! | `place` | the directory, and a file that grows in it |
//! | `fetch` | one file, with all its tries |
//! | `run` | the list, and then each file |

mod error;
mod fetch;
mod name;
mod next;
mod place;
mod plan;
mod run;

pub(crate) use run::{Job, News, Summary, download};
