//! A Secret where it is mounted: links that are exchanged in one step, in a directory that nobody may write.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::support::api_server::{ApiServer, mount};
use crate::support::mcp_session::Session;
use crate::support::needs::needs;
use crate::support::{Home, sandbox, set_mode};

/// A Secret that a watch has written, as the kubelet mounts it: each key is a file.
struct Volume {
    home: Home,
    directory: PathBuf,
    round: usize,
}

impl Volume {
    fn new(home: Home) -> Self {
        let directory = home.work().join("zoom");
        fs::create_dir(&directory).unwrap();
        Self { home, directory, round: 0 }
    }

    fn sync(&mut self, server: &ApiServer) {
        let keys = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", ".env"];
        let values = keys.map(|key| server.value("zoom", key).unwrap());
        let files: Vec<(&str, &str)> =
            keys.iter().zip(&values).map(|(key, value)| (*key, value.as_str())).collect();
        set_mode(&self.directory, 0o755);
        self.round += 1;
        mount(&self.directory, &files, self.round);
        let data = fs::canonicalize(self.directory.join("..data")).unwrap();
        for way in [&data, &self.directory.join("..data")] {
            self.home.is_for_secrets(&way.join("ZOOM_ACCESS_TOKEN"));
        }
        for name in keys {
            set_mode(&data.join(name), 0o444);
        }
        for directory in [&data, &self.directory] {
            set_mode(directory, 0o555);
        }
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let data = fs::canonicalize(self.directory.join("..data")).unwrap();
        set_mode(&data, 0o755);
        set_mode(&self.directory, 0o755);
    }
}

#[test]
fn a_mounted_secret_is_adopted_before_and_after_it_is_exchanged() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let mut writer = Home::with_token(&sandbox, 2000);
    server.around(&mut writer);
    let account = server.account();
    let keep = || {
        let once = ["watch", "--once", "--no-claude", "--kubernetes-secret", "zoom", "--service-account"];
        writer.run(once.into_iter().chain([account.to_str().unwrap()])).expect(0).quietly();
    };
    keep();
    let mut reader = Home::empty();
    let env_file = reader.work().join("zoom/.env");
    // As a pod has it: nothing but the place of the token, and that it is only read.
    reader.set("ZOOM_ENV_FILE", env_file.to_str().unwrap()).set("ZOOMTOK_READ_ONLY", "1");
    reader.set("ZOOM_API_URL", &sandbox.api_url());
    let mut volume = Volume::new(reader);
    volume.sync(&server);
    let mut session = Session::of(volume.home.command(["mcp"]));
    session.greet("2025-11-25");
    session.call("list_meetings", json!({})).ok();
    for round in 0..2 {
        let home = &volume.home;
        home.run(["check"]).expect(0).quietly();
        let printed = home.run(["get", "--print"]).expect(0).quietly().stdout;
        assert_eq!(Some(printed.trim_end()), writer.value("ZOOM_ACCESS_TOKEN").as_deref());
        session.call("list_meetings", json!({})).ok();
        if round == 0 {
            sandbox.revoke_all();
            writer.run(["get", "-f"]).expect(0);
            keep();
            volume.sync(&server);
        }
    }
    session.close();
    // One exchange, and it was the writer's.
    assert_eq!(sandbox.token_requests().len(), 1);
    let names = crate::support::names(&volume.directory);
    let own: Vec<&String> = names.iter().filter(|name| !name.starts_with("..")).collect();
    assert_eq!(own, [".env", "ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"]);
}
