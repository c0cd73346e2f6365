//! User units of systemd: systemd.service(5), systemd.syntax(7), systemctl(1). Pure.

use super::job::{Job, MARK};
use super::step::{Answer, State, Step};

/// The text of the unit.
pub(super) fn text(job: &Job) -> String {
    let command: Vec<String> = job.command().map(argument).collect();
    let variables = job.environment.iter().map(|(name, value)| quoted(&format!("{name}={value}")));
    let environment =
        variables.fold(String::new(), |lines, variable| lines + "Environment=" + &variable + "\n");
    format!(
        "# {MARK}. To change it: systemctl --user edit {kind}\n\
         [Unit]\n\
         Description={description}\n\
         Documentation=man:zoomtok(1)\n\
         \n\
         [Service]\n\
         {environment}\
         ExecStart={command}\n\
         # It recovers from failures by itself, and ends only if it is told to or cannot start.\n\
         Restart=on-failure\n\
         RestartSec=60\n\
         RestartPreventExitStatus=2 3\n\
         \n\
         [Install]\n\
         WantedBy=default.target\n",
        kind = job.kind,
        description = job.kind.description(),
        command = command.join(" "),
    )
}

/// The steps that start a unit whose file was written. One that runs already is started again with its new file.
pub(super) fn start(name: &str) -> Vec<Step> {
    let unit = unit(name);
    vec![
        Step::new("systemctl", &["--user", "daemon-reload"]),
        Step::new("systemctl", &["--user", "enable", &unit]),
        Step::new("systemctl", &["--user", "restart", &unit]),
    ]
}

/// The steps that stop it, before its file is removed.
pub(super) fn stop(name: &str) -> Vec<Step> {
    vec![Step::new("systemctl", &["--user", "disable", "--now", &unit(name)])]
}

/// The steps after its file was removed.
pub(super) fn forget() -> Vec<Step> {
    vec![Step::new("systemctl", &["--user", "daemon-reload"])]
}

pub(super) fn look(name: &str) -> Step {
    let properties = "--property=LoadState,ActiveState,SubState,MainPID,Result";
    Step::new("systemctl", &["--user", "show", &unit(name), properties])
}

/// The state that `systemctl show` reports, as lines of `NAME=VALUE`.
pub(super) fn state(answer: &Answer) -> State {
    let value = |name: &str| {
        answer.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default()
    };
    match (value("LoadState"), value("ActiveState")) {
        ("not-found", _) => State::Absent,
        ("loaded", "active") => State::Running(value("MainPID").parse().ok().filter(|pid| *pid != 0)),
        (_, "") => State::Unknown(answer.words()),
        (_, active) => {
            let ended = match value("Result") {
                "" | "success" => String::new(),
                result => format!(" ({result})"),
            };
            State::Stopped(format!("{active}, {}{ended}", value("SubState")))
        }
    }
}

fn unit(name: &str) -> String {
    format!("{name}.service")
}

/// An argument of a command line, in which a dollar sign begins a variable as well.
fn argument(text: &str) -> String {
    quoted(text).replace('$', "$$")
}

/// A text as one word. A percent sign begins a specifier.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n").replace('%', "%%");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::super::job::tests::watch;
    use super::*;

    #[test]
    fn paths_mean_themselves() {
        let text = text(&watch());
        for line in [
            r#"ExecStart="/opt/my tools/zoomtok" "watch" "--env-file" "/home/me/a \"b\" 100%% $$HOME & <c>\\/.env""#,
            r#"Environment="XDG_STATE_HOME=/home/me/50%% & more""#,
            "Description=Keep a Zoom access token valid",
            "WantedBy=default.target",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.lines().next().unwrap().contains(MARK));
    }

    #[test]
    fn the_state_is_read_from_its_properties() {
        let state = |stdout: &str| state(&Answer { stdout: stdout.into(), ..Answer::default() });
        for (stdout, expected) in [
            (
                "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=42\n",
                State::Running(Some(42)),
            ),
            ("LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=0\n", State::Running(None)),
            ("LoadState=not-found\nActiveState=inactive\nSubState=dead\n", State::Absent),
            (
                "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\n",
                State::Stopped("failed, failed (exit-code)".into()),
            ),
            (
                "LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nResult=success\n",
                State::Stopped("activating, auto-restart".into()),
            ),
            ("", State::Unknown("no answer".into())),
        ] {
            assert_eq!(state(stdout), expected, "{stdout}");
        }
    }
}
