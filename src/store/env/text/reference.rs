//! Values that stand for another one: a reference that a tool resolves, or a place that somebody was to fill in.
//!
//! No credential of Zoom's looks like one of these, so that they are named before Zoom is asked with them.

/// A value that stands for another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Its kind, to be read after the name of the variable.
    pub(crate) what: &'static str,
    /// The way to fix it, as a sentence without its full stop.
    pub(crate) fix: &'static str,
}

/// References with a known beginning.
const BEGINNINGS: &[(&[&str], Reference)] = &[
    (
        &["op://"],
        Reference {
            what: "is a reference to a secret of 1Password (op://…) and not the secret",
            fix: "Let op resolve it, as with op run --env-file .env -- zoomtok get, or write the value itself",
        },
    ),
    (
        &["encrypted:"],
        Reference {
            what: "was encrypted by dotenvx (encrypted:…)",
            fix: "Let dotenvx decrypt it, as with dotenvx run -- zoomtok get, or write the value itself",
        },
    ),
    (
        &["ENC["],
        Reference {
            what: "was encrypted by SOPS (ENC[…])",
            fix: "Let sops decrypt it, as with sops exec-env .env 'zoomtok get', or write the value itself",
        },
    ),
    (
        &["doppler://"],
        Reference {
            what: "is a reference to a secret of Doppler (doppler://…) and not the secret",
            fix: "Let doppler resolve it, as with doppler run -- zoomtok get, or write the value itself",
        },
    ),
    (
        &["vault:", "bao:"],
        Reference {
            what: "is a reference to a secret in a vault (vault:…) and not the secret",
            fix: "Start zoomtok through the tool that resolves it, such as vault-env, or write the value itself",
        },
    ),
    (
        &["ref+", "secretref+"],
        Reference {
            what: "is a reference for vals (ref+…) and not the secret",
            fix: "Start zoomtok through vals, which resolves it, or write the value itself",
        },
    ),
    (
        &["berglas://", "sm://", "gcp-sm://"],
        Reference {
            what: "is a reference to a secret in Google's Secret Manager and not the secret",
            fix: "Let berglas resolve it, as with berglas exec -- zoomtok get, or write the value itself",
        },
    ),
    (
        &["arn:aws", "ssm://", "aws-ssm:", "aws-sm:"],
        Reference {
            what: "is a reference to a secret of AWS and not the secret",
            fix: "Start zoomtok through the tool that resolves it, or write the value itself",
        },
    ),
    (
        &["@Microsoft.KeyVault(", "secretref:"],
        Reference {
            what: "is a reference to a secret of Azure and not the secret",
            fix: "Start zoomtok where Azure resolves it, or write the value itself",
        },
    ),
    (
        &["{{"],
        Reference {
            what: "is a place in a template ({{…}}) that was not filled in",
            fix: "Fill the template in with its tool, such as op inject, or write the value itself",
        },
    ),
];

const COMMAND: Reference = Reference {
    what: "is a command for a shell ($(…) or backquotes), and zoomtok runs nothing that stands in a value",
    fix: "Write the value itself, or let a shell export what the command prints and leave this line out",
};

const VARIABLE: Reference = Reference {
    what: "is a reference to another variable ($NAME, ${NAME} or %NAME%), and zoomtok resolves none",
    fix: "Write the value itself, or export it and leave this line out",
};

const ADDRESS: Reference = Reference {
    what: "is the address of a secret (…://…) and not the secret",
    fix: "Start zoomtok through the tool that resolves it, or write the value itself",
};

const PLACEHOLDER: Reference = Reference {
    what: "is the placeholder of an example and not the value",
    fix: "Replace it with the value from the app's page on marketplace.zoom.us",
};

const CUT_SHORT: Reference = Reference {
    what: "is cut short, as programs show a secret that they hide",
    fix: "Copy the whole value from the app's page on marketplace.zoom.us",
};

/// The reference that a value is, if it is one.
pub(crate) fn of(value: &str) -> Option<Reference> {
    let value = value.trim();
    let begins = |starts: &&str| value.starts_with(*starts);
    let known = BEGINNINGS.iter().find(|(beginnings, _)| beginnings.iter().any(begins));
    let known = known.map(|(_, reference)| *reference);
    known
        .or_else(|| (begins(&"$(") || (begins(&"`") && value.len() > 1)).then_some(COMMAND))
        .or_else(|| names_a_variable(value).then_some(VARIABLE))
        .or_else(|| is_placeholder(value).then_some(PLACEHOLDER))
        .or_else(|| is_cut_short(value).then_some(CUT_SHORT))
        .or_else(|| is_address(value).then_some(ADDRESS))
}

