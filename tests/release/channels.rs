//! The files of the channels: each leads to an archive that is there, by the digest that it has, and to the program in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex_lite::Regex;

use crate::support::needs::needs;

use super::{VERSION, done, fetched, json, release, runs};

fn text(name: &str) -> String {
    fs::read_to_string(release().join(name)).unwrap()
}

/// The archive that a text names, unpacked.
#[track_caller]
fn unpacked(text: &str, address: &str, sha256: &str, folder: &Path) -> PathBuf {
    let of = |pattern: &str| {
        let found = Regex::new(pattern).unwrap().captures(text);
        found.unwrap_or_else(|| panic!("no {pattern} in {text}"))[1].to_owned()
    };
    let archive = fetched(&of(address), &of(sha256));
    let mut unpack = Command::new("tar");
    if archive.extension().is_some_and(|extension| extension == "zip") {
        unpack = Command::new("python3");
        unpack.args(["-m", "zipfile", "-e"]).arg(&archive).arg(folder);
    } else {
        // Homebrew and Nix leave the only directory of an archive out.
        unpack.args(["--strip-components=1", "-xf"]).arg(&archive).arg("-C").arg(folder);
    }
    done(&mut unpack);
    folder.to_owned()
}

/// Each `DIRECTORY.install "SOURCE" => "NAME"` of the formula, carried out.
#[test]
fn the_formula_of_homebrew_installs() {
    needs!(ReleaseTools);
    let formula = text("homebrew.rb");
    let (folder, cellar) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let archive = unpacked(&formula, r#"\burl "([^"]+)""#, r#"sha256 "([^"]+)""#, folder.path());
    assert!(formula.contains(&format!("version \"{VERSION}\"\n")) && !formula.contains('@'), "{formula}");
    let install = Regex::new(r#"(?m)^    (\w+)\.install "([^"]+)"(?: => "([^"]+)")?$"#).unwrap();
    let mut installed = 0;
    for line in install.captures_iter(&formula) {
        let (source, place) = (archive.join(&line[2]), cellar.path().join(&line[1]));
        fs::create_dir_all(&place).unwrap();
        let name =
            line.get(3).map_or_else(|| source.file_name().unwrap().to_str().unwrap(), |name| name.as_str());
        done(Command::new("cp").arg("-r").arg(&source).arg(place.join(name)));
        installed += 1;
    }
    assert_eq!(installed, formula.matches(".install ").count());
    runs(&cellar.path().join("bin/zoomtok"));
}

#[test]
fn the_manifest_of_scoop_leads_to_the_program() {
    needs!(ReleaseTools);
    let release = release();
    let manifest = json(&release.join("scoop.json"));
    assert_eq!(manifest["version"], VERSION);
    let place = &manifest["architecture"]["64bit"];
    let folder = tempfile::tempdir().unwrap();
    let archive = fetched(place["url"].as_str().unwrap(), place["hash"].as_str().unwrap());
    done(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&archive).arg(folder.path()));
    let program = folder.path().join(place["extract_dir"].as_str().unwrap());
    assert!(program.join(manifest["bin"].as_str().unwrap()).is_file());
}

#[test]
fn the_manifests_of_winget_lead_to_the_program() {
    needs!(ReleaseTools);
    let installer = text("winget/zoomtok.installer.yaml");
    let folder = tempfile::tempdir().unwrap();
    unpacked(&installer, r"InstallerUrl: (\S+)", r"InstallerSha256: (\S+)", folder.path());
    let inside =
        Regex::new(r"RelativeFilePath: (\S+)").unwrap().captures(&installer).unwrap()[1].replace('\\', "/");
    assert!(folder.path().join(inside).is_file());
    for file in ["zoomtok.yaml", "zoomtok.locale.en-US.yaml", "zoomtok.installer.yaml"] {
        let manifest = text(&format!("winget/{file}"));
        assert!(manifest.contains(&format!("PackageVersion: {VERSION}\n")), "{manifest}");
        assert!(manifest.contains("PackageIdentifier: zoomtok.zoomtok\n"), "{manifest}");
    }
}

#[test]
fn the_flake_leads_to_the_program() {
    needs!(ReleaseTools);
    let flake = text("flake.nix");
    let folder = tempfile::tempdir().unwrap();
    let source = unpacked(&flake, r#"url = "([^"]+\.tar\.gz)""#, r#"sha256 = "([^"]+)""#, folder.path());
    runs(&source.join("zoomtok"));
    for file in Regex::new(r"(?:completions|man)/\S+").unwrap().find_iter(&flake) {
        assert!(source.join(file.as_str()).is_file(), "{}", file.as_str());
    }
}

/// The registry of MCP asks for an exact version, at most 100 characters, and a digest of the bundle.
#[test]
fn the_registry_of_mcp_is_led_to_the_bundle() {
    needs!(ReleaseTools);
    let release = release();
    let server = json(&release.join("server.json"));
    assert_eq!(server["version"], VERSION);
    assert!(server["description"].as_str().unwrap().len() <= 100);
    assert_eq!(server["name"].as_str().unwrap().matches('/').count(), 1);
    let package = &server["packages"][0];
    assert_eq!((&package["registryType"], &package["transport"]["type"]), (&"mcpb".into(), &"stdio".into()));
    let bundle = fetched(package["identifier"].as_str().unwrap(), package["fileSha256"].as_str().unwrap());
    assert_eq!(bundle.extension().unwrap(), "mcpb");
}
