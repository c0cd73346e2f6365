//! Keeps the system from telling others of the memory of this process.

/// Has Linux write no core dump of this process, whatever ends it, and let nobody but root read its memory or its
/// environment: for the user's other programs its files in `/proc` belong to root, and no debugger can attach to it.
///
/// It ends with the process or when it becomes another program, so that a command that is run by zoomtok is as any other
/// (`prctl(2)`, `PR_SET_DUMPABLE`). Other systems have no such thing that is not handed on to the command.
#[cfg(target_os = "linux")]
pub(super) fn prevent() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // Where it is forbidden, as it may be in a sandbox, zoomtok is as good as it was before.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Does nothing here.
#[cfg(not(target_os = "linux"))]
pub(super) fn prevent() {}
