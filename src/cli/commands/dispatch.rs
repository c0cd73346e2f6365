//! What runs each command.

use super::Run;
use crate::cli::args::Command;

impl Command {
    /// What was typed, to be run.
    pub(in crate::cli) fn typed(&self) -> &dyn Run {
        match self {
            Self::Get(get) => get,
            Self::Check(check) => check,
            Self::Exec(exec) => exec,
            Self::Watch(watch) => watch,
            Self::Login(login) => login,
            Self::Logout(logout) => logout,
            Self::UpdateClaude(update) => update,
            Self::RestartClaude(restart) => restart,
            Self::Mcp(mcp) => mcp,
            Self::Gateway(gateway) => gateway,
            Self::Policy(policy) => policy,
            Self::Profile(profile) => profile,
            Self::Recordings(recordings) => recordings,
            Self::Grant(grant) => grant,
            Self::Approval(approval) => approval,
            Self::Client(client) => client,
            Self::Setup(setup) => setup,
            Self::Service(service) => service,
            Self::Doctor(doctor) => doctor,
            Self::Demo(demo) => demo,
            Self::Sandbox(sandbox) => sandbox,
            Self::Completions(completions) => completions,
            Self::Man(man) => man,
            Self::Hold(hold) => hold,
        }
    }
}
