//! Packages of distributions, the image, the bundle, and the list of what is in the program.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{VERSION, digest, done, json, release, runs};
use crate::support::needs::{mcpb, needs};
use crate::support::{Home, sandbox};

#[test]
fn the_debian_package_installs() {
    needs!(ReleaseTools, Root);
    let release = release();
    let folder = tempfile::tempdir().unwrap();
    let admin = folder.path().join("var/lib/dpkg");
    for part in ["info", "updates", "triggers"] {
        fs::create_dir_all(admin.join(part)).unwrap();
    }
    fs::write(admin.join("status"), "").unwrap();
    let package = release.join(format!("zoomtok_{VERSION}-1_amd64.deb"));
    let mut dpkg = Command::new("dpkg");
    done(
        dpkg.arg(format!("--root={}", folder.path().display()))
            .args(["--force-not-root", "--force-bad-path"])
            .arg("--install")
            .arg(&package),
    );
    runs(&folder.path().join("usr/bin/zoomtok"));
    installed(folder.path());
    assert!(folder.path().join("usr/share/doc/zoomtok/changelog.Debian.gz").is_file());
}

#[test]
fn the_rpm_package_installs() {
    needs!(ReleaseTools, Root);
    let release = release();
    let folder = tempfile::tempdir().unwrap();
    let package = release.join(format!("zoomtok-{VERSION}-1.x86_64.rpm"));
    let rpm = || {
        let mut rpm = Command::new("rpm");
        rpm.arg("--root").arg(folder.path()).args(["--dbpath", "/var/lib/rpm", "--nodeps"]);
        rpm
    };
    done(rpm().arg("--install").arg(&package));
    done(rpm().args(["--verify", "zoomtok"]));
    runs(&folder.path().join("usr/bin/zoomtok"));
    installed(folder.path());
}

/// Files of both packages, where shells, man and systemd find them.
#[track_caller]
fn installed(root: &Path) {
    for file in [
        "usr/share/bash-completion/completions/zoomtok",
        "usr/share/zsh/vendor-completions/_zoomtok",
        "usr/lib/systemd/user/zoomtok-watch.service",
        "usr/share/doc/zoomtok/examples/policies/read-only.json",
    ] {
        assert!(root.join(file).is_file(), "{file}");
    }
    assert!(fs::read_dir(root.join("usr/share/man/man1")).unwrap().count() == 1);
}

#[test]
fn the_image_holds_the_program_and_certificates_and_runs_as_nobody_special() {
    needs!(ReleaseTools);
    let release = release();
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    fs::create_dir(&image).unwrap();
    let archive = release.join(format!("zoomtok-{VERSION}-amd64.oci.tar"));
    done(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&image));
    let blob = |value: &Value| {
        let (kind, digest_of) = value["digest"].as_str().unwrap().split_once(':').unwrap();
        let file = image.join("blobs").join(kind).join(digest_of);
        assert_eq!(digest(&file), digest_of);
        file
    };
    let manifest = json(&blob(&json(&image.join("index.json"))["manifests"][0]));
    let config = &json(&blob(&manifest["config"]))["config"];
    assert_eq!(config["User"], "65532:65532");
    assert_eq!(config["Entrypoint"], json!(["/usr/bin/zoomtok"]));
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    for layer in manifest["layers"].as_array().unwrap() {
        done(Command::new("tar").arg("-xf").arg(blob(layer)).arg("-C").arg(&root));
    }
    runs(&root.join("usr/bin/zoomtok"));
    assert!(
        fs::read_to_string(root.join("etc/ssl/certs/ca-certificates.crt"))
            .unwrap()
            .contains("BEGIN CERTIFICATE")
    );
}

/// The bundle as Claude Desktop installs it: unpacked into a directory, which its manifest names `${__dirname}`.
#[test]
fn the_bundle_starts_a_server_with_tools() {
    needs!(ReleaseTools);
    let release = release();
    let folder = tempfile::tempdir().unwrap();
    let bundle = release.join(format!("zoomtok-{VERSION}.mcpb"));
    done(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&bundle).arg(folder.path()));
    let manifest = json(&folder.path().join("manifest.json"));
    assert_eq!(manifest["version"], VERSION);
    let server = &manifest["server"]["mcp_config"];
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let expand = |text: &Value| {
        let policy = manifest["user_config"]["policy"]["default"].as_str().unwrap();
        text.as_str()
            .unwrap()
            .replace("${user_config.policy}", policy)
            .replace("${user_config.env_file}", home.env_path().to_str().unwrap())
            .replace("${__dirname}", folder.path().to_str().unwrap())
    };
    let program = expand(&server["command"]);
    for system in server["platform_overrides"].as_object().unwrap().values() {
        assert!(Path::new(&expand(&system["command"])).is_file(), "{system}");
    }
    // zipfile restores no modes; the client does.
    done(Command::new("chmod").arg("755").arg(&program));
    let mut command = Command::new(program);
    command.env_clear().args(server["args"].as_array().unwrap().iter().map(expand));
    command.env("HOME", folder.path());
    command.envs(server["env"].as_object().unwrap().iter().map(|(name, value)| (name, expand(value))));
    let requests = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}}}),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"}),
    ];
    let input = folder.path().join("requests");
    fs::write(&input, requests.map(|request| format!("{request}\n")).concat()).unwrap();
    let answered = command.stdin(fs::File::open(&input).unwrap()).output().unwrap();
    let answers = String::from_utf8(answered.stdout).unwrap();
    let listed =
        answers.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|it| it["id"] == 2);
    let tools = listed.unwrap_or_else(|| panic!("{answers}"))["result"]["tools"].clone();
    // The policy that it begins with lets nobody write.
    let names: Vec<&str> =
        tools.as_array().unwrap().iter().filter_map(|tool| tool["name"].as_str()).collect();
    assert!(names.contains(&"list_meetings") && !names.contains(&"delete_meeting"), "{names:?}");
}

/// As the maker of Claude Desktop reads it.
#[test]
fn the_manifest_of_the_bundle_fits_its_schema() {
    needs!(ReleaseTools, Mcpb);
    let release = release();
    let folder = tempfile::tempdir().unwrap();
    let bundle = release.join(format!("zoomtok-{VERSION}.mcpb"));
    done(Command::new(mcpb()).arg("unpack").arg(&bundle).arg(folder.path()));
    done(Command::new(mcpb()).arg("validate").arg(folder.path().join("manifest.json")));
}

#[test]
fn every_crate_of_the_program_is_listed() {
    needs!(ReleaseTools);
    let release = release();
    let bill = json(&release.join(format!("zoomtok-{VERSION}.cdx.json")));
    assert_eq!(bill["bomFormat"], "CycloneDX");
    let names: Vec<&str> =
        bill["components"].as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
    for (name, is_in) in
        [("reqwest", true), ("rustls", true), ("ring", true), ("proptest", false), ("syn", false)]
    {
        assert_eq!(names.contains(&name), is_in, "{name}");
    }
}
