//! The manifests for Kubernetes.

use std::fs;

use serde_json::{Value, json};
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};

use super::{IMAGE, assert_understood, assert_variables, texts};
use crate::support::api_server::{ApiServer, mount};
use crate::support::needs::needs;
use crate::support::pages::{read, root};
use crate::support::yaml::documents;
use crate::support::{Home, sandbox};

const FILES: [&str; 3] = ["watch.yaml", "cronjob.yaml", "app.yaml"];

/// All objects of the manifests.
fn objects() -> Vec<Value> {
    let there = fs::read_dir(root().join("deploy/kubernetes")).unwrap().count();
    assert_eq!(there, FILES.len(), "a manifest that is not looked at");
    FILES.iter().flat_map(|file| documents(&read(format!("deploy/kubernetes/{file}")))).collect()
}

fn of_kind(objects: &[Value], kind: &str) -> Vec<Value> {
    objects.iter().filter(|object| object["kind"] == kind).cloned().collect()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

/// The pods that the objects start.
fn pods(objects: &[Value]) -> Vec<Value> {
    let pod = |object: &Value| match object["kind"].as_str() {
        Some("Deployment") => Some(object["spec"]["template"]["spec"].clone()),
        Some("CronJob") => Some(object["spec"]["jobTemplate"]["spec"]["template"]["spec"].clone()),
        _ => None,
    };
    objects.iter().filter_map(pod).collect()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

/// The Secret that a container writes.
fn written(container: &Value) -> Option<&str> {
    let arguments = texts(&container["args"]);
    let at = arguments.iter().position(|argument| *argument == "--kubernetes-secret")?;
    Some(arguments[at + 1])
}

#[test]
fn every_command_and_variable_of_the_manifests_is_one_of_the_program() {
    let objects = objects();
    let mut commands = 0;
    for pod in pods(&objects) {
        for container in items(&pod["containers"]) {
            assert_eq!(container["image"], IMAGE);
            assert_understood(&texts(&container["args"]));
            let names = items(&container["env"]).iter().map(|variable| variable["name"].as_str().unwrap());
            assert_variables(names);
            for source in items(&container["envFrom"]) {
                let secret = source["secretRef"]["name"].as_str().unwrap();
                let secrets = of_kind(&objects, "Secret");
                let secret = secrets.iter().find(|object| name(object) == secret).unwrap();
                assert_variables(secret["stringData"].as_object().unwrap().keys().map(String::as_str));
            }
            commands += 1;
        }
    }
    assert_eq!(commands, 3);
}

#[test]
fn a_pod_may_change_the_secret_that_it_writes_and_nothing_else() {
    let objects = objects();
    let [role] = &of_kind(&objects, "Role")[..] else { panic!("there is one role") };
    let [binding] = &of_kind(&objects, "RoleBinding")[..] else { panic!("there is one binding") };
    assert!(
        of_kind(&objects, "ClusterRole").is_empty() && of_kind(&objects, "ClusterRoleBinding").is_empty()
    );
    let right = json!({"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["zoom-token"], "verbs": ["get", "patch"]});
    assert_eq!(role["rules"], json!([right]));
    // The page has the same.
    let page = read("docs/kubernetes.md");
    let of_page = page.split("```yaml\n").find(|block| block.contains("kind: Role\n")).unwrap();
    assert_eq!(documents(of_page.split("```").next().unwrap())[0]["rules"], role["rules"]);
    assert_eq!(binding["roleRef"]["name"], role["metadata"]["name"]);
    let account = binding["subjects"][0]["name"].as_str().unwrap();
    assert_eq!(name(&of_kind(&objects, "ServiceAccount")[0]), account);
    let secrets = of_kind(&objects, "Secret");
    for pod in pods(&objects) {
        let writes = items(&pod["containers"]).iter().find_map(written);
        assert_eq!(writes.is_some(), pod["serviceAccountName"] == account, "{pod}");
        assert_eq!(pod["automountServiceAccountToken"], writes.is_some(), "{pod}");
        let Some(writes) = writes else { continue };
        assert!(texts(&right["resourceNames"]).contains(&writes));
        // It is made empty beforehand, and is none that has a grant.
        let secret = secrets.iter().find(|object| name(object) == writes).unwrap();
        assert!(secret["stringData"].is_null() && secret["data"].is_null());
    }
    for object in &objects {
        let place = &object["metadata"]["namespace"];
        assert!(*place == "zoomtok" || object["kind"] == "Namespace", "{object}");
    }
}

#[test]
fn pods_are_as_restricted_as_they_can_be_and_mount_what_there_is() {
    let objects = objects();
    for pod in pods(&objects) {
        let security = &pod["securityContext"];
        assert_eq!(security["runAsNonRoot"], true);
        assert_eq!(security["runAsUser"], 65532);
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault");
        for container in items(&pod["containers"]) {
            let security = &container["securityContext"];
            assert_eq!(security["allowPrivilegeEscalation"], false);
            assert_eq!(security["readOnlyRootFilesystem"], true);
            assert_eq!(texts(&security["capabilities"]["drop"]), ["ALL"]);
            for mounted in items(&container["volumeMounts"]) {
                assert!(mounted["subPath"].is_null(), "it would never change: {mounted}");
                let volume = items(&pod["volumes"]).iter().find(|volume| volume["name"] == mounted["name"]);
                let volume = volume.unwrap_or_else(|| panic!("no volume for {mounted}"));
                if let Some(secret) = volume["secret"]["secretName"].as_str() {
                    assert!(of_kind(&objects, "Secret").iter().any(|object| name(object) == secret));
                    // Nobody but zoomtok itself has a grant, not even as a file.
                    assert_eq!((secret, &mounted["readOnly"]), ("zoom-token", &json!(true)));
                }
                if let Some(claim) = volume["persistentVolumeClaim"]["claimName"].as_str() {
                    assert!(
                        of_kind(&objects, "PersistentVolumeClaim").iter().any(|object| name(object) == claim)
                    );
                }
            }
        }
    }
    let deployments = of_kind(&objects, "Deployment");
    let keeper = deployments.iter().find(|object| name(object) == "zoomtok").unwrap();
    assert_eq!(
        (&keeper["spec"]["replicas"], &keeper["spec"]["strategy"]["type"]),
        (&json!(1), &json!("Recreate"))
    );
    let grace = keeper["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!(grace > 20, "an exchange takes up to 20 s");
}

/// The home of a container of this manifest, with what a person fills in, and its arguments.
fn container(manifest: &str, sandbox: &Sandbox, server: &ApiServer) -> (Home, Vec<String>) {
    let objects = documents(&read(format!("deploy/kubernetes/{manifest}")));
    let pod = &pods(&objects)[0];
    let container = &pod["containers"][0];
    let mut home = Home::empty();
    server.around(&mut home);
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set("ZOOM_API_URL", &sandbox.api_url());
    for variable in items(&container["env"]) {
        let value = variable["value"].as_str().unwrap();
        let value = match value.strip_prefix('/') {
            Some(path) => home.work().join(path).to_str().unwrap().to_owned(),
            None => value.to_owned(),
        };
        home.set(variable["name"].as_str().unwrap(), &value);
    }
    for source in items(&container["envFrom"]) {
        let secret = objects.iter().find(|object| object["metadata"]["name"] == source["secretRef"]["name"]);
        for (name, value) in secret.unwrap()["stringData"].as_object().unwrap() {
            let value = match value.as_str().unwrap() {
                "YOUR_CLIENT_ID" => CLIENT_ID.to_owned(),
                "YOUR_CLIENT_SECRET" => CLIENT_SECRET.to_owned(),
                "YOUR_ACCOUNT_ID" => zoomtok::sandbox::ACCOUNT_ID.to_owned(),
                "YOUR_REFRESH_TOKEN" => sandbox.refresh_token(),
                other => panic!("{other} is not filled in"),
            };
            home.set(name, &value);
        }
    }
    let mut arguments: Vec<String> = texts(&container["args"]).into_iter().map(str::to_owned).collect();
    let once = arguments.iter().any(|argument| argument == "--once");
    arguments.extend((!once).then(|| "--once".to_owned()));
    if written(container).is_some() {
        arguments.extend(["--service-account".to_owned(), server.account().to_str().unwrap().to_owned()]);
    }
    (home, arguments)
}

#[test]
fn the_pods_of_the_manifests_write_the_token_and_use_it() {
    needs!(Openssl);
    for manifest in ["watch.yaml", "cronjob.yaml"] {
        let (sandbox, server) = (sandbox(), ApiServer::start());
        server.make("zoom-token", &[]);
        let (keeper, arguments) = container(manifest, &sandbox, &server);
        let data = keeper.work().join("data");
        fs::create_dir(&data).unwrap();
        // The refresh token that was issued in a later second counts.
        std::thread::sleep(std::time::Duration::from_millis(1100));
        keeper.run(&arguments).expect(0);
        let token = server.value("zoom-token", "ZOOM_ACCESS_TOKEN").unwrap();
        assert!(sandbox.accepts(&token));
        let kept = fs::read_to_string(data.join(".env")).unwrap();
        assert!(kept.contains(&token));
        if manifest == "watch.yaml" {
            // It goes on with the refresh token of its volume, and not with the old one of the Secret.
            keeper.run(["get", "-f"]).expect(0);
            assert_eq!(sandbox.token_requests().len(), 2);
        }
        assert_eq!(server.heard("create"), 0);

        let (app, arguments) = container("app.yaml", &sandbox, &server);
        let directory = app.work().join("zoom");
        fs::create_dir(&directory).unwrap();
        mount(&directory, &[(".env", &server.value("zoom-token", ".env").unwrap())], 1);
        let said = app.run(&arguments).expect(0).quietly().stdout;
        assert!(said.contains("Expires in"), "{said}");
    }
}