/// As shells, and `cmd.exe`, name one, and nothing else behind it.
fn names_a_variable(value: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let between = |open, close| value.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
    // In braces a default may follow the name.
    between("${", "}").is_some() || between("%", "%").is_some_and(is_name) || {
        value.strip_prefix('$').map(|name| name.strip_prefix("env:").unwrap_or(name)).is_some_and(is_name)
    }
}

fn is_placeholder(value: &str) -> bool {
    let word = value.to_ascii_lowercase().replace(['_', ' '], "-");
    let is_whole = |open: char, close: char| value.starts_with(open) && value.ends_with(close);
    let is_of_one = |c: char| value.len() > 3 && word.chars().all(|each| each == c);
    is_whole('<', '>')
        || is_whole('[', ']')
        || word.starts_with("your-")
        || ["change-me", "changeme", "replace-me", "replaceme", "todo"].contains(&word.as_str())
        || is_of_one('x')
}

fn is_cut_short(value: &str) -> bool {
    value.contains("...") || value.contains('…') || value.contains("***")
}

fn is_address(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_distinguished_from_a_value() {
        let table = [
            ("op://vault/zoom/secret", "1Password"),
            ("op://My Vault/zoom/client secret", "1Password"),
            ("encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt+Z9HPMfLEIRVz50hmLXPXRuDBXaJi", "dotenvx"),
            ("ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:A=]", "SOPS"),
            ("vault:secret/data/zoom#CLIENT_SECRET", "vault"),
            ("vault://secret/zoom#secret", "vault"),
            ("ref+vault://secret/zoom#/secret", "vals"),
            ("doppler://project/config/NAME", "Doppler"),
            ("berglas://bucket/secret", "Google"),
            ("arn:aws:secretsmanager:us-east-1:1234:secret:zoom", "AWS"),
            ("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/zoom)", "Azure"),
            ("{{ op://vault/zoom/secret }}", "template"),
            ("{{ZOOM_CLIENT_ID}}", "template"),
            ("${ZOOM_SECRET}", "another variable"),
            ("${ZOOM_SECRET:-none}", "another variable"),
            ("$ZOOM_SECRET", "another variable"),
            ("$env:ZOOM_SECRET", "another variable"),
            ("%ZOOM_SECRET%", "another variable"),
            ("$(op read op://vault/zoom/secret)", "command"),
            ("`pass show zoom`", "command"),
            ("keychain://login/zoom", "address"),
            ("https://vault.example.com/v1/secret", "address"),
            ("<your-client-id>", "placeholder"),
            ("[client id]", "placeholder"),
            ("your-client-id", "placeholder"),
            ("YOUR_CLIENT_SECRET", "placeholder"),
            ("changeme", "placeholder"),
            ("XXXXXXXX", "placeholder"),
            ("eyJz...NTMz", "cut short"),
            ("********", "cut short"),
        ];
        for (value, what) in table {
            let reference = of(value).unwrap_or_else(|| panic!("{value} is taken for a value"));
            assert!(reference.what.contains(what), "{value}: {}", reference.what);
        }
    }

    #[test]
    fn values_are_values() {
        for value in [
            "",
            "abc",
            "-aBc_1",
            "Ct3NiWEUSDuHsUWGNR3qA",
            "eyJhbGciOiJIUzUxMiJ9.eyJ2ZXIiOjl9.QWJj-_",
            "a$b",
            "$5",
            "100%",
            "opal",
            "vaultage",
            "encrypted",
            "yourself",
            "xxx",
            "xx-xx",
            "a:b",
            "`",
        ] {
            assert_eq!(of(value), None, "{value}");
        }
    }

    #[test]
    fn the_page_names_each_kind_of_reference() {
        let page = include_str!("../../../../docs/env.md");
        let section = page.split("## References and placeholders").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let (mut found, mut commands) = (0, 0);
        for cells in section.lines().filter(|line| line.starts_with("| `")).map(|line| line.split(" | ")) {
            let cells: Vec<&str> = cells.collect();
            let quoted =
                |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            for value in quoted(cells[0]) {
                let reference = of(&value).unwrap_or_else(|| panic!("{value}"));
                found += 1;
                for command in quoted(cells[2]) {
                    assert!(reference.fix.contains(&command), "{value}: {command}");
                    commands += 1;
                }
            }
        }
        assert!(found > 10 && commands > 4, "{found} {commands}");
    }
}
