//! The programs that show a notice on a desktop, and how each is called (pure). Texts reach them as arguments or variables of
//! their own, and never as part of a script.

use super::notice::Notice;

/// A program that shows notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    NotifySend,
    Osascript,
    PowerShell,
}

/// A command, and the variables that it gets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) command: Vec<String>,
    pub(super) variables: Vec<(String, Option<String>)>,
}

/// The variables from which PowerShell reads a notice.
const TITLE: &str = "ZOOMTOK_NOTICE_TITLE";
const TEXT: &str = "ZOOMTOK_NOTICE_TEXT";

/// A handler that gets the text and the title as its arguments.
const APPLE_SCRIPT: [&str; 6] = [
    "-e",
    "on run argv",
    "-e",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "-e",
    "end run",
];

/// A toast in the name of PowerShell, since Windows shows those of installed apps alone. The texts become nodes of its XML.
const TOAST: &str = "\
$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]; \
$kind = [Windows.UI.Notifications.ToastTemplateType]::ToastText02; \
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent($kind); \
$texts = $toast.GetElementsByTagName('text'); \
$null = $texts.Item(0).AppendChild($toast.CreateTextNode($env:ZOOMTOK_NOTICE_TITLE)); \
$null = $texts.Item(1).AppendChild($toast.CreateTextNode($env:ZOOMTOK_NOTICE_TEXT)); \
$app = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'; \
$notifier = [Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($app); \
$notifier.Show([Windows.UI.Notifications.ToastNotification]::new($toast))";

impl Tool {
    /// All of them, in the order in which they are looked for.
    pub(crate) const ALL: [Self; 3] = [Self::NotifySend, Self::Osascript, Self::PowerShell];

    /// The name of the program.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotifySend => "notify-send",
            Self::Osascript => "osascript",
            Self::PowerShell => "powershell",
        }
    }

    /// The call that shows a notice.
    pub(super) fn call(self, Notice { title, text }: &Notice) -> Call {
        let mut variables = Vec::new();
        let (fixed, given): (&[&str], _) = match self {
            // It reads the text as markup, and not the title.
            Self::NotifySend => (&["--app-name=zoomtok", "--"], vec![title.clone(), without_markup(text)]),
            Self::Osascript => (&APPLE_SCRIPT, vec![title.clone(), text.clone()]),
            Self::PowerShell => {
                variables = vec![(TITLE.into(), Some(title.clone())), (TEXT.into(), Some(text.clone()))];
                (&["-NoProfile", "-NonInteractive", "-Command", TOAST], Vec::new())
            }
        };
        let fixed = [self.name()].into_iter().chain(fixed.iter().copied()).map(str::to_owned);
        Call { command: fixed.chain(given).collect(), variables }
    }
}

/// A text that a reader of markup shows as it is.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn notice(text: &str) -> Notice {
        Notice { title: "zoomtok has stopped".into(), text: text.into() }
    }

    #[test]
    fn each_program_gets_title_and_text() {
        let call = Tool::NotifySend.call(&notice("a <b> & c"));
        assert_eq!(
            call.command,
            ["notify-send", "--app-name=zoomtok", "--", "zoomtok has stopped", "a &lt;b&gt; &amp; c"]
        );
        let call = Tool::Osascript.call(&notice("a \" b"));
        assert_eq!(call.command[0], "osascript");
        assert_eq!(call.command[call.command.len() - 2..], ["zoomtok has stopped", "a \" b"]);
        let call = Tool::PowerShell.call(&notice("a ' b"));
        assert_eq!(call.variables[1], ("ZOOMTOK_NOTICE_TEXT".into(), Some("a ' b".into())));
        assert!([TITLE, TEXT].iter().all(|name| call.command[4].contains(&format!("$env:{name})"))));
        // Such a quote would end the argument on Windows.
        assert!(!TOAST.contains('"') && !TOAST.contains('\n'));
    }

    /// A text with what ends a string or begins a command in these languages.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[-\"'`$(){};&|<>\\\\\n a]{0,20}"]
    }

    proptest! {
        #[test]
        fn no_text_becomes_part_of_a_script_or_an_option(text in any_text()) {
            for tool in Tool::ALL {
                let (call, other) = (tool.call(&notice(&text)), tool.call(&notice("other")));
                // Nothing but one argument or one variable, which is the text, depends on the text.
                let (mut whole, mut reference) = (call.command, other.command);
                let given = if tool == Tool::PowerShell {
                    call.variables[1].1.clone().unwrap()
                } else {
                    reference.pop();
                    whole.pop().unwrap()
                };
                prop_assert_eq!(&whole, &reference);
                prop_assert_eq!(&call.variables.first(), &other.variables.first());
                if tool == Tool::NotifySend {
                    prop_assert!(!given.contains(['<', '>']));
                    let read = given.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                    prop_assert_eq!(&read, &text);
                    prop_assert_eq!(&whole[whole.len() - 2], "--", "options end before the title");
                } else {
                    prop_assert_eq!(&given, &text);
                }
            }
        }
    }
}
