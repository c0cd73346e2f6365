//! Tasks of Windows: its task scheduler's schema
//! (<https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema>), schtasks. Pure.

use super::job::{Job, MARK};
use super::launchd::escaped;
use super::step::{Answer, State, Step};

/// The text of the task, which runs while `user` is logged in. `conhost --headless` gives the program a console that
/// nobody sees.
pub(super) fn text(job: &Job, user: &str) -> String {
    let command: Vec<String> = job.command().map(quoted).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
         <!-- {MARK} -->\r\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n  \
           <RegistrationInfo><Description>{description}</Description></RegistrationInfo>\r\n  \
           <Triggers><LogonTrigger><UserId>{user}</UserId></LogonTrigger></Triggers>\r\n  \
           <Principals><Principal id=\"Author\"><UserId>{user}</UserId><LogonType>InteractiveToken</LogonType>\
             <RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\r\n  \
           <Settings>\r\n    \
             <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\r\n    \
             <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\r\n    \
             <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\r\n    \
             <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\r\n    \
             <RestartOnFailure><Interval>PT1M</Interval><Count>255</Count></RestartOnFailure>\r\n  \
           </Settings>\r\n  \
           <Actions Context=\"Author\"><Exec><Command>conhost.exe</Command>\
             <Arguments>--headless {command}</Arguments></Exec></Actions>\r\n\
         </Task>\r\n",
        description = escaped(&job.kind.description()),
        user = escaped(user),
        command = escaped(&command.join(" ")),
    )
}

/// The bytes of that text: what the scheduler itself exports, UTF-16 with a byte order mark.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// The steps that start a task whose file was written.
pub(super) fn start(name: &str, file: &str) -> Vec<Step> {
    vec![
        Step::new("schtasks", &["/End", "/TN", name]).that_may_fail(),
        Step::new("schtasks", &["/Create", "/F", "/TN", name, "/XML", file]),
        Step::new("schtasks", &["/Run", "/TN", name]),
    ]
}

/// The steps that stop it, before its file is removed.
pub(super) fn stop(name: &str) -> Vec<Step> {
    vec![
        Step::new("schtasks", &["/End", "/TN", name]).that_may_fail(),
        Step::new("schtasks", &["/Delete", "/F", "/TN", name]).that_may_fail(),
    ]
}

/// The output of schtasks is in the language of the user; PowerShell's names of states are not.
pub(super) fn look(name: &str) -> Step {
    let script = format!("(Get-ScheduledTask -TaskName '{name}' -ErrorAction Stop).State");
    Step::new("powershell", &["-NoProfile", "-NonInteractive", "-Command", &script])
}

pub(super) fn state(answer: &Answer) -> State {
    match answer.stdout.trim() {
        _ if !answer.succeeded => State::Absent,
        "Running" => State::Running(None),
        "" => State::Unknown(answer.words()),
        state => State::Stopped(state.to_ascii_lowercase()),
    }
}

/// An argument as programs of Windows split their command lines (`CommandLineToArgvW`): backslashes count only before a
/// quote.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for c in text.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                quoted.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(c);
    }
    quoted.extend(std::iter::repeat_n('\\', backslashes));
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::job::tests::watch;
    use super::*;

    #[test]
    fn arguments_are_quoted_as_windows_splits_them() {
        for (text, expected) in [
            (r"C:\a b\zoomtok.exe", r#""C:\a b\zoomtok.exe""#),
            (r"C:\dir\", r#""C:\dir\\""#),
            (r#"a"b"#, r#""a\"b""#),
            (r#"a\"b"#, r#""a\\\"b""#),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }

    #[test]
    fn the_task_runs_the_command_of_its_user() {
        let text = text(&watch(), r"PC\me & you");
        assert!(text.contains(MARK));
        assert!(text.contains(r"<UserId>PC\me &amp; you</UserId>"), "{text}");
        assert!(
            text.contains("<Arguments>--headless &quot;/opt/my tools/zoomtok&quot; &quot;watch&quot; "),
            "{text}"
        );
        assert_eq!(bytes("<a")[..], [0xff, 0xfe, b'<', 0, b'a', 0]);
    }

    #[test]
    fn the_state_is_the_name_that_powershell_gives() {
        let state = |succeeded, stdout: &str| {
            state(&Answer { succeeded, stdout: stdout.into(), ..Answer::default() })
        };
        assert_eq!(state(true, "Running\r\n"), State::Running(None));
        assert_eq!(state(true, "Ready\r\n"), State::Stopped("ready".into()));
        assert_eq!(state(false, ""), State::Absent);
    }
}
