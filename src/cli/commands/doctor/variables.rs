//! The settings: what is set where, and what of it cannot be right.

use std::path::PathBuf;

use super::finding::Finding;
use crate::error::Error;
use crate::settings::{ClientSecret, EXPORTED_ONLY, Given, Ignored, Oddity, Origin, SECRET_COMMAND, meant};
use crate::zoom::{Credentials, Grant};

/// The state of the settings.
pub(super) struct Seen<'a> {
    pub(super) given: Vec<Given>,
    /// The other names that the `.env` sets.
    pub(super) others: Vec<&'a str>,
    /// The settings of the `.env` that do not count.
    pub(super) ignored: Vec<Ignored>,
    /// The exported variables that do not count with a profile.
    pub(super) uncounted: &'a [&'static str],
    /// The settings that are most likely not meant.
    pub(super) odd: Vec<Oddity>,
    pub(super) credentials: &'a Result<Credentials<ClientSecret>, Error>,
    /// The other `.env`s of the same user and app.
    pub(super) same_user: Vec<PathBuf>,
}

/// The findings about the settings.
pub(super) fn judge(seen: &Seen<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = seen.given.iter().flat_map(of_one).collect();
    findings.extend(seen.ignored.iter().map(|it| Finding::doubtful("settings", it.what(), it.fix())));
    if !seen.uncounted.is_empty() {
        let names = seen.uncounted.join(", ");
        let message =
            format!("{names} of the environment: not used, since a profile has credentials of its own");
        findings.push(Finding::good("settings", message));
    }
    findings.extend(seen.others.iter().filter_map(|name| of_unknown(name)));
    let odd = seen.odd.iter();
    findings.extend(odd.map(|it| Finding::doubtful("settings", it.what.clone(), it.fix.clone())));
    findings.extend(of_credentials(seen.credentials));
    findings.extend(seen.same_user.iter().map(|other| {
        let other = other.display();
        Finding::doubtful(
            "credentials",
            format!("{other} is of the same user and the same app: Zoom keeps one grant for both, so each logs the other out"),
            "Keep one of them, a profile for example, or make another app for one",
        )
    }));
    let is_given = |name: &str| seen.given.iter().any(|given| given.name == name);
    if is_given(SECRET_COMMAND)
        && matches!(seen.credentials, Ok(Credentials { client_secret: Some(ClientSecret::Set(_)), .. }))
    {
        findings.push(Finding::doubtful(
            "credentials",
            format!("ZOOM_CLIENT_SECRET and {SECRET_COMMAND} are both set, and the command is never run"),
            "Remove the one that you do not mean",
        ));
    }
    if is_given("ZOOM_ACCOUNT_ID") && is_given("ZOOM_REFRESH_TOKEN") {
        findings.push(Finding::doubtful(
            "credentials",
            "ZOOM_ACCOUNT_ID and ZOOM_REFRESH_TOKEN are both set, and the account id is what is used",
            "Remove the one that is not of your app: the account id is of a Server-to-Server OAuth app",
        ));
    }
    findings
}

fn of_one(given: &Given) -> Vec<Finding> {
    let Given { name, origin, overruled, value } = given;
    let mut findings = vec![match value {
        Ok(Some(value)) => Finding::good("settings", format!("{name} is {value} ({origin})")),
        Ok(None) => Finding::good("settings", format!("{name} is set ({origin})")),
        Err(error) => Finding::error("settings", error).or_hint("Set it right, or remove it"),
    }];
    if let Some(overruled) = overruled {
        let hint = match origin {
            Origin::Environment => "Where the .env is what you mean, unset the variable",
            Origin::File { .. } => "Unset the variable: the .env is where it changes",
        };
        let message = format!("{name} has another value too, which does not count ({overruled})");
        findings.push(Finding::doubtful("settings", message, hint));
    }
    findings
}

/// A variable of the `.env` that cannot say anything there, or is about Claude and none of zoomtok's.
fn of_unknown(name: &str) -> Option<Finding> {
    if EXPORTED_ONLY.contains(&name) {
        let message = format!("{name} is set in the .env, where it cannot say anything");
        return Some(Finding::doubtful("settings", message, "Export it, or use --env-file or --profile"));
    }
    let meant = name.to_ascii_uppercase().starts_with("CLAUDE_").then(|| meant(name))??;
    let message = format!("{name}, which the .env sets, is no setting of zoomtok's");
    Some(Finding::doubtful("settings", message, format!("If {meant} is meant, call it that")))
}

