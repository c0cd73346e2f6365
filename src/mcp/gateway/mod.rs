//! Any MCP server, behind the policy and on a token that is kept fresh.
//!
//! | files | hold |
//! |---|---|
//! | **a gateway** | |
//! | `serve.rs` | `zoomtok gateway`: one client over standard input and output, or many over HTTP |
//! | `survey.rs` | a look at a server's tools, without a client |
//! | `setup.rs` | everything that the clients of one gateway share |
//! | `house.rs` | a gateway for many clients, each with the session and the policy of its grant |
//! | `ground.rs` | its policy and its counts, either of which may be wrong when it starts |
//! | **one client and its server** | |
//! | `relay/` | what either says, and what becomes of it on the way to the other; a table of its own |
//! | `message.rs` | one message of JSON-RPC, read without being taken apart (pure) |
//! | `flight.rs` | the requests under way, with the id that each side knows them by (pure) |
//! | `set.rs` | what a client has set up with its server, to repeat it with a new child (pure) |
//! | `expired.rs` | whether a server says that its token is no longer accepted (pure) |
//! | `mask.rs` | takes the server's token out of everything that it says (pure) |
//! | `seam.rs` | the messages between relay, servers and clients |
//! | **servers** | |
//! | `link.rs` | a server that a client is connected to, whichever way it is reached |
//! | `child/` | a server that is a child process |
//! | `upstream/` | a server over streamable HTTP, or the transport before it: its session, its token |
//! | `restart.rs` | when a child is started again, or anew for another token (pure) |
//! | `restarts.rs` | when the server last ended by itself, for `zoomtok doctor` |
//! | `routing.rs` | the headers by which a request without `initialize` says what it is (pure) |
//! | `mirror.rs` | the headers that repeat arguments of a call (pure) |
//! | `sse.rs` | server-sent events (pure) |
//! | **clients over HTTP** | |
//! | `listen/` | the front: which requests are refused, sessions, streams |
//! | `grant.rs`, `grant_error.rs` | who may connect, each with a token and perhaps a policy |
//! | `grant_file.rs`, `grants.rs` | the list of the grants, and how a running gateway reads it |
//! | `metrics.rs` | the counters for Prometheus |
//! | **tools and their pins** | |
//! | `listed.rs` | the tools that a server lists, and those that a client sees (pure) |
//! | `pins.rs`, `pin_error.rs` | which tools were accepted, word for word (pure) |
//! | `pin_file.rs` | the pins as they are kept, and the tools that wait to be accepted |
//! | `difference.rs` | how two definitions of a tool differ, field by field (pure) |
//! | `digest.rs` | digests of texts and of JSON (pure) |
//! | `distinct.rs`, `fold.rs` | names that stand twice in an object, or that some readers take for the same (pure) |
//! | **calls that wait for a person** | |
//! | `approval.rs`, `approval_error.rs` | a call that waits, and the decision about it (pure) |
//! | `approvals.rs` | such calls: who asks, who decides, who uses a decision |
//! | `approvals/` | where they are: a directory with a file each, or the shared store |
//! | `id.rs` | the id of such a call, short enough to be typed |
//! | `question.rs` | the question to a client's own user, and the reading of the answer (pure) |
//! | `shown.rs` | arguments as a person may see them: without secrets, and bounded (pure) |
//! | **names and records** | |
//! | `name.rs`, `command_name.rs` | the name of a gateway: given, or made from its command (pure) |
//! | `place.rs`, `stores.rs` | the directory where a gateway keeps its state, and the store that it shares with other machines |
//! | `document.rs` | a small document in a file or in that store |
//! | `audit.rs`, `audit_log.rs` | a line of the audit log (pure), and the file |

pub(crate) mod approval;
pub(crate) mod approval_error;
pub(crate) mod approvals;
mod audit;
mod audit_log;
mod child;
mod command_name;
pub(crate) mod difference;
mod digest;
mod distinct;
mod document;
mod expired;
mod flight;
mod fold;
pub(crate) mod grant;
pub(crate) mod grant_error;
pub(crate) mod grant_file;
pub(crate) mod grants;
mod ground;
mod house;
pub(crate) mod id;
mod link;
mod listed;
pub(crate) mod listen;
mod mask;
pub(crate) mod message;
pub(crate) mod metrics;
mod mirror;
pub(crate) mod name;
pub(crate) mod pin_error;
pub(crate) mod pin_file;
pub(crate) mod pins;
pub(crate) mod place;
pub(crate) mod question;
mod relay;
mod restart;
pub(crate) mod restarts;
mod routing;
pub(crate) mod seam;
mod serve;
mod set;
mod setup;
pub(crate) mod shown;
mod sse;
pub(crate) mod stores;
mod survey;
pub(crate) mod upstream;

pub use restart::OnNewToken;
pub use serve::{Options, serve, tools};
