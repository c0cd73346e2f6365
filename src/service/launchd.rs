//! Agents of launchd: launchd.plist(5), launchctl(1). Pure.

use std::fmt::Write as _;

use super::job::{Job, MARK};
use super::step::{Answer, State, Step};

/// The text of the property list.
pub(super) fn text(job: &Job) -> String {
    let arguments: String = job.command().fold(String::new(), |mut list, argument| {
        let _ = writeln!(list, "    <string>{}</string>", escaped(argument));
        list
    });
    let mut environment = String::new();
    if !job.environment.is_empty() {
        environment.push_str("  <key>EnvironmentVariables</key>\n  <dict>\n");
        for (name, value) in &job.environment {
            let (name, value) = (escaped(name), escaped(value));
            let _ = writeln!(environment, "    <key>{name}</key>\n    <string>{value}</string>");
        }
        environment.push_str("  </dict>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <!-- {MARK} -->\n\
         <plist version=\"1.0\">\n\
         <dict>\n  \
           <key>Label</key>\n  \
           <string>{label}</string>\n  \
           <key>ProgramArguments</key>\n  \
           <array>\n{arguments}  </array>\n\
         {environment}  \
           <key>RunAtLoad</key>\n  \
           <true/>\n  \
           <key>KeepAlive</key>\n  \
           <dict>\n    \
             <key>SuccessfulExit</key>\n    \
             <false/>\n  \
           </dict>\n  \
           <key>ThrottleInterval</key>\n  \
           <integer>60</integer>\n\
         </dict>\n\
         </plist>\n",
        label = escaped(&job.kind.to_string()),
    )
}

/// The steps that start an agent whose file was written. One that is loaded already has to go first.
pub(super) fn start(name: &str, file: &str, user: u32) -> Vec<Step> {
    vec![
        Step::new("launchctl", &["bootout", &target(name, user)]).that_may_fail(),
        Step::new("launchctl", &["bootstrap", &format!("gui/{user}"), file]),
    ]
}

/// The steps that stop it, before its file is removed.
pub(super) fn stop(name: &str, user: u32) -> Vec<Step> {
    vec![Step::new("launchctl", &["bootout", &target(name, user)]).that_may_fail()]
}

pub(super) fn look(name: &str, user: u32) -> Step {
    Step::new("launchctl", &["print", &target(name, user)])
}

/// The state that `launchctl print` reports. It fails for an agent that is not loaded.
pub(super) fn state(answer: &Answer) -> State {
    if !answer.succeeded {
        return State::Absent;
    }
    let value = |name: &str| {
        answer.stdout.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(" = "))
    };
    match value("state") {
        Some("running") => State::Running(value("pid").and_then(|pid| pid.parse().ok())),
        Some(state) => {
            let code = value("last exit code").map(|code| format!(", last exit code {code}"));
            State::Stopped(format!("{state}{}", code.unwrap_or_default()))
        }
        None => State::Unknown(answer.words()),
    }
}

/// The agent in the domain of the user's login window.
fn target(name: &str, user: u32) -> String {
    format!("gui/{user}/{name}")
}

/// A text of XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::job::tests::watch;
    use super::*;

    #[test]
    fn paths_mean_themselves() {
        let text = text(&watch());
        for line in [
            "    <string>/opt/my tools/zoomtok</string>",
            r"    <string>/home/me/a &quot;b&quot; 100% $HOME &amp; &lt;c&gt;\/.env</string>",
            "    <key>XDG_STATE_HOME</key>",
            "    <string>/home/me/50% &amp; more</string>",
            "  <string>zoomtok-watch</string>",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.contains(MARK));
    }

    #[test]
    fn the_state_is_read_from_what_is_printed() {
        let state = |succeeded, stdout: &str| {
            state(&Answer { succeeded, stdout: stdout.into(), ..Answer::default() })
        };
        let running = "gui/501/zoomtok-watch = {\n\tactive count = 1\n\tstate = running\n\tpid = 42\n}\n";
        assert_eq!(state(true, running), State::Running(Some(42)));
        let ended = "gui/501/zoomtok-watch = {\n\tstate = not running\n\tlast exit code = 3\n}\n";
        assert_eq!(state(true, ended), State::Stopped("not running, last exit code 3".into()));
        assert_eq!(state(false, ""), State::Absent);
        assert_eq!(state(true, ""), State::Unknown("no answer".into()));
    }
}