/// A fault of one of them was reported for that one; the question here is whether they are all there.
fn of_credentials(credentials: &Result<Credentials<ClientSecret>, Error>) -> Option<Finding> {
    match credentials {
        Ok(credentials) => {
            // Two hosts would spend each other's refresh token.
            const ONE_HOST: &str = "; Zoom keeps one refresh token for each app and user, so another host needs an app of its own";
            let (app, more) = match (&credentials.grant, &credentials.client_secret) {
                (Grant::AccountCredentials { .. }, _) => ("a Server-to-Server OAuth app", ""),
                (_, Some(_)) => ("a user-authorised app", ONE_HOST),
                (_, None) => ("a user-authorised app, as a public client,", ONE_HOST),
            };
            let command = credentials.client_secret.as_ref().and_then(ClientSecret::command);
            let printed = command.map_or("", |_| {
                "; a command prints the client secret, which an exchange runs, and --fetch where a token is due"
            });
            Some(Finding::good(
                "credentials",
                format!("the credentials of {app} are all there{printed}{more}"),
            ))
        }
        Err(error @ Error::CredentialsMissing { .. }) => Some(Finding::error("credentials", error)),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn given(name: &'static str, value: Result<Option<String>, Error>) -> Given {
        Given { name, origin: Origin::Environment, overruled: None, value }
    }

    fn lines(seen: &Seen<'_>) -> Vec<String> {
        judge(seen).iter().flat_map(Finding::lines).collect()
    }

    fn credentials() -> Credentials<ClientSecret> {
        let grant = Grant::AccountCredentials { account_id: "canary".into() };
        Credentials { client_id: "id".into(), client_secret: Some(ClientSecret::Set("canary".into())), grant }
    }

    #[test]
    fn what_says_nothing_in_a_env_is_told() {
        assert!(of_unknown("ZOOM_ENV_FILE").is_some() && of_unknown("ZOOMTOK_PROFILE").is_some());
        assert!(of_unknown("CLAUDE_APP_NAMES").is_some());
        assert!(of_unknown("CLAUDE_CODE").is_none() && of_unknown("ZOOM_CLEINT_ID").is_none());
    }

    #[test]
    fn each_setting_has_a_line_with_its_place_and_without_a_secret() {
        let credentials = Ok(credentials());
        let fault = Error::Setting {
            name: "ZOOM_TOKEN_THRESHOLD".into(),
            place: "/x/.env, line 3".into(),
            problem: "is not a whole number of seconds".into(),
        };
        let overruled = Some(Origin::File { path: "/x/.env".into(), line: 2 });
        let seen = Seen {
            given: vec![
                given("ZOOM_API_URL", Ok(Some("https://api.zoom.us/v2".into()))),
                Given { overruled, ..given("ZOOM_CLIENT_SECRET", Ok(None)) },
                given("ZOOM_TOKEN_THRESHOLD", Err(fault)),
            ],
            others: vec!["PATH"],
            ignored: Vec::new(),
            uncounted: &["ZOOM_CLIENT_ID", "ZOOM_ACCESS_TOKEN"],
            odd: vec![Oddity { what: "odd".into(), fix: "even".into() }],
            credentials: &credentials,
            same_user: Vec::new(),
        };
        assert_eq!(
            lines(&seen),
            [
                "✅ ZOOM_API_URL is https://api.zoom.us/v2 (set in the environment)",
                "✅ ZOOM_CLIENT_SECRET is set (set in the environment)",
                "⚠️  ZOOM_CLIENT_SECRET has another value too, which does not count (/x/.env, line 2)",
                "   👉 Where the .env is what you mean, unset the variable",
                "❌ ZOOM_TOKEN_THRESHOLD (/x/.env, line 3) is not a whole number of seconds",
                "   👉 Set it right, or remove it",
                "✅ ZOOM_CLIENT_ID, ZOOM_ACCESS_TOKEN of the environment: not used, since a profile has credentials of its own",
                "⚠️  odd",
                "   👉 even",
                "✅ the credentials of a Server-to-Server OAuth app are all there",
            ]
        );
    }

    #[test]
    fn a_wrong_credential_is_told_once() {
        let wrong = || Error::Credential {
            name: "ZOOM_CLIENT_ID",
            place: "set in the environment".into(),
            problem: "holds white space",
            hint: "Copy it again",
        };
        let credentials = Err(wrong());
        let seen = Seen {
            given: vec![given("ZOOM_CLIENT_ID", Err(wrong()))],
            others: Vec::new(),
            ignored: Vec::new(),
            uncounted: &[],
            odd: Vec::new(),
            credentials: &credentials,
            same_user: Vec::new(),
        };
        let findings = judge(&seen);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(super::super::finding::code(&findings), Code::Configuration);
    }

    #[test]
    fn an_account_id_beside_a_refresh_token_is_doubtful() {
        let credentials = Ok(credentials());
        let of = |names: &[&'static str]| {
            let given = names.iter().map(|name| given(name, Ok(None))).collect();
            lines(&Seen {
                given,
                others: Vec::new(),
                ignored: Vec::new(),
                uncounted: &[],
                odd: Vec::new(),
                credentials: &credentials,
                same_user: Vec::new(),
            })
            .join("\n")
        };
        assert!(of(&["ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"]).contains("are both set"));
        assert!(!of(&["ZOOM_ACCOUNT_ID"]).contains("are both set"));
    }
}
